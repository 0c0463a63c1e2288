"""Distributions: their quantiles are those of scipy, and stay where they are cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itsim.study import distributions as d

SHARES = np.array([1e-9, 0.01, 0.2, 0.5, 0.77, 0.99, 1.0 - 1e-9])


@pytest.mark.parametrize(
    ("spread", "known"),
    [
        (d.Uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
        (d.LogUniform(0.1, 10.0), stats.loguniform(0.1, 10.0)),
        (d.Normal(3.0, 0.5), stats.norm(3.0, 0.5)),
        (d.Normal(3.0, 0.5, 3.2, 4.0), stats.truncnorm(0.4, 2.0, 3.0, 0.5)),
        (d.Normal(3.0, 0.5, high=2.0), stats.truncnorm(-np.inf, -2.0, 3.0, 0.5)),
        (d.LogNormal(2.0, 0.4), stats.lognorm(math.sqrt(math.log1p(0.16)), scale=2.0)),
        (d.Triangular(1.0, 2.0, 6.0), stats.triang(0.2, 1.0, 5.0)),
        (d.Triangular(1.0, 1.0, 6.0), stats.triang(0.0, 1.0, 5.0)),
    ],
)
def test_quantiles_are_those_of_scipy(spread: d.Distribution, known: stats.rv_continuous) -> None:
    np.testing.assert_allclose(spread.at(SHARES), known.ppf(SHARES), rtol=1e-9)


def test_the_coefficient_of_variation_is_the_published_one() -> None:
    values = d.LogNormal(2.0, 0.4).at((np.arange(200_000) + 0.5) / 200_000)
    assert np.std(values) / np.mean(values) == pytest.approx(0.4, rel=2e-3)


@given(st.floats(-40.0, 40.0), st.floats(0.01, 5.0), st.floats(0.0, 1.0))
def test_a_cut_far_in_the_tail_holds(low: float, width: float, share: float) -> None:
    value = float(d.Normal(0.0, 1.0, low, low + width).at(np.array([share]))[0])
    assert low <= value <= low + width


def test_levels_are_each_as_likely() -> None:
    found = d.Levels((1.0, 2.0, 5.0)).at(np.linspace(0.0, 1.0, 3001))
    assert [int(np.sum(found == level)) for level in (1.0, 2.0, 5.0)] == [1000, 1000, 1001]


def test_words_are_places_in_their_list() -> None:
    words = d.Levels(("T6", "T10"))
    assert words.are_words
    assert words.at(np.array([0.1, 0.9])).tolist() == [0.0, 1.0]


def test_steps_are_written_as_a_person_would() -> None:
    assert d.linspace(0.0, 0.8, 5).values == (0.0, 0.2, 0.4, 0.6, 0.8)
    assert d.logspace(0.1, 100.0, 4).values == (0.1, 1.0, 10.0, 100.0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: d.Uniform(2.0, 2.0),
        lambda: d.LogUniform(0.0, 2.0),
        lambda: d.Normal(0.0, 0.0),
        lambda: d.Normal(0.0, 1.0, 3.0, 2.0),
        lambda: d.LogNormal(0.0, 0.3),
        lambda: d.LogNormal(1.0, 0.3, low=-1.0),
        lambda: d.Triangular(0.0, 3.0, 2.0),
        lambda: d.Levels(()),
        lambda: d.linspace(0.0, 1.0, 1),
        lambda: d.linspace(1.0, 1.0, 3),
        lambda: d.logspace(-1.0, 1.0, 3),
    ],
)
def test_what_is_no_distribution_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"; (write|leave)"):
        wrong()  # type: ignore[operator]
