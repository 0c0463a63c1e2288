"""A refill visit: the old fluid is aspirated and measured against the calculated volume, then replaced.

surplus = aspirated − calculated; flagged where |surplus| > max(0.145 × programmed volume, 2 mL)

A refill can be missed (`reservoir_empty`). How far off the syringe reads: `device/syringe.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.codes import Skipped
from itsim.device.effects import Effect, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.device.syringe import SyringeReading, reading_error_mL
from itsim.scenario.kinds import Complaint, Concentration, Kind, Millilitres


class Refill(SyringeReading):
    """Concentration as before where left out."""

    volume_mL: Millilitres
    concentration_ug_mL: Concentration | None = None


def effects(p: Refill, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill; the pump is told what went in."""
    conc = np.nan if p.concentration_ug_mL is None else p.concentration_ug_mL
    return (
        read(at_h, reading_error_mL(p, device), skipped_as=Skipped.REFILL),
        fill(at_h, p.volume_mL, conc, p.volume_mL, conc, skipped_as=Skipped.REFILL),
    )


def complaints(p: Refill, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, or a negative concentration."""
    yield from volume_complaints("volume", p.volume_mL, device)
    if p.concentration_ug_mL is not None:
        yield from concentration_complaints("concentration", p.concentration_ug_mL)


def _strength(p: Refill) -> str:
    return "" if p.concentration_ug_mL is None else f" of {p.concentration_ug_mL:g} µg/mL"


KIND = Kind(
    group="events",
    name="refill",
    summary="Aspirate and measure what is left, then fill.",
    parameters=Refill,
    effects=effects,
    example={"volume": "20 mL"},
    evidence="expected against found volume, flagged beyond the accuracy band",
    sources=("gablofen_label", "wesemann2014"),
    intended=True,
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"refill {p.volume_mL:g} mL{_strength(p)}",
)
