"""Plug flow by volume from the pump to the tip: fronts, fresh contents, new parts. By hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, tip
from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import deliver

DEAD, TUBING, Q = 0.376, 0.2, 0.15


def fill(concentration: int) -> dict[str, Any]:
    return {"at": "0 day", "fill": {"volume": "40 mL", "concentration": f"{concentration} ug/mL"}}


def refill(at: str, concentration: int) -> dict[str, Any]:
    return {"at": at, "refill": {"volume": "40 mL", "concentration": f"{concentration} ug/mL"}}


STEADY = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}


def test_a_new_concentration_reaches_the_tip_after_the_dead_volume() -> None:
    """300 µg/day of 2000 µg/mL through 0.376 mL: 60.16 h; the old drug comes at the new flow until then."""
    delivery = deliver(build(fill(500), program(), refill("10 day", 2000), until="30 day"))
    assert delivery.dead_volume_mL == pytest.approx(DEAD)
    transit = DEAD / Q
    assert transit * DAY == pytest.approx(60.16)
    before, after = 10 + transit - 1e-6, 10 + transit + 1e-6
    assert tip(delivery, 9.9, 10.1, before, after, 29.0) == pytest.approx([300.0, 75.0, 75.0, 300.0, 300.0])


def test_three_concentrations_in_the_line_at_once_keep_their_order() -> None:
    """0.15 mL of 500 and 0.075 of 1000 lie behind the 2000 when 1500 comes."""
    changes = [refill("10 day", 500), refill("11 day", 1000), refill("11.5 day", 1500)]
    delivery = deliver(build(FILL, STEADY, *changes, until="30 day"))
    fronts = np.array([10, 11, 11.5]) + DEAD / Q
    strengths = np.array([500, 1000, 1500])
    assert tip(delivery, *(fronts + 1e-6)) == pytest.approx(list(Q * strengths))
    assert tip(delivery, *(fronts - 1e-6)) == pytest.approx([Q * 2000, Q * 500, Q * 1000])


def test_a_front_moves_with_the_flow_whatever_its_course() -> None:
    """A line from 0.15 to 0 mL/day in 20 days gives Q(s − s²/40): 0.376 mL after 20(1 − √(1 − 0.376/1.5))."""
    down = fault("10 day", "gain_drift", shape="linear", lasting="20 day")
    delivery = deliver(build(FILL, STEADY, down, refill("10 day", 500), until="30 day"))
    front = 10 + 20 * (1 - np.sqrt(1 - DEAD / 1.5))
    before, after = tip(delivery, front - 1e-6, front + 1e-6)
    assert before / after == pytest.approx(4.0, rel=1e-5)


@pytest.mark.parametrize("prime", [True, False])
def test_an_unprimed_replacement_leaves_a_gap(prime: bool) -> None:
    """The catheter's 0.176 mL come first, then the tubing's 0.2 mL of nothing: 32 h at 0.15 mL/day."""
    delivery = deliver(usual({"at": "10 day", "replace_pump": {"prime": prime}}, until="20 day"))
    gap_from, gap_until = 10 + (DEAD - TUBING) / Q, 10 + DEAD / Q
    assert (gap_until - gap_from) * DAY == pytest.approx(32.0)
    during = 300.0 if prime else 0.0
    times = (gap_from - 1e-6, gap_from + 1e-6, gap_until - 1e-6, gap_until + 1e-6)
    assert tip(delivery, *times) == pytest.approx([300.0, during, during, 300.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(2000 * TUBING)
    assert delivery.ledger["primed_ug"] == pytest.approx(2000 * TUBING if prime else 0.0)


def test_a_part_that_is_filled_anew_lies_next_to_the_pump() -> None:
    """Of an empty line 0.1 mL are primed: drug comes when the 0.276 mL before it are out."""
    delivery = deliver(build(FILL, STEADY, {"at": "0 day", "prime": {"volume": "0.1 mL"}}, history=False))
    front = (DEAD - 0.1) / Q
    assert tip(delivery, front - 1e-6, front + 1e-6, front + 1.0) == pytest.approx([0.0, 300.0, 300.0])


def test_what_is_in_the_line_twice_is_removed_as_it_lies() -> None:
    """0.15 mL of 500 behind 0.226 of 2000: next to the pump lie all of the 500 and 0.05 of the 2000."""
    air = fault("11 day", "air_in_line", volume="0.2 mL")
    delivery = deliver(build(FILL, STEADY, refill("10 day", 500), air, until="30 day"))
    assert delivery.ledger["removed_ug"] == pytest.approx(0.15 * 500 + 0.05 * 2000)
    fronts = 11 + np.array([DEAD - 0.2, DEAD]) / Q
    assert tip(delivery, *(fronts - 1e-6), *(fronts + 1e-6)) == pytest.approx([300.0, 0.0, 0.0, 75.0])


@pytest.mark.parametrize("prime", [True, False])
def test_a_new_catheter_is_new_from_the_pump_to_the_tip(prime: bool) -> None:
    swap = {"at": "11 day", "replace_catheter": {"prime": prime}}
    delivery = deliver(build(FILL, STEADY, refill("10 day", 500), swap, until="30 day"))
    assert tip(delivery, 10.999, 11.0, 11 + DEAD / Q + 1e-6) == pytest.approx([300.0, 75.0 * prime, 75.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(0.15 * 500 + (DEAD - 0.15) * 2000)
    assert delivery.ledger["primed_ug"] == pytest.approx(DEAD * 500 * prime)


def test_nothing_moves_in_a_line_without_flow() -> None:
    """A stop of ten days delays the front by ten days."""
    stop = fault("11 day", "pump_stop", lasting="10 day")
    delivery = deliver(build(FILL, STEADY, refill("10 day", 500), stop, until="30 day"))
    front = 20 + DEAD / Q
    assert tip(delivery, 15.0, front - 1e-6, front + 1e-6) == pytest.approx([0.0, 300.0, 75.0])


def test_what_is_left_in_the_line_at_the_end() -> None:
    delivery = deliver(build(FILL, STEADY, refill("29 day", 500), until="30 day"))
    assert delivery.ledger["catheter_ug"] == pytest.approx(0.15 * 500 + (DEAD - 0.15) * 2000)
    assert delivery.ledger["line_mL"] == pytest.approx(30 * Q)
    assert given_ug(delivery, 0, 30) == pytest.approx(30 * 300.0)
