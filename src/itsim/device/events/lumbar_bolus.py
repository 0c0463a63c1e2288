"""A single dose by lumbar puncture, past the pump, as in a screening test or a rescue.

    the whole dose [µg] enters the lumbar CSF at one instant

Where in the lumbar CSF, and how wide, is the body's affair. Sources: 50 µg is the screening strength of the
label; effect measured after 50 µg by lumbar puncture (Meythaler 1996).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints
from itsim.device.effects import Effect, dose
from itsim.scenario.kinds import Complaint, Kind, KindModel, Micrograms


class LumbarBolus(KindModel):
    """One dose."""

    dose_ug: Micrograms


def effects(p: LumbarBolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """An amount into the lumbar CSF."""
    return (dose(at_h, p.dose_ug, "lumbar_puncture", intended=False),)


def complaints(p: LumbarBolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A dose that is none."""
    yield from amount_complaints("dose", p.dose_ug, "50 ug")


KIND = Kind(
    group="events",
    name="lumbar_bolus",
    summary="A single dose by lumbar puncture, past the pump.",
    parameters=LumbarBolus,
    effects=effects,
    example={"dose": "50 ug"},
    sources=("gablofen_label", "meythaler1996"),
    complaints=complaints,
    words=lambda p: f"lumbar {p.dose_ug:g} µg",
)
