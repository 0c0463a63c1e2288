"""What the rotor makes of the programme: overrides, bias, gains, free flow. By hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, pumped_mL, tip
from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver

RESET = {"rate": "0.03 mL/day"}


def flows(delivery: Delivery, *days: float) -> list[float]:
    return list(delivery.pumped_mL_h.rate(np.array(days) * DAY) * DAY)


def test_an_override_is_what_the_pump_does_and_not_what_it_believes() -> None:
    delivery = deliver(usual(fault("5 day", "battery_reset", **RESET, lasting="10 day")))
    assert flows(delivery, 4.999, 5.0, 14.999, 15.0) == pytest.approx([0.15, 0.03, 0.03, 0.15])
    assert delivery.believed_mL_h.rate(np.array([10 * DAY])) * DAY == pytest.approx([0.15])


def test_an_override_gives_no_bolus() -> None:
    bolus = {"at": "7 day", "bolus": {"volume": "0.3 mL", "lasting": "3 day"}}
    delivery = deliver(usual(fault("5 day", "battery_reset", **RESET), bolus))
    assert flows(delivery, 6.0, 8.0) == pytest.approx([0.03, 0.03])


@pytest.mark.parametrize(
    ("again", "flow"),
    [
        (program("7 day", "900 ug/day"), 0.45),
        (fault("7 day", "pump_stop"), 0.0),
        (fault("7 day", "programming_error", daily_dose="600 ug/day"), 0.3),
        (fault("7 day", "programming_error", steps=[{"from": "0 h", "rate": "0.6 mL/day"}]), 0.6),
    ],
    ids=["programme", "stop", "wrong dose", "wrong day"],
)
def test_a_reset_pump_that_is_programmed_again_runs_as_programmed(again: dict[str, Any], flow: float) -> None:
    delivery = deliver(usual(fault("5 day", "battery_reset", **RESET), again))
    assert flows(delivery, 6.0, 8.0) == pytest.approx([0.03, flow])


def test_a_bolus_ends_with_its_pump() -> None:
    bolus = {"at": "5 day", "bolus": {"volume": "2 mL", "lasting": "2 day"}}
    delivery = deliver(usual(bolus, {"at": "6 day", "replace_pump": {"volume": "30 mL"}}))
    assert flows(delivery, 5.5, 6.5) == pytest.approx([1.15, 0.15])


def test_the_later_override_wins_and_the_earlier_comes_back() -> None:
    both = [
        fault("5 day", "battery_reset", **RESET),
        fault("7 day", "battery_reset", rate="0.06 mL/day", lasting="1 day"),
    ]
    assert flows(deliver(usual(*both)), 6.0, 7.5, 8.5) == pytest.approx([0.03, 0.06, 0.03])


def test_bias_and_gains_multiply_whatever_the_rotor_does() -> None:
    """0.15, or the override's 0.03 mL/day, times 1.1, times 0.5, times 0.8."""
    half = fault("2 day", "gain_profile", times=["0 day"], gains=[0.5])
    less = fault("3 day", "gain_profile", times=["0 day"], gains=[0.8])
    reset = fault("4 day", "battery_reset", **RESET)
    delivery = deliver(usual(half, less, reset, flow_bias=0.1))
    expected = [0.15 * 1.1, 0.15 * 1.1 * 0.5, 0.15 * 1.1 * 0.4, 0.03 * 1.1 * 0.4]
    assert flows(delivery, 1.0, 2.5, 3.5, 4.5) == pytest.approx(expected)


def test_free_flow_is_a_volume_whatever_the_bias_and_the_gains() -> None:
    """2 mL in 4 h on top of half of the flow."""
    half = fault("2 day", "gain_profile", times=["0 day"], gains=[0.5])
    burst = fault("5 day", "free_flow", volume="2 mL", lasting="4 h")
    alone, delivery = deliver(usual(half, flow_bias=0.1)), deliver(usual(half, burst, flow_bias=0.1))
    assert pumped_mL(delivery, 6) - pumped_mL(alone, 6) == pytest.approx(2.0)
    assert flows(delivery, 5.01) == pytest.approx([12.0 + 0.15 * 1.1 * 0.5])


@pytest.mark.parametrize("stopped", ["motor_stall", "pump_stop", "battery_eos"])
def test_a_pump_that_stands_still_still_runs_out(stopped: str) -> None:
    """A stall holds no valve: 1 mL in a day of nothing else."""
    burst = fault("8 day", "free_flow", volume="1 mL", lasting="1 day")
    delivery = deliver(usual(fault("5 day", stopped), burst))
    assert flows(delivery, 7.0, 8.5, 9.5) == pytest.approx([0.0, 1.0, 0.0])
    assert tip(delivery, 8.5) == pytest.approx([2000.0])
    assert delivery.calculated_volume_mL(np.array([9.5 * DAY])) == pytest.approx(
        [40 - 0.15 * (5 if stopped == "pump_stop" else 9.5)]
    )


def test_what_is_added_ends_with_the_pump() -> None:
    burst = fault("5 day", "free_flow", volume="2 mL", lasting="2 day")
    delivery = deliver(usual(burst, {"at": "6 day", "replace_pump": {"volume": "30 mL"}}))
    assert flows(delivery, 5.5, 6.5) == pytest.approx([1.15, 0.15])


def test_more_runs_out_than_there_is() -> None:
    """1.85 mL are usable on day 1: at 24.15 mL/day they last 1.84 h."""
    little = {"at": "0 day", "fill": {"volume": "3 mL", "concentration": "2000 ug/mL"}}
    burst = fault("1 day", "free_flow", volume="3 mL", lasting="3 h")
    delivery = deliver(build(little, program(), burst, until="5 day"))
    dry = 1 + 1.85 / 24.15
    assert flows(delivery, dry - 1e-6, dry + 1e-6) == pytest.approx([24.15, 0.0])
    assert delivery.ledger["pumped_mL"] == pytest.approx(2.0)


def test_two_at_once_add_up() -> None:
    bursts = [
        fault("5 day", "free_flow", volume="1 mL", lasting="1 day"),
        fault("5.5 day", "free_flow", volume="3 mL", lasting="1 day"),
    ]
    assert flows(deliver(build(FILL, program(), *bursts)), 5.2, 5.7, 6.2) == pytest.approx([1.15, 4.15, 3.15])
