"""Why a patient is sedated: each cause is told where it is one, and by no other name."""

from __future__ import annotations

from functools import cache

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import read
from itsim.run import RunRecord, simulate
from itsim.scenario import from_mapping
from itsim.show.causes import Cause, cause_of, drowsiness, headline, is_given_too_much

HEAD = {
    "itsim": 1,
    "title": "Causes",
    "patient": {"preset": "adult", "tip": "T10"},
    "device": {"pump": "synchromed_ii_40", "catheter": "ascenda"},
    "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
    "until": "10 day",
}
FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
PROGRAM = {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}}
SHUNT = {"at": "2 day", "shunt": {"inlet": "ventricular", "flow": "15 mL/h"}}
PUNCTURE = {"at": "4 day", "lumbar_bolus": {"dose": "90 ug"}}
TABLETS = {"at": "0 day", "oral_schedule": {"dose": "10 mg", "every": "8 h", "times": 20}}
MISSED = {"at": "2 day", "missed_oral_dose": {"lasting": "1 day"}}
STOP = [
    {"at": "2 day", "fault": {"kind": "programming_error", "rate": "0 mL/h", "lasting": "3 day"}},
]


@cache
def run(*names: str, **patient: str) -> RunRecord:
    entries = {
        "shunt": [SHUNT],
        "puncture": [PUNCTURE],
        "tablets": [TABLETS],
        "missed": [MISSED],
        "stop": STOP,
    }
    timeline = [FILL, PROGRAM, *(entry for name in names for entry in entries[name])]
    content = HEAD | {"timeline": timeline, "patient": HEAD["patient"] | patient}
    return simulate(from_mapping(content, "causes", catalogue()))


def peaks(of: RunRecord) -> tuple[float, float]:
    return of.solution.extremum("sedation", 0.0)[1], of.twin.extremum("sedation", 0.0)[1]


def test_a_dose_as_intended_is_its_own_cause():
    assert cause_of(run()) is Cause.INTENDED


def test_a_missed_tablet_does_not_hide_a_dose_into_the_csf():
    """Three tablets of 10,000 µg are missed, 90 µg are given by puncture."""
    both = run("tablets", "missed", "puncture")
    assert is_given_too_much(both, both.course.end_h)
    assert peaks(both)[0] > peaks(both)[1] + 0.05
    assert cause_of(both) is Cause.MORE_DRUG
    assert not is_given_too_much(run("tablets", "missed"), 240.0)


def test_what_is_given_after_the_peak_did_not_bring_it():
    given = run("puncture")
    assert not is_given_too_much(given, 95.0)
    assert is_given_too_much(given, 97.0)


def test_a_shunt_is_named_where_it_sedates():
    """The head is rinsed less, on the same dose."""
    shunted = run("shunt")
    assert peaks(shunted)[0] > peaks(shunted)[1] + 0.05
    assert cause_of(shunted) is Cause.CSF_LOST
    for told in (headline(shunted), drowsiness(shunted)):
        assert "the loss of CSF (ventricular shunt 15 mL/h)" in told
        assert "less used" not in told


def test_a_dose_that_comes_back_meets_a_patient_less_used_to_it():
    """On the intended therapy it never comes near; tolerance fell while nothing was given."""
    stopped = run("stop", tip="intraventricular")
    ours, twin = peaks(stopped)
    assert ours > twin + 0.05
    assert cause_of(stopped) is Cause.LESS_USED
    for told in (headline(stopped), drowsiness(stopped)):
        assert "less used to it" in told
        assert "intended dose itself" not in told
        assert "on the intended therapy it comes as well" not in told


def test_the_same_stage_alone_does_not_make_it_the_intended_dose():
    """Both drowsy, the patient by clearly more."""
    stopped = run("stop", tip="intraventricular", sedation_ec50="0.2 ug/mL")
    ours, twin = peaks(stopped)
    assert ours > twin + 0.05
    assert cause_of(stopped) is not Cause.INTENDED


@pytest.mark.parametrize("cause", list(Cause))
def test_only_two_causes_speak_of_more_or_of_the_dose_itself(cause):
    from itsim.show import causes

    assert ("more drug" in causes.HEADLINES[cause]) == (cause is Cause.MORE_DRUG)
    assert ("itself" in causes.HEADLINES[cause]) == (cause is Cause.INTENDED)
    assert read("symptoms")
