"""The walk along the timeline: what is found, thrown away, filled and driven back, and its mass. By hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, logged, tip
from device.timelines import build, fault, program, usual
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver

DEAD, Q = 0.376, 0.15


def volumes(delivery: Delivery, *days: float) -> Array:
    return delivery.true_volume_mL(np.array(days) * DAY)


def test_a_refill_throws_away_what_is_left() -> None:
    refill = {"at": "20 day", "refill": {"volume": "30 mL", "concentration": "500 ug/mL"}}
    delivery = deliver(usual(refill, until="40 day"))
    assert delivery.ledger["discarded_ug"] == pytest.approx(37 * 2000)
    assert delivery.ledger["filled_ug"] == pytest.approx(40 * 2000 + 30 * 500)
    assert volumes(delivery, 19.999, 20.0, 39.0) == pytest.approx([37.0, 30.0, 30 - 19 * 0.6], abs=1e-3)
    assert delivery.ledger["reservoir_ug"] == pytest.approx(500 * (30 - 20 * 0.6))


def test_a_concentration_that_is_left_out_is_that_of_the_last_fill() -> None:
    visits = [
        {"at": "10 day", "refill": {"volume": "30 mL", "concentration": "500 ug/mL"}},
        {"at": "20 day", "refill": {"volume": "30 mL"}},
        {"at": "30 day", "replace_pump": {"volume": "20 mL"}},
    ]
    delivery = deliver(usual(*visits, until="40 day"))
    assert delivery.ledger["filled_ug"] == pytest.approx(40 * 2000 + 80 * 500)
    assert tip(delivery, 39.0) == pytest.approx([300.0])


def test_what_is_found_is_what_is_there_and_the_syringes_error() -> None:
    looks = [
        {"at": "10 day", "interrogate": {"syringe_error": "0.4 mL"}},
        {"at": "20 day", "refill": {"volume": "40 mL", "syringe_error": "-0.3 mL"}},
        {"at": "30 day", "replace_pump": {}},
        {"at": "35 day", "interrogate": {"aspirate": False}},
    ]
    readings = deliver(usual(fault("5 day", "motor_stall"), *looks)).evidence
    assert [reading.t_h / DAY for reading in readings] == [10.0, 20.0, 30.0]
    assert [reading.found_mL for reading in readings] == pytest.approx([39.25 + 0.4, 39.25 - 0.3, 40.0])
    assert [reading.expected_mL for reading in readings] == pytest.approx([38.5, 37.0, 38.5])


@pytest.mark.parametrize(
    ("volume", "into_line", "concentration"),
    [
        (0.1, 0.1, (38.5 * 2000 + 0.1 * 2000) / 38.6),
        (DEAD, DEAD, 2000.0),
        (1.0, DEAD, (38.5 + DEAD) * 2000 / 39.5),
        (5.0, DEAD, (38.5 + DEAD) * 2000 / 40.0),
    ],
    ids=["part of the line", "the line", "more than the line", "more than there is room for"],
)
def test_backflow_dilutes(volume: float, into_line: float, concentration: float) -> None:
    """38.5 mL of 40 on day 10; the line's drug comes back first, then CSF without any."""
    delivery = deliver(usual(fault("10 day", "retrograde_csf", volume=f"{volume} mL"), until="30 day"))
    room = min(volume, 1.5)
    assert volumes(delivery, 9.9999, 10.0, 20.0) == pytest.approx([38.5, 38.5 + room, 37.0 + room], abs=1e-4)
    empty_until = 10 + into_line / Q
    assert tip(delivery, 10.0001, empty_until - 1e-6, empty_until + 1e-6)[:2] == [0.0, 0.0]
    behind = 10 + DEAD / Q + 0.01
    assert tip(delivery, behind) == pytest.approx([Q * concentration])
    assert delivery.ledger["reservoir_ug"] == pytest.approx(concentration * (35.5 + room))
    assert delivery.ledger["catheter_ug"] == pytest.approx(concentration * DEAD)


def test_backflow_in_the_midst_of_two_concentrations() -> None:
    """0.2 mL of 500 lie behind 0.176 of 2000 when 0.3 mL come in: 0.2 of 500 and 0.1 of 2000 go back, 0.076
    of 2000 stay, next to the pump."""
    refill = {"at": "10 day", "refill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
    after = 10 + 0.2 / 0.6
    delivery = deliver(
        usual(refill, fault(f"{after!r} day", "retrograde_csf", volume="0.3 mL"), until="30 day")
    )
    mixed = (19.8 * 500 + 0.2 * 500 + 0.1 * 2000) / 20.1
    fronts = after + np.array([0.3, 0.376]) / 0.6
    times = np.concatenate([fronts - 1e-6, fronts + 1e-6])
    assert tip(delivery, *times) == pytest.approx([0.0, 1200.0, 1200.0, 0.6 * mixed])
    assert delivery.ledger["reservoir_ug"] + delivery.ledger["catheter_ug"] == pytest.approx(
        80_000 + 20 * 500 + 2000 * DEAD - delivery.ledger["discarded_ug"] - delivery.ledger["delivered_ug"]
    )


def test_backflow_takes_what_is_stored_before_a_block_first() -> None:
    """0.15 mL are stored in the day of the block: of 0.2 mL driven in 0.05 come out of the line."""
    block = fault("10 day", "occlusion", lasting="1 day", compliance="0.01 mL/mmHg", release_lasting="1 h")
    back = fault("11 day", "retrograde_csf", volume="0.2 mL")
    refill = {"at": "10 day", "refill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
    steady = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
    full = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(full, steady, refill, block, back, until="30 day"))
    mixed = (19.85 * 500 + 0.15 * 500 + 0.05 * 2000) / 20.05
    first = 11 + 1 / DAY  # by then 0.15625 mL of CSF are out
    assert delivery.line_mL_h.integral(np.array([first * DAY])) == pytest.approx([1.5 + 0.15625])
    csf_until = first + (0.2 - 0.15625) / Q
    drug_until = csf_until + (DEAD + 0.15 - 0.2) / Q
    times = (csf_until - 1e-6, csf_until + 1e-6, drug_until - 1e-6, drug_until + 1e-6)
    assert tip(delivery, *times) == pytest.approx([0.0, 300.0, 300.0, 0.15 * mixed])


def test_backflow_ends_a_drought() -> None:
    """1 mL of CSF at a dry reservoir: a usable millilitre of it, 6.67 days, and dry again."""
    little = {"at": "0 day", "fill": {"volume": "1.3 mL", "concentration": "2000 ug/mL"}}
    back = fault("10 day", "retrograde_csf", volume="1 mL")
    delivery = deliver(build(little, program(), back, until="30 day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([2.0, 10 + 1 / 0.15])
    assert volumes(delivery, 9.0, 10.5, 29.0) == pytest.approx([1.0, 1.925, 1.0])


def test_an_explanted_pump_holds_nothing_and_another_may_follow() -> None:
    again = {"at": "20 day", "replace_pump": {"catheter": True, "volume": "30 mL"}}
    delivery = deliver(usual({"at": "10 day", "explant": {}}, again, until="40 day"))
    assert tip(delivery, 9.999, 10.0, 19.999, 20.0, 39.0) == pytest.approx([300, 0, 0, 300, 300])
    assert volumes(delivery, 9.9999, 10.0, 19.9, 20.0) == pytest.approx([38.5, 0, 0, 30], abs=1e-4)
    ledger = delivery.ledger
    assert ledger["discarded_ug"] == pytest.approx(38.5 * 2000)
    assert ledger["removed_ug"] == pytest.approx(DEAD * 2000)
    assert ledger["primed_ug"] == pytest.approx(DEAD * 2000)
    assert [reading.t_h / DAY for reading in delivery.evidence] == [10.0]


def test_before_the_first_fill_there_is_nothing() -> None:
    fill: dict[str, Any] = {"at": "2 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    steady = {"at": "2 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
    delivery = deliver(build(fill, steady, history=False, until="10 day"))
    assert volumes(delivery, 0.0, 1.9, 2.0) == pytest.approx([0.0, 0.0, 40.0])
    assert tip(delivery, 1.9, 2.1, 2 + DEAD / Q + 1e-6) == pytest.approx([0.0, 0.0, 300.0])
