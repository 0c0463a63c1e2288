"""When things begin and end, and what comes first at one instant: by hand."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, tip
from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver
from itsim.scenario import Scenario

WEAK = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
FAST = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "1 mL/day"}}


def fast(*timeline: dict[str, Any], until: str = "30 day", history: bool = True) -> Scenario:
    """40 mL of 2000 µg/mL at 1 mL/day."""
    return build(FILL, FAST, *timeline, until=until, history=history)


def begins(scenario: Scenario) -> list[float]:
    """When each fault begins, in days, in the order of the file."""
    found = deliver(scenario).begins_h
    return [found[e.place] / DAY for e in scenario.timeline if e.kind.group == "faults"]


def flows(delivery: Delivery, *days: float) -> list[float]:
    return list(delivery.pumped_mL_h.rate(np.array(days) * DAY) * DAY)


# ---- one instant

SWAP = {"at": "10 day", "replace_pump": {"volume": "20 mL", "concentration": "500 ug/mL", "prime": False}}
REFILL = {"at": "10 day", "refill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
PRIME = {"at": "10 day", "prime": {}}
DOSE = program("10 day", "200 ug/day")


@pytest.mark.parametrize(
    ("entries", "after"),
    [
        ([SWAP, fault("10 day", "motor_stall")], 0.0),
        ([REFILL, PRIME, DOSE], 200.0),
        ([PRIME, SWAP], 300.0),
        ([DOSE, fault("10 day", "pump_stop")], 0.0),
        ([fault("10 day", "prime_missing"), PRIME], 0.0),
        ([{"at": "10 day", "replace_catheter": {}}, fault("10 day", "leak", end=0.5)], 150.0),
    ],
    ids=["swap, stall", "fill, prime, dose", "swap, prime", "dose, stop", "prime, no prime", "new, leaks"],
)
def test_meaning_orders_an_instant_and_not_the_file(entries: list[dict[str, Any]], after: float) -> None:
    for order in permutations(entries):
        assert tip(deliver(usual(*order, until="20 day")), 9.999, 10.0) == pytest.approx([300.0, after])


def test_what_a_swap_leaves_in_the_line_is_primed_after_it() -> None:
    """Wherever the prime stands in the file: no gap when the catheter's own 0.176 mL are out."""
    for order in permutations([SWAP, PRIME]):
        delivery = deliver(usual(*order, until="20 day"))
        assert min(tip(delivery, *np.linspace(10.0, 19.9, 50))) > 0.0
    for order in permutations([{"at": "10 day", "explant": {}}, {"at": "10 day", "replace_catheter": {}}]):
        assert deliver(usual(*order, until="20 day")).ledger["removed_ug"] == pytest.approx(2000 * 0.376)


def test_the_later_of_two_programmes_at_one_instant_wins() -> None:
    assert tip(
        deliver(usual(program("5 day", "100 ug/day"), program("5 day", "200 ug/day"))), 6.0
    ) == pytest.approx([200.0])


# ---- ends


@pytest.mark.parametrize(
    ("swap", "pump_part", "catheter_part"),
    [({"replace_pump": {}}, 1.0, 0.5), ({"replace_catheter": {}}, 0.4, 1.0)],
    ids=["pump", "catheter"],
)
def test_a_new_part_ends_the_faults_of_the_old_one(
    swap: dict[str, Any], pump_part: float, catheter_part: float
) -> None:
    weaker = fault("2 day", "gain_profile", times=["0 day"], gains=[0.4])
    leaking = fault("3 day", "leak", end=0.5)
    delivery = deliver(usual(weaker, leaking, {"at": "10 day", **swap}, until="20 day"))
    assert tip(delivery, 9.999, 10.0) == pytest.approx([60.0, 300.0 * pump_part * catheter_part])


# ---- what is missed


@pytest.mark.parametrize(
    ("from_day", "comes"), [("12.01", True), ("12", False), ("7.01", False), ("7", True)]
)
def test_a_visit_is_missed_from_the_beginning_to_before_the_end(from_day: str, comes: bool) -> None:
    """Five days in which refills are missed, and a refill on day 12."""
    refill = {"at": "12 day", "refill": {"volume": "30 mL"}}
    missed = fault(f"{from_day} day", "reservoir_empty", lasting="5 day")
    delivery = deliver(usual(refill, missed, until="20 day"))
    assert (delivery.ledger["filled_ug"] > 80_001.0) == comes
    assert len(delivery.evidence) == int(comes)


def test_a_bridge_is_missed_with_its_visit() -> None:
    """Neither the weaker drug nor the flow that was meant for it."""
    numbers = {"old_concentration": "2000 ug/mL", "bridge_volume": "2 mL", "daily_dose": "900 ug/day"}
    visit = fault("5 day", "bridge_bolus_wrong", volume="20 mL", concentration="500 ug/mL", **numbers)
    delivery = deliver(usual(visit, fault("4 day", "reservoir_empty"), until="20 day"))
    np.testing.assert_array_equal(
        delivery.therapy.catheter.rows, deliver(usual(until="20 day")).therapy.catheter.rows
    )


@pytest.mark.parametrize(("missed", "runs"), [([], True), ([fault("11 day", "reservoir_empty")], False)])
def test_a_latched_pump_waits_for_a_visit_that_comes(missed: list[dict[str, Any]], runs: bool) -> None:
    scan = fault("10 day", "mri_stall", scan="1 h", latched=True)
    refill = {"at": "12 day", "refill": {"volume": "30 mL"}}
    delivery = deliver(usual(scan, refill, *missed, until="20 day"))
    assert tip(delivery, 9.99, 10.01, 11.99, 12.01) == pytest.approx([300.0, 0.0, 0.0, 300.0 * runs])


def test_tablets_that_are_missed_are_still_meant() -> None:
    tablets = {"at": "2 day", "oral_schedule": {"dose": "10 mg", "every": "12 h", "times": 6}}
    missed = {"at": "3 day", "missed_oral_dose": {"lasting": "1 day"}}
    delivery = deliver(usual(tablets, missed, until="20 day"))
    assert [dose.t_h / DAY for dose in delivery.therapy.doses] == [2.0, 2.5, 4.0, 4.5]
    assert [dose.t_h / DAY for dose in delivery.intended.doses] == [2.0, 2.5, 3.0, 3.5, 4.0, 4.5]


# ---- triggers


def test_a_volume_of_five_millilitres_takes_five_days_at_one_a_day() -> None:
    stall = fault("3 day", "motor_stall", after_volume="5 mL")
    scenario = fast(stall)
    assert begins(scenario) == pytest.approx([8.0])
    assert flows(deliver(scenario), 8 - 1e-6, 8 + 1e-6) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize(
    ("between", "day"),
    [
        (fault("4 day", "pump_stop", lasting="2 day"), 10.0),
        (fault("1 day", "pump_stop", lasting="1 day"), 8.0),
        (fault("5 day", "gain_profile", times=["0 day"], gains=[0.5]), 11.0),
        (fault("5 day", "free_flow", volume="2 mL", lasting="1 day"), 6.0),
        (
            fault("4 day", "gain_drift", shape="linear", lasting="16 day"),
            4 + 16 - np.sqrt(16**2 - 2 * 16 * 4),
        ),
        ({"at": "5 day", "replace_pump": {}}, 8.0),
    ],
    ids=["a stop", "a stop before", "half the flow", "free flow", "a decline", "a new pump"],
)
def test_a_volume_counts_what_is_pumped(between: dict[str, Any], day: float) -> None:
    """5 mL from day 3 on, at 1 mL/day but for what comes between; a decline gives s − s²/32 mL in s days."""
    waits = fault("3 day", "disconnection", after_volume="5 mL")
    assert begins(fast(between, waits))[-1] == pytest.approx(day)


def test_two_triggers_and_one_delays_the_other() -> None:
    """At 2 mL the pump stands still for a day: 5 mL on day 6. The other way round nothing is delayed."""
    stop = fault("0 day", "pump_stop", lasting="1 day", after_volume="2 mL")
    leak = fault("0 day", "disconnection", after_volume="5 mL")
    for pair in ((stop, leak), (leak, stop)):
        assert sorted(begins(fast(*pair))) == pytest.approx([2.0, 6.0])


def test_triggers_of_one_instant_begin_together() -> None:
    """A stall and a leak after 5 mL: were the leak looked for after the stall, it would never come."""
    pair = [fault("0 day", kind, after_volume="5 mL") for kind in ("motor_stall", "disconnection")]
    assert begins(fast(*pair)) == pytest.approx([5.0, 5.0])


def test_what_is_triggered_keeps_its_own_course() -> None:
    """Everything that counts from the beginning moves with it: the end, the line, the release."""
    down = fault("1 day", "gain_drift", shape="linear", lasting="4 day", end=0.5, after_volume="2 mL")
    stop = fault("0 day", "pump_stop", lasting="2 day", after_volume="8 mL")
    lost = fault(
        "0 day", "migration", reached=0.0, release_after="3 day", release_lasting="1 h", after_volume="5 mL"
    )
    alone = deliver(fast(down))
    assert flows(alone, 3.0, 5.0, 7.0, 9.0) == pytest.approx([1.0, 0.75, 0.5, 0.5])
    assert flows(deliver(fast(stop)), 7.999, 8.001, 9.999, 10.001) == pytest.approx([1.0, 0.0, 0.0, 1.0])
    delivery = deliver(fast(lost))
    assert tip(delivery, 4.999, 5.001) == pytest.approx([2000.0, 0.0])
    assert given_ug(delivery, 7.999, 9.0) == pytest.approx(3 * 2000.0)


def test_a_visit_can_wait_for_a_volume() -> None:
    """The pump is told at the visit and not before: 2000 µg/day are 4 mL/day of 500 µg/mL from day 5 on."""
    visit = fault(
        "1 day", "bridge_bolus_missing", volume="40 mL", concentration="500 ug/mL", after_volume="4 mL"
    )
    delivery = deliver(build(FILL, program("0 day", "2000 ug/day"), visit, until="30 day"))
    assert flows(delivery, 4.999, 5.001) == pytest.approx([1.0, 4.0])
    assert [reading.t_h / DAY for reading in delivery.evidence] == pytest.approx([5.0])


def test_a_hazard_is_drawn_and_not_waited_for() -> None:
    """The draw of a seed is one number: with ten times the hazard the fault begins after a tenth of the time,
    whatever the pump does meanwhile."""
    slow, quick = (fault("2 day", "disconnection", hazard=f"{h} 1/day", seed=4) for h in (0.1, 1.0))
    stop = fault("2 day", "pump_stop")
    (waited,) = begins(fast(slow, until="400 day"))
    assert waited > 2.0
    assert begins(fast(quick, until="400 day")) == pytest.approx([2 + (waited - 2) / 10])
    assert begins(fast(stop, slow, until="400 day"))[-1] == waited
