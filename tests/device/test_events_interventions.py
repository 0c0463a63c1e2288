"""What people do to pump, catheter and patient: by hand, and with its mass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.timelines import fault, usual
from itsim.device.delivery import Delivery, Drainage, deliver
from itsim.scenario import ScenarioError

DAY = 24.0
LINE_ug = 2000.0 * 0.376


def delivered(*timeline: dict[str, Any], until: str = "40 day", **device: Any) -> Delivery:
    """Full pump at 300 µg/day of 2000 µg/mL through 0.376 mL, and what is added."""
    return deliver(usual(*timeline, until=until, **device))


def tip(delivery: Delivery, *days: float) -> list[float]:
    """Dose rate at the tip, µg/day."""
    return list(delivery.therapy.catheter.rate(np.array(days) * DAY) * DAY)


def event(at: str, name: str, **numbers: Any) -> dict[str, Any]:
    return {"at": at, name: numbers}


# ---- hardware


@pytest.mark.parametrize("prime", [True, False])
def test_a_new_catheter(prime: bool) -> None:
    """Its faults end; the old line's content goes with it, and unprimed it leaves a gap of 60.16 h."""
    leak, swap = fault("5 day", "leak", end=0.7), event("10 day", "replace_catheter", prime=prime)
    delivery = delivered(leak, swap)
    first = 300.0 if prime else 0.0
    end = 10 + 0.376 / 0.15
    assert tip(delivery, 9.99, 10.0, end - 1e-6, end + 1e-6) == pytest.approx([90.0, first, first, 300.0])
    assert delivery.ledger["removed_ug"] == pytest.approx(LINE_ug)
    assert delivery.ledger["primed_ug"] == pytest.approx(LINE_ug if prime else 0.0)


def test_a_new_catheter_leaves_the_pump_as_it_was() -> None:
    stall, swap = fault("5 day", "motor_stall"), event("10 day", "replace_catheter")
    assert tip(delivered(stall, swap), 9.0, 11.0, 39.0) == pytest.approx([0.0, 0.0, 0.0])


OUT = event("10 day", "explant")


def test_explantation() -> None:
    """38.5 mL are found and discarded, the line goes too, nothing flows or sounds, the twin lives on."""
    delivery = delivered(OUT)
    assert tip(delivery, 9.99, 10.0, 39.0) == pytest.approx([300.0, 0.0, 0.0])
    (reading,) = delivery.evidence
    assert (reading.t_h, reading.found_mL) == (240.0, pytest.approx(38.5))
    assert reading.surplus_mL == pytest.approx(0.0, abs=1e-12)
    assert delivery.ledger["discarded_ug"] == pytest.approx(2000.0 * 38.5)
    assert delivery.ledger["removed_ug"] == pytest.approx(LINE_ug)
    assert delivery.ledger["reservoir_ug"] == delivery.ledger["catheter_ug"] == 0.0
    assert delivery.log == ()
    assert list(delivery.believed_mL_h.rate(np.array([9.9, 10.0, 39.0]) * DAY) > 0.0) == [True, False, False]
    assert delivery.calculated_volume_mL(np.array([39.0 * DAY])) == pytest.approx([0.0])
    assert list(delivery.intended.catheter.rate(np.array([5.0, 39.0]) * DAY) * DAY) == pytest.approx(
        [300.0] * 2
    )


@pytest.mark.parametrize(
    ("numbers", "gap_h"),
    [
        ({"catheter": True}, 0.0),
        ({"catheter": True, "prime": False}, 0.376 / 0.15 * DAY),
        ({}, 0.176 / 0.15 * DAY),
        ({"prime": False}, 0.376 / 0.15 * DAY),
    ],
    ids=["primed", "unprimed", "tubing primed", "nothing primed"],
)
def test_implantation_after_an_explantation(numbers: dict[str, Any], gap_h: float) -> None:
    """The programme that was in force runs again; an empty part of the line comes first."""
    faults = fault("5 day", "motor_stall"), fault("6 day", "occlusion"), fault("7 day", "leak", end=0.5)
    back = event("24 day", "replace_pump", **numbers)
    delivery = delivered(*faults, OUT, back)
    end = 24 + gap_h / DAY
    assert tip(delivery, 23.9, end - 1e-6, end + 1e-6, 39.0) == pytest.approx([0.0, 0.0, 300.0, 300.0])
    assert [entry.kind for entry in delivery.log if entry.t_h > 240.0] == []
    assert delivery.true_volume_mL(np.array([34 * DAY])) == pytest.approx([40.0 - 1.5])
    ledger = delivery.ledger
    came = ledger["filled_ug"] + ledger["line_at_start_ug"] + ledger["primed_ug"]
    went = ("reservoir_ug", "catheter_ug", "delivered_ug", "discarded_ug", "removed_ug", "leaked_ug")
    assert sum(ledger[name] for name in (*went, "relieved_ug")) == pytest.approx(came, rel=1e-12)


def test_a_new_pump_fills_at_the_old_concentration_after_an_explantation() -> None:
    back = event("24 day", "replace_pump", catheter=True)
    delivery = delivered(OUT, back)
    assert delivery.ledger["filled_ug"] == pytest.approx(2 * 40 * 2000.0)


def test_a_new_pump_without_a_new_catheter_keeps_the_catheters_faults() -> None:
    leak = fault("5 day", "leak", end=0.5)
    kept, gone = (delivered(leak, event("10 day", "replace_pump", catheter=new)) for new in (False, True))
    assert tip(kept, 11.0) == pytest.approx([150.0])
    assert tip(gone, 11.0) == pytest.approx([300.0])


# ---- past the pump


def test_a_lumbar_bolus_is_given_and_not_intended() -> None:
    delivery = delivered(event("3 day", "lumbar_bolus", dose="50 ug"))
    (dose,) = delivery.therapy.doses
    assert (dose.t_h, dose.amount_ug, dose.inlet) == (72.0, 50.0, "lumbar_puncture")
    assert delivery.intended.doses == ()


def test_csf_is_let_off_from_the_patient_alone() -> None:
    delivery = delivered(event("3 day", "drain_csf", volume="30 mL"))
    assert delivery.therapy.drainages == (Drainage(72.0, 30.0),)
    assert delivery.intended.drainages == ()
    assert delivery.ledger == delivered().ledger


TABLETS = event("2 day", "oral_schedule", dose="10 mg", every="8 h", times=12)


def times_h(doses: Any) -> list[float]:
    return [dose.t_h for dose in doses]


def test_tablets_of_the_schedule_are_taken_and_intended() -> None:
    delivery = delivered(TABLETS)
    assert times_h(delivery.therapy.doses) == [48.0 + 8.0 * k for k in range(12)]
    assert delivery.intended.doses == delivery.therapy.doses
    assert {(dose.amount_ug, dose.inlet) for dose in delivery.therapy.doses} == {(10_000.0, "gut")}


def test_missed_tablets() -> None:
    """From 56 h for 16 h: the tablets at 56 and 64 h; the twin takes them, the pump shows nothing."""
    look = event("20 day", "interrogate")
    missed = event("56 h", "missed_oral_dose", lasting="16 h")
    sound, delivery = delivered(TABLETS, look), delivered(TABLETS, missed, look)
    assert times_h(delivery.intended.doses) == times_h(sound.therapy.doses)
    assert set(times_h(sound.therapy.doses)) - set(times_h(delivery.therapy.doses)) == {56.0, 64.0}
    assert delivery.evidence == sound.evidence
    assert delivery.log == sound.log
    assert delivery.ledger == sound.ledger
    np.testing.assert_array_equal(delivery.therapy.catheter.rows, sound.therapy.catheter.rows)


def test_a_rescue_dose_is_no_tablet_of_the_schedule() -> None:
    rescue, missed = (
        event("3 day", "oral_dose", dose="20 mg"),
        event("2 day", "missed_oral_dose", lasting="9 day"),
    )
    delivery = delivered(rescue, missed)
    assert times_h(delivery.therapy.doses) == [72.0]
    assert delivery.intended.doses == ()


# ---- looking


def test_an_interrogation_without_aspiration_finds_no_volume() -> None:
    log_only = delivered(fault("5 day", "motor_stall"), event("10 day", "interrogate", aspirate=False))
    assert log_only.evidence == ()
    assert [entry.shown_h for entry in log_only.log] == [240.0]


def test_a_syringe_with_a_seed_reads_another_volume_and_changes_nothing() -> None:
    def found(**numbers: Any) -> tuple[float, float]:
        refill = event("10 day", "refill", volume="40 mL", **numbers)
        delivery = delivered(event("8 day", "interrogate", **numbers), refill)
        np.testing.assert_array_equal(delivery.therapy.catheter.rows, plain.therapy.catheter.rows)
        first, second = delivery.evidence
        return first.surplus_mL, second.surplus_mL

    plain = delivered(event("8 day", "interrogate"), event("10 day", "refill", volume="40 mL"))
    assert found(syringe_error="0.3 mL") == pytest.approx((0.3, 0.3))
    errors = np.array([found(syringe_seed=seed) for seed in range(60)])
    np.testing.assert_allclose(errors[:, 0], errors[:, 1])
    assert errors[:, 0].std() == pytest.approx(0.4, rel=0.3)


# ---- what cannot be


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (event("3 day", "lumbar_bolus", dose="0 ug"), "is not more than 0"),
        (event("3 day", "drain_csf", volume="0 mL"), "is not more than 0"),
        (event("3 day", "oral_schedule", dose="10 mg", every="8 h", times=0), "is less than 1"),
        (event("3 day", "oral_schedule", dose="10 mg", every="0 h", times=3), "is not longer than 0 h"),
        (event("3 day", "oral_schedule", dose="0 mg", every="8 h", times=3), "is not more than 0"),
        (event("3 day", "missed_oral_dose", lasting="0 h"), "is not longer than 0 h"),
        (event("3 day", "interrogate", aspirate=False, syringe_seed=3), "leaves no volume"),
        (event("3 day", "interrogate", aspirate=False, syringe_error="0.3 mL"), "leaves no volume"),
        (event("3 day", "refill", volume="20 mL", syringe_seed=-3), "zero or more"),
        (event("3 day", "replace_pump", catheter=True, unprimed_volume="0.2 mL"), "the whole line"),
    ],
)
def test_interventions_that_cannot_be(entry: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual(entry)


@pytest.mark.parametrize(
    "entry",
    [
        {"at": "6 day", "refill": {"volume": "20 mL"}},
        {"at": "6 day", "program": {"mode": "simple_continuous", "daily_dose": "300 ug/day"}},
        {"at": "6 day", "prime": {}},
        {"at": "6 day", "interrogate": {}},
        {"at": "6 day", "fault": {"kind": "retrograde_csf", "volume": "3 mL"}},
    ],
    ids=lambda entry: next(key for key in entry if key != "at"),
)
def test_what_was_explanted_cannot_be_used(entry: dict[str, Any]) -> None:
    explant = {"at": "5 day", "explant": {}}
    with pytest.raises(ScenarioError, match="taken out"):
        usual(explant, entry)
    implanted = {"at": "5.5 day", "replace_pump": {"catheter": True}}
    assert usual(explant, implanted, entry).timeline
