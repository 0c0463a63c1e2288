"""An interrogation with an aspiration: calculated against found volume, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping

from itsim.device.effects import Effect, read
from itsim.scenario.kinds import Kind, KindModel, Millilitres


class Interrogate(KindModel):
    """`syringe_error` is added to the volume that is read."""

    syringe_error_mL: Millilitres = 0.0


def effects(p: Interrogate, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The calculated volume is read from the pump and compared with what is in the reservoir."""
    return (read(at_h, p.syringe_error_mL),)


KIND = Kind(
    group="events",
    name="interrogate",
    summary="Read the pump and compare the calculated with the found volume; nothing is changed.",
    parameters=Interrogate,
    effects=effects,
    evidence="expected against found volume, and the log so far",
    sources=("saulino2016",),
    needs=("reservoir",),
    words=lambda p: "interrogation",
)
