"""Faults of the pump by hand: what is missed, what is too much, what sounds and what the next visit shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, logged, pumped_mL, tip
from device.timelines import build, fault, program, usual
from itsim.device.delivery import Delivery, deliver
from itsim.device.faults import battery_eri
from itsim.scenario import Scenario, ScenarioError

LOOK = {"at": "110 day", "interrogate": {}}
MRI = {"scan": "1 h", "delay": "6 h"}
LATCHED = {"scan": "1 h", "latched": True, "interrogate_after": "48 h"}


def run(
    kind: str, at: str = "10 day", *more: dict[str, Any], until: str = "120 day", **numbers: Any
) -> Delivery:
    """A fault in a therapy of 300 µg/day of 2000 µg/mL (0.15 mL/day), and a look at the volume on day 110."""
    return deliver(usual(fault(at, kind, **numbers), LOOK, *more, until=until))


def on_a_small_pump(pump: str, volume: str, *entries: dict[str, Any], until: str = "120 day") -> Scenario:
    filled = {"at": "0 day", "fill": {"volume": volume, "concentration": "2000 ug/mL"}}
    return build(filled, program(), *entries, until=until, pump=pump)


# ---- magnetic fields


@pytest.mark.parametrize(
    ("numbers", "stopped_h"),
    [({"scan": "1 h"}, 1.0), (MRI, 7.0), (LATCHED, 48.0)],
    ids=["plain", "late", "latched"],
)
def test_a_scan_stops_the_rotor_until_it_turns_again(numbers: dict[str, Any], stopped_h: float) -> None:
    delivery = run("mri_stall", **numbers)
    end = 10 + stopped_h / DAY
    assert tip(delivery, 10 - 1e-6, 10, end - 1e-6, end + 1e-6) == pytest.approx([300, 0, 0, 300])
    assert given_ug(delivery, 0, 120) == pytest.approx(300 * 120 - 300 * stopped_h / DAY)
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.15 * stopped_h / DAY)


def test_the_tone_after_a_scan_is_late_and_the_second_interrogation_shows_the_recovery() -> None:
    looks = [{"at": f"{day} day", "interrogate": {}} for day in (11, 12)]
    alarm, recovery = run("mri_stall", "10 day", *looks, **MRI).log
    assert (alarm.kind, recovery.kind) == ("motor_stall_alarm", "motor_stall_recovery")
    assert [alarm.t_h, recovery.t_h] == pytest.approx([240 + 1 + 1, 240 + 7])
    assert (alarm.shown_h, recovery.shown_h) == (11 * DAY, 12 * DAY)


def test_a_scan_that_the_rotor_leaves_at_once_is_silent() -> None:
    assert run("mri_stall", scan="1 h").log == ()


def test_the_tone_of_a_scan_counts_from_its_end() -> None:
    late = run("mri_stall", scan="1 h", delay="2 h", alarm_latency="0.5 h")
    assert logged(late, "motor_stall_alarm") == pytest.approx([10 + 1.5 / DAY])


def test_any_visit_that_reads_the_pump_frees_a_latched_one() -> None:
    """Latched on day 10; the visit of day 12 frees it; the log shows the recovery only at the next."""
    looks = [{"at": f"{day} day", "interrogate": {"aspirate": False}} for day in (12, 14)]
    delivery = deliver(usual(fault("10 day", "mri_stall", scan="1 h", latched=True), *looks))
    tip = delivery.therapy.catheter
    assert tip.rate(np.array([10.5, 11.9, 12.1]) * DAY) == pytest.approx([0.0, 0.0, 12.5])
    recovered = next(entry for entry in delivery.log if entry.kind == "motor_stall_recovery")
    assert (recovered.t_h, recovered.shown_h) == (12 * DAY, 14 * DAY)


def test_nothing_recovers_while_the_rotor_stands_for_good() -> None:
    both = [fault("10 day", "motor_stall"), fault("12 day", "mri_stall", scan="1 h", delay="6 h")]
    assert [entry.kind for entry in deliver(usual(*both)).log] == ["motor_stall_alarm"]
    dead = [fault("10 day", "battery_eos"), fault("12 day", "motor_stall")]
    assert [entry.kind for entry in deliver(usual(*dead)).log] == ["eos_alarm"]


def test_a_new_pump_counts_its_stop_anew() -> None:
    """Stopped on day 10 and again, the new pump, on day 11: the tone comes on day 13."""
    stops = [fault("10 day", "pump_stop"), fault("11 day", "pump_stop")]
    swap = {"at": "11 day", "replace_pump": {}}
    assert logged(deliver(usual(*stops, swap)), "stopped_pump_alarm") == pytest.approx([13.0])


def test_open_valves_empty_the_reservoir_into_the_patient() -> None:
    """20 mL less 0.75 mL used and 1 mL unusable leave at 20 mL in 20 min, on top of the programme."""
    look = {"at": "8 day", "interrogate": {}}
    delivery = deliver(
        on_a_small_pump("prometra_ii_20", "20 mL", fault("5 day", "valve_opening", lasting="20 min"), look)
    )
    dry = 5 + 18.25 / (20 * 3 * DAY + 0.15)
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([dry])
    assert pumped_mL(delivery, 5) == pytest.approx(0.75)
    assert pumped_mL(delivery, 6) == pytest.approx(19.0)
    assert given_ug(delivery, 5, 6) == pytest.approx(18.25 * 2000)
    assert tip(delivery, dry + 1e-6, 100) == [0.0, 0.0]
    assert delivery.evidence[0].surplus_mL == pytest.approx(1.0 - (20 - 8 * 0.15))


def test_a_safety_valve_lets_out_ten_microlitres_and_shuts_until_it_is_reset() -> None:
    opening = fault("5 day", "valve_opening", lasting="1 min", safety_valve=True, reset_after="6 h")
    delivery = deliver(on_a_small_pump("prometra_ii_20", "20 mL", opening))
    shut = 5 + 1 / 1440
    assert given_ug(delivery, 5, shut) == pytest.approx(0.01 * 2000)
    assert tip(delivery, shut + 1e-6, 5.25 - 1e-6, 5.25 + 1e-6) == pytest.approx([0.0, 0.0, 300.0])
    assert pumped_mL(delivery, 10) == pytest.approx(0.15 * 9.75 + 0.01)


# ---- too much

JUMPY = {"gain": 1.2, "drift": "0.02 1/day", "most": 2.0}
CAPPED = {"gain": 1.2, "drift": "0.1 1/day", "most": 1.5}


@pytest.mark.parametrize(
    ("numbers", "gains"),
    [
        ({"gain": 1.3}, {0.0: 1.3, 100.0: 1.3}),
        ({"gain": 1.2, "drift": "0.1 1/day"}, {0.0: 1.2, 10.0: 2.4, 30.0: 4.8}),
        (
            {"gain": 1.2, "most": 1.5, "jumps": [{"after": "5 day", "factor": 2}]},
            {0.0: 1.2, 4.0: 1.2, 5.0: 1.5},
        ),
        (CAPPED, {0.0: 1.2, 2.0: 1.44, 2.5: 1.5, 100.0: 1.5}),
        (
            {**JUMPY, "jumps": [{"after": "5 day", "factor": 1.25}, {"after": "10 day", "factor": 1.5}]},
            {4.999999: 1.32, 5.0: 1.65, 9.999999: 1.8, 10.0: 2.0, 50.0: 2.0},
        ),
        (
            {**CAPPED, "jumps": [{"after": "5 day", "factor": 0.5}]},
            {4.0: 1.5, 5.0: 0.9, 10.0: 1.2, 15.0: 1.5, 50.0: 1.5},
        ),
    ],
    ids=["constant", "drift", "jump to most", "most", "jumps", "most and jump back"],
)
def test_the_course_of_an_over_infusion(numbers: dict[str, Any], gains: dict[float, float]) -> None:
    delivery = run("overinfusion", "3 day", **numbers)
    days = 3.0 + np.array(list(gains))
    expected = np.array(list(gains.values())) * 0.15
    np.testing.assert_allclose(delivery.pumped_mL_h.rate(days * DAY) * DAY, expected, rtol=1e-6)


def test_over_infusion_pumps_the_integral_of_its_gain() -> None:
    """1.15, growing by 0.1 of itself a month, is 1.6 after 3.913 months and stays there."""
    delivery = run("overinfusion", gain=1.15, drift="0.1 1/month", most=1.6)
    month = 365.25 / 12
    s = (1.6 / 1.15 - 1) / 0.1 * month
    assert 10 + s > 110
    grown = 1.15 * (100 + 0.1 / month * 100**2 / 2)
    assert pumped_mL(delivery, 110) == pytest.approx(0.15 * (10 + grown))
    assert delivery.evidence[0].surplus_mL == pytest.approx(-0.15 * (grown - 100))


def test_an_over_infusing_pump_runs_dry_before_its_low_alarm() -> None:
    """39 usable mL at 1.5 × 0.15 mL/day: day 173.3; the alarm comes after 38 programmed mL, on day 253.3."""
    delivery = deliver(usual(fault("0 day", "overinfusion", gain=1.5), until="300 day"))
    dry, low = 39 / 0.225, 38 / 0.15
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([dry])
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([low])
    assert tip(delivery, dry - 0.01, dry + 0.01) == pytest.approx([450.0, 0.0])


def test_free_flow_is_a_burst_of_its_volume() -> None:
    delivery = run("free_flow", volume="1 mL", lasting="20 min")
    end = 10 + 20 / 1440
    assert given_ug(delivery, 10, end) == pytest.approx(2000 + 300 * 20 / 1440)
    assert tip(delivery, 9.99, end + 1e-6) == pytest.approx([300.0, 300.0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(-1.0)


def test_free_flow_ends_with_the_reservoir() -> None:
    flood = fault("2 day", "free_flow", volume="20 mL", lasting="1 h")
    delivery = deliver(on_a_small_pump("synchromed_ii_20", "5 mL", flood, until="10 day"))
    assert pumped_mL(delivery, 10) == pytest.approx(4.0)


# ---- battery and memory


def test_a_pump_runs_on_after_its_replacement_date_and_stops_when_the_grace_is_over() -> None:
    delivery = run("battery_eri")
    assert [(entry.kind, entry.tone) for entry in delivery.log] == [
        ("eri_alarm", "non-critical"),
        ("eos_alarm", "critical"),
    ]
    assert [entry.t_h / DAY for entry in delivery.log] == pytest.approx([10, 100])
    assert tip(delivery, 99.99, 100, 119.9) == pytest.approx([300, 0, 0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.15 * 10)


def test_a_shorter_grace_and_a_replacement_in_time() -> None:
    assert logged(run("battery_eri", grace="9 day"), "eos_alarm") == pytest.approx([19])
    swapped = run("battery_eri", "10 day", {"at": "50 day", "replace_pump": {}})
    assert logged(swapped, "eos_alarm") == []
    assert tip(swapped, 101) == pytest.approx([300])


def test_an_older_pump_sounds_and_does_not_stop() -> None:
    delivery = deliver(on_a_small_pump("synchromed_el_18", "18 mL", fault("5 day", "battery_eri")))
    assert [entry.kind for entry in delivery.log if "alarm" in entry.kind] == [
        "eri_alarm",
        "low_reservoir_alarm",
    ]
    assert tip(delivery, 99) == pytest.approx([300])


def test_one_sweep_may_hold_pumps_that_stop_and_pumps_that_do_not() -> None:
    device: Any = {"eri_grace": np.array([9.0, 9.0]), "stops_at_eos": np.array([0.0, 1.0])}
    _, stop, alarm = battery_eri.effects(battery_eri.BatteryEri(), 5.0, device)
    for effect in (stop, alarm):
        assert effect.knots is not None
        np.testing.assert_array_equal(effect.knots[:, 0, 0], [np.inf, 9.0])


def test_the_end_of_service_stops_the_pump_at_once() -> None:
    delivery = run("battery_eos")
    assert logged(delivery, "eos_alarm") == pytest.approx([10])
    assert tip(delivery, 10 - 1e-6, 10, 119) == pytest.approx([300, 0, 0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(15.0)


def test_a_reset_leaves_twelve_of_300_micrograms_a_day() -> None:
    """0.006 mL/day of 2000 µg/mL, until somebody programs the pump."""
    delivery = run("battery_reset", lasting="3 day")
    assert tip(delivery, 9.99, 10, 12.99, 13) == pytest.approx([300, 12, 12, 300])
    assert [(e.kind, e.t_h, e.tone) for e in delivery.log] == [("battery_reset_alarm", 240.0, "critical")]
    assert delivery.evidence[0].surplus_mL == pytest.approx(3 * (0.15 - 0.006))
    assert tip(run("battery_reset", rate="0.03 mL/day"), 119) == pytest.approx([60])


@pytest.mark.parametrize(("critical", "later"), [(True, 0.0), (False, 300.0)])
def test_only_a_critical_memory_error_stops_the_pump(critical: bool, later: float) -> None:
    delivery = run("memory_error", critical=critical)
    assert logged(delivery, "memory_error_alarm") == pytest.approx([10])
    assert tip(delivery, 11, 119) == pytest.approx([later, later])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0 if later else 15.0, abs=1e-9)


# ---- programming errors


def test_60_per_hour_instead_of_60_per_day() -> None:
    """1440 µg/day for 12 h: 690 µg too much, and the pump believes it: no sign at the next visit."""
    wrong = fault("10 day", "programming_error", daily_dose="60 ug/h", lasting="12 h")
    filled = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    delivery = deliver(build(filled, program(dose="60 ug/day"), wrong, LOOK, until="120 day"))
    assert tip(delivery, 9.99, 10, 10.49, 10.5) == pytest.approx([60, 1440, 1440, 60])
    assert given_ug(delivery, 0, 110) == pytest.approx(60 * 110 + 690)
    assert delivery.intended.catheter.rate(np.array([10.2 * DAY])) * DAY == pytest.approx([60])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-9)
    assert delivery.evidence[0].programmed_mL == pytest.approx((60 * 110 + 690) / 500)


def test_a_wrong_day_of_steps_ends_with_the_next_programme_or_with_the_pump() -> None:
    steps = [{"from": "0 h", "rate": "0.3 mL/day"}, {"from": "12 h", "rate": "0.6 mL/day"}]
    day = [10.25, 10.75, 11.25]
    noon = [600, 1200, 600]
    lasting = run("programming_error", steps=steps, lasting="5 day")
    assert tip(lasting, *day, 14.75, 15.25) == pytest.approx([*noon, 1200, 300])
    assert lasting.intended.catheter.rate(np.array(day) * DAY) * DAY == pytest.approx([300] * 3)
    reprogrammed = run("programming_error", "10 day", program("20 day", "240 ug/day"), steps=steps)
    assert tip(reprogrammed, *day, 19.75, 20.25) == pytest.approx([*noon, 1200, 240])
    replaced = run("programming_error", "10 day", {"at": "20 day", "replace_pump": {}}, steps=steps)
    assert tip(replaced, *day, 19.75, 20.25) == pytest.approx([*noon, 1200, 300])


# ---- what cannot be


@pytest.mark.parametrize(
    ("kind", "numbers", "rule"),
    [
        ("mri_stall", {"scan": "0 h"}, "longer than 0 h"),
        ("mri_stall", {"scan": "1 h", "interrogate_after": "9 h"}, "does not use interrogate_after"),
        ("mri_stall", {**LATCHED, "delay": "3 h"}, "uses no delay"),
        ("mri_stall", {**LATCHED, "interrogate_after": "0.5 h"}, "before the scan is over"),
        ("valve_opening", {"lasting": "20 min"}, "no field opens a valve of this pump"),
        ("overinfusion", {"gain": 1.0}, "no over-infusion"),
        ("overinfusion", {"gain": 1.2, "drift": "-0.1 1/day"}, "negative"),
        ("overinfusion", {"gain": 1.2, "most": 1.1}, "below the gain"),
        ("overinfusion", {"gain": 1.2, "jumps": [{"after": "2 day", "factor": 0}]}, "more than 0"),
        (
            "overinfusion",
            {"gain": 1.2, "jumps": [{"after": "2 day", "factor": 1.1}, {"after": "1 day", "factor": 1.1}]},
            "later than the last",
        ),
        ("free_flow", {"volume": "41 mL", "lasting": "1 h"}, "at most 40 mL"),
        ("free_flow", {"volume": "1 mL", "lasting": "0 h"}, "longer than 0 h"),
        ("battery_reset", {"rate": "30 mL/day"}, "between 0 and the 24 mL/day"),
        ("battery_reset", {"lasting": "0 h"}, "longer than 0 h"),
        ("memory_error", {}, "critical"),
        ("programming_error", {}, "needs one of daily_dose"),
        ("programming_error", {"daily_dose": "60 ug/h", "rate": "1 mL/day"}, "only one"),
        ("programming_error", {"rate": "30 mL/day"}, "runs from"),
        ("programming_error", {"steps": [{"from": "1 h", "rate": "1 mL/day"}]}, "begins at 0 h"),
        ("programming_error", {"rate": "1 mL/day", "lasting": "0 h"}, "longer than 0 h"),
    ],
)
def test_numbers_that_cannot_be(kind: str, numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual(fault("3 day", kind, **numbers))


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"volume": "21 mL"}, "at most 20 mL"),
        ({"lasting": "0 h"}, "longer than 0 h"),
        ({"safety_valve": True}, "stays shut until it is reset"),
        ({"reset_after": "1 h"}, "does not use reset_after"),
        ({"safety_valve": True, "reset_after": "1 h", "volume": "1 mL"}, "at most 0.01 mL"),
        ({"safety_valve": True, "reset_after": "1 min"}, "before the valve has shut"),
    ],
)
def test_valves_that_cannot_be(numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        on_a_small_pump(
            "prometra_ii_20", "20 mL", fault("3 day", "valve_opening", **{"lasting": "20 min", **numbers})
        )


@pytest.mark.parametrize(
    ("pump", "kind", "numbers", "rule"),
    [
        ("prometra_ii_20", "mri_stall", MRI, "no rotor.*valve_opening"),
        ("prometra_ii_20", "motor_stall", {}, "no rotor"),
        ("synchromed_el_18", "battery_eos", {}, "does not stop by itself.*battery_eri"),
    ],
)
def test_faults_that_a_pump_cannot_have(pump: str, kind: str, numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        on_a_small_pump(pump, "18 mL", fault("3 day", kind, **numbers))


@pytest.mark.parametrize(
    ("kind", "numbers", "rule"),
    [
        ("battery_eri", {}, "no battery"),
        ("battery_eos", {}, "no battery"),
        ("battery_reset", {}, "no battery"),
        ("memory_error", {"critical": True}, "no memory"),
        ("programming_error", {"rate": "0.5 mL/day"}, "cannot be programmed"),
        ("pump_stop", {}, "cannot be stopped"),
        ("motor_stall_intermittent", {"mean_on": "1 h", "mean_off": "1 h", "lasting": "1 day"}, "no rotor"),
    ],
)
def test_a_gas_driven_pump_has_few_faults(kind: str, numbers: dict[str, Any], rule: str) -> None:
    filled = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "2000 ug/mL"}}
    with pytest.raises(ScenarioError, match=rule):
        build(filled, fault("3 day", kind, **numbers), pump="constant_flow_20")
