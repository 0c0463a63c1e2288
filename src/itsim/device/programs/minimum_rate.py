"""Minimum-rate mode: just enough flow to keep the line open.

    Q_programmed = the pump's `safe_rate` from `at` for `lasting` [h], then the programme before it

It gives next to no drug, and no alarm; the fault-free twin keeps its dose. Source: the device taxonomy; as a
beginning of therapy in tenuous cases, Saulino and Gudesblatt 2015.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.codes import Amount
from itsim.device.effects import FOREVER_H, Effect, program
from itsim.device.limits import NOT_PROGRAMMABLE
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel


class MinimumRate(KindModel):
    """Without `lasting` the pump keeps this rate until it is programmed again."""

    lasting_h: Hours | None = None


def effects(p: MinimumRate, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A programme of the pump's own lowest rate."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (program(at_h, device["safe_rate"], Amount.FLOW, until_h, intended=False),)


def complaints(p: MinimumRate, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme or has no such mode, or no time."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    if device["safe_rate"] <= 0.0:
        yield Complaint("", "this pump has no minimum-rate mode", "write `mode: stopped`, or a rate")
    yield from time_complaints("lasting", p.lasting_h, "6 h")


KIND = Kind(
    group="programs",
    name="minimum_rate",
    summary="Minimum-rate mode: the pump's lowest rate for a while or until programmed again.",
    parameters=MinimumRate,
    effects=effects,
    evidence="none: the calculated volume counts the lowest rate",
    sources=("saulino2015", "assumption"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "minimum rate",
)
