"""CSF that is being lost: what a leak or a shunt does to the body while the device goes on."""

from __future__ import annotations

from dataclasses import dataclass

from itsim.device import layout
from itsim.device.codes import Primitive
from itsim.device.plan import Plan


@dataclass(frozen=True)
class Outflow:
    """CSF that is lost all the time at one place, "intraventricular" or a vertebral level."""

    from_h: float
    until_h: float
    place: str
    flow_mL_h: float


def outflows(plan: Plan, work: layout.Work) -> tuple[Outflow, ...]:
    """Every loss of CSF that begins within the run, in order of time."""
    end_h = plan.hardware[0, layout.HORIZON_H]
    return tuple(
        Outflow(
            float(work.begins[e]),
            float(work.ends[e]),
            plan.effects[e].place,
            float(plan.numbers[0, e, layout.VOLUME]),
        )
        for e in work.order
        if plan.codes[e, layout.PRIMITIVE] == Primitive.LOSE_CSF and work.begins[e] < end_h
    )
