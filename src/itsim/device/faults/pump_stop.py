"""The pump is programmed to stop, by intent or by mistake.

    Q_programmed = 0 from `at` for `lasting` [h], then the programme before it resumes.

A replaced pump runs again. The calculated volume stops too, so a refill shows nothing. Source: the device
taxonomy after the manufacturer's alarm list (a pump stopped for more than 48 h sounds the critical tone).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import FOREVER_H, Effect, stop
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel


class PumpStop(KindModel):
    """Without `lasting` the pump stays stopped until it is programmed again."""

    lasting_h: Hours | None = None


def effects(p: PumpStop, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A programme of zero that nobody intends."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (stop(at_h, until_h),)


def complaints(p: PumpStop, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A stop that ends before it begins."""
    if p.lasting_h is not None and p.lasting_h <= 0.0:
        yield Complaint("lasting", "is not longer than 0 h", "write how long the stop lasts, such as 6 h")


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
