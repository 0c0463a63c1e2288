"""What a block holds back, where it overflows, how it is let go: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, logged, pumped_mL, tip
from device.timelines import FILL, build, fault, usual
from itsim.device.delivery import Delivery, deliver

Q = 0.15
"""mL/day: 300 µg/day of 2000 µg/mL."""
DEAD = 0.376
STEADY = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
WEAK = {"at": "11 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}


def block(at: str, capacity_mL: float = 1.0, **numbers: Any) -> dict[str, Any]:
    """A block whose line takes up this volume: 1000 mmHg and a compliance to match."""
    own = {"relief_pressure": "1000 mmHg", "compliance": f"{capacity_mL / 1000} mL/mmHg"}
    return fault(at, "occlusion", **own, **numbers)


def run(*timeline: dict[str, Any], until: str = "30 day", **device: Any) -> Delivery:
    return deliver(usual(*timeline, until=until, **device))


def volume_mL(delivery: Delivery, day: float) -> float:
    return float(delivery.true_volume_mL(np.array([day * DAY]))[0])


@pytest.mark.parametrize("hours", [1.0, 7.999, 8.001, 200.0])
@pytest.mark.parametrize("passes", [0.0, 0.25])
def test_what_does_not_pass_is_stored_up_to_the_capacity(hours: float, passes: float) -> None:
    """(1 − passes)·Q·t, at most 0.05 mL; with relief the pump pumps on and the rest leaks."""
    blocked = block("10 day", 0.05, block=1.0 - passes)
    delivery = run(blocked, until=f"{10 + hours / DAY!r} day")
    held_back = (1.0 - passes) * Q * hours / DAY
    assert delivery.ledger["stored_mL"] == pytest.approx(min(held_back, 0.05))
    assert delivery.ledger["relieved_mL"] == pytest.approx(max(held_back - 0.05, 0.0), abs=1e-12)
    assert delivery.ledger["relieved_ug"] == pytest.approx(2000 * max(held_back - 0.05, 0.0), abs=1e-9)
    assert delivery.ledger["pumped_mL"] == pytest.approx(Q * (10 + hours / DAY))
    assert tip(delivery, 10 + 0.999 * hours / DAY) == pytest.approx([300.0 * passes])


@pytest.mark.parametrize("passes", [0.0, 0.25])
def test_a_rotor_that_slips_leaves_the_surplus_in_the_reservoir(passes: float) -> None:
    """The store is full after 0.05 / (0.15 (1 − passes)) days; then only what passes is pumped."""
    delivery = run(block("10 day", 0.05, block=1.0 - passes, overflow="slip"))
    full = 10 + 0.05 / (Q * (1.0 - passes))
    rates = delivery.pumped_mL_h.rate(np.array([full - 1e-6, full + 1e-6, 29.0]) * DAY) * DAY
    assert rates == pytest.approx([Q, Q * passes, Q * passes])
    pumped = Q * full + Q * passes * (30 - full)
    assert delivery.ledger["pumped_mL"] == pytest.approx(pumped)
    assert volume_mL(delivery, 30) == pytest.approx(40 - pumped)
    assert delivery.ledger["relieved_mL"] == 0.0
    assert tip(delivery, 10.1, 29.0) == pytest.approx([300.0 * passes] * 2)


def test_a_store_under_a_curve_is_full_when_the_integral_says_so() -> None:
    """Flow Q·exp(−s/τ) from day 5 on, blocked from day 10: full where Qτ(e^−5/τ − e^−s/τ) is 0.05 mL."""
    weaker = fault("5 day", "gain_drift", shape="exponential", tau="4 day")
    delivery = run(weaker, block("10 day", 0.05, overflow="slip"))
    full = 5 - 4 * np.log(np.exp(-5 / 4) - 0.05 / (Q * 4))
    assert tip(delivery, 10.1) == [0.0]
    rates = delivery.pumped_mL_h.rate(np.array([full - 1e-6, full + 1e-6]) * DAY) * DAY
    assert rates == pytest.approx([Q * np.exp(-(full - 5) / 4), 0.0], rel=1e-5)
    assert delivery.ledger["stored_mL"] == pytest.approx(0.05)


@pytest.mark.parametrize(("released", "lasting"), [(1.0, 1.0), (0.4, 6.0), (0.0, 2.0)])
def test_the_store_is_let_go_at_its_share_in_its_time(released: float, lasting: float) -> None:
    """0.3 mL are held after two days: at 0.3·share/lasting on top of the flow; the rest is lost."""
    numbers = {"lasting": "2 day", "released": released, "release_lasting": f"{lasting} h"}
    delivery = run(block("10 day", **numbers))
    burst = 0.3 * released / lasting * DAY
    end = 12 + lasting / DAY
    line = delivery.line_mL_h.rate(np.array([12 - 1e-6, 12 + 1e-6, end - 1e-6, end + 1e-6]) * DAY) * DAY
    assert line == pytest.approx([0.0, Q + burst, Q + burst, Q])
    assert given_ug(delivery, 12, end) == pytest.approx(2000 * (0.3 * released + Q * lasting / DAY))
    assert delivery.ledger["relieved_mL"] == pytest.approx(0.3 * (1.0 - released), abs=1e-12)
    assert delivery.ledger["stored_mL"] == pytest.approx(0.0, abs=1e-12)


def test_a_block_in_the_middle_of_a_release_keeps_the_rest() -> None:
    """0.3 mL in 10 h: after 4 h 0.18 mL are left; another day of block makes 0.33 mL of them."""
    first = block("10 day", lasting="2 day", release_lasting="10 h")
    again = block(f"{12 + 4 / DAY!r} day", lasting="1 day", release_lasting="5 h")
    delivery = run(first, again)
    assert given_ug(delivery, 12, 12 + 4 / DAY) == pytest.approx(2000 * (0.12 + Q * 4 / DAY))
    assert tip(delivery, 12.5, 13.0) == [0.0, 0.0]
    assert tip(delivery, 13 + 4.1 / DAY) == pytest.approx([2000 * (Q + (0.18 + Q) / 5 * DAY)])


@pytest.mark.parametrize(("passes", "days"), [(0.0, 3.0), (0.4, 20.0)])
def test_first_in_first_out_through_store_and_line(passes: float, days: float) -> None:
    """A refill one day into the block: line, then what was stored by then, then the new concentration."""
    blocked = block("10 day", block=1.0 - passes, lasting=f"{days} day", release_lasting="1000 day")
    delivery = deliver(build(FILL, STEADY, blocked, WEAK, until="60 day"))
    before_new = DEAD + (1.0 - passes) * Q  # from day 11 on
    if passes:
        front = 11 + before_new / (passes * Q)
    else:
        front = 13 + before_new / (Q + 3 * Q / 1000)
    concentration = delivery.therapy.catheter.rate(np.array([front - 1e-6, front + 1e-6]) * DAY)
    concentration /= delivery.line_mL_h.rate(np.array([front - 1e-6, front + 1e-6]) * DAY)
    assert concentration == pytest.approx([2000.0, 500.0])


def test_what_overflows_is_what_came_last() -> None:
    """0.15 mL of 2000 fill half of the store, 0.15 of 500 the other half; a third day of 500 is lost."""
    delivery = deliver(build(FILL, STEADY, block("10 day", 0.3, lasting="3 day"), WEAK, until="60 day"))
    assert delivery.ledger["relieved_mL"] == pytest.approx(Q)
    assert delivery.ledger["relieved_ug"] == pytest.approx(Q * 500)
    whole = 2000 * (Q * 10 + Q) + 500 * (Q * 49 - Q - (DEAD - 0.0))
    assert given_ug(delivery, 0, 60) == pytest.approx(whole + 2000 * DEAD)


def test_two_blocks_at_once_share_the_larger_store() -> None:
    """Passing 0.5, then 0.5·0.4, then 0.4: 0.15 mL, 0.24 and 0.18 are held back; 0.3 mL are kept."""
    one = block("10 day", 0.2, block=0.5, lasting="4 day", released=0.0)
    two = block("12 day", 0.3, block=0.6, lasting="4 day", released=0.5, release_lasting="2 h")
    delivery = run(one, two)
    assert tip(delivery, 11.0, 13.0, 15.0) == pytest.approx([150.0, 60.0, 120.0])
    assert delivery.ledger["relieved_mL"] == pytest.approx(0.09 + 0.18 + 0.15)
    assert given_ug(delivery, 16, 16 + 2 / DAY) == pytest.approx(2000 * (0.15 + Q * 2 / DAY))


@pytest.mark.parametrize("sizes", [(0.1, 0.3), (0.3, 0.1)])
def test_the_larger_store_is_the_larger_whichever_came_first(sizes: tuple[float, float]) -> None:
    blocks = [block(f"{day} day", size, block=0.5) for day, size in zip((10, 12), sizes, strict=True)]
    assert run(*blocks).ledger["stored_mL"] == pytest.approx(0.3)


def test_what_is_lost_at_the_opening_leaves_no_room() -> None:
    """0.3 mL of 2000 are held when 500 is filled and the way is free: half of them are lost, and the new drug
    follows the other half."""
    blocked = block("10 day", lasting="2 day", released=0.5, release_lasting="1000 day")
    refill = {"at": "12 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    delivery = deliver(build(FILL, STEADY, blocked, refill, until="30 day"))
    assert delivery.ledger["relieved_ug"] == pytest.approx(0.15 * 2000)
    flow = Q + 0.15 / 1000
    front = 12 + (DEAD + 0.15) / flow
    assert tip(delivery, front - 1e-6, front + 1e-6) == pytest.approx([flow * 2000, flow * 500])


@pytest.mark.parametrize(("second", "leaks"), [("slip", False), ("relief", True)])
def test_two_blocks_leak_if_one_of_them_leaks(second: str, leaks: bool) -> None:
    delivery = run(block("10 day", 0.05, overflow="slip"), block("10 day", 0.1, overflow=second))
    assert delivery.ledger["stored_mL"] == pytest.approx(0.1)
    assert (delivery.ledger["relieved_mL"] > 0.0) == leaks
    assert delivery.ledger["pumped_mL"] == pytest.approx(Q * 30 if leaks else Q * 10 + 0.1)


NIGHTS = {"posture": "nightly", "from": "22 h", "lasting": "6 h", "days": 20}


@pytest.mark.parametrize(
    "idle",
    [
        block("5 day", 9.0, block=0.0, released=0.3, release_lasting="5 day"),
        fault("20.5 day", "occlusion_positional", **NIGHTS, compliance="0.1 mL/mmHg", released=0.3),
    ],
    ids=["of nothing", "of another time"],
)
def test_a_block_that_holds_nothing_back_lends_nothing(idle: dict[str, Any]) -> None:
    """Neither its store nor its release is that of the block which does."""
    real = block("20.5 day", 0.05, lasting="10 h", overflow="slip", release_lasting="1 h")
    alone, together = run(real, until="20.9 day"), run(idle, real, until="20.9 day")
    assert together.ledger == pytest.approx(alone.ledger, abs=1e-9)
    assert alone.ledger["stored_mL"] == pytest.approx(0.05)


def test_a_block_that_has_ended_governs_nothing() -> None:
    """Both block all, so that no flow tells when the second goes: its 1 mL goes with it, and its release. In
    two days of it 0.6 mL are held; 0.3 of them and all that comes later leak; the first lets nothing go."""
    first = block("10 day", 0.3, lasting="6 day", released=0.0)
    second = block("12 day", 1.0, lasting="2 day", released=1.0)
    assert run(first, second, until="13.999 day").ledger["stored_mL"] == pytest.approx(0.6, rel=1e-3)
    assert run(first, second, until="15.9 day").ledger["stored_mL"] == pytest.approx(0.3)
    delivery = run(first, second)
    assert tip(delivery, 15.99, 16.01) == pytest.approx([0.0, 300.0])
    assert delivery.ledger["relieved_mL"] == pytest.approx(0.9)


@pytest.mark.parametrize("overflow", ["relief", "slip"])
def test_a_block_that_closes_along_a_line(overflow: str) -> None:
    """Q s²/8 mL are held after s of four days: 0.15 mL after √8 days; then what does not pass leaks, or is
    not pumped."""
    delivery = run(block("10 day", 0.15, onset="linear", onset_lasting="4 day", overflow=overflow))
    assert tip(delivery, 10.0, 11.0, 13.0, 14.0) == pytest.approx([300.0, 225.0, 75.0, 0.0], abs=1e-9)
    full = 10 + np.sqrt(8.0)
    assert run(
        block("10 day", 0.15, onset="linear", onset_lasting="4 day", overflow=overflow), until="12 day"
    ).ledger["stored_mL"] == pytest.approx(Q * 4 / 8)
    rates = delivery.pumped_mL_h.rate(np.array([full - 1e-6, full + 1e-6, 20.0]) * DAY) * DAY
    passing = 1 - np.sqrt(8.0) / 4
    assert rates == pytest.approx([Q, Q * passing, 0.0] if overflow == "slip" else [Q, Q, Q], abs=1e-6)
    lost = Q * 20 - Q * 4 / 2 - 0.15
    assert delivery.ledger["relieved_mL"] == pytest.approx(lost if overflow == "relief" else 0.0)
    assert volume_mL(delivery, 30) == pytest.approx(40 - Q * 30 + (lost if overflow == "slip" else 0.0))


def test_a_new_catheter_has_nothing_stored_before_it() -> None:
    delivery = run(block("10 day"), {"at": "13 day", "replace_catheter": {"prime": False}})
    assert delivery.ledger["removed_ug"] == pytest.approx(2000 * (DEAD + 3 * Q))
    empty_until = 13 + DEAD / Q
    times = (12.9, 13.0, empty_until - 1e-6, empty_until + 1e-6)
    assert tip(delivery, *times) == pytest.approx([0, 0, 0, 300])
    assert delivery.ledger["stored_mL"] == 0.0


def test_a_block_while_the_reservoir_runs_dry() -> None:
    """3 mL less 1 unusable at 0.6 mL/day last 3.33 days; blocked from day 1 on, 1.4 mL are stored."""
    little = {"at": "0 day", "fill": {"volume": "3 mL", "concentration": "500 ug/mL"}}
    fast = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.6 mL/day"}}
    delivery = deliver(build(little, fast, block("1 day", 2.0, lasting="9 day"), until="12 day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([2 / 0.6])
    assert volume_mL(delivery, 9) == pytest.approx(1.0)
    assert given_ug(delivery, 10, 12) == pytest.approx(2000 * 0.0 + 500 * 1.4)


@pytest.mark.parametrize("overflow", ["relief", "slip"])
def test_a_block_below_the_taper(overflow: str) -> None:
    """4 mL, 1 unusable, taper 2: pumped is 1 + 2(1 − exp(−0.3 s)) at s days after the taper's begin; the
    store of 2 mL is full when half of the taper is left."""
    little = {"at": "0 day", "fill": {"volume": "4 mL", "concentration": "500 ug/mL"}}
    fast = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.6 mL/day"}}
    delivery = deliver(
        build(little, fast, block("0 day", 2.0, overflow=overflow), until="30 day", taper_volume="2 mL")
    )
    taper = 1 / 0.6
    full = taper + np.log(2.0) / 0.3
    for day in (taper, taper + 1.0, full):
        assert pumped_mL(delivery, day) == pytest.approx(1 + 2 * (1 - np.exp(-0.3 * (day - taper))))
    on = 1 + 2 * (1 - np.exp(-0.3 * (30 - taper)))
    assert pumped_mL(delivery, 30) == pytest.approx(2.0 if overflow == "slip" else on)
    assert delivery.ledger["relieved_mL"] == pytest.approx(0.0 if overflow == "slip" else on - 2.0)
