"""What only the whole timeline shows."""

from __future__ import annotations

from typing import Any

import pytest

from device.timelines import FILL, build, fault, program, usual
from itsim.scenario import ScenarioError


def bolus(at: str, volume: str) -> dict[str, Any]:
    return {"at": at, "bolus": {"volume": volume, "lasting": "10 min"}}


def messages(*timeline: dict[str, Any]) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        build(*timeline)
    return [problem.message for problem in caught.value.problems]


def test_a_bolus_on_a_fast_programme_is_too_much() -> None:
    """20 mL/day and 0.1 mL in 10 min, which is 14.4 mL/day, are more than 24 mL/day."""
    fast = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "20 mL/day"}}
    (said,) = messages(FILL, fast, bolus("1 day", "0.1 mL"))
    assert "34.4 mL/day" in said
    assert "at most 24" in said


def test_two_boluses_of_one_instant_add() -> None:
    """Each runs 23 or 21.6 mL/day for 10 min: possible alone, not together."""
    both = [bolus("1 day", "0.16 mL"), bolus("1 day", "0.15 mL")]
    assert len(messages(FILL, program(), *both)) == 1
    assert usual(both[0], {**both[1], "at": "2 day"}).timeline


def test_boluses_at_the_limit_are_allowed() -> None:
    """0.15 mL/day and 23.85 mL/day for 10 min are 24 mL/day."""
    assert usual(bolus("1 day", f"{23.85 / 144} mL")).timeline


def test_a_timeline_without_boluses_has_nothing_to_add_up() -> None:
    assert usual(fault("3 day", "motor_stall", after_volume="1 mL")).timeline
