"""The store between pump and line: what a block holds back, where it overflows, how it is let go."""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.codes import Overflow, Primitive, Shape
from itsim.device.layout import (
    CODE,
    DEAD_VOLUME,
    DRAINED,
    DRAINED_NOW,
    DRAWN,
    DRAWN_PIECES,
    FRESH,
    IS_DRY,
    JOINED_UNTIL,
    KNOT_COUNT,
    KNOT_FIRST,
    LEAVING,
    LEFT_PIECES,
    N_LEFT,
    N_LOG,
    NOW_CAPACITY,
    NOW_CONCENTRATION,
    NOW_HELD,
    NOW_SLIPS,
    NOW_VOLUME,
    PASSED_PIECES,
    PRIMITIVE,
    PUMPED,
    RELEASE_H,
    RELEASE_RATE,
    RELEASE_UNTIL,
    RELEASED,
    RELIEVED,
    SHAPE,
    SPARE,
    STORE_CAPACITY,
    STORE_EFFECT,
    STORE_PASSING,
    THROUGH,
    DRAINED_mL,
    LINE_mL,
    PUMPED_mL,
    RELIEVED_mL,
    Work,
)
from itsim.device.pieces import (
    ADD,
    C0,
    MULTIPLY,
    START,
    WIDTH,
    close,
    combine,
    integrate,
    is_constant,
    put,
    shift,
    time_of_integral,
    total,
)
from itsim.device.stages.draw import draw_span
from itsim.device.stages.line import line_content, mark


def is_open(passing: Array) -> bool:
    """Whether nothing is held back."""
    return bool(is_constant(passing) and passing[C0] == 1.0)


def open_store(
    codes: Codes, numbers: Array, knots: Array, t: float, passing: Array, hardware: Array, work: Work
) -> None:
    """Begin to let go what is held as soon as the way is free; stop where it is barred again."""
    state = work.state
    if not is_open(passing):
        state[RELEASE_RATE], state[RELEASE_UNTIL] = 0.0, math.inf
        _join_stores(codes, numbers, knots, t, work)
        return
    state[JOINED_UNTIL] = math.inf
    if state[RELEASE_UNTIL] <= t:
        state[RELEASE_RATE], state[RELEASE_UNTIL], state[NOW_HELD] = 0.0, math.inf, 0.0
    if state[NOW_HELD] > 0.0 and state[RELEASE_RATE] == 0.0:
        e = int(state[STORE_EFFECT])
        _lose_newest((1.0 - numbers[e, RELEASED]) * state[NOW_HELD], hardware, work)
        if state[NOW_HELD] > 0.0:
            state[RELEASE_UNTIL] = t + numbers[e, RELEASE_H]
            state[RELEASE_RATE] = state[NOW_HELD] / (state[RELEASE_UNTIL] - t)


def _join_stores(codes: Codes, numbers: Array, knots: Array, t: float, work: Work) -> None:
    """Blocks at once share one store: as large as the largest, leaking where one of them leaks, let go as the
    latest of them says."""
    state = work.state
    state[NOW_CAPACITY], state[NOW_SLIPS], state[JOINED_UNTIL] = 0.0, 1.0, math.inf
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] != Primitive.STORE:
            continue
        bars, until = _barring(codes, numbers, knots, e, t, work)
        state[JOINED_UNTIL] = min(state[JOINED_UNTIL], until)
        if bars:
            state[STORE_EFFECT] = e
            state[NOW_CAPACITY] = max(state[NOW_CAPACITY], numbers[e, STORE_CAPACITY])
            if codes[e, CODE] == Overflow.RELIEF:
                state[NOW_SLIPS] = 0.0


def _barring(codes: Codes, numbers: Array, knots: Array, e: int, t: float, work: Work) -> tuple[bool, float]:
    """Whether the block of this store holds anything back at *t*, and until when that stays so."""
    if numbers[e, STORE_PASSING] >= 1.0 or t >= work.ends[e]:
        return False, math.inf
    if t < work.begins[e]:
        return False, work.begins[e]
    if codes[e, SHAPE] != Shape.TELEGRAPH:
        return True, work.ends[e]
    n, first, count = 0, codes[e, KNOT_FIRST], codes[e, KNOT_COUNT]
    while n < count and work.begins[e] + knots[first + n, 0] <= t:
        n += 1
    until = work.begins[e] + knots[first + n, 0] if n < count else math.inf
    return n % 2 == 1, min(until, work.ends[e])


def flow(
    left: float,
    right: float,
    gained: Array,
    passing: Array,
    drained: Array,
    hardware: Array,
    work: Work,
) -> float:
    """Pump, hold and let go from *left* on; returns how far it came: *right*, or where the store is full."""
    row = np.zeros(WIDTH)
    shift(gained, left - gained[START], row)
    if is_open(passing):
        n = draw_span(row, drained[C0], left, right, hardware, work)
        _pass_on(n, work.state[RELEASE_RATE], work)
        _account(work)
        work.state[NOW_HELD] -= work.state[RELEASE_RATE] * (right - left)
        return right
    return _held(left, right, row, passing, drained[C0], hardware, work)


def _held(
    left: float, right: float, row: Array, passing: Array, drain: float, hardware: Array, work: Work
) -> float:
    state = work.state
    capacity, slips = state[NOW_CAPACITY], state[NOW_SLIPS] > 0.0
    is_full = state[NOW_HELD] >= capacity
    if is_full and slips:
        return _slipping(left, right, row, passing, drain, hardware, work)
    volume, is_dry, n_log = state[NOW_VOLUME], work.counts[IS_DRY], work.counts[N_LOG]
    n = draw_span(row, drain, left, right, hardware, work)
    m = _passed(n, passing, work)
    stored = state[DRAWN] - total(work.tables[PASSED_PIECES], m)
    if slips and state[NOW_HELD] + stored > capacity:
        full_h = _time_full(n, m, capacity - state[NOW_HELD], work)
        if full_h < right:
            state[NOW_VOLUME], work.counts[IS_DRY], work.counts[N_LOG] = volume, is_dry, n_log
            if full_h > left:
                n = draw_span(row, drain, left, full_h, hardware, work)
                m = _passed(n, passing, work)
                _append(n, m, work)
                _account(work)
            state[NOW_HELD] = capacity
            return full_h
    _append(n, m, work)
    _account(work)
    state[NOW_HELD] += stored
    if state[NOW_HELD] > capacity:
        _lose_newest(state[NOW_HELD] - capacity, hardware, work)
    return right


def _lose_newest(lost: float, hardware: Array, work: Work) -> None:
    """Fluid that came last into the store leaves it for good."""
    state = work.state
    end = work.ledger[LINE_mL] + hardware[DEAD_VOLUME] + state[NOW_HELD]
    work.ledger[RELIEVED] += line_content(work, end - lost, end)
    work.ledger[RELIEVED_mL] += lost
    state[NOW_HELD] -= lost
    mark(work, end - lost, state[NOW_CONCENTRATION])


def _slipping(
    left: float, right: float, row: Array, passing: Array, drain: float, hardware: Array, work: Work
) -> float:
    """The store is full and the rotor slips: only what passes is pumped at all."""
    n = put(work.tables[DRAWN_PIECES], 0, left, row, 0.0, 1.0)
    close(work.tables[DRAWN_PIECES], n, right)
    m = _passed(n, passing, work)
    wanted, passed = np.zeros(WIDTH), work.tables[PASSED_PIECES]
    for i in range(m):
        shift(passed[i], 0.0, wanted)
        n = draw_span(wanted, drain, passed[i, START], passed[i + 1, START], hardware, work)
        _pass_on(n, 0.0, work)
        _account(work)
    return right


def _passed(n: int, passing: Array, work: Work) -> int:
    """What of the *n* drawn pieces goes on at once, into ``work.tables[PASSED_PIECES]``."""
    start, stop = work.tables[DRAWN_PIECES][0, START], work.tables[DRAWN_PIECES][n, START]
    m = put(work.tables[FRESH], 0, start, passing, start - passing[START], 1.0)
    close(work.tables[FRESH], m, stop)
    return combine(MULTIPLY, work.tables[DRAWN_PIECES], n, work.tables[FRESH], m, work.tables[PASSED_PIECES])


def _time_full(n: int, m: int, room: float, work: Work) -> float:
    """When what is drawn and does not pass has filled the *room* in the store."""
    passed, against, stored = work.tables[PASSED_PIECES], work.tables[SPARE], work.tables[FRESH]
    k = 0
    for i in range(m):
        k = put(against, k, passed[i, START], passed[i], 0.0, -1.0)
    close(against, k, passed[m, START])
    k = combine(ADD, work.tables[DRAWN_PIECES], n, against, k, stored)
    for i in range(k):
        span = stored[i + 1, START] - stored[i, START]
        amount = integrate(stored[i], span)
        if amount >= room:
            return stored[i, START] + time_of_integral(stored[i], span, room)
        room -= amount
    return stored[k, START]


def _pass_on(n: int, released: float, work: Work) -> None:
    """All *n* drawn pieces are pumped and go through the line, with what is let go from the store."""
    row, drawn, through = np.zeros(WIDTH), work.tables[DRAWN_PIECES], work.tables[THROUGH]
    for i in range(n):
        start = drawn[i, START]
        work.counts[PUMPED] = put(work.tables[PUMPED], work.counts[PUMPED], start, drawn[i], 0.0, 1.0)
        shift(drawn[i], 0.0, row)
        row[C0] += released
        work.counts[THROUGH] = put(through, work.counts[THROUGH], start, row, 0.0, 1.0)
    work.ledger[LINE_mL] += work.state[DRAWN] + released * (drawn[n, START] - drawn[0, START])


def _append(n: int, m: int, work: Work) -> None:
    """The *n* drawn pieces are pumped, the *m* passed ones go through the line."""
    drawn, passed = work.tables[DRAWN_PIECES], work.tables[PASSED_PIECES]
    for i in range(n):
        start = drawn[i, START]
        work.counts[PUMPED] = put(work.tables[PUMPED], work.counts[PUMPED], start, drawn[i], 0.0, 1.0)
    for i in range(m):
        start = passed[i, START]
        work.counts[THROUGH] = put(work.tables[THROUGH], work.counts[THROUGH], start, passed[i], 0.0, 1.0)
    work.ledger[LINE_mL] += total(passed, m)


def _account(work: Work) -> None:
    """What the last draw took."""
    for i in range(work.counts[N_LEFT]):
        row = work.tables[LEFT_PIECES][i]
        work.counts[LEAVING] = put(work.tables[LEAVING], work.counts[LEAVING], row[START], row, 0.0, 1.0)
    work.ledger[PUMPED_mL] += work.state[DRAWN]
    work.ledger[DRAINED_mL] += work.state[DRAINED_NOW]
    work.ledger[DRAINED] += work.state[DRAINED_NOW] * work.state[NOW_CONCENTRATION]
