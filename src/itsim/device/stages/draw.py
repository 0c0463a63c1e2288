"""What is drawn from the reservoir in one span: all that is wanted, until the usable volume ends."""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array
from itsim.device.layout import (
    DRAINED_NOW,
    DRAWN,
    DRAWN_PIECES,
    IS_DRY,
    LEFT_PIECES,
    LOG_RAN_DRY,
    N_LEFT,
    NOW_VOLUME,
    TAPER_VOLUME,
    UNUSABLE_VOLUME,
    Work,
)
from itsim.device.pieces import (
    C0,
    C1,
    C2,
    CE,
    LAM,
    TAPER,
    WIDTH,
    close,
    fit,
    integrate,
    is_constant,
    put,
    put_constant,
    shift,
    time_of_integral,
    total,
)
from itsim.device.stages.alarms import write_log

DRY_mL = 1e-3
"""Numerical: less usable fluid than this is none."""


def draw_span(row: Array, drain: float, left: float, right: float, hardware: Array, work: Work) -> int:
    """Draw the flow *row* (seen from *left*) and a constant drain from the reservoir.

    The pumped flow goes to the table DRAWN_PIECES and both together to LEFT_PIECES; what each took goes to
    the state, and the reservoir's volume falls by both. Returns the number of pumped pieces.
    """
    state, span = work.state, right - left
    floor = hardware[UNUSABLE_VOLUME] + hardware[TAPER_VOLUME]
    full = max(state[NOW_VOLUME] - floor, 0.0)
    both, rest = np.zeros(WIDTH), np.zeros(WIDTH)
    shift(row, 0.0, both)
    both[C0] += drain
    n, s = 0, span
    work.counts[N_LEFT] = 0
    if integrate(both, span) > full:
        s = time_of_integral(both, span, full) if full > 0.0 else 0.0
    if left + s > left:
        n = put(work.tables[DRAWN_PIECES], n, left, row, 0.0, 1.0)
        _leave(left, both, work)
    state[DRAWN], state[DRAINED_NOW] = integrate(row, s), drain * s
    if s < span:
        state[NOW_VOLUME] = min(state[NOW_VOLUME], floor)
        shift(row, s, rest)
        n = _draw_last(rest, drain, left + s, right, n, hardware, work)
    else:
        state[NOW_VOLUME] -= state[DRAWN] + state[DRAINED_NOW]
    close(work.tables[DRAWN_PIECES], n, right)
    return n


def _leave(start: float, row: Array, work: Work) -> None:
    work.counts[N_LEFT] = put(work.tables[LEFT_PIECES], work.counts[N_LEFT], start, row, 0.0, 1.0)


def _draw_last(
    row: Array, drain: float, left: float, right: float, n: int, hardware: Array, work: Work
) -> int:
    """Below the floor: nothing, or a flow that falls with the volume where the pump has a taper. A drain
    falls with it, for the same pressure drives it."""
    state, taper, span = work.state, hardware[TAPER_VOLUME], right - left
    share = (state[NOW_VOLUME] - hardware[UNUSABLE_VOLUME]) / taper if taper > 0.0 else 0.0
    pumped, both = np.zeros(WIDTH), np.zeros(WIDTH)
    shift(row, 0.0, both)
    both[C0] += drain
    _note_dry(taper * max(share, 0.0), taper, both, left, span, work)
    if share <= 0.0:
        _leave(left, pumped, work)
        return put_constant(work.tables[DRAWN_PIECES], n, left, 0.0)
    first = n
    if is_constant(row):
        pumped[LAM] = both[C0] / taper
        pumped[CE] = both[C0] * share
        _leave(left, pumped, work)
        pumped[CE] = row[C0] * share
        n = put(work.tables[DRAWN_PIECES], n, left, pumped, 0.0, 1.0)
        taken = integrate(pumped, span)
    else:
        pumped[C0], pumped[C1] = share, taper
        m = fit(TAPER, both, pumped, left, right, work.tables[LEFT_PIECES], work.counts[N_LEFT])
        work.counts[N_LEFT] = m
        pumped[C2] = drain
        n = fit(TAPER, row, pumped, left, right, work.tables[DRAWN_PIECES], n)
        close(work.tables[DRAWN_PIECES], n, right)
        taken = total(work.tables[DRAWN_PIECES][first:], n - first)
    state[DRAWN] += taken
    if drain == 0.0:
        state[NOW_VOLUME] -= taken
        return n
    fallen = taper * share * -math.expm1(-integrate(both, span) / taper)
    state[DRAINED_NOW] += fallen - taken
    state[NOW_VOLUME] -= fallen
    return n


def _note_dry(usable: float, taper: float, both: Array, left: float, span: float, work: Work) -> None:
    """Say once that the reservoir is dry: at *left*, or when what was usable has drained through the taper,
    which in truth takes for ever."""
    wanted = integrate(both, span)
    if work.counts[IS_DRY] == 1 or wanted <= 0.0:
        return
    s = 0.0
    if usable > DRY_mL:
        used = taper * math.log(usable / DRY_mL)
        if wanted < used:
            return
        s = time_of_integral(both, span, used)
    write_log(work, left + s, LOG_RAN_DRY, -1)
    work.counts[IS_DRY] = 1
