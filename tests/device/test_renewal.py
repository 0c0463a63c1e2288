"""Switching times of intermittent stalls."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.device.renewal import switching_times


def test_times_rise_and_fill_the_span() -> None:
    times = switching_times(10.0, 500.0, 20.0, 4.0, 0.0, 1.0, "exponential", 7)[:, 0]
    assert len(times) % 2 == 0
    assert np.all(np.diff(times) > 0.0)
    assert times[0] > 10.0
    assert times[-1] >= 510.0 > times[-3]


def test_means_are_those_asked_for() -> None:
    times = switching_times(0.0, 200_000.0, 20.0, 4.0, 0.0, 1.0, "exponential", 7)[:, 0]
    on, off = np.diff(np.concatenate([[0.0], times]))[::2], np.diff(times)[::2]
    assert on.mean() == pytest.approx(20.0, abs=4.0 * 20.0 / np.sqrt(len(on)))
    assert off.mean() == pytest.approx(4.0, abs=4.0 * 4.0 / np.sqrt(len(off)))


def test_fixed_silence_and_the_floor_of_growth() -> None:
    times = switching_times(0.0, 3000.0, 20.0, 4.0, 0.05, 1.0, "fixed", 7)[:, 0]
    np.testing.assert_allclose(np.diff(times)[::2], 4.0, rtol=1e-9)
    running = np.diff(times)[1::2]
    assert running[times[2::2] > 1000.0].mean() == pytest.approx(1.0, abs=0.2)


def test_variants_share_their_random_numbers() -> None:
    at, mean_on = np.array([0.0, 5.0, 5.0]), np.array([20.0, 20.0, 9.0])
    together = switching_times(at, 300.0, mean_on, 4.0, 0.001, 1.0, "exponential", 7)
    for i in range(3):
        alone = switching_times(at[i], 300.0, mean_on[i], 4.0, 0.001, 1.0, "exponential", 7)
        np.testing.assert_array_equal(together[i, : len(alone)], alone)
        assert np.all(together[i, len(alone) :: 2, 0] >= at[i] + 300.0)


def test_no_time_no_knots() -> None:
    assert switching_times(5.0, 0.0, 20.0, 4.0, 0.0, 1.0, "fixed", 1).shape == (0, 7)
    assert switching_times(np.zeros(3), 0.0, 20.0, 4.0, 0.0, 1.0, "fixed", 1).shape == (3, 0, 7)
