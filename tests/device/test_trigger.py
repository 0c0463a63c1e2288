"""When a fault begins: at its time, by hazard, or after a volume."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import deliver
from itsim.device.trigger import Triggered, begins_h, volume_first_mL
from itsim.scenario.kinds import KindModel
from itsim.scenario.model import Scenario


def begin_of(scenario: Scenario) -> float:
    entry = next(e for e in scenario.timeline if e.kind.group == "faults")
    return deliver(scenario).begins_h[entry.place]


def test_without_a_trigger_a_fault_begins_at_its_time() -> None:
    assert begins_h(Triggered(), 7.0, "it") == 7.0
    assert begins_h(KindModel(), 7.0, "it") == 7.0
    assert volume_first_mL(Triggered()) == volume_first_mL(KindModel()) == 0.0


def test_draws_of_a_hazard_are_exponential() -> None:
    """Mean and share of survivors over many seeds: 5 standard errors of 4000 draws."""
    drawn = np.array([begins_h(Triggered(hazard="0.01 1/h", seed=s), 50.0, "it") for s in range(4000)]) - 50.0
    assert drawn.min() > 0.0
    assert drawn.mean() == pytest.approx(100.0, rel=5 / np.sqrt(4000))
    assert np.mean(drawn > 100.0) == pytest.approx(np.exp(-1.0), abs=5 * np.sqrt(0.24 / 4000))


def test_variants_share_their_draw_and_a_higher_hazard_comes_earlier() -> None:
    both = Triggered(hazard="0.01 1/h").model_copy(update={"hazard_per_h": np.array([0.01, 0.04])})
    first, second = begins_h(both, 0.0, "it")
    assert first == begins_h(Triggered(hazard="0.01 1/h"), 0.0, "it")
    assert first == pytest.approx(4.0 * second)


def test_a_volume_is_counted_as_it_is_truly_pumped() -> None:
    """0.15 mL/day, 1.8 mL after day 2: on day 14; with the pump stopped for three days: on day 17."""
    waits = fault("2 day", "motor_stall", after_volume="1.8 mL")
    assert begin_of(usual(waits, until="30 day")) == pytest.approx(14 * 24.0)
    stopped = {"at": "5 day", "program": {"mode": "stopped", "lasting": "3 day"}}
    assert begin_of(build(FILL, program(), waits, stopped, until="30 day")) == pytest.approx(17 * 24.0)


def test_one_trigger_delays_the_other() -> None:
    """At 1 mL the flow halves; what waits for 2 mL comes after 1/0.15 + 1/0.075 days."""
    half = fault("0 day", "gain_profile", times=["0 day"], gains=[0.5], after_volume="1 mL")
    stall = fault("0 day", "motor_stall", after_volume="2 mL")
    scenario = usual(half, stall, until="40 day")
    begins = deliver(scenario).begins_h
    expected = [24.0 / 0.15, 24.0 / 0.15 + 24.0 / 0.075]
    assert [begins[e.place] for e in scenario.timeline if e.kind.group == "faults"] == pytest.approx(expected)


def test_what_never_comes_never_begins() -> None:
    assert begin_of(usual(fault("2 day", "motor_stall", after_volume="35 mL"), until="30 day")) == np.inf


@pytest.mark.parametrize(
    "numbers",
    [
        {"hazard": "0.1 1/year", "after_volume": "3 mL"},
        {"hazard": "0 1/year"},
        {"after_volume": "0 mL"},
        {"seed": -1},
    ],
)
def test_triggers_that_cannot_be_are_refused(numbers: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Triggered(**numbers)


def test_entries_draw_their_hazards_independently() -> None:
    """The same rate and seed, two entries: two times; the same entry: the same time."""
    one, two = (begins_h(Triggered(hazard="0.01 1/h"), 0.0, name) for name in ("stall", "leak"))
    assert one != two
    assert one == begins_h(Triggered(hazard="0.01 1/h"), 0.0, "stall")
    stall, leak = (
        fault("1 day", kind, hazard="0.05 1/day", **n)
        for kind, n in (("motor_stall", {}), ("disconnection", {}))
    )
    begins = deliver(usual(stall, leak, until="400 day")).begins_h
    assert len(set(begins.values())) == 3
