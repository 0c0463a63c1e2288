"""What the reservoir gives: until it is dry, below the taper, beside the pump. By hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, logged, pumped_mL, tip
from device.timelines import build, fault
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver
from itsim.device.pieces import FIT_TOLERANCE

Q = 0.6
"""mL/day"""
STOP = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0 mL/day"}}


def run(
    filled: str, *timeline: dict[str, Any], until: str = "30 day", rate: str = "0.6 mL/day", **device: Any
) -> Delivery:
    """1 mL is unusable."""
    fill = {"at": "0 day", "fill": {"volume": filled, "concentration": "500 ug/mL"}}
    steady = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": rate}}
    return deliver(build(fill, steady, *timeline, until=until, **device))


def volumes(delivery: Delivery, days: Array) -> Array:
    return delivery.true_volume_mL(days * DAY)


def test_the_flow_ends_where_the_usable_volume_ends() -> None:
    """4 mL less 1 mL at 0.6 mL/day: five days, then nothing, and 1 mL stays."""
    delivery = run("4 mL")
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([5.0])
    assert delivery.pumped_mL_h.rate(np.array([4.999, 5.001, 29.0]) * DAY) * DAY == pytest.approx([Q, 0, 0])
    assert volumes(delivery, np.array([2.0, 5.0, 29.0])) == pytest.approx([2.8, 1.0, 1.0])
    assert delivery.ledger["pumped_mL"] == pytest.approx(3.0)


def test_a_curved_flow_ends_where_its_integral_is_used_up() -> None:
    """0.6·exp(−s/τ) from day 0: 3 mL are gone at −τ ln(1 − 3/(0.6 τ)), for τ of 10 days after 6.93 days."""
    delivery = run("4 mL", fault("0 day", "gain_drift", shape="exponential", tau="10 day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([10 * np.log(2.0)])


def test_a_pump_that_stands_still_does_not_run_dry() -> None:
    assert logged(run("1 mL", rate="0 mL/day"), "reservoir_ran_dry") == []
    assert logged(run("0.5 mL"), "reservoir_ran_dry") == [0.0]


def test_a_refill_ends_the_drought_and_the_next_is_said_again() -> None:
    refill = {"at": "8 day", "refill": {"volume": "7 mL"}}
    delivery = run("4 mL", refill)
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([5.0, 18.0])
    assert tip(delivery, 7.9, 8.0, 17.9, 18.1) == pytest.approx([0, 300, 300, 0])


def test_below_the_taper_the_flow_falls_with_the_volume() -> None:
    """dV/dt = −Q (V − 1)/2 below 3 mL: V = 1 + 2 exp(−Q s/2)."""
    delivery = run("4 mL", taper_volume="2 mL")
    s = np.array([0.0, 1.0, 7.0, 20.0])
    left = 2 * np.exp(-Q * s / 2)
    start = 1 / Q
    np.testing.assert_allclose(volumes(delivery, start + s), 1 + left)
    np.testing.assert_allclose(delivery.pumped_mL_h.rate((start + s) * DAY) * DAY, Q * left / 2)


@pytest.mark.parametrize(
    "look", [[], [{"at": "28 day", "interrogate": {}}], [{"at": "20 day", "interrogate": {}}]]
)
def test_below_the_taper_it_is_dry_when_a_microlitre_is_left(look: list[dict[str, Any]]) -> None:
    """2 mL exp(−Q s/2) comes to 0.001 mL after 2 ln(2000)/Q days, whoever looks."""
    delivery = run("4 mL", *look, taper_volume="2 mL")
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([1 / Q + 2 * np.log(2000) / Q])


def test_a_drain_takes_its_part_until_the_reservoir_is_dry() -> None:
    """0.6 by the pump and 0.4 mL/day beside it: 3 mL last 3 days and share as 0.6 to 0.4."""
    delivery = run("4 mL", fault("0 day", "septum_leak", rate="0.4 mL/day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([3.0])
    assert (delivery.ledger["pumped_mL"], delivery.ledger["drained_mL"]) == pytest.approx((1.8, 1.2))
    assert delivery.ledger["drained_ug"] == pytest.approx(600.0)
    assert volumes(delivery, np.array([1.0, 2.999, 20.0])) == pytest.approx([3.0, 1.001, 1.0])
    leaving = delivery.leaving_mL_h.rate(np.array([1.0, 20.0]) * DAY) * DAY
    assert leaving == pytest.approx([1.0, 0.0])


def test_a_drain_empties_a_pump_that_stands_still() -> None:
    delivery = run("4 mL", fault("2 day", "septum_leak", rate="0.4 mL/day"), rate="0 mL/day")
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([9.5])
    assert volumes(delivery, np.array([2.0, 4.5, 9.5, 25.0])) == pytest.approx([4.0, 3.0, 1.0, 1.0])
    assert delivery.ledger["drained_mL"] == pytest.approx(3.0)


def test_a_drain_of_a_while_and_two_at_once() -> None:
    """Days 1 to 3 at 0.1, days 2 to 4 at 0.2 mL/day: 0.2 + 0.4 mL."""
    one = fault("1 day", "septum_leak", rate="0.1 mL/day", lasting="2 day")
    two = fault("2 day", "septum_leak", rate="0.2 mL/day", lasting="2 day")
    delivery = run("30 mL", one, two, rate="0.1 mL/day")
    assert delivery.ledger["drained_mL"] == pytest.approx(0.6)
    assert volumes(delivery, np.array([2.5, 10.0])) == pytest.approx([30 - 0.25 - 0.15 - 0.1, 30 - 1.0 - 0.6])


def test_a_drain_falls_with_the_taper_as_the_pump_does() -> None:
    """dV/dt = −(Q + d)(V − 1)/2; pump and drain share what is lost as Q to d."""
    leak = fault("0 day", "septum_leak", rate="0.4 mL/day")
    delivery = run("4 mL", leak, taper_volume="2 mL", until="9 day")
    s = np.array([0.0, 1.0, 7.0])
    left = 2 * np.exp(-(Q + 0.4) * s / 2)
    np.testing.assert_allclose(volumes(delivery, 1 + s), 1 + left)
    np.testing.assert_allclose(delivery.pumped_mL_h.rate((1 + s) * DAY) * DAY, Q * left / 2)
    lost = 1 + 2 * (1 - np.exp(-8 / 2))
    assert delivery.ledger["pumped_mL"] == pytest.approx(0.6 * lost)
    assert delivery.ledger["drained_mL"] == pytest.approx(0.4 * lost)


@pytest.mark.parametrize("drain", [0.0, 0.4])
def test_a_drain_and_a_curve_below_the_taper(drain: float) -> None:
    """3 mL, all below the taper; the flow falls by a line to nothing in 20 days:
    V = 1 + 2 exp(−(Q (s − s²/40) + d s)/2)."""
    leak = [fault("0 day", "septum_leak", rate=f"{drain} mL/day")] if drain else []
    down = fault("0 day", "gain_drift", shape="linear", lasting="20 day")
    delivery = run("3 mL", down, *leak, taper_volume="2 mL", until="15 day")
    s = np.array([0.001, 1.0, 5.0, 14.0])
    left = 2 * np.exp(-(Q * (s - s**2 / 40) + drain * s) / 2)
    np.testing.assert_allclose(volumes(delivery, s), 1 + left, rtol=1e-8)
    pumped = Q * (1 - s / 20) * left / 2
    np.testing.assert_allclose(delivery.pumped_mL_h.rate(s * DAY) * DAY, pumped, atol=FIT_TOLERANCE * Q)
    assert delivery.ledger["pumped_mL"] + delivery.ledger["drained_mL"] == pytest.approx(
        3 - float(volumes(delivery, np.array([15.0]))[0]), rel=1e-8
    )


def test_a_drain_at_a_dry_reservoir_takes_nothing() -> None:
    leak = fault("10 day", "septum_leak", rate="0.4 mL/day")
    delivery = run("4 mL", leak)
    assert delivery.ledger["drained_mL"] == 0.0
    assert pumped_mL(delivery, 20) == pytest.approx(3.0)


@pytest.mark.parametrize("taper", ["0 mL", "2 mL"])
def test_the_volume_is_never_below_what_is_unusable(taper: str) -> None:
    leak = fault("1 day", "septum_leak", rate="0.3 mL/day")
    down = fault("2 day", "gain_drift", shape="logistic", lasting="20 day")
    delivery = run("5 mL", leak, down, taper_volume=taper)
    assert np.min(volumes(delivery, np.linspace(0, 30, 1000))) >= 1.0 - 1e-9
