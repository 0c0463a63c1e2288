"""An air bubble sits in the line next to the pump.

    no drug in the `volume` [mL] next to the pump; the tip falls silent when the sound part has passed, for
    volume / flow [h]

Air is taken to move as fluid does; that it can also be compressed, or stop a pump, is left out. What the
bubble has displaced counts as removed. Assumption: no case with a number was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints
from itsim.device.codes import Rank
from itsim.device.effects import Effect, set_line
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Kind, Millilitres


class AirInLine(Triggered):
    """The volume of the bubble."""

    volume_mL: Millilitres


def effects(p: AirInLine, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The line next to the pump holds no drug."""
    return (set_line(at_h, p.volume_mL, 0.0, from_reservoir=False, rank=Rank.FAULT),)


def complaints(p: AirInLine, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A bubble that is none."""
    yield from amount_complaints("volume", p.volume_mL, "0.05 mL")


KIND = Kind(
    group="faults",
    name="air_in_line",
    summary="Air in the line: a bubble that brings the tip no drug while it passes.",
    parameters=AirInLine,
    effects=effects,
    example={"volume": "0.05 mL"},
    evidence="none: the volume has left the pump as programmed",
    complaints=complaints,
    words=lambda p: f"{p.volume_mL:g} mL of air",
)
