from __future__ import annotations

from dataclasses import replace

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import safety
from itsim.run import simulate
from itsim.scenario import add_entry, vary
from itsim.show import summary, summary_text
from itsim.show.about import assumed
from itsim.study.cohort import cohort
from itsim.study.draws import UNCERTAINTY

MOST_LINES = 55
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
    assert text.count("\n") <= MOST_LINES
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
    run, drawn = run_of("stall"), cohort(run_of("stall"), size=20, spread=UNCERTAINTY)
    text = flat(summary_text(summary(run, cohort_of("stall"), drawn), run))
    band = drawn.band("withdrawal_peak")
    assert "Uncertainty of the typical patient, 20 draws" in text
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


def test_an_overdose_is_told_before_everything_that_was_found(run_of, cohort_of):
    """Headline, sedation with its stages, the emergency; only then delivery, relief and withdrawal."""
    text = flat(told("strong", run_of, cohort_of("strong")))
    order = [
        "OVERDOSE: more drug acts than was intended",
        "Sedation index:",
        "Stages of overdose",
        safety()["withdrawal"],
        "First excess:",
        "Withdrawal index:",
        safety()["disclaimer"],
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert all(text.count(words) == 1 for words in order)
    assert "OVERDOSE" not in told("stall", run_of, cohort_of("stall"))


def test_an_overdose_that_ends_in_withdrawal_says_that_it_follows(run_of):
    stall = next(e for e in run_of("stall").scenario.timeline if e.id == "stall")
    later = add_entry(run_of("strong").scenario, replace(stall, at_h=8.0 * 24.0, place=9))
    run = simulate(later)
    assert "passes its stages, and withdrawal follows." in flat(summary_text(summary(run), run))
    assert "withdrawal follows" not in told("strong", run_of)


def test_the_uncertainty_of_an_overdose_is_that_of_its_sedation(run_of, cohort_of):
    run, drawn = run_of("strong"), cohort(run_of("strong"), size=20, spread=UNCERTAINTY)
    text = flat(summary_text(summary(run, cohort_of("strong"), drawn), run))
    band = drawn.band("sedation_peak_frac")
    assert f"highest sedation {100 * band.low:.0f} to {100 * band.high:.0f} %" in text
    assert "onset" not in text[text.index("Uncertainty of the typical") : text.index("Mass check")]


def test_the_median_of_the_patients_stands_beside_the_typical_one(run_of, cohort_of):
    text, cohort = flat(told("stall", run_of, cohort_of("stall"))), cohort_of("stall")
    onset, peak = cohort.band("withdrawal_onset_h"), cohort.band("withdrawal_peak")
    assert f"after first loss (median {onset.median:.0f} h; " in text
    assert f"(median {peak.median:.0f}; {peak.low:.0f} to {peak.high:.0f})" in text
    for name in ("effect_baseline_frac", "effect_nadir_frac", "sedation_peak_frac"):
        assert f"(median {100 * cohort.band(name).median:.0f} %; " in text, name
    assert "In brackets: virtual patients, median" in text


def test_too_few_patients_give_no_band_and_one_line_says_so(run_of):
    run = run_of("stall")
    text = flat(summary_text(summary(run, cohort(run, size=3)), run))
    assert "Virtual patients: 3, too few for a band (from 20 on)" in text
    assert "median" not in text
    assert "onset: its time is given only with a band" in text
    assert "too few" not in told("stall", run_of)


def test_who_the_patient_is_stands_in_the_head(run_of):
    run = simulate(
        vary(run_of("working").scenario, {"patient.preset": "child", "until": "21 day"}, catalogue())
    )
    head = summary_text(summary(run), run).split("\n\n")[0]
    assert "Patient: child, 8 years, 25 kg; tip T10; body neuraxis." in flat(head)


def test_arms_are_told_only_where_they_belong(run_of):
    changes = {"patient.tip": "C5", "until": "24 day"}
    high = simulate(vary(run_of("stall").scenario, changes, catalogue()))
    text, value = flat(summary_text(summary(high), high)), high.metrics["arm_effect_baseline_frac"].value
    assert f"Relief of spasticity (arms, share of full range): {100 * value:.0f} % at first loss" in text
    assert "arms" not in told("stall", run_of)


def test_a_passing_trouble_is_told_with_its_end(run_of):
    """A fault, and what is neither fault nor therapy."""
    assert "motor stall from day 21 to day 23 (2 days)" in flat(told("stall", run_of))
    assert "(day 9 to day 11)" in flat(told("infection", run_of))
    assert "motor stall from day 9;" not in flat(told("busy", run_of))
    assert "motor stall from day 9." in flat(told("busy", run_of))


def test_what_is_never_halved_is_said_once(run_of, cohort_of):
    text = flat(told("strong", run_of, cohort_of("strong")))
    assert "it is not halved within the run." in text
    assert "not halved within the run (not within the run)" not in text


def test_an_alarm_too_late_is_explained_only_where_one_is(run_of, cohort_of):
    text, window = flat(told("stall", run_of, cohort_of("stall"))), cohort_of("stall").band("rescue_window_h")
    assert window.low > 0.0
    assert "from the alarm to onset" in text
    assert "below zero" not in text
    late = summary(run_of("stall"), cohort_of("stall"))
    late["metrics"]["rescue_window_h"] |= {"low": -3.0}
    assert "below zero: it sounds too late" in flat(summary_text(late, run_of("stall")))
