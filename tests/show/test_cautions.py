"""What can be warned of without a run: each caution names its cause, and nothing usual draws one."""

from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.device.delivery import deliver
from itsim.parameters import safety
from itsim.scenario import from_mapping
from itsim.show.cautions import cautions, outside_lines, outside_range

SCENARIO = {
    "itsim": 1,
    "title": "Cautions",
    "device": {"pump": "synchromed_ii_40", "catheter": "ascenda"},
    "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
    "until": "10 day",
}
FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
SLOW = SCENARIO["device"] | {"minimum_rate": "0.001 mL/day"}


def scenario_with(*timeline, **more):
    dose = more.pop("dose", "350 ug/day")
    program = {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": dose}}
    return from_mapping(SCENARIO | more | {"timeline": [FILL, program, *timeline]}, "x", catalogue())


def told(*timeline, **more):
    scenario = scenario_with(*timeline, **more)
    return cautions(scenario, deliver(scenario))


LEAK = {"at": "2 day", "csf_leak": {"level": "L3/4", "flow": "5 mL/h"}}
SHUNT = {"at": "2 day", "shunt": {"inlet": "ventricular", "flow": "8 mL/h"}}
REASONS = [
    ((), {"patient": {"preset": "child"}}, "a child (8 years)"),
    ((), {"patient": {"renal_function": "20 %"}}, "renal failure (kidney function 20 %)"),
    ((), {"patient": {"tip": "intraventricular"}}, "a catheter in the ventricle"),
    ((LEAK,), {}, "a CSF leak 5 mL/h at L3/4"),
    ((SHUNT,), {}, "a ventricular shunt 8 mL/h"),
]


@pytest.mark.parametrize(("timeline", "more", "reason"), REASONS, ids=[r for *_, r in REASONS])
def test_people_the_model_was_not_made_for_are_told_why(timeline, more, reason):
    """By their own cause, and by no other one."""
    line, *_ = told(*timeline, **more)
    tablets = f" {safety()['renal_tablets']}" if "renal" in reason else ""
    assert line == f"{safety()['outside_population']} Here: {reason}.{tablets}"


def test_several_reasons_stand_in_one_line_and_a_usual_therapy_in_none():
    line, *_ = told(LEAK, SHUNT, patient={"renal_function": "20 %"})
    for reason in ("renal failure", "a CSF leak", "a ventricular shunt"):
        assert reason in line
    assert told() == []


@pytest.mark.parametrize(
    ("timeline", "more", "cause"),
    [
        ((), {"dose": "350 ug/h"}, "8400 µg programmed and delivered within a day"),
        ((), {"dose": "5 ug/day", "device": SLOW}, "5 µg/day programmed"),
        (({"at": "2 day", "bolus": {"volume": "0.06 mL", "lasting": "1 h"}},), {}, "a bolus of 120 µg"),
        ((), {"history": {"daily_dose": "5 ug/day", "lasting": "1 month"}}, "5 µg/day before the run"),
        ((), {"history": {"daily_dose": "2500 ug/day", "lasting": "1 month"}}, "2500 µg/day before"),
        (
            ({"at": "2 day", "fault": {"kind": "free_flow", "volume": "2 mL", "lasting": "1 h"}},),
            {},
            "µg delivered within a day",
        ),
    ],
)
def test_doses_outside_the_range_are_told_with_the_range(timeline, more, cause):
    (line,) = [line for line in told(*timeline, **more) if "lies outside its range" not in line]
    assert line.startswith(f"{safety()['outside_range']} Here: ")
    assert cause in line


def test_doses_at_the_limits_are_inside():
    for dose, device in (("2003 ug/day", SCENARIO["device"]), ("12 ug/day", SLOW)):
        scenario = scenario_with(dose=dose, device=device, history={"daily_dose": dose, "lasting": "1 month"})
        assert outside_range(scenario, deliver(scenario)) == ()
    bolus = {"at": "2 day", "bolus": {"volume": "0.05 mL", "lasting": "1 h"}}
    assert told(bolus) == []


@pytest.mark.parametrize(
    ("patient", "line"),
    [
        (
            {"posture": 3},
            "posture = 3 lies outside its range of 0.6 to 1.4 (source of the value: strbacko2024).",
        ),
        (
            {"body_weight": "700 kg"},
            "body_weight = 700 kg lies outside its range of 3 to 150 kg (source of the value: assumption).",
        ),
        (
            {"age": "101 year"},
            "age = 101 year lies outside its range of 0 to 100 year (source of the value: assumption).",
        ),
    ],
)
def test_a_number_outside_its_range_is_told_with_the_range_and_its_source(patient, line):
    """In the unit of its data file, and a plain number without one."""
    assert told(patient=patient) == [line]


def test_a_device_is_asked_too_and_the_data_themselves_are_never_complained_of():
    (line,) = told(device=SCENARIO["device"] | {"length": "500 cm"})
    assert line.startswith("length = 500 cm lies outside")
    assert told(patient={"preset": "cerebral_adult"}) == []


@pytest.mark.parametrize("body", ["neuraxis", "neuraxis_minimal"])
def test_a_loss_of_csf_above_what_is_made_is_told(body):
    """21 mL/h are made: 20 can leave, two losses of 12 together cannot."""
    leak = {"at": "2 day", "csf_leak": {"level": "L3/4", "flow": "12 mL/h"}}
    shunt = {"at": "3 day", "shunt": {"inlet": "lumbar", "flow": "12 mL/h"}}
    lines = told(leak, shunt, body=body)
    assert "CSF is lost at 24 mL/h, more than the 21 mL/h that are made" in lines[-1]
    assert len(told(leak | {"csf_leak": {"level": "L3/4", "flow": "20 mL/h"}}, body=body)) == 1
    apart = leak | {"csf_leak": {"level": "L3/4", "flow": "12 mL/h", "lasting": "1 day"}}
    assert len(told(apart, shunt, body=body)) == 1, "they do not run together"


def test_a_body_that_makes_no_csf_says_nothing_of_it():
    leak = {"at": "2 day", "csf_leak": {"level": "L3/4", "flow": "50 mL/h"}}
    assert len(told(leak, body="one_compartment")) == 1


def test_under_pictures_stand_people_and_doses_and_no_single_number():
    scenario = scenario_with(dose="350 ug/h", patient={"preset": "child", "posture": 3})
    assert len(list(outside_lines(scenario, deliver(scenario)))) == 2


@pytest.mark.parametrize("tip", ["C5", "T2", "T5", "intraventricular"])
def test_a_high_tip_is_no_reassurance(tip):
    """The index is driven by the legs' cord alone; the caution stands under pictures too."""
    scenario = scenario_with(patient={"tip": tip})
    (line,) = [line for line in cautions(scenario, deliver(scenario)) if "withdrawal index sees only" in line]
    assert line.endswith(safety()["high_tip"])
    assert tip in line or "in the ventricle" in line
    for said in ("arms and brain", "no reassurance", "E12"):
        assert said in line
    assert line in outside_lines(scenario, deliver(scenario))


@pytest.mark.parametrize("tip", ["T6", "T10", "L2"])
def test_a_tip_from_t6_downwards_draws_no_caution(tip):
    assert told(patient={"tip": tip}) == []


@pytest.mark.parametrize(
    ("body", "tip", "is_told"),
    [
        ("one_compartment", "intraventricular", True),
        ("one_compartment", "T2", True),
        ("one_compartment", "T10", False),
        ("two_compartment", "T2", True),
        ("two_compartment", "intraventricular", False),
        ("neuraxis", "T2", False),
        ("neuraxis_minimal", "L2", False),
    ],
)
def test_a_tip_that_the_body_does_not_feel_is_told(body, tip, is_told):
    """Of two compartments it matters only whether the tip is in the ventricle."""
    lines = told(body=body, patient={"tip": tip})
    assert any("has no effect" in line and tip in line and body in line for line in lines) == is_told
    assert any("sees only" in line for line in lines) == (
        body == "neuraxis" or (body, tip) == ("two_compartment", "intraventricular")
    )


@pytest.mark.parametrize(
    ("dose", "times", "cause"),
    [
        ("200 mg", 1, ""),
        ("260 mg", 1, "tablets of 260 mg at once"),
        ("100 g", 1, "of 100000 mg"),
        ("80 mg", 9, ""),
    ],
)
def test_tablets_beyond_what_is_severely_toxic_are_warned_of(dose, times, cause):
    """One dose counts, not those of a day."""
    lines = told({"at": "2 day", "oral_dose": {"dose": dose, "every": "8 h", "times": times}})
    assert bool(lines) == bool(cause)
    assert all(line.startswith(f"{safety()['outside_range']} Here: ") and cause in line for line in lines)


def test_numbers_stand_without_exponents():
    great = told(dose="7200 ug/day", history={"daily_dose": "7200 ug/day", "lasting": "1 month"})
    great += told(patient={"body_weight": "1000000 kg"})
    assert "7200 µg programmed and delivered within a day; 7200 µg/day before the run" in great[0]
    assert "1000000 kg" in great[1]
    for line in great:
        assert "e+" not in line
        assert " ug" not in line


def test_what_is_delivered_is_told_apart_where_it_differs():
    burst = {"at": "2 day", "fault": {"kind": "free_flow", "volume": "2 mL", "lasting": "1 h"}}
    (line,) = told(burst, dose="2500 ug/day")
    assert "2500 µg programmed within a day; " in line
    assert "µg delivered within a day" in line
