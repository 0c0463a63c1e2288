"""Stage 1: the programme in force and the boluses on top of it."""

from __future__ import annotations

import math

from itsim.arrays import Array, Codes
from itsim.device.effects import Amount, Primitive, Shape
from itsim.device.layout import (
    BOLUS_VOLUME,
    CLAIMED_CONCENTRATION,
    CODE,
    FROM,
    INTENDED,
    KNOT_COUNT,
    KNOT_FIRST,
    PRIMITIVE,
    RATE,
    SHAPE,
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

DAY_H = 24.0


def claimed_concentration(codes: Codes, numbers: Array, horizon: float, work: Work) -> int:
    """The concentration the pump was told, and its inverse, over time."""
    n = put_constant(work.claimed, 0, 0.0, 0.0)
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] == Primitive.FILL and numbers[e, FROM] < horizon:
            n = put_constant(work.claimed, n, numbers[e, FROM], numbers[e, CLAIMED_CONCENTRATION])
    close(work.claimed, n, horizon)
    copy(work.claimed, n, work.inverse)
    for i in range(n):
        work.inverse[i, C0] = 1.0 / work.claimed[i, C0] if work.claimed[i, C0] > 0.0 else 0.0
    return n


def paint(
    codes: Codes,
    numbers: Array,
    knots: Array,
    n_claimed: int,
    wanted: int,
    only_intended: bool,
    start_rate: float,
    out: Array,
    count: int,
    work: Work,
) -> None:
    """The programme in force over time, later entries over earlier ones, then boluses on top.

    *wanted* says whether the result is a flow or a dose rate at the claimed concentration; *start_rate* is in
    force until the first programme.
    """
    horizon = work.claimed[n_claimed, START]
    n = constant_table(out, start_rate, 0.0, horizon)
    for k in range(codes.shape[0]):
        e = work.order[k]
        if numbers[e, FROM] >= horizon or (only_intended and codes[e, INTENDED] == 0):
            continue
        if codes[e, PRIMITIVE] == Primitive.PROGRAM:
            m = programme_pieces(codes, numbers, knots, e, horizon, work)
            m = _converted(codes[e, CODE], wanted, m, n_claimed, work)
            n = overlay(out, n, work.fresh, m, work.spare)
            copy(work.spare, n, out)
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] == Primitive.BOLUS and numbers[e, FROM] < horizon:
            if only_intended and codes[e, INTENDED] == 0:
                continue
            m = _bolus_table(numbers, e, horizon, work.fresh)
            m = _converted(Amount.FLOW, wanted, m, n_claimed, work)
            n = combine(ADD, out, n, work.fresh, m, work.spare)
            copy(work.spare, n, out)
    work.counts[count] = n


def _converted(given: int, wanted: int, m: int, n_claimed: int, work: Work) -> int:
    if given == wanted:
        return m
    factor = work.claimed if given == Amount.FLOW else work.inverse
    n = combine(MULTIPLY, work.fresh, m, factor, n_claimed, work.spare)
    copy(work.spare, n, work.fresh)
    return n


def _bolus_table(numbers: Array, e: int, horizon: float, out: Array) -> int:
    start, stop = numbers[e, FROM], numbers[e, UNTIL]
    n = put_constant(out, 0, 0.0, 0.0) if start > 0.0 else 0
    n = put_constant(out, n, start, numbers[e, BOLUS_VOLUME] / (stop - start))
    if stop < horizon:
        n = put_constant(out, n, stop, 0.0)
    close(out, n, horizon)
    return n


def programme_pieces(codes: Codes, numbers: Array, knots: Array, e: int, horizon: float, work: Work) -> int:
    """One programme by itself, from its start to its end, into ``work.fresh``."""
    start, stop = numbers[e, FROM], min(work.ends[e], horizon)
    if codes[e, SHAPE] == Shape.DAILY:
        return _daily(codes, knots, e, start, stop, work.fresh)
    if codes[e, SHAPE] == Shape.PIECES:
        return knot_pieces(codes, knots, e, start, stop, work.fresh)
    n = put_constant(work.fresh, 0, start, numbers[e, RATE])
    close(work.fresh, n, stop)
    return n


def _daily(codes: Codes, knots: Array, e: int, start: float, stop: float, out: Array) -> int:
    first, count = codes[e, KNOT_FIRST], codes[e, KNOT_COUNT]
    n = 0
    day = math.floor(start / DAY_H) * DAY_H
    while day < stop:
        for i in range(count):
            left = day + knots[first + i, 0]
            right = day + (knots[first + i + 1, 0] if i + 1 < count else DAY_H)
            if right > start and left < stop:
                n = put_constant(out, n, max(left, start), knots[first + i, 1])
        day += DAY_H
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
