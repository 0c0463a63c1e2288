"""Faults of the reservoir and of refill visits by hand: when it runs dry, what reaches the tip, what the next
visit shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, logged, pumped_mL, tip
from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver
from itsim.scenario import ScenarioError

WEAK = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
LOOK = {"at": "50 day", "interrogate": {}}


def fast(*entries: dict[str, Any], until: str = "60 day") -> Delivery:
    """20 mL of 500 µg/mL at 300 µg/day, which is 0.6 mL/day, with 0.5 mL unusable."""
    return deliver(
        build(WEAK, program(), *entries, until=until, pump="synchromed_ii_20", unusable_volume="0.5 mL")
    )


def refill(at: str, volume: str = "20 mL", **more: Any) -> dict[str, Any]:
    return {"at": at, "refill": {"volume": volume, **more}}


def balance_ug(delivery: Delivery) -> float:
    """Drug that came into the device, less all that left it and what is still there."""
    ledger = delivery.ledger
    out = ("reservoir", "catheter", "delivered", "discarded", "removed", "drained")
    return sum(ledger[f"{name}_ug"] for name in ("filled", "line_at_start", "primed")) - sum(
        ledger[f"{name}_ug"] for name in out
    )


# ---- missed and wrong visits


def test_a_missed_refill() -> None:
    """Low on day 30, dry on day 32.5, empty as calculated on day 33.3; the visit of day 28 never comes."""
    missed = fault("27 day", "reservoir_empty", lasting="8 day")
    delivery = fast(refill("28 day"), missed, refill("35 day"))
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([30.0])
    assert logged(delivery, "empty_reservoir_alarm") == pytest.approx([20 / 0.6])
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([32.5])
    assert tip(delivery, 28.1, 32.49, 32.51, 34.99, 35.0) == pytest.approx([300, 300, 0, 0, 300])
    assert [reading.t_h / DAY for reading in delivery.evidence] == [35.0]
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.5 - (20 - 35 * 0.6))


@pytest.mark.parametrize(
    "visit",
    [
        fault("28 day", "underfill", volume="10 mL", claimed_volume="20 mL"),
        fault("28 day", "refill_wrong_concentration", volume="20 mL", true_concentration="2000 ug/mL"),
        fault("28 day", "pocket_fill", volume="20 mL", pocket_volume="9 mL", concentration="500 ug/mL"),
    ],
    ids=["underfill", "wrong concentration", "pocket fill"],
)
def test_a_visit_that_would_have_gone_wrong_can_be_missed_too(visit: dict[str, Any]) -> None:
    delivery = fast(visit, fault("27 day", "reservoir_empty"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([32.5])
    assert delivery.therapy.doses == ()
    assert delivery.evidence == ()
    assert delivery.ledger["filled_ug"] == 20 * 500


def test_a_new_pump_is_not_missed() -> None:
    swap = {"at": "33 day", "replace_pump": {}}
    assert tip(fast(fault("27 day", "reservoir_empty"), swap), 32.9, 33.1) == pytest.approx([0, 300])


def test_an_underfilled_pump_runs_dry_before_its_low_alarm() -> None:
    """10 of 20 mL: 9.5 usable mL at 0.6 mL/day last 15.8 days; the alarm comes after 30."""
    short = fault("10 day", "underfill", volume="10 mL", claimed_volume="20 mL")
    delivery = fast(short)
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([10 + 9.5 / 0.6])
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([40.0])
    first, second = fast(short, refill("24 day")).evidence
    assert first.surplus_mL == pytest.approx(0.0, abs=1e-9)
    assert (second.expected_mL, second.found_mL) == pytest.approx((20 - 14 * 0.6, 10 - 14 * 0.6))


def test_a_fourfold_concentration_reaches_the_tip_after_15_hours() -> None:
    """2000 put in, 500 entered: 0.376 mL at 0.6 mL/day are 15.04 h; no alarm, no sign at the next visit."""
    wrong = fault("29 day", "refill_wrong_concentration", volume="20 mL", true_concentration="2000 ug/mL")
    delivery = fast(wrong, LOOK, until="58 day")
    change = 29 + 15.04 / DAY
    assert tip(delivery, 29.1, change - 1e-6, change + 1e-6, 49) == pytest.approx([300, 300, 1200, 1200])
    assert delivery.intended.catheter.rate(np.array([49 * DAY])) * DAY == pytest.approx([300])
    assert delivery.log == ()
    assert [reading.surplus_mL for reading in delivery.evidence] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert balance_ug(delivery) == pytest.approx(0.0, abs=1e-6)


def test_a_quarter_of_the_concentration_reaches_the_tip_after_60_hours() -> None:
    """500 put in, 2000 entered: 0.376 mL at 0.15 mL/day are 60.16 h."""
    numbers = {"volume": "40 mL", "true_concentration": "500 ug/mL", "concentration": "2000 ug/mL"}
    delivery = deliver(usual(fault("30 day", "refill_wrong_concentration", **numbers)))
    change = 30 + 60.16 / DAY
    assert tip(delivery, change - 1e-6, change + 1e-6) == pytest.approx([300, 75])


def test_an_entered_concentration_that_is_wrong_sets_the_flow_at_once() -> None:
    """The same drug as before, but entered as 500: four times the flow of the old drug from the visit on."""
    numbers = {"volume": "40 mL", "true_concentration": "2000 ug/mL", "concentration": "500 ug/mL"}
    delivery = deliver(usual(fault("30 day", "refill_wrong_concentration", **numbers)))
    assert tip(delivery, 29.9, 30.1, 40) == pytest.approx([300, 1200, 1200])


@pytest.mark.parametrize(("next_visit", "later"), [({}, 1200.0), ({"concentration": "500 ug/mL"}, 300.0)])
def test_a_wrong_concentration_lasts_until_a_visit_names_the_right_one(
    next_visit: dict[str, Any], later: float
) -> None:
    wrong = fault("20 day", "refill_wrong_concentration", volume="20 mL", true_concentration="2000 ug/mL")
    assert tip(fast(wrong, refill("40 day", **next_visit)), 39, 45) == pytest.approx([1200, later])


def test_a_pocket_fill_is_drug_beside_the_reservoir() -> None:
    numbers = {"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL", "spill": 0.1}
    delivery = deliver(usual(fault("10 day", "pocket_fill", **numbers), LOOK))
    doses = {dose.inlet: dose.amount_ug for dose in delivery.therapy.doses}
    assert doses == pytest.approx({"pump_pocket": 9000.0, "lumbar_puncture": 1000.0})
    assert {dose.t_h for dose in delivery.therapy.doses} == {240.0}
    assert delivery.intended.doses == ()
    assert delivery.ledger["filled_ug"] == pytest.approx(40 * 2000 + 15 * 2000)
    assert balance_ug(delivery) == pytest.approx(0.0, abs=1e-6)
    first, second = delivery.evidence
    assert (first.surplus_mL, second.surplus_mL) == pytest.approx((0.0, -5.0), abs=1e-9)


def test_a_pocket_fill_without_a_spill_reaches_no_csf() -> None:
    numbers = {"volume": "20 mL", "pocket_volume": "20 mL", "concentration": "2000 ug/mL"}
    delivery = deliver(usual(fault("10 day", "pocket_fill", **numbers)))
    assert [(dose.inlet, dose.amount_ug) for dose in delivery.therapy.doses] == [("pump_pocket", 40_000.0)]
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([10.0])
    assert logged(delivery, "low_reservoir_alarm") == []


# ---- leaks and pressure


@pytest.mark.parametrize(("lasting", "lost_mL"), [({}, 2.0), ({"lasting": "10 day"}, 0.5)])
def test_a_leaking_septum_loses_fluid_past_the_pump(lasting: dict[str, str], lost_mL: float) -> None:
    delivery = deliver(
        usual(fault("10 day", "septum_leak", rate="0.05 mL/day", **lasting), LOOK, until="50.001 day")
    )
    assert delivery.evidence[0].surplus_mL == pytest.approx(-lost_mL)
    assert delivery.ledger["drained_ug"] == pytest.approx(lost_mL * 2000, rel=1e-4)
    assert tip(delivery, 9, 15, 49) == pytest.approx([300, 300, 300])
    assert balance_ug(delivery) == pytest.approx(0.0, abs=1e-6)


def test_a_leaking_septum_empties_the_pump_early() -> None:
    """0.6 mL/day by the pump and 0.3 beside it: 19.5 mL last 21.7 days."""
    delivery = fast(fault("0 day", "septum_leak", rate="0.3 mL/day"))
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([19.5 / 0.9])
    assert pumped_mL(delivery, 50) == pytest.approx(19.5 * 2 / 3)


def test_csf_that_is_driven_back_dilutes_the_reservoir_and_fills_the_line() -> None:
    """1 mL in at the tip: 0.376 mL of drug and 0.624 mL of CSF come to 38.5 mL; then 60.16 h of nothing."""
    delivery = deliver(usual(fault("10 day", "retrograde_csf", volume="1 mL"), LOOK))
    diluted = 2000 * (38.5 + 0.376) / 39.5
    back = 10 + 0.376 / 0.15
    times = (10 - 1e-6, 10 + 1e-6, back - 1e-6, back + 1e-6, 49)
    assert tip(delivery, *times) == pytest.approx([300, 0, 0, diluted * 0.15, diluted * 0.15])
    assert delivery.evidence[0].surplus_mL == pytest.approx(1.0)
    assert balance_ug(delivery) == pytest.approx(0.0, abs=1e-6)


def test_csf_that_does_not_reach_the_reservoir_only_delays_the_drug() -> None:
    """0.1 mL is less than the line holds: 16 h of nothing, then the old concentration."""
    delivery = deliver(usual(fault("10 day", "retrograde_csf", volume="0.1 mL")))
    back = 10 + 0.1 / 0.15
    assert tip(delivery, 10 + 1e-6, back - 1e-6, back + 1e-6) == pytest.approx([0, 0, 300])
    assert given_ug(delivery, 0, 60) == pytest.approx(300 * 60 - 200)
    assert balance_ug(delivery) == pytest.approx(0.0, abs=1e-6)


def test_a_full_reservoir_takes_no_more_csf_than_it_has_room_for() -> None:
    delivery = deliver(usual(fault("2 day", "retrograde_csf", volume="5 mL"), LOOK))
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.3)


# ---- what cannot be

MIXED = {"volume": "20 mL", "true_concentration": "1000 ug/mL"}
POCKET = {"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL"}


@pytest.mark.parametrize(
    ("kind", "numbers", "rule"),
    [
        ("reservoir_empty", {"lasting": "0 h"}, "longer than 0 h"),
        ("underfill", {"volume": "20 mL", "claimed_volume": "20 mL"}, "nothing is missing"),
        ("underfill", {"volume": "-1 mL", "claimed_volume": "20 mL"}, "negative"),
        ("underfill", {"volume": "20 mL", "claimed_volume": "41 mL"}, "at most 40 mL"),
        (
            "underfill",
            {"volume": "1 mL", "claimed_volume": "20 mL", "concentration": "-1 ug/mL"},
            "negative",
        ),
        ("refill_wrong_concentration", {**MIXED, "true_concentration": "2000 ug/mL"}, "nothing is wrong"),
        ("refill_wrong_concentration", {**MIXED, "concentration": "1000 ug/mL"}, "nothing is wrong"),
        ("refill_wrong_concentration", {**MIXED, "true_concentration": "-1 ug/mL"}, "negative"),
        ("refill_wrong_concentration", {**MIXED, "concentration": "-1 ug/mL"}, "negative"),
        ("refill_wrong_concentration", {**MIXED, "volume": "41 mL"}, "at most 40 mL"),
        ("pocket_fill", {**POCKET, "pocket_volume": "21 mL"}, "at most the volume"),
        ("pocket_fill", {**POCKET, "pocket_volume": "0 mL"}, "more than 0"),
        ("pocket_fill", {**POCKET, "spill": 1.1}, "between 0 and 1"),
        ("pocket_fill", {**POCKET, "concentration": "-1 ug/mL"}, "negative"),
        ("septum_leak", {"rate": "0 mL/day"}, "more than 0"),
        ("septum_leak", {"rate": "1 mL/day", "lasting": "0 h"}, "longer than 0 h"),
        ("retrograde_csf", {"volume": "0 mL"}, "more than 0"),
    ],
)
def test_numbers_that_cannot_be(kind: str, numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual(fault("3 day", kind, **numbers))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("underfill", {"volume": "1 mL", "claimed_volume": "20 mL"}),
        ("refill_wrong_concentration", MIXED),
        ("pocket_fill", POCKET),
    ],
)
def test_a_visit_gone_wrong_is_a_visit(kind: str, numbers: dict[str, Any]) -> None:
    """It contradicts another at its instant, and there must be a reservoir to refill."""
    visit = fault("3 day", kind, **numbers)
    with pytest.raises(ScenarioError, match="sets up the reservoir at the same time"):
        usual(visit, refill("3 day"))
    with pytest.raises(ScenarioError, match="happens before the reservoir is set up"):
        build({**FILL, "at": "5 day"}, visit)


def test_the_pump_is_told_what_is_entered_and_not_what_goes_in() -> None:
    """9 mg/day are 18 mL/day at the 500 µg/mL entered; at 100 µg/mL, which went in, no pump gives them."""
    numbers = {"volume": "40 mL", "true_concentration": "100 ug/mL", "concentration": "500 ug/mL"}
    asked = program("4 day", "9 mg/day")
    told = deliver(usual(fault("3 day", "refill_wrong_concentration", **numbers), asked))
    assert told.programmed_ug_h.rate(np.array([5.0 * DAY])) == pytest.approx(9000.0 / DAY)
    with pytest.raises(ScenarioError):
        usual(refill("3 day", "40 mL", concentration="100 ug/mL"), asked)
