"""Stage 4: the walk along the timeline: fills, emptying, composition, and the store before the line.

Reservoir → pump → store → line. What is pumped and not held flows through the line; a store fills while
something is in the way, overflows, and is let go when the way is free.
"""

from __future__ import annotations

import math

from itsim.arrays import Array, Codes
from itsim.device.codes import Primitive
from itsim.device.layout import (
    CODE,
    DEAD_VOLUME,
    DISCARDED,
    DRAINING,
    FILL_CONCENTRATION,
    FILL_VOLUME,
    FILLED,
    FILLED_CONCENTRATION,
    FRESH,
    GAINED,
    HORIZON_H,
    IS_DRY,
    JOINED_UNTIL,
    LEAVING,
    LINE_AT_START,
    LINE_START,
    NOW_CONCENTRATION,
    NOW_HELD,
    NOW_VOLUME,
    PASSING,
    PRIMITIVE,
    PUMPED,
    RATE,
    READ_ERROR,
    RELEASE_UNTIL,
    RESERVOIR_LEFT,
    SPARE,
    STORE_EFFECT,
    THROUGH,
    TRUE_AFTER,
    VISIT_FOUND,
    VOLUME,
    LINE_mL,
    STORED_mL,
    Work,
)
from itsim.device.pieces import ADD, START, close, combine, constant_table, copy, piece_at
from itsim.device.stages.line import drive_back, mark, set_line
from itsim.device.stages.order import marks_level
from itsim.device.stages.programme import box
from itsim.device.stages.store import flow, open_store


def walk_reservoir(
    codes: Codes, numbers: Array, knots: Array, hardware: Array, n_gained: int, n_passing: int, work: Work
) -> None:
    """True volume, emptying, composition and store: the flow that leaves the pump, the flow through the line,
    and the line's marks."""
    horizon = hardware[HORIZON_H]
    _start(hardware, work)
    n_drained = _drains(codes, numbers, horizon, work)
    t = 0.0
    for k in range(codes.shape[0]):
        e = work.order[k]
        what = codes[e, PRIMITIVE]
        if not (marks_level(codes, e) or what == Primitive.SET_LINE) or work.begins[e] >= horizon:
            continue
        _run_on(codes, numbers, knots, t, work.begins[e], n_gained, n_passing, n_drained, hardware, work)
        t = work.begins[e]
        if what == Primitive.SET_LINE:
            set_line(codes, numbers, e, hardware[DEAD_VOLUME], work)
        elif what == Primitive.BACKFLOW:
            drive_back(numbers[e, VOLUME], hardware, work)
            work.visits[e, TRUE_AFTER] = work.state[NOW_VOLUME]
        else:
            _visit(codes, numbers, e, hardware, work)
    _run_on(codes, numbers, knots, t, horizon, n_gained, n_passing, n_drained, hardware, work)
    close(work.tables[PUMPED], work.counts[PUMPED], horizon)
    close(work.tables[LEAVING], work.counts[LEAVING], horizon)
    close(work.tables[THROUGH], work.counts[THROUGH], horizon)
    work.ledger[RESERVOIR_LEFT] = work.state[NOW_VOLUME] * work.state[NOW_CONCENTRATION]
    work.ledger[STORED_mL] = work.state[NOW_HELD]


def _start(hardware: Array, work: Work) -> None:
    work.state[:] = 0.0
    work.state[RELEASE_UNTIL] = math.inf
    work.state[STORE_EFFECT] = -1.0
    mark(work, 0.0, hardware[LINE_START])
    mark(work, hardware[DEAD_VOLUME], 0.0)
    work.ledger[LINE_AT_START] = hardware[DEAD_VOLUME] * hardware[LINE_START]


def _drains(codes: Codes, numbers: Array, horizon: float, work: Work) -> int:
    """The flow that leaves the reservoir past the pump, into ``work.tables[DRAINING]``."""
    n = constant_table(work.tables[DRAINING], 0.0, 0.0, horizon)
    for k in range(codes.shape[0]):
        e = work.order[k]
        stop = min(work.ends[e], horizon)
        if codes[e, PRIMITIVE] == Primitive.DRAIN and work.begins[e] < stop:
            m = box(work.tables[FRESH], work.begins[e], stop, numbers[e, RATE], horizon)
            n = combine(ADD, work.tables[DRAINING], n, work.tables[FRESH], m, work.tables[SPARE])
            copy(work.tables[SPARE], n, work.tables[DRAINING])
    return n


def _visit(codes: Codes, numbers: Array, e: int, hardware: Array, work: Work) -> None:
    """Somebody reads the volume, or fills the reservoir."""
    is_fill = codes[e, PRIMITIVE] == Primitive.FILL
    if is_fill or codes[e, CODE] == 1:
        error = 0.0 if is_fill else numbers[e, READ_ERROR]
        work.visits[e, VISIT_FOUND] = max(work.state[NOW_VOLUME] + error, 0.0)
    if is_fill:
        _fill(codes, numbers, e, work)
        end = work.ledger[LINE_mL] + hardware[DEAD_VOLUME] + work.state[NOW_HELD]
        mark(work, end, work.state[NOW_CONCENTRATION])
    work.visits[e, TRUE_AFTER] = work.state[NOW_VOLUME]


def _fill(codes: Codes, numbers: Array, e: int, work: Work) -> None:
    state, added = work.state, numbers[e, FILL_VOLUME]
    if not math.isnan(numbers[e, FILL_CONCENTRATION]):  # left out: as filled before
        state[FILLED_CONCENTRATION] = numbers[e, FILL_CONCENTRATION]
    fresh = state[FILLED_CONCENTRATION]
    work.ledger[FILLED] += added * fresh
    work.counts[IS_DRY] = 0
    work.ledger[DISCARDED] += state[NOW_VOLUME] * state[NOW_CONCENTRATION]
    state[NOW_VOLUME], state[NOW_CONCENTRATION] = added, fresh


def _run_on(
    codes: Codes,
    numbers: Array,
    knots: Array,
    start: float,
    stop: float,
    n_gained: int,
    n_passing: int,
    n_drained: int,
    hardware: Array,
    work: Work,
) -> None:
    """Pump from *start* to *stop*, span by span of what the flow, the hold and the drain are made of."""
    if start >= stop:
        return
    t, gained, passing, drained = start, work.tables[GAINED], work.tables[PASSING], work.tables[DRAINING]
    i, j = piece_at(gained, n_gained, t), piece_at(passing, n_passing, t)
    k = piece_at(drained, n_drained, t)
    while t < stop:
        while i + 1 < n_gained and gained[i + 1, START] <= t:
            i += 1
        while j + 1 < n_passing and passing[j + 1, START] <= t:
            j += 1
        while k + 1 < n_drained and drained[k + 1, START] <= t:
            k += 1
        open_store(codes, numbers, knots, t, passing[j], hardware, work)
        right = min(min(gained[i + 1, START], passing[j + 1, START]), min(drained[k + 1, START], stop))
        right = min(right, min(work.state[RELEASE_UNTIL], work.state[JOINED_UNTIL]))
        t = flow(t, right, gained[i], passing[j], drained[k], hardware, work)
