from __future__ import annotations

import pytest

from itsim.parameters import safety
from itsim.show import summary, summary_text
from itsim.show.about import assumed
from itsim.study.cohort import cohort
from itsim.study.draws import UNCERTAINTY

ALL = ["working", "stall", "stall_one", "stall_two", "decline", "comb", "busy", "endless", "strong"]


def flat(text):
    return " ".join(text.split())


def told(name, run_of, cohort=None):
    run = run_of(name)
    return summary_text(summary(run, cohort), run)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("banded", [True, False])
def test_it_is_short_safe_and_plain(name, banded, run_of, cohort_of):
    text = told(name, run_of, cohort_of(name) if banded else None)
    assert text.count("\n") <= 50
    assert max(len(line) for line in text.splitlines()) <= 100
    assert safety()["disclaimer"] in flat(text)
    assert safety()["withdrawal"] in flat(text)
    assert run_of(name).scenario.title in flat(text)
    for forbidden in ("recommended", "probability", "None", "nan", "inf "):
        assert forbidden not in text


def test_onset_never_stands_alone(run_of, cohort_of):
    assert "h after first loss (" in flat(told("stall", run_of, cohort_of("stall")))
    alone = flat(told("stall", run_of))
    assert "onset: its time is given only with a band" in alone
    assert "from the alarm to onset" not in alone


def test_the_uncertainty_of_the_typical_patient_is_said_beside_the_band(run_of, cohort_of):
    run, drawn = run_of("stall"), cohort(run_of("stall"), size=4, spread=UNCERTAINTY)
    text = flat(summary_text(summary(run, cohort_of("stall"), drawn), run))
    band = drawn.band("withdrawal_peak")
    assert "Uncertainty of the typical patient, 4 draws" in text
    assert f"highest index {band.low:.0f} to {band.high:.0f}" in text
    assert "Uncertainty" not in flat(told("stall", run_of, cohort_of("stall")))


@pytest.mark.parametrize("name", ALL)
def test_every_assumption_is_named(name, run_of):
    text = flat(told(name, run_of))
    assert all(number.name in text for number in assumed(run_of(name).scenario))


def test_what_goes_wrong_and_what_is_found(run_of, cohort_of):
    text = flat(told("decline", run_of, cohort_of("decline")))
    assert "linear loss of flow from month 10" in text
    assert "First loss: month 10" in text
    assert "flagged" in text
    assert "Alarm: none sounds" in text
    assert "assumptions or not verified" in text


def test_a_working_pump_loses_nothing(run_of, cohort_of):
    text = flat(told("working", run_of, cohort_of("working")))
    assert "nothing is lost" in text
    assert "agrees with the pump's calculation" in text


def test_stages_stand_between_the_index_and_the_safety_wording(run_of, cohort_of):
    text = flat(told("stall", run_of, cohort_of("stall")))
    order = ["Withdrawal index:", "Stages of withdrawal", "Relief:", "Alarm:", safety()["withdrawal"]]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    strong = flat(told("strong", run_of, cohort_of("strong")))
    assert strong.index("Sedation index:") < strong.index("Stages of overdose")
