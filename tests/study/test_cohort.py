"""Virtual patients under one delivery: what they give becomes a band."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from itsim import api, run
from itsim.device.delivery import Pieces
from itsim.metrics import NO_ALARM, NO_LOSS, NOT_WITHIN, Metric
from itsim.run import RunRecord
from itsim.study.cohort import Band, Cohort, cohort, cohorts, seed_of
from itsim.study.draws import BETWEEN, BOTH, LARGEST_SEED, UNCERTAINTY, draw
from itsim.study.suited import suiting

SEED = 20240501


@cache
def record() -> RunRecord:
    return run.simulate(api.load("abrupt_stop"))


# The k-th patient


def test_the_kth_patient_does_not_depend_on_who_was_simulated_before() -> None:
    alone, together = cohort(record(), 3, SEED), cohort(record(), 6, SEED)
    assert alone.metrics == together.metrics[:3]


def test_the_seed_comes_from_the_content_and_not_from_the_name() -> None:
    scenario = api.load("abrupt_stop")
    told = api.vary_scenario(scenario, {"title": "another title", "story": "another story"})
    later = api.vary_scenario(scenario, {"timeline.stall.at": "22 day"})
    assert seed_of(scenario) == seed_of(told) == cohort(record(), 1).seed
    assert seed_of(scenario) != seed_of(later)
    assert 0 <= seed_of(scenario) <= LARGEST_SEED


def test_a_cohort_of_nobody_and_a_seed_that_is_none_are_refused() -> None:
    for size in (0, -1):
        with pytest.raises(ValueError, match="at least 1"):
            cohort(record(), size)
    for seed in (-1, LARGEST_SEED + 1):
        with pytest.raises(ValueError, match="seed"):
            cohort(record(), 1, seed)
    with pytest.raises(ValueError, match="between, uncertainty, both"):
        cohort(record(), 1, spread="nonsense")


# Spreads


def test_cohorts_together_are_the_same_as_each_alone() -> None:
    seen: list[tuple[int, int]] = []
    together = cohorts(record(), {BETWEEN: 3, UNCERTAINTY: 2}, SEED, lambda *told: seen.append(told))
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert together[BETWEEN].metrics == cohort(record(), 3, SEED).metrics
    assert together[UNCERTAINTY].metrics == cohort(record(), 2, SEED, spread=UNCERTAINTY).metrics
    assert {spread: made.spread for spread, made in together.items()} == {s: s for s in together}


@pytest.mark.parametrize("spread", [BETWEEN, UNCERTAINTY, BOTH])
def test_a_cohort_is_of_its_own_spread(spread: str) -> None:
    """Between patients need and exposure go together; what nobody knows of the typical one stays as drawn."""
    made = cohort(record(), 2, SEED, spread=spread)
    drawn = draw(record().scenario.patient, 2, SEED, spread)
    suited = tuple(map(suiting(record().scenario, record().delivery.therapy), drawn))
    assert suited != drawn
    assert made.patients == (suited if spread == BETWEEN else drawn)
    assert made.spread == spread


def test_patients_are_watched_from_first_loss_to_the_end() -> None:
    assert cohort(record(), 1).until_h == pytest.approx((30 - 21) * 24.0)
    assert cohort(run.simulate(api.load("baseline")), 1).until_h == api.load("baseline").until_h


# What happens to the patient and not to the pump


def test_a_condition_acts_on_every_patient_and_never_on_withdrawal() -> None:
    """Three times as much drug is needed from day 10 to 12, before the stop of day 21."""
    rows = np.zeros((4, 7))
    rows[:, 0], rows[:3, 1] = (0.0, 240.0, 288.0, record().scenario.until_h), (1.0, 3.0, 1.0)
    therapy = replace(record().delivery.therapy, conditions={"potency": Pieces(rows)})
    plain = cohort(record(), 4, SEED)
    mimic = cohort(replace(record(), delivery=replace(record().delivery, therapy=therapy)), 4, SEED)
    times = np.array([239.0, 250.0, 290.0])
    for one, other in zip(plain.solutions, mimic.solutions, strict=True):
        for name in ("effect_leg", "sedation"):
            before, after = one.series(name, times), other.series(name, times)
            np.testing.assert_array_equal(before[[0, 2]], after[[0, 2]])
            assert after[1] < before[1]
        np.testing.assert_array_equal(one.stages(times), other.stages(times))
    for patient, same in zip(plain.metrics, mimic.metrics, strict=True):
        assert same == patient, "what counts from the stop on has not changed"
    always = np.array([[0.0, 3.0, 0, 0, 0, 0, 0], [record().scenario.until_h, 0, 0, 0, 0, 0, 0]])
    therapy = replace(therapy, conditions={"spasticity": Pieces(always)})
    chronic = cohort(replace(record(), delivery=replace(record().delivery, therapy=therapy)), 4, SEED)
    for patient, worse in zip(plain.metrics, chronic.metrics, strict=True):
        for name in ("effect_baseline_frac", "effect_nadir_frac"):
            assert worse[name].value < patient[name].value
        assert worse["withdrawal_peak"] == patient["withdrawal_peak"]


# Bands


def band_of(*metrics: Metric) -> Band:
    made = SimpleNamespace(metrics=tuple({"x": metric} for metric in metrics))
    return Cohort.band(made, "x")  # type: ignore[arg-type]


def values(*numbers: float) -> list[Metric]:
    return [Metric(number, "h") for number in numbers]


NEVER = Metric(None, "h", NOT_WITHIN)


def test_band_is_the_5th_and_95th_percentile_by_rank() -> None:
    """Of 1 … 100 in any order: the 5th and the 95th."""
    shuffled = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    assert band_of(*values(*shuffled)) == Band(5.0, 95.0, 50.0)


def test_who_never_gets_there_counts_as_later_than_everybody() -> None:
    assert band_of(*values(*range(1, 95)), *[NEVER] * 6) == Band(5.0, None, 50.0)
    assert band_of(*values(*range(1, 97)), *[NEVER] * 4) == Band(5.0, 95.0, 50.0)
    assert band_of(*[NEVER] * 3) == Band(None, None)


@pytest.mark.parametrize("reason", [NO_LOSS, NO_ALARM])
def test_what_cannot_be_has_no_band(reason: str) -> None:
    assert band_of(*[Metric(None, "h", reason)] * 3) == Band(None, None)


def test_share_counts_those_in_whom_it_comes() -> None:
    made = SimpleNamespace(metrics=tuple({"x": metric} for metric in (*values(1.0, 2.0, 3.0), NEVER)))
    assert Cohort.share(made, "x") == 0.75  # type: ignore[arg-type]


def test_band_of_a_series_encloses_the_middle_of_the_patients() -> None:
    made, times = cohort(record(), 8, SEED), np.array([0.0, 520.0, 545.0])
    low, high = made.series_band("csf_lumbar", times)
    assert low.shape == high.shape == times.shape
    assert (low < high).all()
    inside = [
        (low <= s.series("csf_lumbar", times)) & (s.series("csf_lumbar", times) <= high)
        for s in made.solutions
    ]
    assert np.mean(inside) >= 0.7


def test_cohort_shares_the_delivery_and_counts_its_progress() -> None:
    seen: list[tuple[int, int]] = []
    made = cohort(record(), 4, SEED, lambda done, size: seen.append((done, size)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {patient["delivered_frac"].value for patient in made.metrics} == {
        record().metrics["delivered_frac"].value
    }
    assert {solution.engine for solution in made.solutions} == {"exact"}


def test_typical_patient_lies_within_the_band_of_an_abrupt_stop() -> None:
    made = cohort(record(), 60, SEED)
    for name in ("effect_halved_h", "withdrawal_peak", "csf_lumbar_baseline_ng_mL", "sedation_peak_frac"):
        band, value = made.band(name), record().metrics[name].value
        assert value is not None
        assert band.low is not None
        assert band.low < value < (np.inf if band.high is None else band.high), name
