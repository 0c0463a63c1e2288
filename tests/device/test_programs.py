"""Every program of the catalogue keeps to the contract of kinds."""

from __future__ import annotations

import pytest

from device.contract import cases, check_effects, check_text, kinds
from device.timelines import FILL, build
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind


@pytest.mark.parametrize("kind", kinds("programs"), ids=lambda kind: kind.name)
def test_text_and_sources(kind: Kind) -> None:
    check_text(kind)


@pytest.mark.parametrize(("name", "example"), cases("programs"))
def test_numbers_and_arrays_of_numbers(name: str, example: int) -> None:
    check_effects("programs", name, example)


@pytest.mark.parametrize("kind", kinds("programs"), ids=lambda kind: kind.name)
def test_a_programme_is_intended_and_needs_a_reservoir(kind: Kind) -> None:
    assert kind.intended
    assert "reservoir" in kind.needs


def step(hour: str, **rate: str) -> dict[str, str]:
    return {"from": hour, **rate}


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"mode": "simple_continuous"}, "needs either daily_dose"),
        ({"mode": "simple_continuous", "rate": "0.01 mL/day"}, "runs from 0.048 to 24 mL/day"),
        ({"mode": "simple_continuous", "daily_dose": "-3 ug/day"}, "negative"),
        ({"mode": "time_stepped", "steps": [step("1 h", rate="1 mL/day")]}, "the first step begins at 0 h"),
        (
            {"mode": "time_stepped", "steps": [step("0 h", rate="1 mL/day"), step("24 h", rate="2 mL/day")]},
            "one day",
        ),
        (
            {
                "mode": "time_stepped",
                "steps": [step("0 h", rate="1 mL/day"), step("2 h", daily_dose="9 ug/day")],
            },
            "all daily_dose or all rate",
        ),
        (
            {"mode": "time_stepped", "steps": [step(f"{h} h", rate=f"{h + 1} mL/day") for h in range(14)]},
            "at most 13 steps",
        ),
        ({"mode": "table", "times": ["0 h"], "rates": ["1 mL/day", "2 mL/day"]}, "one value per time"),
        ({"mode": "table", "times": ["0 h"]}, "needs either rates"),
    ],
)
def test_programmes_that_cannot_be(numbers: dict[str, object], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        build(FILL, {"at": "0 day", "program": numbers})
