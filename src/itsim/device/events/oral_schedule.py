"""Oral baclofen as part of the therapy: a tablet every so often, which can be missed.

    dose [µg] into the gut at `at` + k × `every`,   k = 0 … times − 1

Each tablet is intended, so the fault-free twin takes it too, and goes on taking it where the patient misses
one (`missed_oral_dose`). A tablet against a loss that nobody planned is an `oral_dose`. Source: oral baclofen
every 6 h as a bridge (Saulino 2016).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Skipped
from itsim.device.effects import Effect, dose
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Micrograms


class OralSchedule(KindModel):
    """How much, how often, and how many times."""

    dose_ug: Micrograms
    every_h: Hours
    times: int


def effects(p: OralSchedule, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Every tablet twice: what the patient takes, and what was meant to be taken."""
    times_h = [at_h + k * p.every_h for k in range(p.times)]
    taken = [dose(t, p.dose_ug, "gut", intended=False, skipped_as=Skipped.ORAL) for t in times_h]
    meant = [dose(t, p.dose_ug, "gut", given=False) for t in times_h]
    return (*taken, *meant)


def complaints(p: OralSchedule, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Tablets that are none."""
    yield from amount_complaints("dose", p.dose_ug, "10 mg")
    yield from time_complaints("every", p.every_h, "8 h")
    if p.times < 1:
        yield Complaint("times", "is less than 1", "write how many tablets are taken, such as 90")


KIND = Kind(
    group="events",
    name="oral_schedule",
    summary="Oral baclofen as therapy: a tablet every so often, for the twin too.",
    parameters=OralSchedule,
    effects=effects,
    example={"dose": "10 mg", "every": "8 h", "times": 6},
    sources=("saulino2016",),
    intended=True,
    complaints=complaints,
    words=lambda p: f"oral {p.dose_ug / 1000.0:g} mg every {p.every_h:g} h",
)
