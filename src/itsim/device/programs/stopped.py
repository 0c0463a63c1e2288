"""The stopped-pump mode, chosen on purpose: before a scan, a replacement or a drug holiday.

    Q_programmed = 0 from `at` for `lasting` [h], then the programme before it

The pump knows it and sounds after its delay; the fault-free twin keeps its dose. Source: a table of infusion
modes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from itsim.device.checks import time_complaints
from itsim.device.codes import Amount, Part
from itsim.device.effects import FOREVER_H, Effect, program
from itsim.device.limits import NOT_PROGRAMMABLE, stop_complaints
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel


class Stopped(KindModel):
    """Without `lasting` the pump stays stopped until it is programmed again."""

    lasting_h: Hours | None = None


def effects(p: Stopped, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A programme of zero."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (replace(program(at_h, 0.0, Amount.FLOW, until_h, intended=False), ended_by=Part.PUMP),)


def complaints(p: Stopped, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme or cannot be stopped, or no time."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    yield from stop_complaints("", device)
    yield from time_complaints("lasting", p.lasting_h, "6 h")


KIND = Kind(
    group="programs",
    name="stopped",
    summary="Stopped-pump mode: no flow for a while or until programmed again.",
    parameters=Stopped,
    effects=effects,
    alarm="critical tone when stopped for longer than the pump's delay",
    evidence="none: the calculated volume stops with the pump",
    sources=("functionalneuro_modes", "gillette_alarms"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "stopped" if p.lasting_h is None else f"stopped for {p.lasting_h:g} h",
)
