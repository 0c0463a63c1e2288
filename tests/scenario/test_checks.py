import pytest

from itsim.scenario import ScenarioError

HEAD = """itsim: 1
title: Checks
device: {pump: synchromed_ii_40, catheter: ascenda}
until: 30 day
timeline:
"""
FILL = "fill: {volume: 40 mL, concentration: 2000 ug/mL}"
RUN = "program: {mode: simple_continuous, daily_dose: 350 ug/day}"
STALL = "fault: {kind: motor_stall}"


def text(*entries):
    return HEAD + "".join(f"  - {{at: {at}, {what}}}\n" for at, what in entries)


def messages(read, *entries):
    with pytest.raises(ScenarioError) as caught:
        read(text(*entries))
    return [problem.message for problem in caught.value.problems]


def test_what_is_set_at_the_same_instant_is_set(read):
    assert len(read(text(("0 day", RUN), ("0 h", FILL), ("1 day", STALL), ("2 day", STALL))).timeline) == 4


def test_two_that_contradict_in_other_units(read):
    found = messages(read, ("0 day", FILL), ("1440 min", "replace_pump: "), ("1 day", FILL))
    assert found == ["'fill' contradicts replace_pump (line 7), which sets up the reservoir at the same time"]


def test_the_same_fault_twice(read):
    assert messages(read, ("0 day", FILL), ("1 day", STALL), ("24 h", STALL)) == [
        "'motor_stall' happens twice at the same time (also line 7)"
    ]


def test_what_is_needed_and_missing(read):
    assert messages(read, ("1 day", FILL), ("0 day", RUN)) == [
        "'simple_continuous' happens before the reservoir is set up (line 6)"
    ]
    assert "needs the reservoir to be set up first" in messages(read, ("0 day", "replace_pump: "))[0]


def test_nothing_is_missed_where_an_entry_is_not_understood(read):
    assert len(messages(read, ("0 day", FILL.replace("fill", "fil")), ("0 day", RUN))) == 1
    assert len(messages(read, ("0", FILL), ("0 day", RUN))) == 1
