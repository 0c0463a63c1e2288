"""Where a panel bends, and how rough it is."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.arrays import Array
from itsim.engine.kernel.panel import _roughness, changes_sign, first_root, through_points
from itsim.engine.kernel.places import N_COLUMNS, N_POINTS
from itsim.engine.panels import POINTS


def row(values: Array) -> Array:
    return np.concatenate([values, np.zeros(N_COLUMNS - N_POINTS)])


@pytest.mark.parametrize("at", [1e-7, 0.013, 0.5, 0.77, 1.0 - 1e-9])
def test_the_first_root_is_found(at: float) -> None:
    values = row((POINTS - at) * (1.0 + POINTS) * np.exp(-POINTS))
    assert changes_sign(values)
    assert first_root(values) == pytest.approx(at, abs=1e-13)
    assert first_root(-values) == pytest.approx(at, abs=1e-13)


def test_a_start_that_rounding_has_cleaned_is_no_root() -> None:
    values = row((POINTS - 0.6) * POINTS)
    assert first_root(values) == pytest.approx(0.6, abs=1e-13)
    assert not changes_sign(row(POINTS * 1.0))


def test_points_carry_the_polynomial() -> None:
    assert through_points(row(POINTS**13), 0.41) == pytest.approx(0.41**13, rel=1e-10)


def test_a_rough_target_is_seen_and_a_slow_stage_does_not_mind() -> None:
    smooth, rough = row(np.exp(-POINTS)), row(np.abs(POINTS - 0.4))
    assert _roughness(smooth, 1.0, 1.0) < 1.0 < _roughness(rough, 1.0, 1.0)
    assert _roughness(rough, 1.0, 1e-9) < 1.0
