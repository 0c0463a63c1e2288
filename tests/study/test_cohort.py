"""Virtual patients: who they are does not depend on how many they are; what they give becomes a band."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from itsim import api, run
from itsim.device.delivery import Pieces
from itsim.metrics import NO_ALARM, NO_LOSS, NOT_WITHIN, Metric
from itsim.parameters import Parameter, ParameterSet, correlations
from itsim.run import RunRecord
from itsim.study.cohort import LARGEST_SEED, Band, Cohort, cohort, draw, seed_of

N_DRAWS, SEED = 4000, 20240501
"""Enough for a standard error of 1.6 % in a mean of logs of unit spread."""


@cache
def record() -> RunRecord:
    return run.simulate(api.load("abrupt_stop"))


@cache
def draws() -> dict[str, Any]:
    """Values of every varied number of the typical patient, as columns."""
    typical = record().scenario.patient
    patients = draw(typical, N_DRAWS, SEED)
    return {name: np.array([patient[name].value for patient in patients]) for name in typical}


def parameter(name: str, value: float = 1.0, **more: Any) -> Parameter:
    return Parameter(name, value, "1", 0.0, 10.0, source="assumption", grade="X", note="", **more)


def log_factors(name: str) -> Any:
    return np.log(draws()[name] / record().scenario.patient[name].value)


def varied() -> list[Parameter]:
    return [p for p in record().scenario.patient.values() if p.cv > 0.0]


# The k-th patient


def test_the_kth_patient_does_not_depend_on_how_many_there_are() -> None:
    typical = record().scenario.patient
    few, many = draw(typical, 3, SEED), draw(typical, 10, SEED)
    assert [p.numbers for p in few] == [p.numbers for p in many[:3]]
    assert len({patient["csf_loss"].value for patient in many}) == 10


def test_the_kth_patient_does_not_depend_on_who_was_simulated_before() -> None:
    alone, together = cohort(record(), 3, SEED), cohort(record(), 6, SEED)
    assert alone.metrics == together.metrics[:3]


def test_another_seed_is_another_cohort() -> None:
    typical = record().scenario.patient
    assert draw(typical, 1, 1)[0].numbers != draw(typical, 1, 2)[0].numbers


def test_the_seed_comes_from_the_content_and_not_from_the_name() -> None:
    scenario = api.load("abrupt_stop")
    told = api.vary_scenario(scenario, {"title": "another title", "story": "another story"})
    later = api.vary_scenario(scenario, {"timeline.stall.at": "22 day"})
    assert seed_of(scenario) == seed_of(told) == cohort(record(), 1).seed
    assert seed_of(scenario) != seed_of(later)
    assert 0 <= seed_of(scenario) <= LARGEST_SEED


@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_the_ends_of_the_range_of_seeds_work(seed: int) -> None:
    assert draw(record().scenario.patient, 1, seed)


# How patients differ


@pytest.mark.parametrize("name", [p.name for p in varied() if not p.tail_df and not p.moves_with])
def test_a_number_is_log_normal_around_the_typical_value(name: str) -> None:
    """Median 1; σ² = ln(1 + CV²). Bounds are four standard errors."""
    logs, cv = log_factors(name), record().scenario.patient[name].cv
    sigma = np.sqrt(np.log1p(cv**2))
    assert np.median(logs) == pytest.approx(0.0, abs=4.0 * 1.2533 * sigma / np.sqrt(N_DRAWS))
    assert np.std(logs) == pytest.approx(sigma, rel=4.0 / np.sqrt(2.0 * N_DRAWS))


@pytest.mark.parametrize("name", [p.name for p in varied() if p.tail_df])
def test_a_number_with_heavy_tails_follows_students_t_on_the_log_scale(name: str) -> None:
    """Quartiles and tails of t with its degrees of freedom, times σ."""
    from scipy.stats import kstest, t

    number = record().scenario.patient[name]
    sigma = np.sqrt(np.log1p(number.cv**2))
    assert kstest(log_factors(name) / sigma, t(number.tail_df).cdf).pvalue > 0.001


def test_the_data_has_numbers_of_both_sorts() -> None:
    assert {bool(p.tail_df) for p in varied()} == {True, False}


@pytest.mark.parametrize("pair", correlations(), ids=lambda pair: f"{pair.a} ~ {pair.b}")
def test_known_correlations_are_there(pair: Any) -> None:
    """Of the logs; rank correlation, so that a heavy tail does not matter: ρₛ = 6/π·asin(ρ/2) for normals."""
    from scipy.stats import spearmanr

    if not {pair.a, pair.b} <= set(record().scenario.patient):
        pytest.skip("not a pair of this body")
    expected = 6.0 / np.pi * np.arcsin(pair.rho / 2.0)
    assert spearmanr(log_factors(pair.a), log_factors(pair.b)).statistic == pytest.approx(expected, abs=0.06)


def test_numbers_without_a_known_correlation_have_none() -> None:
    paired = {name for pair in correlations() for name in (pair.a, pair.b)}
    free = [p.name for p in varied() if p.name not in paired and not p.moves_with]
    found = np.corrcoef([log_factors(name) for name in free]) - np.eye(len(free))
    assert np.abs(found).max() < 5.0 / np.sqrt(N_DRAWS)


def test_a_number_moves_with_another_numbers_patient() -> None:
    movers = [p for p in record().scenario.patient.values() if p.moves_with]
    assert movers
    for p in movers:
        if p.cv == 0.0:
            assert log_factors(p.name) == pytest.approx(log_factors(p.moves_with))
        else:
            own = log_factors(p.name) - log_factors(p.moves_with)
            assert np.std(own) == pytest.approx(np.sqrt(np.log1p(p.cv**2)), rel=0.05)


def test_what_has_no_variability_stays_and_provenance_is_kept() -> None:
    typical = ParameterSet((parameter("a"), parameter("b", cv=0.5), parameter("c", moves_with="b")))
    (patient,) = draw(typical, 1, SEED)
    assert patient["a"].value == 1.0
    assert patient["b"].value == patient["c"].value != 1.0
    assert (patient["b"].source, patient["b"].grade) == ("assumption", "X")


def test_a_cohort_of_nobody_and_a_seed_that_is_none_are_refused() -> None:
    for size in (0, -1):
        with pytest.raises(ValueError, match="at least 1"):
            cohort(record(), size)
    for seed in (-1, LARGEST_SEED + 1):
        with pytest.raises(ValueError, match="seed"):
            cohort(record(), 1, seed)


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
    assert band_of(*values(*shuffled)) == Band(5.0, 95.0)


def test_who_never_gets_there_counts_as_later_than_everybody() -> None:
    assert band_of(*values(*range(1, 95)), *[NEVER] * 6) == Band(5.0, None)
    assert band_of(*values(*range(1, 97)), *[NEVER] * 4) == Band(5.0, 95.0)
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
