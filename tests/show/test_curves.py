from __future__ import annotations

import numpy as np
import pytest

from itsim.device.delivery import Pieces
from itsim.show.curves import both_curves, jumps_h, mean_bounds, mean_curve, rate_curve, volume_curves
from itsim.show.window import Window

STEP = Pieces(np.array([[0.0, 2.0, 0, 0, 0, 0, 0], [10.0, 0.0, 0, 0, 0, 0, 0], [20.0, 0, 0, 0, 0, 0, 0]]))
RAMP = Pieces(np.array([[0.0, 0.0, 1.0, 0, 0, 0, 0], [20.0, 0, 0, 0, 0, 0, 0]]))
WINDOW = Window(0.0, 20.0, 20.0)


def test_a_jump_is_drawn_upright():
    times, values = rate_curve(STEP, WINDOW)
    assert values[times == 10.0].tolist() == [2.0, 0.0]


def test_two_rates_share_their_times():
    times, step, ramp = both_curves(STEP, RAMP, WINDOW)
    assert ramp == pytest.approx(times)
    assert step[times == 10.0].tolist() == [2.0, 0.0]


def test_a_mean_is_exact():
    rows = [[0.0, 2.0], [4.0, 0.0], [10.0, 2.0], [16.0, 4.0], [20.0, 0.0]]
    comb = Pieces(np.array([[*row, 0, 0, 0, 0, 0] for row in rows]))
    times, mean = mean_curve(comb, WINDOW, over_h=4.0)
    assert np.interp(10.0, times, mean) == pytest.approx(1.0, abs=0.02)
    assert mean[0] == pytest.approx(2.0)
    assert mean[-1] == pytest.approx(4.0)


def test_a_mean_does_not_reach_past_the_first_and_last_jump():
    left, right = mean_bounds(np.array([1.0, 5.0, 9.0]), np.array([4.0, 6.0]), over_h=8.0)
    assert left.tolist() == [1.0, 4.0, 9.0]
    assert right.tolist() == [1.0, 6.0, 9.0]


def test_jumps_are_counted():
    assert jumps_h(STEP, WINDOW).tolist() == [10.0]
    assert len(jumps_h(RAMP, WINDOW)) == 0


def test_a_refill_is_drawn_upright(run_of):
    run = run_of("working")
    times, calculated, true = volume_curves(run.delivery, Window(0.0, 720.0, 720.0))
    at_refill = true[times == 480.0]
    assert at_refill[0] == pytest.approx(36.5, abs=1e-6)
    assert at_refill[-1] == pytest.approx(40.0)
    assert calculated == pytest.approx(true, abs=1e-9)
