from __future__ import annotations

import json

import pytest

from itsim.parameters import references, safety
from itsim.show import summary
from itsim.show.about import numbers_of

KEYS = [
    "itsim_version",
    "parameters_version",
    "disclaimer",
    "emergency",
    "warnings",
    "cohort",
    "scenario",
    "engine",
    "metrics",
    "events",
    "log",
    "evidence",
    "mass",
    "sources",
    "assumptions",
]


@pytest.mark.parametrize("name", ["working", "stall", "stall_one", "stall_two", "decline", "endless"])
def test_keys_are_the_contract_and_json_holds_all(name, run_of, cohort_of):
    told = summary(run_of(name), cohort_of(name))
    assert list(told) == KEYS
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["disclaimer"] == safety()["disclaimer"]
    assert set(told["scenario"]) == {"name", "sha256"}
    for metric in told["metrics"].values():
        assert list(metric) == ["value", "unit", "low", "high", "censored"]
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
    assert all(set(event) == {"t_h", "kind", "detail"} for event in told["events"])
    assert all(set(entry) == {"t_h", "kind", "tone", "shown_h"} for entry in told["log"])


def test_bands_surround_and_are_null_without_a_cohort(run_of, cohort_of):
    banded = summary(run_of("stall"), cohort_of("stall"))["metrics"]["effect_baseline_frac"]
    assert banded["low"] < banded["value"] < banded["high"]
    alone = summary(run_of("stall"))["metrics"]["effect_baseline_frac"]
    assert alone["low"] is alone["high"] is None


def test_censored_values_say_why(run_of, cohort_of):
    metrics = summary(run_of("working"), cohort_of("working"))["metrics"]
    assert metrics["withdrawal_onset_h"]["censored"] == "no loss"
    assert metrics["alarm_first_h"]["censored"] == "no alarm"
    assert metrics["effect_baseline_frac"]["censored"] is False


def test_sources_are_known_references(run_of):
    sources = summary(run_of("stall"))["sources"]
    numbers = {key for number in numbers_of(run_of("stall")) for key in number.sources}
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
