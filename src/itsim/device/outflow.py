"""CSF that is being lost: what a leak or a shunt does to the body while the device goes on."""

from __future__ import annotations

from collections.abc import Sequence
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
    entry: int = -1
    """Place in the timeline of the entry that brings it; -1 where no entry does."""


def most_lost_mL_h(flows: Sequence[Outflow], from_h: float, until_h: float) -> float:
    """The largest sum of losses that act together in a stretch of time; 0 where none does."""
    starts = {from_h, *(flow.from_h for flow in flows if from_h <= flow.from_h < until_h)}
    return max(sum(f.flow_mL_h for f in flows if f.from_h <= t_h < f.until_h) for t_h in starts)


def outflows(plan: Plan, work: layout.Work) -> tuple[Outflow, ...]:
    """Every loss of CSF that begins within the run, in order of time."""
    end_h = plan.hardware[0, layout.HORIZON_H]
    return tuple(
        Outflow(
            float(work.begins[e]),
            float(work.ends[e]),
            plan.effects[e].place,
            float(plan.numbers[0, e, layout.VOLUME]),
            plan.entries[e],
        )
        for e in work.order
        if plan.codes[e, layout.PRIMITIVE] == Primitive.LOSE_CSF and work.begins[e] < end_h
    )
