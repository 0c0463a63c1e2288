from __future__ import annotations

import json
from dataclasses import replace

import pytest

from itsim.parameters import references, safety
from itsim.show import summary
from itsim.show.about import numbers_of
from itsim.study.cohort import cohort
from itsim.study.draws import UNCERTAINTY
from itsim.study.survival import onset_curve

KEYS = [
    "itsim_version",
    "parameters_version",
    "disclaimer",
    "emergency",
    "warnings",
    "cohort",
    "uncertainty",
    "scenario",
    "engine",
    "metrics",
    "onset_curve",
    "spells",
    "events",
    "log",
    "evidence",
    "mass",
    "sources",
    "assumptions",
]

PER_PATIENT = ("patients", "solutions", "metrics")
METRIC = ["value", "unit", "low", "high", "median", "uncertainty_low", "uncertainty_high", "censored"]


@pytest.mark.parametrize("name", ["working", "stall", "stall_one", "stall_two", "decline", "endless"])
def test_keys_are_the_contract_and_json_holds_all(name, run_of, cohort_of):
    told = summary(run_of(name), cohort_of(name))
    assert list(told) == KEYS
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["disclaimer"] == safety()["disclaimer"]
    assert set(told["scenario"]) == {"name", "sha256"}
    for metric in told["metrics"].values():
        assert list(metric) == METRIC
        assert (metric["value"] is None) == isinstance(metric["censored"], str)
    assert set(told["mass"]) == {
        "entered_ug",
        "reservoir_ug",
        "catheter_ug",
        "lost_ug",
        "body_ug",
        "eliminated_ug",
        "error_frac",
    }
    assert told["mass"]["error_frac"] < 1e-9
    assert all(set(spell) == {"syndrome", "stage", "from_h", "until_h"} for spell in told["spells"])
    assert all(set(event) == {"t_h", "kind", "detail"} for event in told["events"])
    assert all(set(entry) == {"t_h", "kind", "tone", "shown_h"} for entry in told["log"])


def test_bands_surround_and_are_null_without_a_cohort(run_of, cohort_of):
    banded = summary(run_of("stall"), cohort_of("stall"))["metrics"]["effect_baseline_frac"]
    assert banded["low"] < banded["value"] < banded["high"]
    alone = summary(run_of("stall"))["metrics"]["effect_baseline_frac"]
    assert alone["low"] is alone["high"] is None


def test_the_median_stands_beside_the_value_and_is_of_the_patients(run_of, cohort_of):
    told = summary(run_of("stall"), cohort_of("stall"))["metrics"]["withdrawal_onset_h"]
    onsets = sorted(m["withdrawal_onset_h"].value or float("inf") for m in cohort_of("stall").metrics)
    assert told["median"] == onsets[9]
    assert told["low"] < told["median"] != told["value"]


def test_fewer_than_twenty_patients_give_no_band(run_of, cohort_of):
    """Of 19 the 5th percentile would be the outermost one."""
    few = replace(cohort_of("stall"), **{n: getattr(cohort_of("stall"), n)[:19] for n in PER_PATIENT})
    told = summary(run_of("stall"), few, few)
    assert told["cohort"]["size"] == 19
    for metric in told["metrics"].values():
        assert {metric[name] for name in METRIC[2:7]} == {None}
    enough = summary(run_of("stall"), cohort_of("stall"))["metrics"]["effect_baseline_frac"]
    assert enough["low"] is not None


def test_uncertainty_is_a_band_of_its_own(run_of, cohort_of):
    drawn = cohort(run_of("stall"), size=20, spread=UNCERTAINTY)
    told = summary(run_of("stall"), cohort_of("stall"), drawn)
    metric, band = told["metrics"]["effect_baseline_frac"], drawn.band("effect_baseline_frac")
    assert (metric["uncertainty_low"], metric["uncertainty_high"]) == (band.low, band.high)
    assert metric["low"] == cohort_of("stall").band("effect_baseline_frac").low
    assert (told["cohort"]["size"], told["uncertainty"]["size"]) == (20, 20)
    without = summary(run_of("stall"), cohort_of("stall"))
    assert without["uncertainty"] is without["metrics"]["effect_baseline_frac"]["uncertainty_low"] is None


def test_onset_curve_is_said_in_a_few_numbers(run_of, cohort_of):
    curve, told = onset_curve(cohort_of("stall")), summary(run_of("stall"), cohort_of("stall"))["onset_curve"]
    assert list(told) == ["n", "until_h", "quantiles", "never_frac", "never_low", "never_high"]
    assert [q["share"] for q in told["quantiles"]] == [0.1, 0.25, 0.5]
    assert told["quantiles"][0]["t_h"] == curve.quantile(0.1).t_h
    assert told["never_low"] <= told["never_frac"] == curve.never_frac <= told["never_high"]
    assert summary(run_of("working"), cohort_of("working"))["onset_curve"] is None
    assert summary(run_of("stall"))["onset_curve"] is None


def test_censored_values_say_why(run_of, cohort_of):
    metrics = summary(run_of("working"), cohort_of("working"))["metrics"]
    assert metrics["withdrawal_onset_h"]["censored"] == "no loss"
    assert metrics["alarm_first_h"]["censored"] == "no alarm"
    assert metrics["effect_baseline_frac"]["censored"] is False


def test_sources_are_known_references(run_of):
    sources = summary(run_of("stall"))["sources"]
    numbers = {key for number in numbers_of(run_of("stall").scenario) for key in number.sources}
    assert len(numbers & set(sources)) == len(references(numbers - {"unverified"})) > 5
    assert not {"assumption", "fit", "scenario", "unverified"} & set(sources)
    assert "hk_mdd_2017" in sources


def test_assumptions_are_graded(run_of):
    assumptions = summary(run_of("stall"))["assumptions"]
    assert assumptions
    assert {number["grade"] for number in assumptions} <= {"M", "X"}
    assert all(set(number) == {"name", "value", "unit", "grade"} for number in assumptions)


def test_first_loss_is_an_event_and_evidence_is_flagged(run_of):
    told = summary(run_of("decline"))
    (loss,) = [event for event in told["events"] if event["kind"] == "first_loss"]
    assert loss["t_h"] == pytest.approx(run_of("decline").course.first_loss_h)
    assert [event["t_h"] for event in told["events"]] == sorted(event["t_h"] for event in told["events"])
    assert told["evidence"][-1]["flagged"] is True
