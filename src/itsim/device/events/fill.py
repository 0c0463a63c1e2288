"""The first fill of a reservoir, or any fill that nobody compares with a calculated volume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, fill
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.scenario.kinds import Complaint, Concentration, Kind, KindModel, Millilitres


class Fill(KindModel):
    """What goes in; the pump is told the same."""

    volume_mL: Millilitres
    concentration_ug_mL: Concentration


def effects(p: Fill, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The reservoir holds this, and the pump believes it."""
    return (fill(at_h, p.volume_mL, p.concentration_ug_mL, p.volume_mL, p.concentration_ug_mL),)


def complaints(p: Fill, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, or a negative concentration."""
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from concentration_complaints("concentration", p.concentration_ug_mL)


KIND = Kind(
    group="events",
    name="fill",
    summary="Fill the reservoir with a volume at a concentration.",
    parameters=Fill,
    effects=effects,
    example={"volume": "30 mL", "concentration": "500 ug/mL"},
    sources=("gablofen_label",),
    intended=True,
    sets="reservoir",
    complaints=complaints,
    words=lambda p: f"fill {p.volume_mL:g} mL of {p.concentration_ug_mL:g} µg/mL",
)
