"""Stage 3: what the rotor makes of the programme: the product of all gains."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.effects import Primitive, Shape
from itsim.device.layout import (
    AFTER,
    BEFORE,
    BELIEVED,
    BIAS,
    FROM,
    HORIZON_H,
    KNOT_COUNT,
    KNOT_FIRST,
    LASTING,
    PRIMITIVE,
    SHAPE,
    Work,
)
from itsim.device.pieces import (
    C0,
    C1,
    CE,
    LAM,
    LOGISTIC,
    MULTIPLY,
    START,
    WIDTH,
    close,
    combine,
    copy,
    copy_span,
    fit,
    put,
    put_constant,
)
from itsim.device.stages.programme import knot_pieces


def apply_gains(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> int:
    """The believed flow times the flow bias and every gain, into ``work.gained``."""
    horizon = hardware[HORIZON_H]
    n = 0
    for i in range(work.counts[BELIEVED]):
        n = put(work.gained, n, work.believed[i, START], work.believed[i], 0.0, 1.0 + hardware[BIAS])
    close(work.gained, n, horizon)
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] == Primitive.SCALE and numbers[e, FROM] < min(work.ends[e], horizon):
            m = gain_table(codes, numbers, knots, e, horizon, work)
            n = combine(MULTIPLY, work.gained, n, work.fresh, m, work.spare)
            copy(work.spare, n, work.gained)
    return n


def gain_table(codes: Codes, numbers: Array, knots: Array, e: int, horizon: float, work: Work) -> int:
    """The gain of one effect over the whole run, 1 outside its time, into ``work.fresh``."""
    start, stop = numbers[e, FROM], min(work.ends[e], horizon)
    out = work.fresh
    n = put_constant(out, 0, 0.0, 1.0) if start > 0.0 else 0
    if codes[e, SHAPE] == Shape.TELEGRAPH:
        n = _telegraph(codes, numbers, knots, e, stop, out, n)
    elif codes[e, SHAPE] == Shape.PIECES:
        m = knot_pieces(codes, knots, e, start, stop, work.spare)
        n = copy_span(work.spare, m, start, stop, out, n)
    elif codes[e, SHAPE] == Shape.BOX:
        n = put_constant(out, n, start, numbers[e, AFTER])
    else:
        n = _decline(codes, numbers, e, stop, out, n)
    if stop < horizon:
        n = put_constant(out, n, stop, 1.0)
    close(out, n, horizon)
    return n


def _decline(codes: Codes, numbers: Array, e: int, stop: float, out: Array, n: int) -> int:
    start, before, after, lasting = (
        numbers[e, FROM],
        numbers[e, BEFORE],
        numbers[e, AFTER],
        numbers[e, LASTING],
    )
    row = np.zeros(WIDTH)
    if codes[e, SHAPE] == Shape.DECAY:
        row[C0], row[CE], row[LAM] = after, before - after, 1.0 / lasting
        return put(out, n, start, row, 0.0, 1.0)
    until = min(start + lasting, stop)
    if codes[e, SHAPE] == Shape.RAMP:
        row[C0], row[C1] = before, (after - before) / lasting
        n = put(out, n, start, row, 0.0, 1.0)
    else:
        row[0], row[1], row[2], row[3] = 0.0, before, after, lasting
        n = fit(LOGISTIC, row, row, start, until, out, n)
    if start + lasting < stop:
        n = put_constant(out, n, start + lasting, after)
    return n


def _telegraph(codes: Codes, numbers: Array, knots: Array, e: int, stop: float, out: Array, n: int) -> int:
    first = codes[e, KNOT_FIRST]
    n = put_constant(out, n, numbers[e, FROM], numbers[e, BEFORE])
    for i in range(codes[e, KNOT_COUNT]):
        t = knots[first + i, 0]
        if t >= stop:
            break
        n = put_constant(out, n, t, numbers[e, AFTER] if i % 2 == 0 else numbers[e, BEFORE])
    return n
