"""The designs that compare rows: how their rows differ, and their indices where these are known."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.study.screening import METHODS, MORRIS, SOBOL_INDICES

SEED = 2**63 - 1


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_rows_come_in_groups_within_the_open_interval_and_by_the_seed(method: object) -> None:
    m = METHODS[method.name]  # type: ignore[attr-defined]
    one, again, other = m.shares(3, 8, SEED), m.shares(3, 8, SEED), m.shares(3, 8, 1)
    assert one.shape == (8 * m.rows_each(3), 3)
    assert ((one > 0.0) & (one < 1.0)).all()
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_trajectory_changes_one_number_at_a_time_by_half_of_its_distribution() -> None:
    groups = METHODS[MORRIS].shares(4, 10, 3).reshape(10, 5, 4)
    steps = np.diff(groups, axis=1)
    np.testing.assert_allclose(np.sort(np.abs(steps), axis=2)[:, :, :3], 0.0, atol=1e-12)
    np.testing.assert_allclose(np.abs(steps).max(axis=2), 0.5)
    np.testing.assert_allclose(np.abs(steps).sum(axis=1), 0.5)  # each number once


def test_a_point_has_a_partner_for_each_number() -> None:
    """Rows of a group: A, then A with one number of B each, then B."""
    for group in METHODS[SOBOL_INDICES].shares(3, 8, 3).reshape(8, 5, 3):
        a, b = group[0], group[-1]
        for j in range(3):
            wanted = a.copy()
            wanted[j] = b[j]
            np.testing.assert_array_equal(group[1 + j], wanted)


def test_half_a_sample_of_points_is_the_sample_of_half_the_size() -> None:
    m = METHODS[SOBOL_INDICES]
    np.testing.assert_array_equal(m.shares(3, 16, 5)[: 8 * 5], m.shares(3, 8, 5))


def test_a_straight_line_changes_by_half_its_slope_everywhere() -> None:
    m = METHODS[MORRIS]
    shares = m.shares(3, 6, 1)
    size, signed, elsewhere = m.of(shares, shares @ [4.0, -2.0, 0.0] + 7.0)
    np.testing.assert_allclose(size, [2.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(signed, [2.0, -1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(elsewhere, 0.0, atol=1e-12)


def test_the_variance_of_ishigamis_function_is_shared_out_as_known() -> None:
    """a = 7, b = 0.1: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    m = METHODS[SOBOL_INDICES]
    shares = m.shares(3, 4096, 1)
    x = np.pi * (2.0 * shares - 1.0)
    values = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    total, first = m.of(shares, values)
    np.testing.assert_allclose(first, [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=0.02)


def test_the_global_state_of_random_numbers_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # type: ignore[union-attr]  # noqa: NPY002
    for m in METHODS.values():
        shares = m.shares(2, 4, 1)
        m.of(shares, shares[:, 0])
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # type: ignore[arg-type]  # noqa: NPY002
