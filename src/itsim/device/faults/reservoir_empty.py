"""A refill is missed: none that comes in this time happens, and the reservoir runs dry by itself.

    no refill from `at` for `lasting` [h], then as planned; Q_pump = 0 when the usable volume is gone

The alarms are those of the calculated volume: low, then empty. Source: a case of an empty reservoir with the
pump sounding (J Med Case Rep 2010, table 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.codes import Skipped
from itsim.device.effects import FOREVER_H, Effect, skip
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class ReservoirEmpty(Triggered):
    """How long refills are missed; without `lasting` to the end of the run."""

    lasting_h: Hours | None = None


def effects(p: ReservoirEmpty, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Refills that do not happen; emptying follows from the flow."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (skip(at_h, until_h, Skipped.REFILL),)


def complaints(p: ReservoirEmpty, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A time that is none."""
    yield from time_complaints("lasting", p.lasting_h, "30 day")


KIND = Kind(
    group="faults",
    name="reservoir_empty",
    summary="Missed refill: no refill in this time, and the reservoir runs dry.",
    parameters=ReservoirEmpty,
    effects=effects,
    alarm="non-critical tone when the calculated volume is low, critical when it is zero",
    evidence="none until the reservoir is dry; then the calculated volume falls below what is left",
    sources=("jmedcaserep2010",),
    complaints=complaints,
    words=lambda p: "refill missed",
)
