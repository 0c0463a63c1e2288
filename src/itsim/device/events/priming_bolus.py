"""A priming bolus: the pump itself fills an empty line with the reservoir's drug, at high flow.

    Q_believed = Q_programmed + volume / lasting   for `lasting`; `volume` is the line's where left out

What the line held is pushed out at the tip. The pump believes it; nobody means the patient to get a dose, so
the fault-free twin, whose line is always full, goes without. Plug flow: mixing at the high flow, of which the
maker warns, is not modelled. Source: the maker's labelling of the priming bolus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, bolus
from itsim.device.hardware import dead_volume_mL
from itsim.device.limits import NO_BOLUS, bolus_complaints
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Millilitres


class PrimingBolus(KindModel):
    """All of the line where `volume` is left out, and how long the pump takes for it."""

    volume_mL: Millilitres | None = None
    lasting_h: Hours


def effects(p: PrimingBolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow on top of the programme that is no therapy."""
    volume = dead_volume_mL(device) if p.volume_mL is None else p.volume_mL
    return (bolus(at_h, volume, p.lasting_h, intended=False),)


def complaints(p: PrimingBolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that gives none, no volume, no time, or faster than the pump can run."""
    if not device["programmable"]:
        yield NO_BOLUS
        return
    volume = dead_volume_mL(device) if p.volume_mL is None else p.volume_mL
    yield from bolus_complaints(volume, None, p.lasting_h, device)


KIND = Kind(
    group="events",
    name="priming_bolus",
    summary="A priming bolus: the pump pushes the reservoir's drug through the line.",
    parameters=PrimingBolus,
    effects=effects,
    example={"lasting": "1 h"},
    evidence="none: the pump counts the bolus",
    sources=("medtronic_priming_labelling", "functionalneuro_modes"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "priming bolus",
)
