import pytest

from itsim.scenario.nodes import Findings, plain
from itsim.scenario.tree import MAX_DEPTH, MAX_NODES, read_tree


def read(text):
    findings = Findings()
    return read_tree(text, "a.yaml", findings), findings.problems


def test_everything_keeps_its_place():
    tree, problems = read("a: 1\nb:\n  - {c: x, d: }\n")
    assert problems == []
    assert plain(tree) == {"a": 1, "b": [{"c": "x", "d": None}]}
    inner = tree.get("b").items[0]
    places = [
        (n.mark.line, n.mark.column) for n in (tree, tree.key("b"), tree.get("b"), inner, inner.get("c"))
    ]
    assert places == [(1, 1), (2, 1), (3, 3), (3, 5), (3, 9)]


@pytest.mark.parametrize(
    "text", ["{at: 1 day, interrogate:}", "{at: 1 day, interrogate: }", "{interrogate:, at: 1 day}"]
)
def test_a_key_without_a_value_may_end_a_group(text):
    assert plain(read(text)[0]) == {"at": "1 day", "interrogate": None}


def test_dates_and_times_of_day_are_text():
    assert plain(read("a: 2026-01-02\nb: 6:30\nc: yes\n")[0]) == {"a": "2026-01-02", "b": "6:30", "c": "yes"}


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("a: 1\na: 2", "written twice", (2, 1)),
        ("a: &x 1", "names a place", (1, 4)),
        ("a: *x", "points to another", (1, 4)),
        ("a:\n  <<: {b: 1}", "merges another", (2, 3)),
        ("a: !!str 5", "type tag", (1, 4)),
        ("a: 1\n---\nb: 1", "second document", (2, 1)),
        ("- 1", "not made of lines", (1, 1)),
        ("", "empty", (1, 1)),
        ("---\n", "empty", (1, 1)),
        ("1: a", "not the name of a key", (1, 1)),
        ("true: a", "not the name of a key", (1, 1)),
        ("? [a]\n: b", "key without a name", (1, 3)),
        ("a: .nan", "not a finite", (1, 4)),
        ("a: 1e999", "not a finite", (1, 4)),
        ('a: "\\0"', "control character", (1, 4)),
        ('a: "\\ud800"', "control character", (1, 4)),
        ('"\\ud800": 1', "control character", (1, 1)),
        ("{a:1}", "no space after its colon", (1, 2)),
        ("a: " + "[" * (MAX_DEPTH + 5), "nested", (1, 4 + MAX_DEPTH)),
    ],
)
def test_what_scenarios_do_not_use_is_refused(text, rule, place):
    problem = read(text)[1][0]
    assert rule in problem.rule
    assert (problem.line, problem.column) == place
    assert problem.hint


def test_too_much_is_refused():
    assert "more than" in read("a: [" + "1," * MAX_NODES + "]")[1][0].rule


def test_one_slip_does_not_hide_the_next():
    tree, problems = read("a: 1\na: 2\nb: &x 3\nc: *x\n")
    assert len(problems) == 3
    assert tree.names == ("a", "b", "c")
