"""The pump is exchanged: every fault of the old one ends, the new one is filled, its tubing primed or not.

The new pump's tubing (between reservoir and outlet) holds drug when primed, none when not; the catheter keeps
what it held. Without a prime the tip first delivers the catheter's old content, then a gap of
``tubing volume / flow``. With ``catheter: true``, as after an explantation, the catheter is a new one too:
its faults end, and the prime fills the whole line or none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.codes import FillMode, Part, Rank
from itsim.device.effects import Effect, fill, set_line
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.scenario.kinds import Complaint, Concentration, Kind, KindModel, Millilitres


class ReplacePump(KindModel):
    """Full reservoir and concentration as before where left out."""

    prime: bool = True
    catheter: bool = False
    volume_mL: Millilitres | None = None
    concentration_ug_mL: Concentration | None = None
    unprimed_volume_mL: Millilitres | None = None


def effects(p: ReplacePump, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A new reservoir, and the content of the new tubing or line."""
    volume = device["reservoir_capacity"] if p.volume_mL is None else p.volume_mL
    conc = np.nan if p.concentration_ug_mL is None else p.concentration_ug_mL
    tubing = device["tubing_volume"] if p.unprimed_volume_mL is None else p.unprimed_volume_mL
    new = fill(at_h, volume, conc, volume, conc, FillMode.REPLACE)
    emptied, part = (np.inf, Part.CATHETER) if p.catheter else (tubing, Part.NONE)
    return (new, set_line(at_h, emptied, 0.0, from_reservoir=p.prime, ends=part, rank=Rank.SWAP))


def complaints(p: ReplacePump, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, a negative concentration, or a tubing of negative volume."""
    if p.unprimed_volume_mL is not None and p.unprimed_volume_mL < 0.0:
        yield Complaint(
            "unprimed_volume", "is negative", "write zero or more, such as 0.2 mL, or leave it out"
        )
    if p.unprimed_volume_mL is not None and p.catheter:
        yield Complaint(
            "unprimed_volume", "is the whole line where the catheter is a new one too", "take one of them out"
        )
    if p.volume_mL is not None:
        yield from volume_complaints("volume", p.volume_mL, device)
    if p.concentration_ug_mL is not None:
        yield from concentration_complaints("concentration", p.concentration_ug_mL)


KIND = Kind(
    group="events",
    name="replace_pump",
    summary="Exchange the pump, or pump and catheter; with or without priming what is new.",
    parameters=ReplacePump,
    effects=effects,
    evidence="the old reservoir is aspirated: expected against found volume",
    sources=("vorenkamp2023",),
    intended=True,
    sets="reservoir",
    renews=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: (
        f"pump {'and catheter ' if p.catheter else ''}replaced{'' if p.prime else ', not primed'}"
    ),
)
