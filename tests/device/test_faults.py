"""Every fault of the catalogue keeps to the contract of kinds."""

from __future__ import annotations

import pytest

from device.contract import DEVICES, EXAMPLES, cases, check_effects, check_text, kinds
from device.timelines import STALLS, fault, usual
from itsim.device.delivery import deliver
from itsim.device.trigger import Triggered
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind

TRIGGERS = ("hazard", "after_volume")


def keeps_hours(name: str, example: int) -> bool:
    """Whether the example has its hours of the day and cannot wait."""
    return EXAMPLES.get(name, [{}])[example].get("posture") == "nightly"


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


@pytest.mark.parametrize("kind", kinds("faults"), ids=lambda kind: kind.name)
def test_a_fault_can_wait(kind: Kind) -> None:
    assert issubclass(kind.parameters, Triggered)


@pytest.mark.parametrize(("name", "example"), [case for case in cases("faults") if not keeps_hours(*case)])
def test_a_fault_that_waited_for_a_volume_is_the_fault_at_that_time(name: str, example: int) -> None:
    """1 mL from day 3 on at 0.15 mL/day: the fault begins 6.7 days later."""
    numbers = {key: value for key, value in EXAMPLES[name][example].items() if key not in TRIGGERS}
    waited = usual(fault("3 day", name, **numbers, after_volume="1 mL"), **DEVICES.get(name, {}))
    at_once = usual(fault(f"{3 + 1 / 0.15!r} day", name, **numbers), **DEVICES.get(name, {}))
    found, expected = deliver(waited), deliver(at_once)
    assert found.begins_h[2] == pytest.approx((3 + 1 / 0.15) * 24.0)
    assert found.ledger == pytest.approx(expected.ledger, rel=1e-9, abs=1e-6)
    assert [entry.kind for entry in found.log] == [entry.kind for entry in expected.log]


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
