"""Stage 5: plug flow by volume from the pump to the tip, and what is left on the way.

A place in the line is told by the volume that has left the tip when its fluid arrives there: what has passed
so far lies at the tip, the dead volume behind it, then what is stored before the line.
"""

from __future__ import annotations

import math

from itsim.arrays import Array, Codes
from itsim.device.codes import Part
from itsim.device.layout import (
    CAPACITY,
    CODE,
    DEAD_VOLUME,
    ENDS,
    HORIZON_H,
    IS_DRY,
    LINE_CONCENTRATION,
    LINE_LEFT,
    LINE_VOLUME,
    N_MARKS,
    NOW_CONCENTRATION,
    NOW_HELD,
    NOW_VOLUME,
    PRIMED,
    RELEASE_RATE,
    RELEASE_UNTIL,
    REMOVED,
    THROUGH,
    TIP,
    LINE_mL,
    REMOVED_mL,
    Work,
)
from itsim.device.pieces import START, close, integrate, put, time_of_integral


def mark(work: Work, exit_mL: float, conc: float) -> None:
    """From *exit_mL* of fluid on, what arrives at the tip has this concentration."""
    n = work.counts[N_MARKS]
    while n > 0 and work.marks[n - 1, 0] >= exit_mL:
        n -= 1
    if n == 0 or work.marks[n - 1, 1] != conc:
        work.marks[n, 0], work.marks[n, 1] = exit_mL, conc
        n += 1
    work.counts[N_MARKS] = n


def set_line(codes: Codes, numbers: Array, e: int, dead: float, work: Work) -> None:
    """The part of the line next to the pump gets a new content; what it held is removed. A new catheter has
    nothing stored before it."""
    state = work.state
    conc = state[NOW_CONCENTRATION]
    fresh = conc if codes[e, CODE] == 1 else numbers[e, LINE_CONCENTRATION]
    end = work.ledger[LINE_mL] + dead + state[NOW_HELD]
    volume = min(numbers[e, LINE_VOLUME], dead)
    from_mL = end - volume
    if codes[e, ENDS] == Part.CATHETER:
        from_mL = work.ledger[LINE_mL]
        work.ledger[REMOVED_mL] += state[NOW_HELD]
        state[NOW_HELD], state[RELEASE_RATE], state[RELEASE_UNTIL] = 0.0, 0.0, math.inf
        volume = dead
    work.ledger[REMOVED] += line_content(work, from_mL, end)
    work.ledger[PRIMED] += volume * fresh
    mark(work, from_mL, fresh)
    mark(work, from_mL + volume, conc)


def drive_back(volume: float, hardware: Array, work: Work) -> None:
    """Drug-free fluid enters at the tip and drives the line's content back into the reservoir, as far as
    there is room: what was nearest to the pump arrives first."""
    state, dead = work.state, hardware[DEAD_VOLUME]
    volume = min(volume, max(hardware[CAPACITY] - state[NOW_VOLUME], 0.0))
    if volume <= 0.0:
        return
    tip = work.ledger[LINE_mL]
    end = tip + dead + state[NOW_HELD]
    amount = line_content(work, end - min(volume, dead + state[NOW_HELD]), end)
    amount += state[NOW_VOLUME] * state[NOW_CONCENTRATION]
    state[NOW_VOLUME] += volume
    state[NOW_CONCENTRATION] = amount / state[NOW_VOLUME]
    work.counts[IS_DRY] = 0
    _move_marks(tip, volume, work)
    mark(work, end, state[NOW_CONCENTRATION])


def _move_marks(tip: float, volume: float, work: Work) -> None:
    """What would have left the tip next leaves it *volume* later, after drug-free fluid."""
    marks, n = work.marks, work.counts[N_MARKS]
    first = n
    while first > 0 and marks[first - 1, 0] > tip:
        first -= 1
    at_tip = marks[first - 1, 1]
    for k in range(n - 1, first - 1, -1):
        marks[k + 2, 0], marks[k + 2, 1] = marks[k, 0] + volume, marks[k, 1]
    marks[first, 0], marks[first, 1] = tip, 0.0
    marks[first + 1, 0], marks[first + 1, 1] = tip + volume, at_tip
    work.counts[N_MARKS] = n + 2


def line_content(work: Work, from_mL: float, until_mL: float) -> float:
    """Drug between two exit volumes, µg."""
    n, amount = work.counts[N_MARKS], 0.0
    for k in range(n):
        right = work.marks[k + 1, 0] if k + 1 < n else until_mL
        span = min(right, until_mL) - max(work.marks[k, 0], from_mL)
        if span > 0.0:
            amount += span * work.marks[k, 1]
    return amount


def transport(hardware: Array, work: Work) -> None:
    """Plug flow by volume: the flow through the line times the concentration that arrives at the tip."""
    through, marks, tip = work.tables[THROUGH], work.marks, work.tables[TIP]
    k, n, left_mL = 0, 0, 0.0
    for i in range(work.counts[THROUGH]):
        row, start = through[i], through[i, START]
        span = through[i + 1, START] - start
        amount, s = integrate(row, span), 0.0
        while k + 1 < work.counts[N_MARKS] and marks[k + 1, 0] < left_mL + amount:
            until = time_of_integral(row, span, max(marks[k + 1, 0] - left_mL, 0.0))
            n = _put_dose(row, start, s, until, marks[k, 1], tip, n)
            s = max(s, until)
            k += 1
        n = _put_dose(row, start, s, span, marks[k, 1], tip, n)
        left_mL += amount
    close(tip, n, hardware[HORIZON_H])
    work.counts[TIP] = n


def _put_dose(
    row: Array, start: float, from_s: float, until_s: float, conc: float, out: Array, n: int
) -> int:
    if from_s >= until_s:
        return n
    return put(out, n, start + from_s, row, from_s, conc)


def close_ledger(hardware: Array, work: Work) -> None:
    """What is left in line and store."""
    end = work.ledger[LINE_mL]
    work.ledger[LINE_LEFT] = line_content(work, end, end + hardware[DEAD_VOLUME] + work.state[NOW_HELD])
