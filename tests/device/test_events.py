"""Every event of the catalogue keeps to the contract of kinds."""

from __future__ import annotations

import pytest

from device.contract import cases, check_effects, check_text, kinds
from device.timelines import usual
from itsim.device.delivery import deliver
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind


@pytest.mark.parametrize("kind", kinds("events"), ids=lambda kind: kind.name)
def test_text_and_sources(kind: Kind) -> None:
    check_text(kind)


@pytest.mark.parametrize(("name", "example"), cases("events"))
def test_numbers_and_arrays_of_numbers(name: str, example: int) -> None:
    check_effects("events", name, example)


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"refill": {"volume": "41 mL"}}, "at most 40 mL"),
        ({"refill": {"volume": "20 mL", "concentration": "-1 ug/mL"}}, "negative"),
        ({"replace_pump": {"volume": "41 mL"}}, "at most 40 mL"),
        ({"bolus": {"volume": "0 mL", "lasting": "10 min"}}, "more than 0"),
        ({"bolus": {"volume": "0.05 mL", "lasting": "0 min"}}, "longer than 0 h"),
        ({"bolus": {"volume": "1 mL", "lasting": "10 min"}}, "faster than"),
        ({"prime": {"volume": "0 mL"}}, "more than 0|above zero|zero"),
        ({"oral_dose": {"dose": "0 mg"}}, "more than 0|above zero|zero"),
        ({"oral_dose": {"dose": "10 mg", "times": 0}}, "less than 1"),
    ],
)
def test_events_that_cannot_be(entry: dict[str, object], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual({"at": "3 day", **entry})


def test_oral_doses_go_to_the_gut_on_time_and_are_not_intended() -> None:
    schedule = {"at": "3 day", "oral_dose": {"dose": "20 mg", "every": "8 h", "times": 3}}
    delivery = deliver(usual(schedule, until="10 day"))
    assert [(dose.t_h, dose.amount_ug, dose.inlet) for dose in delivery.therapy.doses] == [
        (72.0 + 8.0 * i, 20_000.0, "gut") for i in range(3)
    ]
    assert delivery.intended.doses == ()
