"""Every fault of the catalogue keeps to the contract of kinds."""

from __future__ import annotations

import pytest

from device.contract import cases, check_effects, check_text, kinds
from device.timelines import STALLS, fault, usual
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind


@pytest.mark.parametrize("kind", kinds("faults"), ids=lambda kind: kind.name)
def test_text_and_sources(kind: Kind) -> None:
    check_text(kind)


@pytest.mark.parametrize(("name", "example"), cases("faults"))
def test_numbers_and_arrays_of_numbers(name: str, example: int) -> None:
    check_effects("faults", name, example)


@pytest.mark.parametrize("kind", kinds("faults"), ids=lambda kind: kind.name)
def test_a_fault_is_not_intended(kind: Kind) -> None:
    assert not kind.intended
    assert kind.evidence != ""


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"shape": "linear"}, "a linear decline needs lasting.*lasting: 90 day"),
        ({"shape": "exponential", "lasting": "3 day"}, "an? exponential decline needs tau"),
        ({"shape": "linear", "lasting": "3 day", "tau": "2 day"}, "does not use tau"),
        ({"shape": "linear", "lasting": "0 day"}, "lasting"),
        ({"shape": "linear", "lasting": "3 day", "end": 1.2}, "is not between 0 and 1"),
        ({"shape": "steps", "steps": [{"after": "1 day", "gain": 0.5}]}, "the first time is 0 h"),
        ({"shape": "steps", "steps": [{"after": "0 day", "gain": 1.5}]}, "is not between 0 and 1"),
    ],
)
def test_declines_that_cannot_be(numbers: dict[str, object], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual(fault("3 day", "gain_drift", **numbers))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("pump_stop", {"lasting": "-1 h"}),
        ("gain_profile", {"times": ["0 h"], "gains": [-0.1]}),
        ("motor_stall_intermittent", {**STALLS, "mean_off": "-1 h"}),
    ],
)
def test_numbers_that_cannot_be(kind: str, numbers: dict[str, object]) -> None:
    with pytest.raises(ScenarioError):
        usual(fault("3 day", kind, **numbers))
