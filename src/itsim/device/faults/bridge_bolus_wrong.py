"""A refill at another concentration with a bridge bolus of wrong numbers.

    flow = daily_dose / old_concentration as entered    for bridge_volume / flow [h], then as programmed
    dose at the tip meanwhile = daily_dose × what the line holds / old_concentration

With the true old concentration and the line's whole volume the dose stays what it was. A bridge that is too
short leaves the rest of the old drug to the new flow; one that is too long pushes new drug at the old flow.
The pump believes it; the fault-free twin keeps its dose. Source: the device taxonomy; the size follows from
plug flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints
from itsim.device.codes import Amount, Skipped
from itsim.device.effects import Effect, fill, read, wrong_program
from itsim.device.limits import NOT_PROGRAMMABLE, concentration_complaints, rate_complaints, volume_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Concentration, DoseRate, Kind, Millilitres


class BridgeBolusWrong(Triggered):
    """What goes in, and the three numbers of the bridge as they are entered."""

    volume_mL: Millilitres
    concentration_ug_mL: Concentration
    old_concentration_ug_mL: Concentration
    bridge_volume_mL: Millilitres
    daily_dose_ug_h: DoseRate


def effects(p: BridgeBolusWrong, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill, and a flow for as long as the bridge's volume takes."""
    conc = p.concentration_ug_mL
    rate_mL_h = p.daily_dose_ug_h / p.old_concentration_ug_mL
    until_h = at_h + p.bridge_volume_mL / rate_mL_h
    return (
        read(at_h, skipped_as=Skipped.REFILL),
        fill(at_h, p.volume_mL, conc, p.volume_mL, conc, skipped_as=Skipped.REFILL),
        wrong_program(at_h, rate_mL_h, Amount.FLOW, until_h, skipped_as=Skipped.REFILL),
    )


def complaints(p: BridgeBolusWrong, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, numbers that are none, a flow that the pump cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from concentration_complaints("concentration", p.concentration_ug_mL)
    yield from amount_complaints("old_concentration", p.old_concentration_ug_mL, "2000 ug/mL")
    yield from amount_complaints("bridge_volume", p.bridge_volume_mL, "0.376 mL")
    yield from amount_complaints("daily_dose", p.daily_dose_ug_h, "300 ug/day")
    if p.old_concentration_ug_mL > 0.0 and p.daily_dose_ug_h > 0.0:
        yield from rate_complaints("daily_dose", p.daily_dose_ug_h / p.old_concentration_ug_mL, device)


KIND = Kind(
    group="faults",
    name="bridge_bolus_wrong",
    summary="Wrong bridge bolus: after a refill the old concentration is pushed at a flow that does not fit.",
    parameters=BridgeBolusWrong,
    effects=effects,
    example={
        "volume": "20 mL",
        "concentration": "500 ug/mL",
        "old_concentration": "1000 ug/mL",
        "bridge_volume": "0.5 mL",
        "daily_dose": "300 ug/day",
    },
    evidence="none: the pump counts the bridge",
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{p.concentration_ug_mL:g} µg/mL, wrong bridge",
)
