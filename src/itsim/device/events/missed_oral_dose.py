"""The patient does not take the tablets of the oral schedule for a while.

    every dose of `oral_schedule` in at <= t < at + `lasting` [h] is left out; the twin takes them

It looks like a failing pump and is none. Assumption: how long and how often tablets are missed is the
scenario's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.codes import Skipped
from itsim.device.effects import Effect, skip
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel


class MissedOralDose(KindModel):
    """For how long tablets are missed."""

    lasting_h: Hours


def effects(p: MissedOralDose, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Tablets of this time are not taken."""
    return (skip(at_h, at_h + p.lasting_h, Skipped.ORAL),)


def complaints(p: MissedOralDose, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A time that does not last."""
    yield from time_complaints("lasting", p.lasting_h, "3 day")


KIND = Kind(
    group="events",
    name="missed_oral_dose",
    summary="Missed tablets: the oral schedule is not taken for a while, the pump is sound.",
    parameters=MissedOralDose,
    effects=effects,
    example={"lasting": "3 day"},
    evidence="none: pump, volumes and log stay normal",
    complaints=complaints,
    words=lambda p: "tablets missed",
)
