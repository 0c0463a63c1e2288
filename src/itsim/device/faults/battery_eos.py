"""The battery is at the end of its service (EOS): the pump stops for good.

    Q_pump = 0 for t >= at; the calculated volume runs on

Source: the maker's page for patients (automatic stop at most seven years after implantation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.codes import Alarm
from itsim.device.effects import Effect, announce, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Kind


class BatteryEos(Triggered):
    """Nothing but when."""


def effects(p: BatteryEos, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """No flow until the pump is replaced, and the alarm at once."""
    return (scale(at_h, after=0.0), announce(at_h, Alarm.EOS, 0.0))


def complaints(p: BatteryEos, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a battery, or one that does not stop by itself."""
    if not device["has_battery"]:
        yield Complaint("", "this pump has no battery", "choose a pump with a battery")
    elif not device["stops_at_eos"]:
        rule = "this pump does not stop by itself when its battery's service ends"
        yield Complaint("", rule, "choose a pump that does, or the fault battery_eri")


KIND = Kind(
    group="faults",
    name="battery_eos",
    summary="End of the battery's service: the pump stops for good.",
    parameters=BatteryEos,
    effects=effects,
    alarm="critical tone at once",
    evidence="surplus: programmed flow times the time since the stop",
    sources=("medtronic_patient",),
    complaints=complaints,
    words=lambda p: "battery at its end",
)
