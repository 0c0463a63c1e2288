"""Stage 1: the programme in force and the boluses on top of it."""

from __future__ import annotations

import math

from itsim.arrays import Array, Codes
from itsim.device.codes import Amount, Primitive, Shape
from itsim.device.layout import (
    BOLUS_SIZE,
    CLAIMED,
    CLAIMED_CONCENTRATION,
    CODE,
    FRESH,
    FROM,
    INVERSE,
    KNOT_COUNT,
    KNOT_FIRST,
    ORIGIN,
    PERIOD,
    PRIMITIVE,
    RATE,
    SHAPE,
    SPARE,
    UNTIL,
    Work,
)
from itsim.device.pieces import (
    ADD,
    C0,
    MULTIPLY,
    START,
    close,
    combine,
    constant_table,
    copy,
    overlay,
    put,
    put_constant,
)


def claimed_concentration(codes: Codes, numbers: Array, horizon: float, work: Work) -> None:
    """The concentration the pump was told, and its inverse, over time."""
    n = put_constant(work.tables[CLAIMED], 0, 0.0, 0.0)
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] == Primitive.FILL and work.begins[e] < horizon:
            claimed = numbers[e, CLAIMED_CONCENTRATION]
            if not math.isnan(claimed):  # left out: as before
                n = put_constant(work.tables[CLAIMED], n, work.begins[e], claimed)
    close(work.tables[CLAIMED], n, horizon)
    copy(work.tables[CLAIMED], n, work.tables[INVERSE])
    for i in range(n):
        strength = work.tables[CLAIMED][i, C0]
        work.tables[INVERSE][i, C0] = 1.0 / strength if strength > 0.0 else 0.0
    work.counts[CLAIMED] = n


def paint(
    codes: Codes,
    numbers: Array,
    knots: Array,
    wanted: int,
    whose: int,
    start_rate: float,
    out: Array,
    count: int,
    work: Work,
) -> None:
    """The programme in force over time, later entries over earlier ones, then boluses on top.

    *wanted* says whether the result is a flow or a dose rate at the claimed concentration; *whose* is the
    column GIVEN or INTENDED; *start_rate* is in force until the first programme.
    """
    horizon = work.tables[CLAIMED][work.counts[CLAIMED], START]
    n = constant_table(out, start_rate, 0.0, horizon)
    for k in range(codes.shape[0]):
        e = work.order[k]
        acts = codes[e, whose] == 1 and work.begins[e] < min(work.ends[e], horizon)
        if acts and codes[e, PRIMITIVE] == Primitive.PROGRAM:
            m = programme_pieces(codes, numbers, knots, e, horizon, work)
            m = _converted(codes[e, CODE], wanted, m, work)
            n = overlay(out, n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, out)
    for k in range(codes.shape[0]):
        e = work.order[k]
        acts = codes[e, whose] == 1 and work.begins[e] < min(work.ends[e], horizon)
        if acts and codes[e, PRIMITIVE] == Primitive.BOLUS:
            rate = numbers[e, BOLUS_SIZE] / (numbers[e, UNTIL] - numbers[e, FROM])
            m = box(work.tables[FRESH], work.begins[e], work.ends[e], rate, horizon)
            m = _converted(codes[e, CODE], wanted, m, work)
            n = combine(ADD, out, n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, out)
    work.counts[count] = n


def _converted(given: int, wanted: int, m: int, work: Work) -> int:
    if given == wanted:
        return m
    factor = work.tables[CLAIMED] if given == Amount.FLOW else work.tables[INVERSE]
    n = combine(MULTIPLY, work.tables[FRESH], m, factor, work.counts[CLAIMED], work.tables[SPARE])
    copy(work.tables[SPARE], n, work.tables[FRESH])
    return n


def box(out: Array, start: float, stop: float, rate: float, horizon: float) -> int:
    """A rate between two times and nothing outside them."""
    n = put_constant(out, 0, 0.0, 0.0) if start > 0.0 else 0
    n = put_constant(out, n, start, rate)
    if stop < horizon:
        n = put_constant(out, n, stop, 0.0)
    close(out, n, horizon)
    return n


def programme_pieces(codes: Codes, numbers: Array, knots: Array, e: int, horizon: float, work: Work) -> int:
    """One programme by itself, from its start to its end, into ``work.tables[FRESH]``."""
    start, stop = work.begins[e], min(work.ends[e], horizon)
    if codes[e, SHAPE] == Shape.REPEATED:
        return _repeated(codes, numbers, knots, e, start, stop, work.tables[FRESH])
    if codes[e, SHAPE] == Shape.PIECES:
        return knot_pieces(codes, knots, e, start, stop, work.tables[FRESH])
    n = put_constant(work.tables[FRESH], 0, start, numbers[e, RATE])
    close(work.tables[FRESH], n, stop)
    return n


def _repeated(
    codes: Codes, numbers: Array, knots: Array, e: int, start: float, stop: float, out: Array
) -> int:
    first, count = codes[e, KNOT_FIRST], codes[e, KNOT_COUNT]
    period, origin = numbers[e, PERIOD], numbers[e, ORIGIN]
    n, k = 0, math.floor((start - origin) / period)
    while origin + k * period < stop:
        left = origin + k * period
        for i in range(count):
            from_h = left + knots[first + i, 0]
            until_h = left + knots[first + i + 1, 0] if i + 1 < count else origin + (k + 1) * period
            if until_h > start and from_h < stop:
                n = put_constant(out, n, max(from_h, start), knots[first + i, 1])
        k += 1
    close(out, n, stop)
    return n


def knot_pieces(codes: Codes, knots: Array, e: int, start: float, stop: float, out: Array) -> int:
    """Pieces given from the effect's start; the last knot row holds the end and the value kept from there."""
    first, last = codes[e, KNOT_FIRST], codes[e, KNOT_FIRST] + codes[e, KNOT_COUNT] - 1
    n = 0
    for i in range(first, last):
        if start + knots[i, START] < stop:
            n = put(out, n, start + knots[i, START], knots[i], 0.0, 1.0)
    if start + knots[last, START] < stop:
        n = put_constant(out, n, start + knots[last, START], knots[last, C0])
    close(out, n, stop)
    return n
