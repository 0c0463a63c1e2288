"""Faults of the catheter, of primes and of bridges: each by hand, and with its mass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver
from itsim.scenario import Scenario, ScenarioError

DAY = 24.0
FLOW_mL_DAY = 0.15
DEAD_mL = 0.376
LOOK = {"at": "25 day", "interrogate": {}}
STEADY = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
NEW_CATHETER = {"at": "20 day", "replace_catheter": {}}


def delivered(*timeline: dict[str, Any], until: str = "30 day", **device: Any) -> Delivery:
    """Full pump at 300 µg/day of 2000 µg/mL through 0.376 mL, and what is added; the ledger closes."""
    return closed(deliver(usual(*timeline, until=until, **device)))


def closed(delivery: Delivery) -> Delivery:
    ledger = delivery.ledger
    came = ledger["filled_ug"] + ledger["line_at_start_ug"] + ledger["primed_ug"]
    went = ("reservoir_ug", "catheter_ug", "delivered_ug", "discarded_ug", "removed_ug")
    lost = ("leaked_ug", "sequestered_ug", "relieved_ug", "drained_ug")
    assert sum(ledger[name] for name in (*went, *lost)) == pytest.approx(came, rel=1e-12)
    return delivery


def tip(delivery: Delivery, *days: float) -> list[float]:
    """Dose rate at the tip, µg/day."""
    return list(delivery.therapy.catheter.rate(np.array(days) * DAY) * DAY)


def mass(delivery: Delivery, from_day: float, until_day: float) -> float:
    """Drug that reaches the CSF through the catheter in this time, µg."""
    before, after = delivery.therapy.catheter.integral(np.array([from_day, until_day]) * DAY)
    return float(after - before)


# ---- blocked


@pytest.mark.parametrize(("compliance", "capacity_mL"), [("0.001 mL/mmHg", 0.5), ("0.0002 mL/mmHg", 0.1)])
@pytest.mark.parametrize("overflow", ["relief", "slip"])
def test_a_block_of_48_hours_stores_and_bursts(compliance: str, capacity_mL: float, overflow: str) -> None:
    """0.15 mL/day for 2 days is 0.3 mL: what the line takes up of it comes back within an hour."""
    block = fault("10 day", "occlusion", lasting="48 h", compliance=compliance, overflow=overflow)
    delivery = delivered(block, LOOK)
    stored = min(capacity_mL, 0.3)
    assert tip(delivery, 10 - 1e-6, 10.0, 11.0, 12 - 1e-6) == pytest.approx([300.0, 0.0, 0.0, 0.0])
    assert mass(delivery, 12, 12 + 1 / DAY) == pytest.approx(2000.0 * stored + 300.0 / DAY)
    assert tip(delivery, 12 + 1.001 / DAY, 29.0) == pytest.approx([300.0, 300.0])
    lost = 0.3 - stored
    relieved = lost if overflow == "relief" else 0.0
    assert delivery.ledger["relieved_mL"] == pytest.approx(relieved, abs=1e-12)
    assert delivery.ledger["relieved_ug"] == pytest.approx(2000.0 * relieved, abs=1e-9)
    assert delivery.evidence[0].surplus_mL == pytest.approx(lost - relieved, abs=1e-12)
    assert mass(delivery, 0, 30) == pytest.approx(2000.0 * (30 * FLOW_mL_DAY - lost))
    assert not delivery.log


def test_capacity_is_compliance_times_relief_pressure_of_the_catheter() -> None:
    """0.0001 mL/mmHg × 500 mmHg: 0.05 mL."""
    delivery = delivered(fault("10 day", "occlusion"))
    assert delivery.ledger["stored_mL"] == pytest.approx(0.05)
    weaker = delivered(fault("10 day", "occlusion"), relief_pressure="200 mmHg")
    assert weaker.ledger["stored_mL"] == pytest.approx(0.02)
    own = delivered(fault("10 day", "occlusion", relief_pressure="300 mmHg"), relief_pressure="200 mmHg")
    assert own.ledger["stored_mL"] == pytest.approx(0.03)


def test_half_of_the_store_is_released() -> None:
    numbers = {"lasting": "48 h", "compliance": "0.001 mL/mmHg", "released": 0.5, "release_lasting": "6 h"}
    delivery = delivered(fault("10 day", "occlusion", **numbers))
    assert tip(delivery, 12 + 5.9 / DAY) == pytest.approx([300.0 + 2000.0 * 0.15 * 4])
    assert mass(delivery, 12, 12.25) == pytest.approx(2000.0 * 0.15 + 75.0)
    assert delivery.ledger["relieved_ug"] == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("compliance", "relieved_ug"), [("0.001 mL/mmHg", 0.0), ("0.0004 mL/mmHg", 0.1 * 500)]
)
def test_the_store_keeps_the_order_of_what_came(compliance: str, relieved_ug: float) -> None:
    """Day one of the block stores 0.15 mL of 2000, day two of 500 µg/mL; the newest is lost first."""
    refill = {"at": "11 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    block = fault("10 day", "occlusion", lasting="48 h", compliance=compliance)
    delivery = closed(deliver(build(FILL, STEADY, block, refill, until="30 day")))
    assert delivery.ledger["relieved_ug"] == pytest.approx(relieved_ug)
    released = 0.3 - relieved_ug / 500
    after_h = (DEAD_mL + 0.15 - released) / FLOW_mL_DAY
    assert tip(delivery, 12 + after_h - 1e-6, 12 + after_h + 1e-6) == pytest.approx([300.0, 75.0])


def test_part_of_the_flow_passes_a_partial_block() -> None:
    delivery = delivered(fault("10 day", "occlusion", block=0.6, compliance="0 mL/mmHg"), LOOK)
    assert tip(delivery, 9.99, 10.0, 29.0) == pytest.approx([300.0, 120.0, 120.0])
    assert delivery.ledger["relieved_ug"] == pytest.approx(20 * 180.0)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)


def test_a_new_catheter_ends_the_block_and_takes_the_store_with_it() -> None:
    delivery = delivered(fault("10 day", "occlusion", compliance="0.001 mL/mmHg"), NEW_CATHETER)
    assert tip(delivery, 19.99, 20.0, 29.0) == pytest.approx([0.0, 300.0, 300.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(2000.0 * (DEAD_mL + 0.5))
    assert delivery.ledger["primed_ug"] == pytest.approx(2000.0 * DEAD_mL)


NIGHTS = {"posture": "nightly", "from": "22 h", "lasting": "6 h", "days": 10}


@pytest.mark.parametrize(
    ("overflow", "relieved_ug", "surplus_mL"), [("relief", 750.0, 0.0), ("slip", 0.0, 0.375)]
)
def test_nightly_block_loses_a_quarter(overflow: str, relieved_ug: float, surplus_mL: float) -> None:
    """From 22 h to 4 h for ten nights, nothing stored: 6/24 of 300 µg/day is lost."""
    block = fault("3.5 day", "occlusion_positional", **NIGHTS, compliance="0 mL/mmHg", overflow=overflow)
    delivery = delivered(block, LOOK)
    hours = [3 * 24 + 21.9, 3 * 24 + 22.1, 4 * 24 + 3.9, 4 * 24 + 4.1, 13 * 24 + 3.9, 13 * 24 + 22.1]
    assert tip(delivery, *(h / DAY for h in hours)) == pytest.approx([300.0, 0.0, 0.0, 300.0, 0.0, 300.0])
    assert mass(delivery, 3.5, 13.5) == pytest.approx((1 - 6 / 24) * 3000.0)
    assert delivery.ledger["relieved_ug"] == pytest.approx(relieved_ug, abs=1e-9)
    assert delivery.evidence[0].surplus_mL == pytest.approx(surplus_mL, abs=1e-12)


def test_what_a_night_stores_comes_in_the_morning() -> None:
    """6 h at 0.15 mL/day are 0.0375 mL, less than the 0.05 mL the line takes up: nothing is lost."""
    delivery = delivered(fault("3.5 day", "occlusion_positional", **NIGHTS))
    assert tip(delivery, 4 + 4.5 / DAY) == pytest.approx([300.0 + 0.0375 * 2000 * 24])
    assert mass(delivery, 3.5, 13.5) == pytest.approx(3000.0)


def test_a_night_begins_at_the_first_such_hour() -> None:
    """A fault that begins at 23 h is felt from the next evening on."""
    block = fault("71 h", "occlusion_positional", **NIGHTS, compliance="0 mL/mmHg")
    delivery = delivered(block)
    assert tip(delivery, 71.5 / DAY, 93.9 / DAY, 94.1 / DAY) == pytest.approx([300.0, 300.0, 0.0])


def test_random_blocks_last_their_share_of_the_time() -> None:
    numbers = {"mean_blocked": "2 h", "mean_free": "22 h", "lasting": "200 day", "seed": 7}
    block = fault("10 day", "occlusion_positional", posture="random", **numbers, compliance="0 mL/mmHg")
    delivery = delivered(block, until="230 day")
    assert mass(delivery, 10, 210) == pytest.approx(200 * 300.0 * 22 / 24, rel=0.02)
    assert mass(delivery, 210, 230) == pytest.approx(20 * 300.0)
    assert tip(delivery, 10.0) == pytest.approx([300.0])


# ---- leaking


def logistic(x: float) -> float:
    return float((np.tanh(3.0 * (2.0 * x - 1.0)) / np.tanh(3.0) + 1.0) / 2.0)


@pytest.mark.parametrize(
    ("onset", "leaks", "whole"),
    [
        ({}, [0.8, 0.8, 0.8], 0.8 * 20),
        ({"onset": "linear", "lasting": "10 day"}, [0.16, 0.4, 0.8], 0.8 * (5 + 10)),
        (
            {"onset": "logistic", "lasting": "10 day"},
            [0.8 * logistic(0.2), 0.4, 0.8],
            0.8 * (5 + 10),
        ),
        (
            {"onset": "exponential", "tau": "5 day"},
            [0.8 * (1 - np.exp(-s / 5)) for s in (2, 5, 15)],
            0.8 * (20 - 5 * (1 - np.exp(-4))),
        ),
    ],
    ids=["abrupt", "linear", "logistic", "exponential"],
)
def test_leak_by_onset(onset: dict[str, Any], leaks: list[float], whole: float) -> None:
    delivery = delivered(fault("10 day", "leak", end=0.8, **onset), LOOK)
    assert tip(delivery, 9.99, 12.0, 15.0, 25.0) == pytest.approx([300.0] + [300 * (1 - x) for x in leaks])
    assert delivery.ledger["leaked_ug"] == pytest.approx(300.0 * whole, rel=1e-8)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)
    assert not delivery.log


def test_intermittent_leak() -> None:
    numbers = {"mean_leaking": "6 h", "mean_tight": "18 h", "lasting": "200 day", "seed": 2}
    delivery = delivered(fault("10 day", "leak", end=0.5, onset="intermittent", **numbers), until="230 day")
    assert tip(delivery, 10.0, 211.0) == pytest.approx([300.0, 300.0])
    rates = set(np.round(delivery.therapy.catheter.rate(np.arange(10.0, 209.0, 0.1) * DAY) * DAY, 6))
    assert rates == {150.0, 300.0}
    assert delivery.ledger["leaked_ug"] == pytest.approx(200 * 300.0 * 0.5 * 6 / 24, rel=0.15)


def test_a_leak_does_not_delay_a_new_concentration() -> None:
    refill = {"at": "10 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    delivery = closed(deliver(build(FILL, STEADY, fault("5 day", "leak", end=0.8), refill, until="30 day")))
    transit = DEAD_mL / FLOW_mL_DAY
    assert tip(delivery, 10 + transit - 1e-6, 10 + transit + 1e-6) == pytest.approx([60.0, 15.0])


def test_a_disconnected_catheter_gives_nothing_at_once_while_its_content_moves_on() -> None:
    """The new concentration passes the connector 0.376 mL after the refill, disconnected or not."""
    refill = {"at": "9 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    off = fault("10 day", "disconnection")
    delivery = closed(deliver(build(FILL, STEADY, refill, off, LOOK, until="30 day")))
    assert tip(delivery, 10 - 1e-6, 10.0, 29.0) == pytest.approx([300.0, 0.0, 0.0])
    front = 9 + DEAD_mL / FLOW_mL_DAY
    assert delivery.ledger["leaked_ug"] == pytest.approx((front - 10) * 300.0 + (30 - front) * 75.0)
    assert delivery.evidence[1].surplus_mL == pytest.approx(0.0, abs=1e-12)
    assert not delivery.log


# ---- beside the CSF


def test_migration_with_release() -> None:
    """f from 1 to 0.2 in 5 days: 600 µg miss the CSF by then, 240 µg/day after; half comes back on day 19."""
    numbers = {"reached": 0.2, "lasting": "5 day", "release_after": "9 day", "released": 0.5}
    delivery = delivered(fault("10 day", "migration", **numbers, release_lasting="2 h"), LOOK)
    assert tip(delivery, 12.5, 15.0, 18.99) == pytest.approx([180.0, 60.0, 60.0])
    sequestered = 0.8 * 300.0 * (2.5 + 4)
    assert tip(delivery, 19.01) == pytest.approx([60.0 + 0.5 * sequestered * 12])
    assert mass(delivery, 19, 19 + 2 / DAY) == pytest.approx(0.5 * sequestered + 60.0 / 12)
    assert tip(delivery, 19.1) == pytest.approx([60.0])
    assert delivery.ledger["sequestered_ug"] == pytest.approx(0.5 * sequestered + 240.0 * 11)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)


def test_a_revised_catheter_reaches_the_csf_again_and_what_is_sequestered_may_still_come() -> None:
    migrated = fault("10 day", "migration", reached=0.1, release_after="12 day")
    delivery = delivered(migrated, NEW_CATHETER)
    assert tip(delivery, 10.0, 19.9, 20.0, 21.9) == pytest.approx([30.0, 30.0, 300.0, 300.0])
    assert mass(delivery, 22, 23) == pytest.approx(300.0 + 0.9 * 300.0 * 10)
    assert delivery.ledger["sequestered_ug"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("shape", "quarter"), [("linear", 0.25), ("logistic", logistic(0.25))])
def test_granuloma(shape: str, quarter: float) -> None:
    """From 1 to 0.3 in 40 days, kept from then on."""
    delivery = delivered(
        fault("10 day", "granuloma", end=0.3, lasting="40 day", shape=shape), LOOK, until="60 day"
    )
    kept = [1.0 - 0.7 * quarter, 1.0 - 0.7 * 0.5, 0.3]
    assert tip(delivery, 20.0, 30.0, 55.0) == pytest.approx([300.0 * f for f in kept])
    assert delivery.ledger["sequestered_ug"] == pytest.approx(300.0 * 0.7 * (20 + 10), rel=1e-8)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)


# ---- lines without drug


def test_missing_prime_leaves_a_gap_of_60_hours() -> None:
    delivery = delivered(fault("10 day", "prime_missing"))
    end = 10 + DEAD_mL / FLOW_mL_DAY
    assert (end - 10) * DAY == pytest.approx(60.16)
    assert tip(delivery, 9.99, 10.0, end - 1e-6, end + 1e-6) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(2000.0 * DEAD_mL)


@pytest.mark.parametrize(
    ("kind", "volume_mL"), [("prime_missing", 0.2), ("air_in_line", 0.2), ("air_in_line", 0.05)]
)
def test_a_stretch_without_drug_comes_when_the_sound_part_has_passed(kind: str, volume_mL: float) -> None:
    delivery = delivered(fault("10 day", kind, volume=f"{volume_mL} mL"), LOOK)
    begin, end = (10 + v / FLOW_mL_DAY for v in (DEAD_mL - volume_mL, DEAD_mL))
    times = (begin - 1e-6, begin + 1e-6, end - 1e-6, end + 1e-6)
    assert tip(delivery, *times) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(2000.0 * volume_mL)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)


def test_a_prime_that_is_missed_at_an_implantation() -> None:
    """The faults of an instant come last: the surgeon's prime is the one that did not happen."""
    swap = {"at": "10 day", "replace_pump": {"catheter": True}}
    delivery = delivered(fault("10 day", "prime_missing"), swap)
    assert tip(delivery, 10.0, 12.5, 12.51) == pytest.approx([0.0, 0.0, 300.0])


def test_too_large_a_prime_is_a_burst() -> None:
    """0.476 mL into an empty line of 0.376 mL: 0.1 mL × 2000 µg/mL = 200 µg, and half an hour's flow."""
    delivery = delivered(fault("10 day", "prime_wrong", given="0.476 mL", lasting="30 min"), LOOK)
    assert mass(delivery, 10, 10 + 0.5 / DAY) == pytest.approx(200.0 + 300.0 / 48)
    assert tip(delivery, 10.03) == pytest.approx([300.0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)
    twin = delivery.intended.catheter.rate(np.array([10.001 * DAY])) * DAY
    assert twin == pytest.approx([300.0])


def test_too_small_a_prime_leaves_a_gap() -> None:
    """0.276 mL leave 0.1 mL empty: 16 h, of which half an hour's flow has come with the prime."""
    delivery = delivered(fault("10 day", "prime_wrong", given="0.276 mL", lasting="30 min"))
    end = 10 + 0.1 / FLOW_mL_DAY
    assert tip(delivery, 10.0, 10.01, end - 1e-6, end + 1e-6) == pytest.approx([0.0, 0.0, 0.0, 300.0])


def test_a_prime_of_a_part_pushes_what_lies_before_it() -> None:
    """The tubing's 0.2 mL are empty and get 0.2 mL: the catheter's 0.176 mL are pushed out, then the gap."""
    numbers = {"volume": "0.2 mL", "given": "0.2 mL", "lasting": "1 h"}
    delivery = delivered(fault("10 day", "prime_wrong", **numbers))
    assert mass(delivery, 10, 10 + 1 / DAY) == pytest.approx(2000.0 * 0.176)
    end = 10 + (DEAD_mL - 0.2) / FLOW_mL_DAY
    assert tip(delivery, end - 1e-6, end + 1e-6) == pytest.approx([0.0, 300.0])


# ---- bridges


@pytest.mark.parametrize(("old", "new", "factor"), [(2000, 500, 4.0), (500, 2000, 0.25)])
def test_missing_bridge(old: int, new: int, factor: float) -> None:
    """Overdose or underdose by old/new for one transit at the new flow."""
    first = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": f"{old} ug/mL"}}
    visit = fault("10 day", "bridge_bolus_missing", volume="40 mL", concentration=f"{new} ug/mL")
    delivery = closed(deliver(build(first, program(), visit, until="30 day")))
    end = 10 + DEAD_mL / (300.0 / new)
    times = (9.99, 10.0, end - 1e-6, end + 1e-6)
    assert tip(delivery, *times) == pytest.approx([300.0, 300.0 * factor, 300.0 * factor, 300.0])
    (reading,) = delivery.evidence
    assert reading.found_mL == pytest.approx(40 - 10 * 300.0 / old)
    assert reading.surplus_mL == pytest.approx(0.0, abs=1e-12)


BRIDGE = {"volume": "40 mL", "concentration": "500 ug/mL", "daily_dose": "300 ug/day"}


def bridged(old: str, volume: str) -> Delivery:
    visit = fault("10 day", "bridge_bolus_wrong", **BRIDGE, old_concentration=old, bridge_volume=volume)
    return delivered(visit)


def test_a_bridge_of_the_right_numbers_keeps_the_dose() -> None:
    delivery = bridged("2000 ug/mL", f"{DEAD_mL} mL")
    assert tip(delivery, *np.linspace(9.0, 20.0, 111)) == pytest.approx([300.0] * 111)


def test_a_bridge_of_the_wrong_old_concentration() -> None:
    """Half of the old concentration is entered: twice the flow, twice the dose, for half the time."""
    delivery = bridged("1000 ug/mL", f"{DEAD_mL} mL")
    end = 10 + DEAD_mL / 0.3
    assert tip(delivery, 10.0, end - 1e-6, end + 1e-6, 20.0) == pytest.approx([600.0, 600.0, 300.0, 300.0])
    twin = delivery.intended.catheter.rate(np.array([10.1, 20.0]) * DAY) * DAY
    assert twin == pytest.approx([300.0, 300.0])


def test_a_bridge_that_is_too_short_and_one_that_is_too_long() -> None:
    short = bridged("2000 ug/mL", "0.188 mL")
    half = 10 + 0.188 / 0.15
    end = half + 0.188 / 0.6
    assert tip(short, half - 1e-6, half + 1e-6, end - 1e-6, end + 1e-6) == pytest.approx(
        [300.0, 1200.0, 1200.0, 300.0]
    )
    long = bridged("2000 ug/mL", "0.752 mL")
    end, over = (10 + v / 0.15 for v in (0.376, 0.752))
    assert tip(long, end - 1e-6, end + 1e-6, over - 1e-6, over + 1e-6) == pytest.approx(
        [300.0, 75.0, 75.0, 300.0]
    )


def test_a_bridge_outlives_a_programme_of_its_instant() -> None:
    """At the visit the dose is programmed as well; the bridge runs first, then the new dose."""
    visit = fault(
        "10 day",
        "bridge_bolus_wrong",
        **BRIDGE,
        old_concentration="2000 ug/mL",
        bridge_volume=f"{DEAD_mL} mL",
    )
    delivery = delivered(visit, program("10 day", "400 ug/day"))
    end = 10 + DEAD_mL / FLOW_mL_DAY
    assert tip(delivery, 10.0, end - 1e-6, end + 1e-6) == pytest.approx([300.0, 300.0, 400.0])


# ---- waiting


def test_a_catheter_may_come_off_when_so_much_has_been_pumped() -> None:
    """1.5 mL at 0.15 mL/day from day 3 on: day 13."""
    delivery = delivered(fault("3 day", "disconnection", after_volume="1.5 mL"))
    assert tip(delivery, 12.99, 13.01) == pytest.approx([300.0, 0.0])


def test_all_of_a_migration_waits() -> None:
    waiting = fault("3 day", "migration", reached=0.1, release_after="5 day", after_volume="1.5 mL")
    delivery = delivered(waiting)
    assert tip(delivery, 12.99, 13.01, 17.99) == pytest.approx([300.0, 30.0, 30.0])
    assert mass(delivery, 18, 18 + 1 / DAY) == pytest.approx(270.0 * 5 + 30.0 / DAY)


# ---- what cannot be


@pytest.mark.parametrize(
    ("kind", "numbers", "rule"),
    [
        ("occlusion", {"block": 1.2}, "is not between 0 and 1"),
        ("occlusion", {"released": -0.1}, "is not between 0 and 1"),
        ("occlusion", {"lasting": "0 h"}, "is not longer than 0 h"),
        ("occlusion", {"release_lasting": "0 h"}, "is not longer than 0 h"),
        ("occlusion", {"compliance": "-0.1 mL/mmHg"}, "is negative"),
        ("occlusion", {"relief_pressure": "-3 mmHg"}, "is negative"),
        ("occlusion", {"relief_pressure": "3 mL"}, "a pressure belongs here"),
        ("occlusion_positional", {"posture": "nightly", "from": "22 h"}, "a nightly posture needs lasting"),
        (
            "occlusion_positional",
            {**NIGHTS, "mean_free": "3 h"},
            "a nightly posture does not use mean_free",
        ),
        ("occlusion_positional", {**NIGHTS, "from": "24 h"}, "is no hour of the day"),
        ("occlusion_positional", {**NIGHTS, "lasting": "24 h"}, "does not fit into a day"),
        ("occlusion_positional", {**NIGHTS, "days": 0}, "is less than 1"),
        ("occlusion_positional", {**NIGHTS, "after_volume": "1 mL"}, "cannot wait for after_volume"),
        (
            "occlusion_positional",
            {"posture": "random", "lasting": "9 day", "mean_free": "0 h", "mean_blocked": "3 h"},
            "is not longer than 0 h",
        ),
        ("leak", {}, "end"),
        ("leak", {"end": 1.2}, "is not between 0 and 1"),
        ("leak", {"end": 0.5, "onset": "linear"}, "the onset linear needs lasting"),
        ("leak", {"end": 0.5, "tau": "3 day"}, "the onset abrupt does not use tau"),
        ("leak", {"end": 0.5, "onset": "exponential", "tau": "0 day"}, "is not longer than 0 h"),
        ("migration", {"reached": 2}, "is not between 0 and 1"),
        ("migration", {"reached": 0.2, "lasting": "0 day"}, "is not longer than 0 h"),
        ("migration", {"reached": 0.2, "release_after": "0 day"}, "is not longer than 0 h"),
        ("granuloma", {"end": 0.2, "lasting": "0 day"}, "is not longer than 0 h"),
        ("prime_missing", {"volume": "0 mL"}, "is not more than 0"),
        ("prime_wrong", {"given": "0 mL", "lasting": "1 h"}, "is not more than 0"),
        ("prime_wrong", {"given": "0.3 mL", "lasting": "0 h"}, "is not longer than 0 h"),
        ("prime_wrong", {"given": "3 mL", "lasting": "10 min"}, "faster than"),
        ("air_in_line", {"volume": "0 mL"}, "is not more than 0"),
        ("bridge_bolus_missing", {"volume": "41 mL", "concentration": "500 ug/mL"}, "at most 40 mL"),
        (
            "bridge_bolus_wrong",
            {**BRIDGE, "old_concentration": "0 ug/mL", "bridge_volume": "0.3 mL"},
            "is not more than 0",
        ),
        (
            "bridge_bolus_wrong",
            {**BRIDGE, "old_concentration": "2 ug/mL", "bridge_volume": "0.3 mL"},
            "mL/day",
        ),
    ],
)
def test_numbers_that_cannot_be(kind: str, numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        refused(kind, numbers)


def refused(kind: str, numbers: dict[str, Any]) -> Scenario:
    return usual(fault("3 day", kind, **numbers))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("prime_wrong", {"given": "0.3 mL", "lasting": "8 h"}),
        ("bridge_bolus_wrong", {**BRIDGE, "old_concentration": "2000 ug/mL", "bridge_volume": "0.3 mL"}),
    ],
)
def test_a_pump_of_one_flow_takes_no_bolus(kind: str, numbers: dict[str, Any]) -> None:
    flow = {"at": "0 day", "program": {"mode": "constant_flow"}}
    fill = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
    with pytest.raises(ScenarioError, match="one fixed flow"):
        build(fill, flow, fault("3 day", kind, **numbers), pump="constant_flow_20")


def test_two_visits_at_one_instant_contradict() -> None:
    refill = {"at": "10 day", "refill": {"volume": "40 mL"}}
    visit = fault("10 day", "bridge_bolus_missing", volume="40 mL", concentration="500 ug/mL")
    with pytest.raises(ScenarioError, match="contradicts"):
        usual(refill, visit)


def test_a_catheter_that_closes_slowly() -> None:
    """Along a line to full in 10 days, with no store: 0.15 mL/day times 5 days leaks away, then all of it."""
    slow = fault("5 day", "occlusion", onset="linear", onset_lasting="10 day", compliance="0 mL/mmHg")
    ledger = deliver(usual(slow, until="20 day")).ledger
    assert ledger["relieved_mL"] == pytest.approx(0.15 * (5.0 + 5.0))
    assert ledger["line_mL"] == pytest.approx(0.15 * (5.0 + 5.0))
