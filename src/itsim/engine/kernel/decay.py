"""Tables of what decays over a panel: made once for each width, body and patient, and kept while it fits."""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array, frozen
from itsim.engine.kernel.places import (
    LEVEL_OF_AN_HOUR,
    N_CLOCKS,
    N_COLUMNS,
    N_LEVELS,
    N_POINTS,
    N_RAGGED,
    Desk,
)
from itsim.engine.panels import POINTS

COLUMNS = frozen(np.concatenate([POINTS, np.zeros(N_COLUMNS - N_POINTS)]))
N_POWERS = 1010
LEAST_EXPONENT = -700.0
PER_LN_2 = 1.4426950408889634
LN_2_HIGH, LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
SERIES = frozen(np.array([1.0 / math.factorial(k) for k in range(12, -1, -1)]))
POWERS_OF_2 = frozen(2.0 ** np.arange(-N_POWERS, 1.0))

SAME_WIDTH_H = 2e-12
"""Numerical: widths that differ by less are one; they come from differences of times."""


def width_of(level: int) -> float:
    """The width of a level in hours."""
    return 2.0 ** float(level - LEVEL_OF_AN_HOUR)


def forget_tables(body: int, patient: int, desk: Desk) -> None:
    """Empty the tables where they are not of this body in this patient."""
    if desk.notes[0] != body or desk.notes[1] != patient:
        desk.notes[0], desk.notes[1] = body, patient
        desk.widths_h[:] = -1.0


def table_of_level(level: int, rates: Array, clocks: Array, first: int, desk: Desk) -> int:
    """The table of a level, holding the modes from *first* on."""
    return _filled(level, width_of(level), rates, clocks, first, desk)


def table_of_width(width_h: float, rates: Array, clocks: Array, first: int, desk: Desk) -> int:
    """The table of any width; the oldest of its kind gives way."""
    allowed = SAME_WIDTH_H * (1.0 + width_h)
    for i in range(N_LEVELS, N_LEVELS + N_RAGGED):
        if abs(desk.widths_h[i] - width_h) <= allowed:
            return _filled(i, desk.widths_h[i], rates, clocks, first, desk)
    i = N_LEVELS + desk.notes[2]
    desk.notes[2] = (desk.notes[2] + 1) % N_RAGGED
    desk.widths_h[i] = -1.0
    return _filled(i, width_h, rates, clocks, first, desk)


def _filled(i: int, width_h: float, rates: Array, clocks: Array, first: int, desk: Desk) -> int:
    table, n = desk.tables[i], rates.shape[0]
    stop = desk.begins[i]
    if desk.widths_h[i] < 0.0:
        desk.widths_h[i] = width_h
        stop = n
        for c in range(N_CLOCKS):
            _fill_row(-clocks[c] * width_h, table[n + c])
    for m in range(first, stop):
        _fill_row(rates[m] * width_h, table[m])
    desk.begins[i] = min(first, stop)
    return i


def _fill_row(exponent: float, row: Array) -> None:
    for j in range(N_COLUMNS):
        row[j] = decayed(exponent * COLUMNS[j])


def decayed(x: float) -> float:
    """e^x for x ≤ 0 to two units in the last place, in steps that a compiler lays side by side.

    x = n ln 2 + r with |r| ≤ ln 2/2 ;  e^r by its series to r¹³, 2^n from a table.
    """
    x = max(x, LEAST_EXPONENT)
    n = math.floor(x * PER_LN_2 + 0.5)
    r = (x - n * LN_2_HIGH) - n * LN_2_LOW
    series = 1.0 / 6227020800.0
    for k in range(SERIES.shape[0]):
        series = series * r + SERIES[k]
    return series * POWERS_OF_2[int(n) + N_POWERS]
