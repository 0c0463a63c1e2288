"""Shares over time: the course of each shape against its closed form, and the product of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY
from device.timelines import DRIFTS, STALLS, fault, usual
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver
from itsim.device.pieces import FIT_TOLERANCE
from itsim.device.renewal import switching_times

Q = 0.15


def share(delivery: Delivery, days: Array) -> Array:
    return delivery.pumped_mL_h.rate(days * DAY) * DAY / Q


def s_curve(x: Array) -> Array:
    return (np.tanh(3.0 * (2.0 * x - 1.0)) / np.tanh(3.0) + 1.0) / 2.0


COURSES = {
    "linear": lambda s: 1 - 0.8 * np.minimum(s / 20, 1),
    "exponential": lambda s: 0.1 + 0.9 * np.exp(-s / 7),
    "logistic": lambda s: 1 - s_curve(np.minimum(s / 20, 1)),
    "steps": lambda s: np.where(s < 6.5, 0.75, 0.4),
}


@pytest.mark.parametrize("shape", sorted(DRIFTS))
@pytest.mark.parametrize("at", [0.0, 5.3])
def test_course_of_a_shape(shape: str, at: float) -> None:
    delivery = deliver(usual(fault(f"{at} day", "gain_drift", **DRIFTS[shape])))
    s = np.array([0.0, 0.01, 3.0, 6.49, 6.51, 13.0, 19.9, 20.1, 50.0])
    np.testing.assert_allclose(
        share(delivery, at + s + 1e-9), COURSES[shape](s + 1e-9), atol=2 * FIT_TOLERANCE
    )
    assert share(delivery, np.array([max(at - 0.01, 0.0)]))[0] == pytest.approx(
        1.0 if at else COURSES[shape](0.0)
    )


def test_points_of_a_profile_are_joined_by_lines_and_the_last_is_kept() -> None:
    profile = fault("5 day", "gain_profile", times=["0 day", "5 day", "11 day"], gains=[1.0, 0.3, 1.3])
    delivery = deliver(usual(profile))
    np.testing.assert_allclose(
        share(delivery, np.array([4.9, 7.5, 10.0, 13.0, 16.0, 50.0])), [1, 0.65, 0.3, 0.8, 1.3, 1.3]
    )


def test_what_comes_and_goes_does_so_at_its_drawn_times_and_ends() -> None:
    """The switching times count from the start; after `lasting` the rotor turns, in a spell or not."""
    delivery = deliver(usual(fault("5.03 day", "motor_stall_intermittent", **STALLS)))
    knots = switching_times(0.0, 20 * DAY, 30.0, 8.0, 0.02 / DAY, 1.0, "exponential", 3)[:, 0]
    hours = np.linspace(0.0, 25 * DAY, 3000) + 0.0123
    off = (np.searchsorted(knots, hours, side="right") % 2 == 1) & (hours < 20 * DAY)
    assert 100 < np.sum(off) < 1500
    np.testing.assert_array_equal(share(delivery, 5.03 + hours / DAY) == 0.0, off)


def test_shares_multiply() -> None:
    """A line, an exponential and a step at once."""
    all_three = [
        fault("2 day", "gain_drift", **DRIFTS["linear"]),
        fault("4 day", "gain_drift", **DRIFTS["exponential"]),
        fault("9 day", "gain_profile", times=["0 day"], gains=[1.2]),
    ]
    delivery = deliver(usual(*all_three))
    days = np.array([1.0, 3.0, 5.0, 10.0, 21.9, 30.0, 59.0])
    expected = COURSES["linear"](np.maximum(days - 2, 0)) * np.where(days < 9, 1.0, 1.2)
    expected *= np.where(days < 4, 1.0, COURSES["exponential"](days - 4))
    np.testing.assert_allclose(share(delivery, days), expected, atol=4 * FIT_TOLERANCE)


@pytest.mark.parametrize("shape", sorted(DRIFTS))
def test_a_course_that_is_cut_short_is_the_same_until_then(shape: str) -> None:
    swap: dict[str, Any] = {"at": "8.5 day", "replace_pump": {}}
    loss = fault("5 day", "gain_drift", **DRIFTS[shape])
    whole, cut = deliver(usual(loss)), deliver(usual(loss, swap))
    days = np.array([4.0, 5.5, 8.0, 8.4999])
    np.testing.assert_allclose(share(cut, days), share(whole, days), atol=2 * FIT_TOLERANCE)
    np.testing.assert_allclose(share(cut, np.array([8.5, 30.0])), 1.0)
