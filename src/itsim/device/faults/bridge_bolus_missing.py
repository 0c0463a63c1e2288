"""A refill at another concentration without a bridge bolus.

    flow = programmed dose / new concentration at once; the line still holds the old concentration
    dose at the tip = programmed dose × old / new    for line volume / flow [h]

From 2000 to 500 µg/mL this is fourfold, from 500 to 2000 a quarter. Otherwise the visit is like any refill.
Source: the device taxonomy; dead space and concentration are named among errors of the infusate, the size
follows from plug flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.codes import Skipped
from itsim.device.effects import Effect, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Concentration, Kind, Millilitres


class BridgeBolusMissing(Triggered):
    """What goes in; the pump is told the same."""

    volume_mL: Millilitres
    concentration_ug_mL: Concentration


def effects(p: BridgeBolusMissing, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill: the flow follows the new concentration at once."""
    conc = p.concentration_ug_mL
    return (
        read(at_h, skipped_as=Skipped.REFILL),
        fill(at_h, p.volume_mL, conc, p.volume_mL, conc, skipped_as=Skipped.REFILL),
    )


def complaints(p: BridgeBolusMissing, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, or a negative concentration."""
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from concentration_complaints("concentration", p.concentration_ug_mL)


KIND = Kind(
    group="faults",
    name="bridge_bolus_missing",
    summary="Missing bridge bolus: after a refill the old concentration is pushed at the new one's flow.",
    parameters=BridgeBolusMissing,
    effects=effects,
    example={"volume": "20 mL", "concentration": "500 ug/mL"},
    evidence="none: expected against found volume as at any refill",
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{p.concentration_ug_mL:g} µg/mL without bridge",
)
