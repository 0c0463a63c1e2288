"""What a pump can be told, in words that repair a file."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from device.timelines import build, program
from itsim.device.limits import (
    bolus_complaints,
    concentration_complaints,
    dose_complaints,
    dose_or_rate_complaints,
    last_dose_complaints,
    rate_complaints,
    steps_complaints,
    stop_complaints,
    volume_complaints,
)
from itsim.parameters import read
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Complaint

DEVICE = read("pumps/synchromed_ii_20").numbers
STRONG = DEVICE | {"concentration": 2000.0}
VALVES = read("pumps/prometra_ii_20").numbers
NEVER_STOPS = DEVICE | {"can_stop": 0.0}


def only(complaints: Iterable[Complaint]) -> Complaint:
    (complaint,) = complaints
    return complaint


@pytest.mark.parametrize(
    ("rate_mL_day", "fine"), [(0, 1), (0.048, 1), (24, 1), (0.0479, 0), (24.1, 0), (-1, 0)]
)
def test_rates(rate_mL_day: float, fine: int) -> None:
    found = list(rate_complaints("rate", rate_mL_day / 24.0, DEVICE))
    assert len(found) == 1 - fine
    assert all("0.048 to 24 mL/day (or 0, stopped)" in complaint.rule for complaint in found)


@pytest.mark.parametrize(("rate_mL_day", "fine"), [(0, 1), (0.001, 1), (28.8, 1), (28.9, 0), (-0.1, 0)])
def test_rates_of_a_pump_without_a_lowest_one(rate_mL_day: float, fine: int) -> None:
    found = list(rate_complaints("rate", rate_mL_day / 24.0, VALVES))
    assert len(found) == 1 - fine
    assert all(complaint.rule == "this pump runs from 0 to 28.8 mL/day" for complaint in found)


@pytest.mark.parametrize(
    ("dose_ug_day", "rule"),
    [
        (-1, "is negative"),
        (0, ""),
        (95.9, "at 2000 ug/mL: 96 to 48000 ug/day"),
        (96, ""),
        (48000, ""),
        (48001, "at 2000 ug/mL: 96 to 48000 ug/day"),
    ],
)
def test_doses(dose_ug_day: float, rule: str) -> None:
    found = list(dose_complaints("daily_dose", dose_ug_day / 24.0, STRONG))
    assert [complaint.rule.endswith(rule) for complaint in found] == [True] * bool(rule)


def test_a_dose_needs_a_drug_and_is_not_judged_before_the_first_fill() -> None:
    assert "holds no drug" in only(dose_complaints("daily_dose", 10.0, DEVICE | {"concentration": 0.0})).rule
    assert list(dose_complaints("daily_dose", 1e9, DEVICE)) == []


def test_a_pump_that_cannot_be_stopped() -> None:
    assert list(stop_complaints("", DEVICE)) == []
    for found in (
        stop_complaints("rate", NEVER_STOPS),
        rate_complaints("rate", 0.0, NEVER_STOPS),
        dose_complaints("rate", 0.0, NEVER_STOPS),
    ):
        complaint = only(found)
        assert complaint.field == "rate"
        assert complaint.rule == "this pump cannot be stopped"
        assert "above zero" in complaint.hint
    assert "stopped" not in only(rate_complaints("rate", 9.0, NEVER_STOPS)).rule


def test_whichever_was_given_is_judged_under_its_own_name() -> None:
    assert only(dose_or_rate_complaints("steps.1.", -1.0, None, DEVICE)).field == "steps.1.daily_dose"
    assert only(dose_or_rate_complaints("", None, -1.0, DEVICE)).field == "rate"
    assert list(dose_or_rate_complaints("", None, None, DEVICE)) == []


def test_the_dose_that_steps_lead_to() -> None:
    complaint = only(last_dose_complaints(1.5, STRONG))
    assert complaint.field == "steps"
    assert complaint.rule.startswith("leads to 36 ug/day, which is outside what this pump can give")


@pytest.mark.parametrize(("n", "fine"), [(1, 1), (13, 1), (14, 0)])
def test_steps(n: int, fine: int) -> None:
    found = list(steps_complaints("steps", n, DEVICE))
    assert [complaint.rule for complaint in found] == ["this pump takes at most 13 steps a day"] * (1 - fine)


@pytest.mark.parametrize(
    ("volume_mL", "dose_ug", "lasting_h", "field", "rule"),
    [
        (0.05, None, 0.1, "", ""),
        (None, 100.0, 0.1, "", ""),
        (0.1, None, 0.1, "", ""),
        (None, 200.0, 0.1, "", ""),
        (0.0, None, 0.1, "volume", "is not more than 0"),
        (None, -5.0, 0.1, "dose", "is not more than 0"),
        (0.05, None, 0.0, "lasting", "is not longer than 0 h"),
        (0.101, None, 0.1, "lasting", "is faster than the 24 mL/day of this pump"),
        (None, 201.0, 0.1, "lasting", "is faster than the 24 mL/day of this pump"),
    ],
)
def test_boluses(
    volume_mL: float | None, dose_ug: float | None, lasting_h: float, field: str, rule: str
) -> None:
    """24 mL/day are 0.1 mL, or 200 µg of 2000 µg/mL, in 6 minutes."""
    found = list(bolus_complaints(volume_mL, dose_ug, lasting_h, STRONG))
    assert [(complaint.field, complaint.rule) for complaint in found] == [(field, rule)] * bool(rule)


def test_a_bolus_on_a_background_is_pushed_with_it() -> None:
    assert list(bolus_complaints(0.09, None, 0.1, DEVICE, 0.1)) == []
    assert only(bolus_complaints(0.09, None, 0.1, DEVICE, 0.11)).field == "lasting"
    assert list(bolus_complaints(None, 180.0, 0.1, STRONG, 200.0)) == []
    assert only(bolus_complaints(None, 180.0, 0.1, STRONG, 201.0)).field == "lasting"


def test_a_dose_needs_a_drug() -> None:
    complaint = only(bolus_complaints(None, 50.0, 0.1, DEVICE | {"concentration": 0.0}))
    assert (complaint.field, "no drug" in complaint.rule) == ("dose", True)


@pytest.mark.parametrize(("volume_mL", "fine"), [(20, 1), (0.1, 1), (0, 0), (20.1, 0), (-1, 0)])
def test_volumes(volume_mL: float, fine: int) -> None:
    found = list(volume_complaints("volume", volume_mL, DEVICE))
    assert len(found) == 1 - fine
    assert all("20 mL" in complaint.rule for complaint in found)


@pytest.mark.parametrize(("concentration", "fine"), [(0, 1), (2000, 1), (-1, 0)])
def test_concentrations(concentration: float, fine: int) -> None:
    assert len(list(concentration_complaints("concentration", concentration))) == 1 - fine


def test_a_refill_that_leaves_the_programme_in_force_impossible() -> None:
    """60 µg/day is 0.12 mL/day of 500 µg/mL, but 0.03 mL/day of 2000 µg/mL: below what the pump can run."""
    weak = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    low = program(dose="60 ug/day")
    strong = {"at": "9 day", "refill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    with pytest.raises(ScenarioError) as caught:
        build(weak, low, strong)
    (problem,) = caught.value.problems
    assert problem.path == "timeline.refill_1"
    assert "leaves the programme in force" in problem.message
    assert "daily_dose is outside what this pump can give at 2000 ug/mL: 96 to" in problem.message
    assert build(weak, low, strong, program("9 day", "120 ug/day")).timeline
