"""A refill visit: the old fluid is aspirated and measured against the calculated volume, then replaced.

surplus = aspirated − calculated; flagged where |surplus| > max(0.145 × programmed volume, 2 mL)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.effects import Effect, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.scenario.kinds import Complaint, Concentration, Kind, KindModel, Millilitres


class Refill(KindModel):
    """Concentration as before where left out; `syringe_error` is added to the volume that is read."""

    volume_mL: Millilitres
    concentration_ug_mL: Concentration | None = None
    syringe_error_mL: Millilitres = 0.0


def effects(p: Refill, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill; the pump is told what went in."""
    conc = np.nan if p.concentration_ug_mL is None else p.concentration_ug_mL
    return (read(at_h, p.syringe_error_mL), fill(at_h, p.volume_mL, conc, p.volume_mL, conc))


def complaints(p: Refill, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, or a negative concentration."""
    yield from volume_complaints("volume", p.volume_mL, device)
    if p.concentration_ug_mL is not None:
        yield from concentration_complaints("concentration", p.concentration_ug_mL)


KIND = Kind(
    group="events",
    name="refill",
    summary="Aspirate and measure what is left, then fill.",
    parameters=Refill,
    effects=effects,
    evidence="expected against found volume, flagged beyond the accuracy band",
    sources=("gablofen_label", "wesemann2014"),
    intended=True,
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"refill {p.volume_mL:g} mL",
)
