from itsim.scenario.nodes import (
    Findings,
    Listing,
    Mark,
    Scalar,
    Table,
    child,
    descend,
    is_null,
    join,
    plain,
    shown,
)

HERE = Mark("a.yaml", 1, 1)


def scalar(value):
    return Scalar(HERE, "" if value is None else str(value), value)


TABLE = Table(HERE, ((scalar("a"), scalar(1)), (scalar("b"), Listing(HERE, (scalar("x"), scalar(None))))))


def test_nodes_become_plain_data():
    assert plain(TABLE) == {"a": 1, "b": ["x", None]}
    assert TABLE.names == ("a", "b")


def test_tables_are_changed_by_copy():
    assert plain(TABLE.set(scalar("a"), scalar(2)))["a"] == 2
    assert TABLE.set(scalar("c"), scalar(2)).names == ("a", "b", "c")
    assert TABLE.without("a").names == ("b",)
    assert TABLE.get("a").value == 1
    assert TABLE.key("c") is None


def test_paths_are_followed_as_far_as_they_exist():
    assert child(TABLE, "b") is TABLE.get("b")
    assert child(TABLE.get("b"), 5) is None
    node, taken = descend(TABLE, ("b", "a tag of a union", 0, "none"))
    assert (node.value, taken) == ("x", ("b", 0))
    assert join("timeline", "stall", 2, "at") == "timeline.stall[2].at"
    assert is_null(scalar(None))
    assert shown(scalar(None)) is None
    assert shown(TABLE) is None


def test_what_is_unusable_is_named_once():
    findings = Findings()
    findings.add_unusable(HERE, "a", None, "first", "hint")
    findings.add(HERE, "a", None, "second", "hint")
    findings.add(Mark(), "a", None, "third", "hint")
    assert [problem.rule for problem in findings.problems] == ["first", "third"]
