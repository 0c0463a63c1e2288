"""The march over one segment: panels that grow while they resolve, halved where they do not, cut at bends."""

from __future__ import annotations

from itsim.arrays import Array
from itsim.device.pieces import shift
from itsim.engine.kernel.decay import table_of_level, table_of_width, width_of
from itsim.engine.kernel.input import drive_modes, whole_modes
from itsim.engine.kernel.panel import NOT_BENT, drive_panel, leave_panel, try_stages
from itsim.engine.kernel.places import (
    BEND_LEVEL,
    CLOSED,
    FIRST_STAGE,
    N_COLUMNS,
    N_LEVELS,
    N_POINTS,
    N_ROWS,
    Desk,
    Store,
)
from itsim.engine.kernel.relax import LAST_PANEL, MOST_DECAY
from itsim.pd.chain import INDEX, N_STAGES, Law

BEND_WITHIN_H = 1e-9
"""Numerical: a bend is found to within this."""
DEAD = 60.0
"""A mode that has decayed so far (e^−60) is gone."""
ROOM_TO_DOUBLE, ROOM_TO_QUADRUPLE, NOTHING_THERE = 5e-4, 3e-7, 1e-8
"""The roughest coefficient grows with the eleventh power of the width."""
FAR_TOO_ROUGH = 2e3


def march_segment(
    start_h: float,
    stop_h: float,
    level: int,
    rates: Array,
    residues: Array,
    inlet: Array,
    clocks: Array,
    stage_rates: Array,
    law: Law,
    span_h: float,
    largest: float,
    desk: Desk,
    store: Store,
) -> int:
    """From edge to edge under the piece in ``desk.rows[0]``, seen from *start_h*; begins with *level*.

    Returns the level with which a smooth continuation may begin, or −1 where the store is full.
    """
    drive_modes(rates, residues, inlet, span_h, largest, desk)
    shift(desk.rows[0], 0.0, desk.rows[1])
    most, first, t = _largest_level(stage_rates), 0, start_h
    while t < stop_h:
        while first < rates.shape[0] and _is_dead(first, rates, t - start_h, desk):
            first += 1
        width, is_last = width_of(level), False
        if LAST_PANEL * width >= stop_h - t:
            width, is_last = stop_h - t, True
            table = table_of_width(width, rates, clocks, first, desk)
        else:
            table = table_of_level(level, rates, clocks, first, desk)
        drive_panel(table, t - start_h, width, rates, residues, inlet, first, desk)
        bend, slot, rough = try_stages(table, width, stage_rates, law, desk)
        cut = bend != NOT_BENT and width > BEND_WITHIN_H
        if cut:
            width, is_last = max(bend * width, 0.5 * BEND_WITHIN_H), False
            table = table_of_width(width, rates, clocks, first, desk)
            drive_panel(table, t - start_h, width, rates, residues, inlet, first, desk)
            bend, _, rough = try_stages(table, width, stage_rates, law, desk)
            if bend != NOT_BENT and width > BEND_WITHIN_H and level > 0:
                level = _level_below(bend * width)
                continue
        if rough > 1.0 and width > width_of(0) * LAST_PANEL:
            level = _level_below(width) - (1 if rough > FAR_TOO_ROUGH else 0)
            level = max(level, 0)
            continue
        if not _keep(t, width, stage_rates, desk, store):
            return -1
        leave_panel(table, t - start_h, width, rates, inlet, first, desk)
        t = stop_h if is_last else t + width
        if cut and slot == INDEX:
            level = BEND_LEVEL
        elif not cut and 2.0 * width >= width_of(level):  # a short rest says nothing of what follows
            level = _grown(level, rough, N_LEVELS - 1 if _is_idle(desk) else most)
    whole_modes(stop_h - start_h, first, desk)
    return level


def _is_dead(m: int, rates: Array, s_h: float, desk: Desk) -> bool:
    """Whether nothing is left of a mode; one that is carried whole still follows its input."""
    return bool(desk.particular[m, CLOSED] > 0.0 and -rates[m] * s_h > DEAD)


def _largest_level(stage_rates: Array) -> int:
    fastest = 0.0
    for k in range(N_STAGES):
        fastest = max(fastest, max(stage_rates[k, 0], stage_rates[k, 1]))
    level = N_LEVELS - 1
    while level > 0 and LAST_PANEL * width_of(level) * fastest > MOST_DECAY:
        level -= 1
    return level


def _level_below(width_h: float) -> int:
    """The largest level that is clearly narrower than a width."""
    level = N_LEVELS - 1
    while level > 0 and LAST_PANEL * width_of(level) >= width_h:
        level -= 1
    return level


def _grown(level: int, rough: float, most: int) -> int:
    if level >= most:
        return level
    if rough < ROOM_TO_QUADRUPLE:
        return min(level + (4 if rough < NOTHING_THERE else 2), most)
    return level + 1 if rough < ROOM_TO_DOUBLE else level


def _is_idle(desk: Desk) -> bool:
    """Whether nothing drives the index, so that its rate sets no width."""
    largest = 0.0
    for j in range(N_POINTS):
        largest = max(largest, abs(desk.targets[N_STAGES - 1, j]))
    return largest == 0.0


def _keep(start_h: float, width_h: float, stage_rates: Array, desk: Desk, store: Store) -> bool:
    """Write the panel into the store; False where it is full."""
    i = store.counts[0]
    if i >= store.starts_h.shape[0]:
        return False
    store.starts_h[i], store.widths_h[i] = start_h, width_h
    for row in range(N_ROWS):
        for j in range(N_COLUMNS):
            store.values[i, row, j] = desk.values[row, j]
    for k in range(N_STAGES):
        rising = desk.targets[k, 1] > desk.now[k]
        store.rates_per_h[i, k] = stage_rates[k, 0 if rising else 1]
        for j in range(N_COLUMNS):
            store.targets[i, k, j] = desk.targets[k, j]
    for k in range(N_STAGES):
        desk.now[k] = desk.values[FIRST_STAGE + k, N_POINTS - 1]
    store.counts[0] = i + 1
    return True
