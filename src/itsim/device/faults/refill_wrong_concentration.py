"""A refill visit at which another concentration goes in than the pump is told.

    dose at the tip → × true_concentration / concentration, once the line has been emptied of what it held

The pump calculates its flow from the concentration that is entered. The line's dead volume V_d delays the
change by V_d / Q: 15 h for 0.376 mL at 0.6 mL/day. A later refill that names no concentration repeats the
mistake. From the taxonomy of faults; no case with its numbers was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.codes import Skipped
from itsim.device.effects import Effect, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.device.syringe import SyringeReading, reading_error_mL
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Concentration, Kind, Millilitres


class RefillWrongConcentration(Triggered, SyringeReading):
    """`concentration` is what is entered, as before where left out; `true_concentration` is what goes in."""

    volume_mL: Millilitres
    true_concentration_ug_mL: Concentration
    concentration_ug_mL: Concentration | None = None


def effects(p: RefillWrongConcentration, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill with another drug solution than the pump is told."""
    entered = np.nan if p.concentration_ug_mL is None else p.concentration_ug_mL
    return (
        read(at_h, reading_error_mL(p, device), skipped_as=Skipped.REFILL),
        fill(
            at_h,
            p.volume_mL,
            p.true_concentration_ug_mL,
            p.volume_mL,
            entered,
            skipped_as=Skipped.REFILL,
        ),
    )


def complaints(p: RefillWrongConcentration, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, a negative concentration, or the right one."""
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from concentration_complaints("true_concentration", p.true_concentration_ug_mL)
    if p.concentration_ug_mL is not None:
        yield from concentration_complaints("concentration", p.concentration_ug_mL)
    if p.true_concentration_ug_mL == device.get("concentration"):
        rule = "is the concentration that is entered, so nothing is wrong"
        yield Complaint("true_concentration", rule, "write what really went in, or use the event refill")


KIND = Kind(
    group="faults",
    name="refill_wrong_concentration",
    summary="A refill with another concentration than the pump is told.",
    parameters=RefillWrongConcentration,
    effects=effects,
    example={"volume": "20 mL", "true_concentration": "1000 ug/mL"},
    alarm="none",
    evidence="none: the volumes agree",
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"filled with {p.true_concentration_ug_mL:g} µg/mL by mistake",
)
