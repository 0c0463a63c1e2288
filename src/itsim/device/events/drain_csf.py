"""CSF is let off by lumbar puncture, with the drug in it, as after an overdose.

    `volume` [mL] leaves the lumbar CSF at one instant; how much drug goes with it is the body's affair

Sources: drainage was successful in a series of overdoses (1991); aspirating CSF belongs to the management of
an acute overdose (Spinal Cord 2011).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints
from itsim.device.effects import Effect, drain_csf
from itsim.scenario.kinds import Complaint, Kind, KindModel, Millilitres


class DrainCsf(KindModel):
    """How much is let off."""

    volume_mL: Millilitres


def effects(p: DrainCsf, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """CSF and its drug leave the body."""
    return (drain_csf(at_h, p.volume_mL),)


def complaints(p: DrainCsf, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that is none."""
    yield from amount_complaints("volume", p.volume_mL, "30 mL")


KIND = Kind(
    group="events",
    name="drain_csf",
    summary="Let off CSF by lumbar puncture, with the drug in it.",
    parameters=DrainCsf,
    effects=effects,
    example={"volume": "30 mL"},
    sources=("overdose_series1991", "spinalcord2011"),
    complaints=complaints,
    words=lambda p: f"{p.volume_mL:g} mL of CSF let off",
)
