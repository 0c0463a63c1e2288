"""Oral baclofen: one tablet or a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, dose
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Micrograms


class OralDose(KindModel):
    """One dose, or `times` doses `every` so often."""

    dose_ug: Micrograms
    every_h: Hours = 8.0
    times: int = 1


def effects(p: OralDose, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Amounts into the gut; what is absorbed is the body's affair."""
    return tuple(dose(at_h + i * p.every_h, p.dose_ug, "gut", intended=False) for i in range(p.times))


def complaints(p: OralDose, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Doses that are not doses."""
    if p.dose_ug <= 0.0:
        yield Complaint("dose", "is not more than 0", "write an amount such as 20 mg")
    if p.times < 1:
        yield Complaint("times", "is less than 1", "write how many doses are given, such as 3")
    if p.times > 1 and p.every_h <= 0.0:
        yield Complaint("every", "is not longer than 0 h", "write the interval, such as 8 h")


KIND = Kind(
    group="events",
    name="oral_dose",
    summary="Oral baclofen, once or on a schedule.",
    parameters=OralDose,
    effects=effects,
    example={"dose": "10 mg"},
    sources=("agarwal2015",),
    complaints=complaints,
    words=lambda p: f"oral {p.dose_ug / 1000.0:g} mg" + (f" × {p.times}" if p.times > 1 else ""),
)
