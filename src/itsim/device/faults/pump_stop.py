"""The pump is programmed to stop, by intent or by mistake.

    Q_programmed = 0 from `at` for `lasting` [h], then the programme before it resumes.

A replaced pump runs again. The calculated volume stops too, so a refill shows nothing. Source: the device
taxonomy after the manufacturer's alarm list (a pump stopped for more than 48 h sounds the critical tone).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.effects import FOREVER_H, Effect, stop
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class PumpStop(Triggered):
    """Without `lasting` the pump stays stopped until it is programmed again."""

    lasting_h: Hours | None = None


def effects(p: PumpStop, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A programme of zero that nobody intends."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (stop(at_h, until_h),)


def complaints(p: PumpStop, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that cannot be stopped, or a stop that ends before it begins."""
    if not device["can_stop"]:
        yield Complaint("", "this pump cannot be stopped by a programme", "choose a pump that can be stopped")
    yield from time_complaints("lasting", p.lasting_h, "6 h")


KIND = Kind(
    group="faults",
    name="pump_stop",
    summary="Stopped pump: programmed to zero, for a while or until programmed again.",
    parameters=PumpStop,
    effects=effects,
    alarm="critical tone when stopped for longer than 48 h",
    evidence="none: the calculated volume stops with the pump",
    sources=("gillette_alarms", "medtronic_patient"),
    complaints=complaints,
    words=lambda p: "pump stopped" if p.lasting_h is None else f"pump stopped for {p.lasting_h:g} h",
)
