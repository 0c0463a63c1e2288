"""Stage 4: fills, emptying and composition: the flow that really leaves the pump."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.effects import FillMode, Primitive
from itsim.device.layout import (
    CODE,
    DEAD_VOLUME,
    DISCARDED,
    FILL_CONCENTRATION,
    FILL_VOLUME,
    FILLED,
    FROM,
    HORIZON_H,
    IS_DRY,
    LINE_AT_START,
    LINE_START,
    LOG_RAN_DRY,
    PRIMITIVE,
    PUMPED,
    READ_ERROR,
    RESERVOIR_LEFT,
    TAPER_VOLUME,
    TRUE_AFTER,
    UNUSABLE_VOLUME,
    VISIT_FOUND,
    PUMPED_mL,
    Work,
)
from itsim.device.pieces import (
    C0,
    C1,
    CE,
    LAM,
    START,
    TAPER,
    WIDTH,
    close,
    fit,
    integrate,
    is_constant,
    piece_at,
    put,
    put_constant,
    shift,
    time_of_integral,
    total,
)
from itsim.device.stages.alarms import write_log
from itsim.device.stages.line import mark, set_line
from itsim.device.stages.order import is_visit


def walk_reservoir(codes: Codes, numbers: Array, hardware: Array, n_gained: int, work: Work) -> None:
    """True volume, emptying and composition: the flow that really leaves the pump, and the line's marks."""
    horizon, dead = hardware[HORIZON_H], hardware[DEAD_VOLUME]
    volume, conc, left_mL, t = 0.0, 0.0, 0.0, 0.0
    mark(work, 0.0, hardware[LINE_START])
    mark(work, dead, 0.0)
    work.ledger[LINE_AT_START] = dead * hardware[LINE_START]
    for k in range(codes.shape[0]):
        e = work.order[k]
        at = numbers[e, FROM]
        if at >= horizon:
            continue
        if codes[e, PRIMITIVE] == Primitive.SET_LINE:
            volume, left_mL = _run_down(t, at, volume, left_mL, n_gained, hardware, work)
            t = at
            set_line(codes, numbers, e, left_mL, dead, conc, work)
        elif is_visit(codes, e):
            volume, left_mL = _run_down(t, at, volume, left_mL, n_gained, hardware, work)
            t = at
            error = numbers[e, READ_ERROR] if codes[e, PRIMITIVE] == Primitive.READ else 0.0
            work.visits[e, VISIT_FOUND] = volume + error
            if codes[e, PRIMITIVE] == Primitive.FILL:
                volume, conc = _fill(codes, numbers, e, volume, conc, work)
                mark(work, left_mL + dead, conc)
            work.visits[e, TRUE_AFTER] = volume
    volume, left_mL = _run_down(t, horizon, volume, left_mL, n_gained, hardware, work)
    close(work.pumped, work.counts[PUMPED], horizon)
    work.ledger[RESERVOIR_LEFT] = volume * conc
    work.ledger[PUMPED_mL] = left_mL


def _fill(
    codes: Codes, numbers: Array, e: int, volume: float, conc: float, work: Work
) -> tuple[float, float]:
    added, fresh = numbers[e, FILL_VOLUME], numbers[e, FILL_CONCENTRATION]
    work.ledger[FILLED] += added * fresh
    work.counts[IS_DRY] = 0
    if codes[e, CODE] != FillMode.ADD_ON:
        work.ledger[DISCARDED] += volume * conc
        return added, fresh
    mixed = (volume * conc + added * fresh) / (volume + added) if volume + added > 0.0 else 0.0
    return volume + added, mixed


def _run_down(
    start: float, stop: float, volume: float, left_mL: float, n_gained: int, hardware: Array, work: Work
) -> tuple[float, float]:
    """Pump from *start* to *stop*; the flow ends where the usable volume does."""
    if start >= stop:
        return volume, left_mL
    row, gained = np.zeros(WIDTH), work.gained
    for i in range(piece_at(gained, n_gained, start), n_gained):
        left, right = max(gained[i, START], start), min(gained[i + 1, START], stop)
        if left >= right:
            break
        shift(gained[i], left - gained[i, START], row)
        drawn = _draw(row, left, right, volume, hardware, work)
        volume -= drawn
        left_mL += drawn
    return volume, left_mL


def _draw(row: Array, left: float, right: float, volume: float, hardware: Array, work: Work) -> float:
    floor = hardware[UNUSABLE_VOLUME] + hardware[TAPER_VOLUME]
    span = right - left
    amount = integrate(row, span)
    n = work.counts[PUMPED]
    full = max(volume - floor, 0.0)
    if amount <= full:
        work.counts[PUMPED] = put(work.pumped, n, left, row, 0.0, 1.0)
        return amount
    s = 0.0
    if full > 0.0:
        s = time_of_integral(row, span, full)
        n = put(work.pumped, n, left, row, 0.0, 1.0)
        if s < span:
            shift(row, s, row)
    if s >= span:
        work.counts[PUMPED] = n
        return full
    work.counts[PUMPED] = n
    return full + _draw_last(row, left + s, right, volume - full, hardware, work)


def _draw_last(row: Array, left: float, right: float, volume: float, hardware: Array, work: Work) -> float:
    """Below the floor: nothing, or a flow that falls with the volume where the pump has a taper."""
    taper, n = hardware[TAPER_VOLUME], work.counts[PUMPED]
    share = (volume - hardware[UNUSABLE_VOLUME]) / taper if taper > 0.0 else 0.0
    if share <= 0.0:
        if is_constant(row) and row[C0] == 0.0:
            work.counts[PUMPED] = put(work.pumped, n, left, row, 0.0, 1.0)
            return 0.0
        if work.counts[IS_DRY] == 0:
            write_log(work, left, LOG_RAN_DRY, -1)
            work.counts[IS_DRY] = 1
        work.counts[PUMPED] = put_constant(work.pumped, n, left, 0.0)
        return 0.0
    pumped = np.zeros(WIDTH)
    if is_constant(row):
        pumped[CE], pumped[LAM] = row[C0] * share, row[C0] / taper
        work.counts[PUMPED] = put(work.pumped, n, left, pumped, 0.0, 1.0)
        return integrate(pumped, right - left)
    pumped[C0], pumped[C1] = share, taper
    work.counts[PUMPED] = fit(TAPER, row, pumped, left, right, work.pumped, n)
    close(work.pumped, work.counts[PUMPED], right)
    return total(work.pumped[n:], work.counts[PUMPED] - n)
