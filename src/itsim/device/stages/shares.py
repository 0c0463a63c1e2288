"""Shares over time: the course of one effect, and the product of all that act at one place."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.codes import Shape
from itsim.device.layout import (
    AFTER,
    BEFORE,
    CODE,
    FRESH,
    KNOT_COUNT,
    KNOT_FIRST,
    LASTING,
    PRIMITIVE,
    SHAPE,
    SPARE,
    Work,
)
from itsim.device.pieces import (
    C0,
    C1,
    CE,
    LAM,
    LOGISTIC,
    MULTIPLY,
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


def multiply_shares(
    codes: Codes,
    numbers: Array,
    knots: Array,
    primitive: int,
    code: int,
    horizon: float,
    table: Array,
    n: int,
    work: Work,
) -> int:
    """*table* times the share of every effect of this primitive and code; returns its new length."""
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] != primitive or codes[e, CODE] != code:
            continue
        if work.begins[e] < min(work.ends[e], horizon):
            m = share_table(codes, numbers, knots, e, horizon, work)
            n = combine(MULTIPLY, table, n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, table)
    return n


def share_table(codes: Codes, numbers: Array, knots: Array, e: int, horizon: float, work: Work) -> int:
    """The share of one effect over the whole run, 1 outside its time, into ``work.tables[FRESH]``."""
    start, stop = work.begins[e], min(work.ends[e], horizon)
    out = work.tables[FRESH]
    n = put_constant(out, 0, 0.0, 1.0) if start > 0.0 else 0
    if codes[e, SHAPE] == Shape.TELEGRAPH:
        n = _telegraph(codes, numbers, knots, e, start, stop, out, n)
    elif codes[e, SHAPE] == Shape.PIECES:
        m = knot_pieces(codes, knots, e, start, stop, work.tables[SPARE])
        n = copy_span(work.tables[SPARE], m, start, stop, out, n)
    elif codes[e, SHAPE] == Shape.BOX:
        n = put_constant(out, n, start, numbers[e, AFTER])
    else:
        n = _decline(codes, numbers, e, start, stop, out, n)
    if stop < horizon:
        n = put_constant(out, n, stop, 1.0)
    close(out, n, horizon)
    return n


def _decline(codes: Codes, numbers: Array, e: int, start: float, stop: float, out: Array, n: int) -> int:
    before, after, lasting = numbers[e, BEFORE], numbers[e, AFTER], numbers[e, LASTING]
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


def _telegraph(
    codes: Codes, numbers: Array, knots: Array, e: int, start: float, stop: float, out: Array, n: int
) -> int:
    first = codes[e, KNOT_FIRST]
    n = put_constant(out, n, start, numbers[e, BEFORE])
    for i in range(codes[e, KNOT_COUNT]):
        t = start + knots[first + i, 0]
        if t >= stop:
            break
        n = put_constant(out, n, t, numbers[e, AFTER] if i % 2 == 0 else numbers[e, BEFORE])
    return n
