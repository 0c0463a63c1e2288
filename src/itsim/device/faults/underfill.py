"""A refill visit at which less goes in than the pump is told.

    V = volume, V_calculated = claimed_volume [mL]; what was left is aspirated and measured before

The pump runs dry by (claimed_volume − volume) / Q earlier than it believes, which may be before its
low-reservoir alarm. Source: a case note names underfilling before a pump was replaced (Adis).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.codes import Skipped
from itsim.device.effects import Effect, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.device.syringe import SyringeReading, reading_error_mL
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Concentration, Kind, Millilitres


class Underfill(Triggered, SyringeReading):
    """What goes in and what is entered; concentration as before where left out."""

    volume_mL: Millilitres
    claimed_volume_mL: Millilitres
    concentration_ug_mL: Concentration | None = None


def effects(p: Underfill, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill with less than the pump is told."""
    conc = np.nan if p.concentration_ug_mL is None else p.concentration_ug_mL
    return (
        read(at_h, reading_error_mL(p, device), skipped_as=Skipped.REFILL),
        fill(at_h, p.volume_mL, conc, p.claimed_volume_mL, conc, skipped_as=Skipped.REFILL),
    )


def complaints(p: Underfill, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, no gap, or a negative concentration."""
    yield from volume_complaints("claimed_volume", p.claimed_volume_mL, device)
    if p.volume_mL < 0.0:
        yield Complaint("volume", "is negative", "write what goes in, such as 15 mL")
    elif p.volume_mL >= p.claimed_volume_mL:
        rule = "is not less than the claimed volume, so nothing is missing"
        yield Complaint("volume", rule, "write a smaller volume, or use the event refill")
    if p.concentration_ug_mL is not None:
        yield from concentration_complaints("concentration", p.concentration_ug_mL)


KIND = Kind(
    group="faults",
    name="underfill",
    summary="A refill with less than the pump is told.",
    parameters=Underfill,
    effects=effects,
    example={"volume": "15 mL", "claimed_volume": "20 mL"},
    alarm="none of its own; the low-reservoir alarm comes late",
    evidence="deficit at the next visit: claimed volume less the volume",
    sources=("adis_case_note",),
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{p.volume_mL:g} of {p.claimed_volume_mL:g} mL filled",
)
