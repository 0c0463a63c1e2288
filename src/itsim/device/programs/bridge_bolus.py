"""A bridge between two concentrations: after the refill the line still holds the old drug.

    flow = daily_dose / old_concentration   until `volume` has passed: for volume / flow [h]
    dose at the tip = daily_dose throughout, where `volume` is the line's

Then the programme in force takes over, at the new concentration. At one instant write the bridge after the
programme. Without a bridge the tip gets daily_dose × old / new for volume / new flow. Nothing changes for the
fault-free twin. Source: the device taxonomy; the size follows from plug flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints
from itsim.device.codes import Amount
from itsim.device.effects import Effect, program
from itsim.device.hardware import dead_volume_mL
from itsim.device.limits import NOT_PROGRAMMABLE, rate_complaints
from itsim.scenario.kinds import Complaint, Concentration, DoseRate, Kind, KindModel, Millilitres


class BridgeBolus(KindModel):
    """The dose that goes on, the concentration that the line holds, and its volume; all where left out."""

    daily_dose_ug_h: DoseRate
    old_concentration_ug_mL: Concentration
    volume_mL: Millilitres | None = None


def effects(p: BridgeBolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow for as long as the volume takes."""
    volume = dead_volume_mL(device) if p.volume_mL is None else p.volume_mL
    rate_mL_h = p.daily_dose_ug_h / p.old_concentration_ug_mL
    return (program(at_h, rate_mL_h, Amount.FLOW, at_h + volume / rate_mL_h, intended=False),)


def complaints(p: BridgeBolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, numbers that are none, or a flow that the pump cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    wrong = [
        *amount_complaints("daily_dose", p.daily_dose_ug_h, "300 ug/day"),
        *amount_complaints("old_concentration", p.old_concentration_ug_mL, "2000 ug/mL"),
        *amount_complaints("volume", p.volume_mL, "0.376 mL, or leave it out"),
    ]
    yield from wrong
    if not wrong:
        yield from rate_complaints("daily_dose", p.daily_dose_ug_h / p.old_concentration_ug_mL, device)


KIND = Kind(
    group="programs",
    name="bridge_bolus",
    summary="After a refill at another concentration: the flow for the old drug until the line is through.",
    parameters=BridgeBolus,
    effects=effects,
    example={"daily_dose": "300 ug/day", "old_concentration": "2000 ug/mL"},
    evidence="none: the pump counts the bridge",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "bridge bolus",
)
