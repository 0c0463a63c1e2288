"""What a blocked line takes up before it gives way: the numbers that all kinds of blockage share.

    capacity [mL] = compliance [mL/mmHg] × relief_pressure [mmHg]

The share 1 − `block` of the flow passes. The rest swells the line up to the capacity; what comes then leaks
away (relief) or is not pumped, for the rotor slips (slip). When the blockage ends, the share `released` of
what is stored follows into the catheter within `release_lasting`; the rest of it is lost. Neither compliance
nor relief pressure was found in any source: the catheter's data hold assumptions with a wide range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.arrays import Array, Number
from itsim.device.checks import share_complaints, time_complaints
from itsim.device.codes import Overflow, Shape
from itsim.device.effects import Effect, hold
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Compliance, Fraction, Hours, Pressure

_OVERFLOWS = {"relief": Overflow.RELIEF, "slip": Overflow.SLIP}


class Blockage(Triggered):
    """How much is blocked and what becomes of it; compliance and relief pressure are the catheter's where
    left out."""

    block_frac: Fraction = 1.0
    compliance_mL_mmHg: Compliance | None = None
    relief_pressure_mmHg: Pressure | None = None
    overflow: Literal["relief", "slip"] = "relief"
    released_frac: Fraction = 1.0
    release_lasting_h: Hours = 1.0


def capacity_mL(p: Blockage, device: Mapping[str, Number]) -> Number:
    """What the line takes up before it gives way."""
    compliance = device["compliance"] if p.compliance_mL_mmHg is None else p.compliance_mL_mmHg
    pressure = device["relief_pressure"] if p.relief_pressure_mmHg is None else p.relief_pressure_mmHg
    return compliance * pressure


def blockage(
    p: Blockage,
    from_h: Number,
    until_h: Number,
    device: Mapping[str, Number],
    knots: Array | None = None,
    shape: Shape = Shape.BOX,
    lasting_h: Number = 0.0,
) -> tuple[Effect, ...]:
    """The effects of a blockage; with *knots* it comes and goes at these times, counted from *from_h*."""
    return hold(
        from_h,
        until_h,
        1.0 - p.block_frac,
        capacity_mL(p, device),
        _OVERFLOWS[p.overflow],
        p.released_frac,
        p.release_lasting_h,
        knots,
        shape,
        lasting_h,
    )


def blockage_complaints(p: Blockage, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Shares that are none, a pressure or a compliance below zero, a release that takes no time, a rotor
    that slips where there is none."""
    if p.overflow == "slip" and not device["has_rotor"]:
        yield Complaint("overflow", "this pump has no rotor that could slip", "write overflow: relief")
    yield from share_complaints("block", p.block_frac, "0.8")
    yield from share_complaints("released", p.released_frac, "1")
    yield from time_complaints("release_lasting", p.release_lasting_h, "1 h")
    for field, value, example in (
        ("compliance", p.compliance_mL_mmHg, "0.0001 mL/mmHg"),
        ("relief_pressure", p.relief_pressure_mmHg, "500 mmHg"),
    ):
        if value is not None and value < 0.0:
            yield Complaint(field, "is negative", f"write zero or more, such as {example}")
