"""The pump finds an error in its memory: it sounds, and stops where the error is critical.

    critical       Q_pump = 0 for t >= at; the calculated volume runs on
    non-critical   the alarm only

Source: a hospital's list of alarms names both classes; that a critical error stops the flow is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.codes import Alarm
from itsim.device.effects import Effect, announce, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Kind


class MemoryFault(Triggered):
    """Whether the error is critical."""

    critical: bool


def effects(p: MemoryFault, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The alarm at once, and a stop until the pump is replaced where the error is critical."""
    alarm = announce(at_h, Alarm.MEMORY if p.critical else Alarm.MEMORY_WARNING, 0.0)
    return (scale(at_h, after=0.0), alarm) if p.critical else (alarm,)


def complaints(p: MemoryFault, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without electronics."""
    if not device["programmable"]:
        yield Complaint("", "this pump has no memory", "choose a pump that can be programmed")


KIND = Kind(
    group="faults",
    name="memory_error",
    summary="Memory error: the pump sounds, and stops where the error is critical.",
    parameters=MemoryFault,
    effects=effects,
    example={"critical": True},
    alarm="critical or non-critical tone at once, by the error",
    evidence="surplus after a critical error: programmed flow times the time since; none after another",
    sources=("gillette_alarms",),
    complaints=complaints,
    words=lambda p: "critical memory error" if p.critical else "memory error",
)
