"""A single bolus on top of the programme: a volume, pushed in a given time.

    Q_believed = Q_programmed + volume / lasting   for `lasting`

The pump believes it and the twin gets it: a bolus is therapy, not a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, bolus
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Millilitres


class Bolus(KindModel):
    """How much, and how long the pump takes for it."""

    volume_mL: Millilitres
    lasting_h: Hours


def effects(p: Bolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow on top of the programme."""
    return (bolus(at_h, p.volume_mL, p.lasting_h),)


def complaints(p: Bolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """No volume, no time, or faster than the pump can run."""
    if p.volume_mL <= 0.0:
        yield Complaint("volume", "is not more than 0", "write a volume, such as 0.05 mL")
    if p.lasting_h <= 0.0:
        yield Complaint("lasting", "is not longer than 0 h", "write how long the bolus takes, such as 10 min")
    elif p.volume_mL / p.lasting_h > device["maximum_rate"]:
        most = device["maximum_rate"] * 24.0
        yield Complaint("lasting", f"is faster than the {most:g} mL/day of this pump", "give it more time")


KIND = Kind(
    group="events",
    name="bolus",
    summary="A single bolus: a volume on top of the programme, pushed in a given time.",
    parameters=Bolus,
    effects=effects,
    sources=("functionalneuro_modes",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"bolus {p.volume_mL:g} mL",
)
