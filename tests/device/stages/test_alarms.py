"""The log: what the pump senses, when it says so, and when there is nobody to speak. By hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, logged, tip
from device.timelines import STALLS, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver
from itsim.device.renewal import switching_times

SWAP = {"at": "12 day", "replace_pump": {}}


def kinds(delivery: Delivery) -> list[tuple[str, float]]:
    return [(entry.kind, round(entry.t_h / DAY, 6)) for entry in delivery.log]


def test_a_stall_is_said_after_its_latency_and_a_new_pump_knows_nothing_of_it() -> None:
    delivery = deliver(usual(fault("10 day", "motor_stall"), SWAP, until="20 day"))
    assert tip(delivery, 10 - 1e-9, 10.0, 11.99, 12.0) == pytest.approx([300.0, 0.0, 0.0, 300.0])
    assert logged(delivery, "motor_stall_alarm") == pytest.approx([10 + 1 / DAY])
    assert logged(delivery, "motor_stall_recovery") == []


def test_what_ends_before_its_latency_is_never_said() -> None:
    late = fault("10 day", "motor_stall", alarm_latency="3 day")
    assert kinds(deliver(usual(late, SWAP))) == []
    assert logged(deliver(usual(late, {"at": "14 day", "replace_pump": {}})), "motor_stall_alarm") == [13.0]


@pytest.mark.parametrize("silence", ["exponential", "fixed"])
@pytest.mark.parametrize("seed", [2, 3, 5, 8])
def test_every_spell_that_lasts_leaves_a_pair(silence: str, seed: int) -> None:
    """The last one too, which `lasting` cuts short: the rotor turns again then."""
    numbers: dict[str, Any] = {**STALLS, "silence": silence, "seed": seed}
    delivery = deliver(usual(fault("5 day", "motor_stall_intermittent", **numbers), until="30 day"))
    knots = 120 + switching_times(0.0, 480.0, 30.0, 8.0, 0.02 / DAY, 1.0, silence, seed)[:, 0]
    spells = [(off, min(on, 600.0)) for off, on in zip(knots[::2], knots[1::2], strict=True) if off < 600.0]
    heard = [(off + 1.0, on) for off, on in spells if on - off > 1.0]
    assert len(heard) > 5
    found = zip(*(logged(delivery, f"motor_stall_{word}") for word in ("alarm", "recovery")), strict=True)
    np.testing.assert_allclose(np.array(list(found)) * DAY, heard)


@pytest.mark.parametrize(
    ("kind", "numbers", "pump", "said"),
    [
        ("motor_stall", {}, "synchromed_ii_20", ["motor_stall_alarm"]),
        ("motor_stall", {}, "synchromed_el_18", []),
        ("memory_error", {"critical": True}, "prometra_ii_20", ["memory_error_alarm"]),
        ("battery_eri", {"grace": "3 day"}, "prometra_ii_20", ["eri_alarm", "eos_alarm"]),
        ("battery_eri", {"grace": "3 day"}, "synchromed_el_18", ["eri_alarm"]),
        ("disconnection", {}, "synchromed_ii_20", []),
        ("gain_drift", {"shape": "linear", "lasting": "9 day"}, "synchromed_ii_20", []),
    ],
)
def test_a_pump_says_what_it_can_sense(
    kind: str, numbers: dict[str, Any], pump: str, said: list[str]
) -> None:
    fill = {"at": "0 day", "fill": {"volume": "18 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(fill, program(), fault("10 day", kind, **numbers), pump=pump))
    assert [entry.kind for entry in delivery.log] == said


def test_where_there_is_no_pump_nothing_sounds() -> None:
    """A stall is heard before the explantation and another after the new pump, none between."""
    again = {"at": "20 day", "replace_pump": {"catheter": True}}
    stalls = [fault(f"{day} day", "motor_stall") for day in (9, 12, 25)]
    delivery = deliver(usual({"at": "10 day", "explant": {}}, again, *stalls, until="40 day"))
    assert logged(delivery, "motor_stall_alarm") == pytest.approx([9 + 1 / DAY, 25 + 1 / DAY])
    assert logged(delivery, "low_reservoir_alarm") == []
    assert logged(delivery, "stopped_pump_alarm") == []


def test_the_log_is_in_order_of_time() -> None:
    entries = [fault("5 day", "battery_eri", grace="8 day"), fault("6 day", "pump_stop", lasting="60 h")]
    delivery = deliver(usual(*entries, fault("7 day", "memory_error", critical=False)))
    assert kinds(delivery) == [
        ("eri_alarm", 5.0),
        ("memory_error_alarm", 7.0),
        ("stopped_pump_alarm", 8.0),
        ("eos_alarm", 13.0),
    ]
