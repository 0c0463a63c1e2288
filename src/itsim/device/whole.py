"""What only the whole timeline shows: what the pump is asked for when boluses and programmes add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from itsim.device import layout
from itsim.device.codes import Amount, Primitive
from itsim.device.pieces import START, evaluate
from itsim.device.plan import Plan, make_plan, workspace
from itsim.device.stages.order import await_triggers, set_times, time_order
from itsim.device.stages.programme import claimed_concentration, paint
from itsim.scenario.kinds import Complaint
from itsim.scenario.model import Entry

HOURS_PER_DAY = 24.0
ROUNDING = 1e-9


def flow_complaints(
    timeline: Sequence[Entry], device: Mapping[str, float], until_h: float
) -> Iterator[tuple[int, Complaint]]:
    """Boluses that drive the pump beyond its highest rate, each with the place of its entry."""
    plan = make_plan(timeline, device, until_h, None)
    boluses = np.flatnonzero(plan.codes[:, layout.PRIMITIVE] == Primitive.BOLUS)
    if len(boluses) == 0:
        return
    work, most = _believed(plan), device["maximum_rate"]
    table, n = work.tables[layout.BELIEVED], work.counts[layout.BELIEVED]
    told: set[int] = set()
    for i in range(n):
        start, stop = table[i, START], table[i + 1, START]
        flow = max(evaluate(table[i], 0.0), evaluate(table[i], stop - start))
        running = [e for e in boluses if work.begins[e] <= start < work.ends[e]]
        if flow <= most * (1.0 + ROUNDING) or not running:
            continue
        place = plan.entries[max(running, key=lambda e: work.begins[e])]
        if place not in told:
            told.add(place)
            yield place, _complaint(flow, most)


def _complaint(flow: float, most: float) -> Complaint:
    rule = (
        f"drives the pump at {flow * HOURS_PER_DAY:.4g} mL/day together with what else runs then; "
        f"it can run at most {most * HOURS_PER_DAY:g}"
    )
    return Complaint("", rule, "give it more time, or another time")


def _believed(plan: Plan) -> layout.Work:
    """The programme and its boluses, for all that has no trigger."""
    codes, numbers, knots = plan.codes, plan.numbers[0], plan.knots[0]
    work = workspace(plan, 4)
    await_triggers(codes, numbers, work)
    set_times(codes, numbers, work)
    time_order(codes, work)
    horizon = plan.hardware[0, layout.HORIZON_H]
    claimed_concentration(codes, numbers, horizon, work)
    paint(
        codes,
        numbers,
        knots,
        Amount.FLOW,
        layout.GIVEN,
        0.0,
        work.tables[layout.BELIEVED],
        layout.BELIEVED,
        work,
    )
    return work
