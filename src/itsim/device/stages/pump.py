"""Stage 3: what the rotor makes of the programme: overrides, the product of all gains, and free flow."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.codes import Primitive, Station
from itsim.device.layout import (
    BELIEVED,
    BIAS,
    FRESH,
    FROM,
    GAINED,
    HORIZON_H,
    PRIMITIVE,
    RATE,
    SPARE,
    UNTIL,
    VOLUME,
    Work,
)
from itsim.device.pieces import ADD, START, close, combine, constant_table, copy, overlay, put
from itsim.device.stages.programme import box
from itsim.device.stages.shares import multiply_shares


def apply_gains(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> int:
    """The flow that the pump would deliver from a full reservoir, into ``work.tables[GAINED]``."""
    horizon = hardware[HORIZON_H]
    copy(work.tables[BELIEVED], work.counts[BELIEVED], work.tables[GAINED])
    n = _override(codes, numbers, horizon, work.counts[BELIEVED], work)
    gained, spare, m = work.tables[GAINED], work.tables[SPARE], 0
    for i in range(n):
        m = put(spare, m, gained[i, START], gained[i], 0.0, 1.0 + hardware[BIAS])
    close(spare, m, horizon)
    copy(spare, m, gained)
    n = multiply_shares(codes, numbers, knots, Primitive.SCALE, Station.PUMP, horizon, gained, m, work)
    return _add_free_flow(codes, numbers, horizon, n, work)


def _override(codes: Codes, numbers: Array, horizon: float, n: int, work: Work) -> int:
    for k in range(codes.shape[0]):
        e = work.order[k]
        stop = min(work.ends[e], horizon)
        if codes[e, PRIMITIVE] == Primitive.OVERRIDE and work.begins[e] < stop:
            m = constant_table(work.tables[FRESH], numbers[e, RATE], work.begins[e], stop)
            n = overlay(work.tables[GAINED], n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, work.tables[GAINED])
    return n


def _add_free_flow(codes: Codes, numbers: Array, horizon: float, n: int, work: Work) -> int:
    for k in range(codes.shape[0]):
        e = work.order[k]
        stop = min(work.ends[e], horizon)
        if codes[e, PRIMITIVE] == Primitive.ADD and work.begins[e] < stop:
            rate = numbers[e, VOLUME] / (numbers[e, UNTIL] - numbers[e, FROM])
            m = box(work.tables[FRESH], work.begins[e], stop, rate, horizon)
            n = combine(ADD, work.tables[GAINED], n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, work.tables[GAINED])
    return n
