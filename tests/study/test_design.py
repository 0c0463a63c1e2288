"""Designs: the same rows however they are cut, within their bounds, and as even as they promise."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from itsim.study.design import SAMPLED, Design, Factor
from itsim.study.distributions import Levels, Normal, Uniform
from itsim.study.screening import METHODS

SEED = 2**63 - 1


def factors(n: int = 3) -> tuple[Factor, ...]:
    spreads = (Uniform(1.0, 3.0), Levels((0.0, 5.0)), Normal(0.0, 1.0, -2.0, 2.0), Levels(("a", "b", "c")))
    return tuple(Factor(f"f{j}", (f"p{j}",), "h", "h", spreads[j % 4]) for j in range(n))


def all_rows(design: Design) -> np.ndarray:
    return design.rows(np.arange(design.n_rows))


@given(st.sampled_from(SAMPLED), st.integers(0, 7), st.integers(1, 9), st.data())
def test_chunks_never_change_rows(kind: str, power: int, n: int, data: st.DataObject) -> None:
    design = Design(kind, factors(n), 2 ** max(power, 2 * (kind in METHODS)), data.draw(st.integers(0, SEED)))
    whole = all_rows(design)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, design.n_rows - 1)), max_size=4)) | {0})
    ends = [*cuts[1:], design.n_rows]
    parts = [design.rows(np.arange(a, b)) for a, b in zip(cuts, ends, strict=True) if a < b]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    one = data.draw(st.integers(0, design.n_rows - 1))
    np.testing.assert_array_equal(design.rows(np.array([one]))[0], whole[one])


@given(st.sampled_from(SAMPLED), st.integers(0, SEED))
def test_rows_lie_within_their_bounds(kind: str, seed: int) -> None:
    rows = all_rows(Design(kind, factors(4), 64, seed))
    assert np.isfinite(rows).all()
    assert ((rows[:, 0] >= 1.0) & (rows[:, 0] <= 3.0)).all()
    assert set(rows[:, 1]) <= {0.0, 5.0}
    assert (np.abs(rows[:, 2]) <= 2.0).all()
    assert set(rows[:, 3]) <= {0.0, 1.0, 2.0}


@pytest.mark.parametrize("kind", SAMPLED)
def test_a_seed_gives_its_rows_again_and_another_gives_others(kind: str) -> None:
    one, again, other = (all_rows(Design(kind, factors(), 32, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_every_stratum_of_every_number_is_hit_once(kind: str) -> None:
    rows = all_rows(
        Design(kind, tuple(Factor(f"f{j}", (), "1", "1", Uniform(0.0, 1.0)) for j in range(3)), 64, 5)
    )
    for column in rows.T:
        assert sorted(np.floor(column * 64).astype(int)) == list(range(64))


def test_sobol_is_more_even_than_chance() -> None:
    plain = tuple(Factor(f"f{j}", (), "1", "1", Uniform(0.0, 1.0)) for j in range(4))
    even, chance = (
        qmc.discrepancy(all_rows(Design(kind, plain, 256, 3))) for kind in ("sobol", "monte_carlo")
    )
    assert even < 0.2 * chance


def test_monte_carlo_columns_are_independent() -> None:
    plain = tuple(Factor(f"f{j}", (), "1", "1", Uniform(0.0, 1.0)) for j in range(5))
    rows = all_rows(Design("monte_carlo", plain, 20_000, 11))
    together = np.corrcoef(rows.T) - np.eye(5)
    assert np.abs(together).max() < 4.0 / np.sqrt(20_000)
    assert np.abs(rows.mean(axis=0) - 0.5).max() < 4.0 / np.sqrt(12 * 20_000)


def test_a_grid_is_every_combination_the_last_fastest() -> None:
    levels = ((1.0, 2.0), (3.0, 4.0, 5.0))
    design = Design("grid", tuple(Factor(str(v), (), "1", "1", Levels(v)) for v in levels))
    assert design.n_rows == 6
    assert all_rows(design).tolist() == [list(pair) for pair in product(*levels)]


def test_a_table_goes_row_by_row() -> None:
    design = Design("table", tuple(Factor(str(v), (), "1", "1", Levels(v)) for v in ((1.0, 2.0), (3.0, 4.0))))
    assert all_rows(design).tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_numbers_are_written_with_their_unit_and_words_as_they_are() -> None:
    hours = Factor("t", ("until",), "day", "h", Uniform(1.0, 2.0))
    assert hours.written(1.1) == "1.1 day"
    plain = Factor("x", ("p",), "1", "1", Uniform(0.0, 1.0))
    assert plain.written(0.1) == 0.1
    words = Factor("tip", ("patient.tip",), "1", "1", Levels(("T6", "T10")))
    assert words.written(1.0) == "T10"
    switch = Factor("prime", ("p",), "1", "1", Levels((True, False)))
    assert switch.written(0.0) is True


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Design("star", factors()),
        lambda: Design("grid", factors()),
        lambda: Design("table", tuple(Factor(str(v), (), "1", "1", Levels(v)) for v in ((1.0,), (3.0, 4.0)))),
    ],
)
def test_what_is_no_design_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"design|needs|length"):
        wrong()  # type: ignore[operator]


@pytest.mark.parametrize(("kind", "samples"), [("morris", 3), ("sobol_indices", 12), ("sobol_indices", 2)])
def test_a_sample_that_has_no_two_halves_is_refused(kind: str, samples: int) -> None:
    with pytest.raises(ValueError, match="4 samples or more, and sobol_indices a power of two"):
        Design(kind, factors(), samples)


@pytest.mark.parametrize("kind", METHODS)
def test_rows_that_are_compared_are_quantiles_of_the_shares(kind: str) -> None:
    """Also of words, and of distributions without ends, which no share reaches."""
    design = Design(kind, factors(4), 4, 7)
    rows = all_rows(design)
    assert len(rows) == design.n_rows == 4 * METHODS[kind].rows_each(4)
    np.testing.assert_allclose(rows[:, 0], 1.0 + 2.0 * design.shares[:, 0])
    assert set(rows[:, 3]) <= {0.0, 1.0, 2.0}
