"""What leaves the tip: by hand, against the brute-force referee, and as a ledger over random timelines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.referee import simulate
from device.timelines import (
    DRIFTS,
    FILL,
    FLEX,
    REFILL,
    STALLS,
    SWAP,
    TABLE,
    build,
    devices,
    fault,
    program,
    random_timelines,
    usual,
)
from itsim.device.delivery import Delivery, deliver
from itsim.device.pieces import FIT_TOLERANCE
from itsim.scenario import Scenario

DAY = 24.0
WEAK_FILL = {"at": "0 day", "fill": {"volume": "4 mL", "concentration": "500 ug/mL"}}
WEAK_REFILL = {"at": "9 day", "refill": {"volume": "20 mL"}}


def tip(delivery: Delivery, *days: float) -> list[float]:
    """Dose rate at the tip, µg/day."""
    return list(delivery.therapy.catheter.rate(np.array(days) * DAY) * DAY)


def logged(delivery: Delivery, kind: str) -> list[float]:
    return [entry.t_h / DAY for entry in delivery.log if entry.kind == kind]


# ---- by hand


def test_a_new_concentration_reaches_the_tip_after_the_dead_volume() -> None:
    """300 µg/day of 2000 µg/mL through 0.376 mL: 60.16 h; the old drug comes at the new flow until then."""
    refill = {"at": "10 day", "refill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    weak = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    delivery = deliver(build(weak, program(), refill, until="30 day"))
    assert delivery.dead_volume_mL == pytest.approx(0.376)
    transit = 0.376 / 0.15
    assert transit * DAY == pytest.approx(60.16)
    before, after = 10 + transit - 1e-6, 10 + transit + 1e-6
    assert tip(delivery, 9.9, 10.1, before, after, 29.0) == pytest.approx([300.0, 75.0, 75.0, 300.0, 300.0])


@pytest.mark.parametrize(
    ("drift", "surplus_mL"),
    [
        ({"kind": "motor_stall"}, 13.5),
        ({"kind": "gain_drift", "shape": "linear", "end": 0.2, "lasting": "90 day"}, 5.4),
        (
            {"kind": "gain_drift", "shape": "exponential", "tau": "40 day"},
            0.15 * (90 - 40 * (1 - np.exp(-90 / 40))),
        ),
        (
            {
                "kind": "gain_drift",
                "shape": "steps",
                "steps": [{"after": f"{30 * i} day", "gain": 0.75 - 0.25 * i} for i in range(3)],
            },
            6.75,
        ),
    ],
    ids=["stop", "linear", "exponential", "steps"],
)
def test_residual_surplus_after_90_days(drift: dict[str, Any], surplus_mL: float) -> None:
    loss, look = {"at": "30 day", "fault": drift}, {"at": "120 day", "interrogate": {}}
    (reading,) = deliver(usual(loss, look, until="130 day")).evidence
    assert reading.surplus_mL == pytest.approx(surplus_mL, abs=1e-9)
    assert reading.programmed_mL == pytest.approx(18.0)
    assert reading.flagged


def test_surpluses_are_those_of_the_design() -> None:
    assert 0.15 * (90 - 40 * (1 - np.exp(-90 / 40))) == pytest.approx(8.1, abs=0.05)


def test_missed_refill() -> None:
    """20 mL of 500 µg/mL at 0.6 mL/day, 0.5 mL unusable: low alarm on day 30, empty on day 32.5."""
    fill = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
    late = {"at": "35 day", "refill": {"volume": "20 mL"}}
    delivery = deliver(
        build(fill, program(), late, until="40 day", pump="synchromed_ii_20", unusable_volume="0.5 mL")
    )
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([30.0])
    assert logged(delivery, "empty_reservoir_alarm") == pytest.approx([20 / 0.6])
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([32.5])
    assert tip(delivery, 32.49, 32.51, 34.99, 35.0) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert delivery.evidence[0].expected_mL == pytest.approx(20 - 35 * 0.6)
    assert delivery.evidence[0].found_mL == pytest.approx(0.5)


def test_calculated_volume_is_a_belief_and_passes_below_zero() -> None:
    fill = {"at": "0 day", "fill": {"volume": "3 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(fill, program(), until="30 day"))
    assert delivery.calculated_volume_mL(np.array([30 * DAY])) == pytest.approx([3.0 - 4.5])
    assert delivery.true_volume_mL(np.array([30 * DAY])) == pytest.approx([1.0])


@pytest.mark.parametrize("prime", [True, False])
def test_an_unprimed_replacement_leaves_a_gap(prime: bool) -> None:
    """The catheter's 0.176 mL come first, then the tubing's 0.2 mL of nothing: 32 h at 0.15 mL/day."""
    swap = {"at": "10 day", "replace_pump": {"prime": prime}}
    delivery = deliver(usual(swap, until="20 day"))
    gap_from, gap_until = 10 + 0.176 / 0.15, 10 + 0.376 / 0.15
    assert (gap_until - gap_from) * DAY == pytest.approx(32.0)
    during = 300.0 if prime else 0.0
    times = (gap_from - 1e-6, gap_from + 1e-6, gap_until - 1e-6, gap_until + 1e-6)
    assert tip(delivery, *times) == pytest.approx([300.0, during, during, 300.0])


def test_stopped_pump_sounds_after_48_hours_and_leaves_no_residual_sign() -> None:
    stop, look = fault("10 day", "pump_stop", lasting="5 day"), {"at": "20 day", "interrogate": {}}
    delivery = deliver(usual(stop, look, until="30 day"))
    assert logged(delivery, "stopped_pump_alarm") == pytest.approx([12.0])
    assert tip(delivery, 9.99, 10.0, 14.99, 15.0) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)
    assert delivery.evidence[0].programmed_mL == pytest.approx(15 * 0.15)


@pytest.mark.parametrize(("lasting", "alarms"), [("47 h", []), ("49 h", [2.0])])
def test_a_pump_stopped_from_the_start(lasting: str, alarms: list[float]) -> None:
    delivery = deliver(usual(fault("0 day", "pump_stop", lasting=lasting), until="30 day"))
    assert logged(delivery, "stopped_pump_alarm") == pytest.approx(alarms)


def test_a_pump_that_is_not_yet_programmed_is_silent() -> None:
    assert logged(deliver(build(FILL, program("5 day"), until="30 day")), "stopped_pump_alarm") == []


def test_a_stall_cuts_the_tip_at_once_and_a_new_pump_restores_it() -> None:
    swap = {"at": "12 day", "replace_pump": {}}
    delivery = deliver(usual(fault("10 day", "motor_stall"), swap, until="20 day"))
    assert tip(delivery, 10 - 1e-9, 10.0, 11.99, 12.0) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert logged(delivery, "motor_stall_alarm") == pytest.approx([10 + 1 / 24])
    assert logged(delivery, "motor_stall_recovery") == []


def test_a_stall_that_recovers_leaves_a_pair() -> None:
    stalls = fault("5 day", "motor_stall_intermittent", **{**STALLS, "silence": "fixed"})
    delivery = deliver(usual(stalls, until="30 day"))
    off, on = logged(delivery, "motor_stall_alarm"), logged(delivery, "motor_stall_recovery")
    assert len(off) == len(on) > 5
    np.testing.assert_allclose(np.array(on) - np.array(off), 7 / 24, rtol=1e-9)
    edges = delivery.therapy.catheter.edges_h / DAY
    assert set(np.round(on, 9)) <= set(np.round(edges, 9))


def test_a_reservoir_below_its_unusable_volume_delivers_nothing_and_the_truth_says_so() -> None:
    little = {"at": "0 day", "fill": {"volume": "0.5 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(little, program("5 day"), until="10 day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([5.0])
    assert delivery.ledger["delivered_ug"] == 0.0


def test_taper_and_flow_bias() -> None:
    """Below 2 mL of usable volume the flow falls with the volume: an exponential in time."""
    delivery = deliver(build(WEAK_FILL, program(), until="20 day", taper_volume="2 mL", flow_bias=0.1))
    flow = 0.6 * 1.1
    start = (4.0 - 3.0) / flow
    t = np.array([start / 2, start, start + 1, start + 5])
    expected = flow * np.array([1.0, 1.0, np.exp(-flow / 2), np.exp(-5 * flow / 2)])
    np.testing.assert_allclose(delivery.pumped_mL_h.rate(t * DAY) * DAY, expected, rtol=1e-12)


def test_the_later_of_two_programmes_at_one_instant_wins() -> None:
    assert tip(
        deliver(usual(program("5 day", "100 ug/day"), program("5 day", "200 ug/day"))), 6.0
    ) == pytest.approx([200.0])


# ---- against the referee

REFEREED: dict[str, Scenario] = {
    "stop": usual(fault("5.03 day", "pump_stop", lasting="70 h"), until="30 day"),
    "stall, unprimed replacement": usual(fault("5.03 day", "motor_stall"), SWAP, until="30 day"),
    "table of steps": build(FILL, {"at": "0.13 day", "program": TABLE}, until="30 day"),
    "table of lines": build(
        FILL, {"at": "0 day", "program": {**TABLE, "between": "lines"}}, REFILL, until="30 day"
    ),
    "flex": build(FILL, {"at": "0 day", "program": FLEX}, REFILL, until="30 day"),
    "intermittent": usual(fault("5.03 day", "motor_stall_intermittent", **STALLS), REFILL, until="30 day"),
    "new concentration": usual(REFILL, until="30 day"),
    "empty": build(WEAK_FILL, program(), WEAK_REFILL, until="20 day", flow_bias=0.1),
    "taper": build(WEAK_FILL, program(), WEAK_REFILL, until="20 day", taper_volume="2 mL"),
    "taper under a curve": build(
        WEAK_FILL,
        program(),
        fault("1 day", "gain_drift", **DRIFTS["linear"]),
        until="20 day",
        taper_volume="2 mL",
    ),
    "primed in part, empty line": build(
        FILL, program(), {"at": "1.01 day", "prime": {"volume": "0.1 mL"}}, until="10 day", history=False
    ),
    "two declines at once": usual(
        fault("2.2 day", "gain_drift", **DRIFTS["exponential"]),
        fault("4.1 day", "gain_drift", **DRIFTS["logistic"]),
        until="30 day",
    ),
    "profile": usual(
        fault("2.2 day", "gain_profile", times=["0 day", "5 day", "11 day"], gains=[1.0, 0.3, 1.3]),
        until="30 day",
    ),
    **{
        f"{name} drift": usual(fault("5.03 day", "gain_drift", **numbers), SWAP, REFILL, until="30 day")
        for name, numbers in DRIFTS.items()
    },
}


def difference(scenario: Scenario, delivery: Delivery, step_h: float) -> tuple[float, float]:
    """Largest difference of the delivered amount and of the volume, away from the rounded events."""
    course = simulate(scenario, step_h)
    t = (np.arange(41) + 0.37) / 41.5 * scenario.until_h
    amount = np.interp(t, course.times_h, course.delivered_ug) - delivery.therapy.catheter.integral(t)
    volume = np.interp(t, course.times_h, course.volume_mL) - delivery.true_volume_mL(t)
    return float(np.max(np.abs(amount))), float(np.max(np.abs(volume)))


@pytest.mark.parametrize("name", sorted(REFEREED))
def test_agrees_with_the_referee_as_far_as_its_step_goes(name: str) -> None:
    scenario = REFEREED[name]
    delivery = deliver(scenario)
    jumps = len(delivery.therapy.catheter.edges_h) if name in ("flex", "intermittent") else 6
    for step_h in (0.5, 0.1):
        amount, volume = difference(scenario, delivery, step_h)
        highest = np.max(delivery.therapy.catheter.rate(np.linspace(0, scenario.until_h - 1e-9, 4001)))
        assert amount <= 0.5 * jumps * highest * step_h
        assert volume <= 0.5 * jumps * np.max(delivery.pumped_mL_h.rows[:-1, 1]) * step_h


def test_the_difference_to_the_referee_is_of_first_order() -> None:
    """8 times smaller steps, about 8 times smaller differences, summed over all scenarios."""
    names = sorted(set(REFEREED) - {"intermittent", "flex"})  # their many jumps fall on and off the steps
    coarse, fine = (
        np.sum([difference(REFEREED[name], deliver(REFEREED[name]), step_h) for name in names], axis=0)
        for step_h in (0.5, 0.0625)
    )
    assert np.all(coarse / fine > 4.0)
    assert np.all(coarse / fine < 16.0)


# ---- over random timelines


def check_ledger(scenario: Scenario) -> None:
    delivery = deliver(scenario)
    ledger = delivery.ledger
    entered = ledger["filled_ug"] + ledger["line_at_start_ug"] + ledger["primed_ug"]
    kept = sum(
        ledger[f"{place}_ug"] for place in ("reservoir", "catheter", "delivered", "discarded", "removed")
    )
    assert kept == pytest.approx(entered, rel=1e-12)
    assert all(amount >= -1e-12 * entered for amount in ledger.values())
    left_reservoir = ledger["filled_ug"] - ledger["reservoir_ug"] - ledger["discarded_ug"]
    available = ledger["line_at_start_ug"] + left_reservoir + ledger["primed_ug"]
    assert ledger["delivered_ug"] <= available + 1e-12 * entered
    for table in (delivery.therapy.catheter, delivery.intended.catheter, delivery.pumped_mL_h):
        edges = table.edges_h
        assert (edges[0], edges[-1]) == (0.0, scenario.until_h)
        assert np.all(np.diff(edges) > 0.0)
        assert (
            np.min(table.rate_before(np.concatenate([edges[1:], edges[:-1] + 0.3 * np.diff(edges)]))) >= -1e-8
        )
    volumes = delivery.true_volume_mL(np.linspace(0.0, scenario.until_h, 500))
    assert np.min(volumes) >= -1e-12


def rates(delivery: Delivery, until_h: float) -> np.ndarray:
    """Dose rates away from edges, where the last digit decides on which side a time lies."""
    times = np.random.default_rng(1).uniform(0.0, until_h, 400)
    edges = delivery.therapy.catheter.edges_h
    times = times[np.min(np.abs(times[:, None] - edges), axis=1) > 1e-6]
    return np.stack([table.rate(times) for table in (delivery.therapy.catheter, delivery.intended.catheter)])


@given(random_timelines(), devices())
def test_ledger(timeline: list[dict[str, Any]], device: dict[str, Any]) -> None:
    check_ledger(build(*timeline, until="60 day", **device))


@pytest.mark.long
@given(random_timelines(400.0), devices())
def test_ledger_over_a_year(timeline: list[dict[str, Any]], device: dict[str, Any]) -> None:
    check_ledger(build(*timeline, until="400 day", **device))


@given(random_timelines(), devices(), st.randoms(use_true_random=False))
def test_shuffling_the_timeline_changes_nothing(
    timeline: list[dict[str, Any]], device: dict[str, Any], random: Any
) -> None:
    """Ties of programmes apart, which the place in the file breaks: they keep their places."""
    scenario = build(*timeline, **device)
    shuffled = list(scenario.timeline)
    random.shuffle(shuffled)
    moved = [
        entry
        if entry.kind.group == "programs" or entry.kind.name in ("pump_stop", "prime")
        else replace(entry, place=i)
        for i, entry in enumerate(shuffled)
    ]
    ordered = sorted(moved, key=lambda e: e.place)
    before, after = deliver(scenario), deliver(replace(scenario, timeline=tuple(ordered)))
    ties = len(
        {e.at_h for e in ordered if e.kind.group == "programs" or e.kind.name in ("pump_stop", "prime")}
    )
    if ties == sum(e.kind.group == "programs" or e.kind.name in ("pump_stop", "prime") for e in ordered):
        np.testing.assert_allclose(
            rates(before, scenario.until_h), rates(after, scenario.until_h), rtol=1e-11, atol=1e-9
        )
        assert before.ledger == pytest.approx(after.ledger, rel=1e-10, abs=1e-8)


@given(random_timelines(), devices(), st.floats(0.01, 59.0))
def test_a_look_changes_no_rate(timeline: list[dict[str, Any]], device: dict[str, Any], day: float) -> None:
    """A curved taper is fitted anew from the look on: there up to the tolerance of two fits."""
    scenario = build(*timeline, **device)
    looked = build(*timeline, {"at": f"{day!r} day", "interrogate": {}}, **device)
    before, after = deliver(scenario), deliver(looked)
    seen, again = rates(before, scenario.until_h), rates(after, scenario.until_h)
    np.testing.assert_allclose(again, seen, rtol=1e-11, atol=4.0 * FIT_TOLERANCE * np.max(seen) + 1e-12)
    assert [e.kind for e in before.log] == [e.kind for e in after.log]
    assert [e.t_h for e in before.log] == pytest.approx([e.t_h for e in after.log])


@pytest.mark.parametrize("shape", sorted(DRIFTS))
def test_setting_the_same_dose_again_changes_no_rate(shape: str) -> None:
    loss = fault("5 day", "gain_drift", **DRIFTS[shape])
    plain = deliver(usual(loss))
    again = deliver(usual(loss, *[program(f"{day} day") for day in (3, 7.7, 11, 30)]))
    np.testing.assert_array_equal(plain.therapy.catheter.rows, again.therapy.catheter.rows)
