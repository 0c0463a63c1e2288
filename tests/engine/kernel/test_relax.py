"""One stage over one panel, against its own differential equation."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.arrays import Array
from itsim.engine import panels
from itsim.engine.kernel.places import N_COLUMNS, N_POINTS
from itsim.engine.kernel.relax import node_weights, point_weights, relax, relaxed_at

DECAYS = (1e-6, 0.01, 0.5, 1.9, 2.1, 6.0, 16.0)


def targets_of(values: Array) -> Array:
    return np.concatenate([values, np.zeros(N_COLUMNS - N_POINTS)])


def relaxed(rh: float, values: Array, start: float) -> Array:
    out = np.zeros(N_COLUMNS)
    decay = np.exp(-rh * targets_of(panels.POINTS))
    relax(decay, rh, targets_of(values), start, out)
    return out[:N_POINTS]


@pytest.mark.parametrize("rh", DECAYS)
def test_states_are_those_of_the_equation(rh: float) -> None:
    """y' = rh (x² − y) has y = x² − 2x/rh + 2/rh² + C e^{−rh x}; for small rh by its series."""
    found = relaxed(rh, panels.POINTS**2, 0.4)
    x, by = panels.POINTS[:, None], panels.POINTS[:, None] * np.linspace(0.0, 1.0, 4001)
    kernel = rh * np.exp(-rh * (x - by)) * by**2
    width = panels.POINTS / 4000.0
    simpson = np.ones(4001)
    simpson[1:-1:2], simpson[2:-1:2] = 4.0, 2.0
    expected = np.exp(-rh * panels.POINTS) * 0.4 + kernel @ simpson * width / 3.0
    np.testing.assert_allclose(found, expected, rtol=1e-11)


@pytest.mark.parametrize("rh", DECAYS)
def test_between_points_it_is_the_same_course(rh: float) -> None:
    values = np.exp(-1.5 * panels.POINTS) + 0.2 * panels.POINTS
    states, x = relaxed(rh, values, 2.0), 0.37
    first = relaxed_at(x, rh, targets_of(values), targets_of(states), np.zeros(N_COLUMNS))
    expected = panels.relaxed(np.array([[rh]]), np.array([x]), np.array([[2.0]]), values[None, None, 1:-1])
    assert first == pytest.approx(expected[0, 0], rel=1e-10)


def test_a_target_of_nothing_only_decays() -> None:
    np.testing.assert_array_equal(
        relaxed(100.0, np.zeros(N_POINTS), 3.0), np.exp(-100.0 * panels.POINTS) * 3.0
    )


@pytest.mark.parametrize("x", [0.0, 0.2, float(panels.POINTS[4]), 1.0])
def test_weights_carry_polynomials(x: float) -> None:
    weights = np.zeros(N_COLUMNS)
    node_weights(x, weights)
    assert weights[: panels.N_NODES] @ panels.NODES**11 == pytest.approx(x**11, abs=1e-13)
    point_weights(x, weights)
    assert weights[:N_POINTS] @ panels.POINTS**13 == pytest.approx(x**13, abs=1e-13)
