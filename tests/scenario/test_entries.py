import pytest

from itsim.scenario import ScenarioError

HEAD = """itsim: 1
title: Entries
device: {pump: synchromed_ii_40, catheter: ascenda}
until: 30 day
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
"""


def test_ids_are_given_or_made(read):
    text = HEAD + "".join(
        f"  - {{at: {day} day, interrogate: {rest}}}\n"
        for day, rest in ((1, ""), (2, ", id: interrogate_3"), (3, "{}"), (4, ""))
    )
    assert [e.id for e in read(text).timeline] == [
        "fill_1", "interrogate_1", "interrogate_3", "interrogate_4", "interrogate_5",
    ]  # fmt: skip


def test_the_order_is_that_of_the_file(read):
    text = HEAD + "  - {at: 9 day, fault: {kind: motor_stall}}\n  - {at: 8 day, interrogate: }\n"
    assert [(e.at_h, e.place) for e in read(text).timeline] == [(0.0, 0), (216.0, 1), (192.0, 2)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("at 3 day", "is not an entry of a timeline"),
        ("", "holds nothing"),
        ("{at: 3 day, interrogate: now}", "'now' is not a group of keys"),
        ("{at: 3 day, interrogate: [1]}", "is a list where a group of keys belongs"),
        ("{at: 3, interrogate: }", "'3' has no unit"),
        ("{at: , interrogate: }", "a number with its unit belongs here"),
        ("{id: , at: 3 day, interrogate: }", "the id is empty"),
        ("{id: A, at: 3 day, interrogate: }", "'A' is not a simple name"),
    ],
)
def test_entries_that_are_none(entry, said, read):
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + f"  - {entry}\n")
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.line == 7


def test_an_entry_says_whether_a_source_reports_it(read):
    entry = "  - {at: 2 day, interrogate: {}, reported: %s}\n"
    scenario = read(HEAD + entry % "true")
    assert [e.reported for e in scenario.timeline] == [False, True]
    with pytest.raises(ScenarioError, match=r"reported.*true or false"):
        read(HEAD + entry % "maybe")
