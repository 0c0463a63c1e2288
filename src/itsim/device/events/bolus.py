"""A single bolus on top of the programme: a volume or a dose, pushed in a given time.

    Q_believed = Q_programmed + volume / lasting   for `lasting`; a dose is a volume at the concentration told

The pump believes it and the twin gets it: a bolus is therapy, not a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.codes import Amount
from itsim.device.effects import Effect, bolus
from itsim.device.limits import NO_BOLUS, bolus_complaints
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Micrograms, Millilitres


class Bolus(KindModel):
    """How much, as a volume or as a dose, and how long the pump takes for it."""

    volume_mL: Millilitres | None = None
    dose_ug: Micrograms | None = None
    lasting_h: Hours

    @model_validator(mode="after")
    def _exactly_one(self) -> Bolus:
        if (self.volume_mL is None) == (self.dose_ug is None):
            raise ValueError("needs either volume (0.05 mL) or dose (50 ug), not both")
        return self


def effects(p: Bolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow on top of the programme."""
    if p.dose_ug is not None:
        return (bolus(at_h, p.dose_ug, p.lasting_h, Amount.DOSE),)
    return (bolus(at_h, p.volume_mL, p.lasting_h),)


def complaints(p: Bolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that gives none, no amount, no time, or faster than the pump can run."""
    if not device["programmable"]:
        yield NO_BOLUS
        return
    yield from bolus_complaints(p.volume_mL, p.dose_ug, p.lasting_h, device)


def words(p: Bolus) -> str:
    """The amount."""
    return f"bolus {p.volume_mL:g} mL" if p.volume_mL is not None else f"bolus {p.dose_ug:g} µg"


KIND = Kind(
    group="events",
    name="bolus",
    summary="A single bolus: a volume or a dose on top of the programme, pushed in a given time.",
    parameters=Bolus,
    effects=effects,
    example={"volume": "0.05 mL", "lasting": "10 min"},
    sources=("functionalneuro_modes",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=words,
)
