"""Who is simulated: the k-th draw does not depend on how many there are, and follows its law."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from itsim import api
from itsim.parameters import Parameter, ParameterSet, correlations
from itsim.study.draws import BETWEEN, BOTH, LARGEST_SEED, UNCERTAINTY, draw, uncertain

N_DRAWS, SEED = 4000, 20240501
"""Enough for a standard error of 1.6 % in a mean of logs of unit spread."""


@cache
def adult() -> ParameterSet:
    return api.load("abrupt_stop").patient


@cache
def columns(spread: str = BETWEEN) -> dict[str, Any]:
    """Values of every number of the typical patient, as columns."""
    patients = draw(adult(), N_DRAWS, SEED, spread)
    return {name: np.array([patient[name].value for patient in patients]) for name in adult()}


def parameter(name: str, value: float = 1.0, **more: Any) -> Parameter:
    rest = {"low": 0.0, "high": 10.0, "source": "assumption", "grade": "X"} | more
    return Parameter(name, value, "1", note="", **rest)


def log_factors(name: str, spread: str = BETWEEN) -> Any:
    return np.log(columns(spread)[name] / adult()[name].value)


def varied() -> list[Parameter]:
    return [p for p in adult().values() if p.cv > 0.0]


# The k-th draw


@pytest.mark.parametrize("spread", [BETWEEN, UNCERTAINTY, BOTH])
def test_the_kth_patient_does_not_depend_on_how_many_there_are(spread: str) -> None:
    few, many = draw(adult(), 3, SEED, spread), draw(adult(), 10, SEED, spread)
    assert few == many[:3]
    assert len({patient["csf_loss"].value for patient in many}) == 10


def test_another_seed_is_another_cohort() -> None:
    assert draw(adult(), 1, 1)[0].numbers != draw(adult(), 1, 2)[0].numbers


@pytest.mark.parametrize("seed", [0, LARGEST_SEED])
def test_the_ends_of_the_range_of_seeds_work(seed: int) -> None:
    assert draw(adult(), 1, seed)


def test_a_seed_or_a_spread_that_is_none_is_refused() -> None:
    for seed in (-1, LARGEST_SEED + 1):
        with pytest.raises(ValueError, match="seed"):
            draw(adult(), 1, seed)
    with pytest.raises(ValueError, match="between, uncertainty, both"):
        draw(adult(), 1, 1, "nonsense")


# How patients differ


@pytest.mark.parametrize("name", [p.name for p in varied() if not p.tail_df and not p.moves_with])
def test_a_number_is_log_normal_around_the_typical_value(name: str) -> None:
    """Median 1; σ² = ln(1 + CV²). Bounds are four standard errors."""
    logs, cv = log_factors(name), adult()[name].cv
    sigma = np.sqrt(np.log1p(cv**2))
    assert np.median(logs) == pytest.approx(0.0, abs=4.0 * 1.2533 * sigma / np.sqrt(N_DRAWS))
    assert np.std(logs) == pytest.approx(sigma, rel=4.0 / np.sqrt(2.0 * N_DRAWS))


@pytest.mark.parametrize("name", [p.name for p in varied() if p.tail_df])
def test_a_number_with_heavy_tails_follows_students_t_on_the_log_scale(name: str) -> None:
    """Quartiles and tails of t with its degrees of freedom, times σ."""
    from scipy.stats import kstest, t

    number = adult()[name]
    sigma = np.sqrt(np.log1p(number.cv**2))
    assert kstest(log_factors(name) / sigma, t(number.tail_df).cdf).pvalue > 0.001


def test_the_data_has_numbers_of_both_sorts() -> None:
    assert {bool(p.tail_df) for p in varied()} == {True, False}


@pytest.mark.parametrize("pair", correlations(), ids=lambda pair: f"{pair.a} ~ {pair.b}")
def test_known_correlations_are_there(pair: Any) -> None:
    """Of the logs; rank correlation, so that a heavy tail does not matter: ρₛ = 6/π·asin(ρ/2) for normals."""
    from scipy.stats import spearmanr

    if not {pair.a, pair.b} <= set(adult()):
        pytest.skip("not a pair of this body")
    expected = 6.0 / np.pi * np.arcsin(pair.rho / 2.0)
    assert spearmanr(log_factors(pair.a), log_factors(pair.b)).statistic == pytest.approx(expected, abs=0.06)


def test_numbers_without_a_known_correlation_have_none() -> None:
    paired = {name for pair in correlations() for name in (pair.a, pair.b)}
    free = [p.name for p in varied() if p.name not in paired and not p.moves_with]
    found = np.corrcoef([log_factors(name) for name in free]) - np.eye(len(free))
    assert np.abs(found).max() < 5.0 / np.sqrt(N_DRAWS)


def test_a_number_moves_with_another_numbers_patient() -> None:
    movers = [p for p in adult().values() if p.moves_with]
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


# What nobody knows of the typical patient


def test_uncertain_are_fits_assumptions_and_what_no_variability_explains() -> None:
    sure = {"chen": parameter("chen", cv=0.3, grade="A", source="chen2017")}
    sure |= {"n_parts": parameter("n_parts", 4.0), "off": parameter("off", 0.0)}
    sure |= {"mine": parameter("mine", source="scenario"), "fixed": parameter("fixed", low=1.0, high=1.0)}
    sure |= {"beyond": parameter("beyond", 11.0), "mover": parameter("mover", moves_with="fit")}
    open_ = {"fit": parameter("fit", cv=0.5, grade="fit", source="fit"), "guess": parameter("guess")}
    open_ |= {"read": parameter("read", grade="A", source="chen2017")}
    typical = ParameterSet((*sure.values(), *open_.values()))
    assert {p.name for p in uncertain(typical)} == set(open_)
    (drawn,) = draw(typical, 1, SEED, UNCERTAINTY)
    assert {n for n in typical if drawn[n] != typical[n]} == {*open_, "mover"}
    assert drawn["mover"].value == pytest.approx(drawn["fit"].value)


def test_an_uncertain_number_has_its_value_as_median_and_keeps_to_its_range() -> None:
    """Quartiles of a log-normal between −1.96 and 1.96 standard deviations, with the spread of each side."""
    from scipy.stats import norm

    own = [p for p in uncertain(adult()) if not p.moves_with and p.low > 0.0]
    assert len(own) > 10
    for p in own:
        values = columns(UNCERTAINTY)[p.name]
        assert p.low <= values.min() <= values.max() <= p.high, p.name
        for share in (0.25, 0.5, 0.75):
            z = norm.ppf(0.025 + 0.95 * share) / norm.ppf(0.975)
            expected = p.value * ((p.high if z > 0 else p.low) / p.value) ** abs(z)
            below, not_above = np.mean(values < expected), np.mean(values <= expected)
            assert below - 0.032 <= share <= not_above + 0.032, p.name  # four standard errors; ties at an end


def test_a_range_from_zero_is_drawn_along_a_straight_line() -> None:
    typical = ParameterSet((parameter("share", 0.4, low=0.0, high=1.0),))
    values = np.array([patient["share"].value for patient in draw(typical, N_DRAWS, SEED, UNCERTAINTY)])
    assert 0.0 <= values.min() < 0.01
    assert values.max() <= 1.0
    assert np.median(values) == pytest.approx(0.4, abs=0.02)


def test_uncertain_numbers_are_drawn_one_by_one() -> None:
    names = [p.name for p in uncertain(adult()) if not p.moves_with]
    ranks = [np.argsort(np.argsort(columns(UNCERTAINTY)[name])) for name in names]
    assert np.abs(np.corrcoef(ranks) - np.eye(len(names))).max() < 5.0 / np.sqrt(N_DRAWS)


def test_both_spreads_add_on_the_log_scale_and_share_no_chance() -> None:
    """A patient around another typical one: factors multiply, and neither tells of the other."""
    one, other = log_factors("axial_dispersion"), log_factors("axial_dispersion", UNCERTAINTY)
    assert log_factors("axial_dispersion", BOTH) == pytest.approx(one + other)
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.0 / np.sqrt(N_DRAWS)
