"""Points and functions as pieces."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.device.delivery import Pieces
from itsim.device.pieces import C0, C1, FIT_TOLERANCE, START
from itsim.device.profiles import check_times, pieces_from_function, pieces_from_points


def test_steps_hold_and_lines_join() -> None:
    steps = pieces_from_points([0.0, 2.0, 5.0], [1.0, 3.0, 0.0], "steps")
    lines = pieces_from_points([0.0, 2.0, 5.0], [1.0, 3.0, 0.0], "lines")
    np.testing.assert_array_equal(steps[:, C1], 0.0)
    np.testing.assert_array_equal(lines[:, C1], [1.0, -1.0, 0.0])
    np.testing.assert_array_equal(lines[:, [START, C0]], [[0.0, 1.0], [2.0, 3.0], [5.0, 0.0]])
    assert pieces_from_points([0.0], [2.0], "lines").shape == (1, 7)


@pytest.mark.parametrize("between", ["steps", "lines"])
def test_points_of_many_variants(between: str) -> None:
    second, value = np.array([2.0, 3.0, 4.0]), np.array([0.1, 0.2, 0.3])
    rows = pieces_from_points([0.0, second, 9.0], [1.0, value, 0.0], between)  # type: ignore[arg-type]
    assert rows.shape == (3, 3, 7)
    for i in range(3):
        one = pieces_from_points([0.0, second[i], 9.0], [1.0, value[i], 0.0], between)  # type: ignore[arg-type]
        np.testing.assert_array_equal(rows[i], one)


@pytest.mark.parametrize(
    ("times", "values", "rule"),
    [
        ([0.0, 1.0], [1.0], "one value per time"),
        ([], [], "first time is 0 h"),
        ([1.0], [1.0], "first time is 0 h"),
        ([0.0, 2.0, 2.0], [1.0] * 3, "rise"),
    ],
)
def test_times_that_cannot_be(times: list[float], values: list[float], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        check_times(times, values)


@pytest.mark.parametrize(
    "function",
    [
        lambda t: 1.0 - t / 900.0,
        lambda t: 0.0,
        lambda t: 0.2 + 0.8 * np.exp(-t / 100.0),
        lambda t: 1.0 + np.sin(t / 24.0),
        lambda t: 1.0 / (1.0 + np.exp((t - 400.0) / 30.0)),
    ],
)
def test_function_is_followed(function) -> None:  # type: ignore[no-untyped-def]
    rows = pieces_from_function(function, 900.0)
    times = np.linspace(0.0, 899.99, 4001)
    seen = Pieces(np.vstack([rows])).rate(times)
    true = np.array([function(t) for t in times])
    assert np.max(np.abs(seen - true)) <= 3.0 * FIT_TOLERANCE * max(np.max(np.abs(true)), 1e-9)
    assert rows[-1, START] == 900.0
    assert rows[-1, C0] == function(900.0)


def test_a_line_is_one_piece() -> None:
    assert len(pieces_from_function(lambda t: 1.0 - t / 900.0, 900.0)) == 2


def test_jumps_at_named_edges() -> None:
    def function(t: float) -> float:
        return 1.0 if t / 24.0 < 5.0 else 0.5

    rows = pieces_from_function(function, 900.0, [120.0, 5000.0, 0.0])
    np.testing.assert_allclose(rows[:, [START, C0]], [[0, 1], [120, 0.5], [900, 0.5]], atol=1e-15)


@pytest.mark.parametrize(
    "function",
    [lambda t: float(t < 500.0), lambda t: 1.0 - 0.5 * (333.0 < t < 335.0), lambda t: abs(t - 123.4) ** 0.5],
    ids=["jump", "pulse", "cusp"],
)
def test_a_jump_that_is_not_named_is_refused(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"not smooth near .* name the jump in edges_h"):
        pieces_from_function(function, 900.0)


def test_a_function_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="gives nan at"):
        pieces_from_function(lambda t: np.nan, 900.0)
    with pytest.raises(ValueError, match="gives inf at 900 h"):
        pieces_from_function(lambda t: np.inf if t == 900.0 else 1.0, 900.0)
