"""Questions to a stored course: a value at a time, the first crossing, the largest value.

Between the points of a panel a series is the polynomial through them; a stage that is quick against its panel
is taken in closed form. Times count from the start of the run; NaN is never.
"""

from __future__ import annotations

import math

from itsim.arrays import Array
from itsim.engine.kernel.places import CSF, FIRST_STAGE, N_POINTS, N_ROWS, Desk, Store
from itsim.engine.kernel.relax import SLOW_STAGE, point_weights, relaxed_at
from itsim.engine.kernel.slots import at_point
from itsim.engine.panels import POINTS
from itsim.pd.chain import (
    BRAIN,
    CORD_LEG,
    INDEX,
    N_STAGES,
    Law,
    brain_need_ug_mL,
    leg_need_ug_mL,
    leg_tone,
)
from itsim.pd.effect import hill

OF_INDEX, OF_CSF, OF_LEG, OF_BRAIN, OF_TONE = 0, 1, 2, 3, 4
"""What can be asked for: the index; the lumbar CSF; concentration over need at the leg's cord and at the
brain, which effect and sedation rise with; tone."""

CROSSED_WITHIN_H = 1e-10
"""Numerical: a crossing is found to within this."""
GOLDEN = 0.3819660112501051
N_ZOOM = 40
FLAT = 1e-14


def series_at(what: int, values: Array, j: int, law: Law) -> float:
    """A series at point *j* of rows ``[N_ROWS, points]``."""
    if what == OF_INDEX:
        return values[INDEX, j]
    if what == OF_CSF:
        return values[CSF, j]
    v = at_point(values, j)
    if what == OF_LEG:
        return max(v[CORD_LEG], 0.0) / leg_need_ug_mL(v, law)
    if what == OF_BRAIN:
        return max(v[BRAIN], 0.0) / brain_need_ug_mL(v, law)
    return leg_tone(v, law)


def effect_of(reach: float, exponent: float) -> float:
    """The effect of a concentration given as a multiple of the need."""
    return hill(reach, 1.0, exponent)


def panel_at(t_h: float, store: Store) -> int:
    """The panel in which a time lies; at an edge the one that begins there."""
    low, high = 0, store.counts[0]
    while high - low > 1:
        middle = (low + high) // 2
        if store.starts_h[middle] <= t_h:
            low = middle
        else:
            high = middle
    return low


def value_at(what: int, t_h: float, law: Law, desk: Desk, store: Store) -> float:
    """A series at any time."""
    p = panel_at(t_h, store)
    x = (t_h - store.starts_h[p]) / store.widths_h[p]
    return value_in(what, p, min(max(x, 0.0), 1.0), law, desk, store)


def value_in(what: int, p: int, x: float, law: Law, desk: Desk, store: Store) -> float:
    """A series at a position 0…1 of a panel."""
    point_weights(x, desk.scratch[2])
    for row in range(N_ROWS):
        total = 0.0
        for j in range(N_POINTS):
            total += desk.scratch[2, j] * store.values[p, row, j]
        desk.point[row, 0] = total
    for k in range(N_STAGES):
        rh = store.rates_per_h[p, k] * store.widths_h[p]
        if rh > SLOW_STAGE:
            row = FIRST_STAGE + k
            states, targets = store.values[p, row], store.targets[p, k]
            desk.point[row, 0] = relaxed_at(x, rh, targets, states, desk.scratch[2])
    return series_at(what, desk.point, 0, law)


def first_crossing_h(
    what: int, level: float, from_h: float, sign: float, law: Law, desk: Desk, store: Store
) -> float:
    """The first instant at or after *from_h* at which sign · (series − level) is at or above zero; NaN where
    there is none."""
    if sign * (value_at(what, from_h, law, desk, store) - level) >= 0.0:
        return from_h
    before = from_h
    for p in range(panel_at(from_h, store), store.counts[0]):
        for j in range(N_POINTS):
            t = store.starts_h[p] + store.widths_h[p] * POINTS[j]
            if t <= from_h and not (t == from_h and j == N_POINTS - 1):
                continue
            if sign * (series_at(what, store.values[p], j, law) - level) >= 0.0:
                return t if j == 0 else _crossed(what, level, before, t, sign, p, law, desk, store)
            before = t
    return math.nan


def _crossed(
    what: int,
    level: float,
    left_h: float,
    right_h: float,
    sign: float,
    p: int,
    law: Law,
    desk: Desk,
    store: Store,
) -> float:
    """Regula falsi within one panel, halving what stays."""
    start, width = store.starts_h[p], store.widths_h[p]
    low, high = max(left_h, start), right_h
    at_low = sign * (value_in(what, p, (low - start) / width, law, desk, store) - level)
    at_high = sign * (value_in(what, p, min((high - start) / width, 1.0), law, desk, store) - level)
    if at_low >= 0.0 or at_high < 0.0:
        return right_h if at_high < 0.0 else low
    kept = 0
    for _ in range(100):
        if high - low <= CROSSED_WITHIN_H:
            break
        t = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < t < high:
            t = 0.5 * (low + high)
        value = sign * (value_in(what, p, (t - start) / width, law, desk, store) - level)
        if abs(value) <= 1e-15 * abs(level):
            return t
        if value < 0.0:
            low, at_low = t, value
            at_high *= 0.5 if kept == 1 else 1.0
            kept = 1
        else:
            high, at_high = t, value
            at_low *= 0.5 if kept == 2 else 1.0
            kept = 2
    return high


def extremum(
    what: int, from_h: float, sign: float, law: Law, desk: Desk, store: Store
) -> tuple[float, float]:
    """Time and value of the largest sign · series at or after *from_h*."""
    best_t, best = from_h, sign * value_at(what, from_h, law, desk, store)
    at_p, at_j = panel_at(from_h, store), -1
    for p in range(at_p, store.counts[0]):
        for j in range(N_POINTS):
            t = store.starts_h[p] + store.widths_h[p] * POINTS[j]
            if t <= from_h:
                continue
            value = sign * series_at(what, store.values[p], j, law)
            if value > best:
                best_t, best, at_p, at_j = t, value, p, j
    if at_j < 0:
        first = (from_h - store.starts_h[at_p]) / store.widths_h[at_p]
        last = first
        for j in range(N_POINTS - 1, -1, -1):
            last = POINTS[j] if POINTS[j] > first else last
        best_t, best = _zoomed(what, at_p, first, last, sign, best_t, best, law, desk, store)
        return best_t, sign * best
    low = POINTS[max(at_j - 1, 0)]
    start, width = store.starts_h[at_p], store.widths_h[at_p]
    low = min(max(low, (from_h - start) / width), POINTS[at_j])
    high = POINTS[min(at_j + 1, N_POINTS - 1)]
    best_t, best = _zoomed(what, at_p, low, high, sign, best_t, best, law, desk, store)
    if at_j == 0 and at_p > 0 and store.starts_h[at_p - 1] >= from_h:
        low = POINTS[N_POINTS - 2]
        best_t, best = _zoomed(what, at_p - 1, low, 1.0, sign, best_t, best, law, desk, store)
    if at_j == N_POINTS - 1 and at_p + 1 < store.counts[0]:
        best_t, best = _zoomed(what, at_p + 1, 0.0, POINTS[1], sign, best_t, best, law, desk, store)
    return best_t, sign * best


def _zoomed(
    what: int,
    p: int,
    low: float,
    high: float,
    sign: float,
    best_t: float,
    best: float,
    law: Law,
    desk: Desk,
    store: Store,
) -> tuple[float, float]:
    """The best so far, or what golden section finds above it between two positions of a panel."""
    if high <= low:
        return best_t, best
    start, width = store.starts_h[p], store.widths_h[p]
    at_low = sign * value_in(what, p, low, law, desk, store)
    at_high = sign * value_in(what, p, high, law, desk, store)
    if max(abs(best - at_low), abs(best - at_high)) <= FLAT * abs(best):
        return best_t, best
    a, b = low, high
    x, y = a + GOLDEN * (b - a), b - GOLDEN * (b - a)
    at_x = sign * value_in(what, p, x, law, desk, store)
    at_y = sign * value_in(what, p, y, law, desk, store)
    for _ in range(N_ZOOM):
        if at_x >= at_y:
            b, y, at_y = y, x, at_x
            x = a + GOLDEN * (b - a)
            at_x = sign * value_in(what, p, x, law, desk, store)
        else:
            a, x, at_x = x, y, at_y
            y = b - GOLDEN * (b - a)
            at_y = sign * value_in(what, p, y, law, desk, store)
    if max(at_x, at_y) > best:
        return start + width * (x if at_x >= at_y else y), max(at_x, at_y)
    return best_t, best
