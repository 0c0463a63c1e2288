"""Tables of what decays over a panel: made once for each width, body and patient, and kept while it fits."""

from __future__ import annotations

import math

from itsim.arrays import Array
from itsim.engine.kernel.places import (
    LEVEL_OF_AN_HOUR,
    N_CLOCKS,
    N_LEVELS,
    N_POINTS,
    N_RAGGED,
    Desk,
)
from itsim.engine.panels import POINTS

LEAST_EXPONENT = -600.0
"""Numerical: below it a quotient of two powers would lose digits, or underflow."""
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
    """e^{exponent·x} at the points; they lie evenly about the middle, which spares half of the powers."""
    row[0], row[N_POINTS - 1] = 1.0, math.exp(exponent)
    half = N_POINTS // 2
    for j in range(1, half):
        row[j] = math.exp(exponent * POINTS[j])
    for j in range(half, N_POINTS - 1):
        if exponent > LEAST_EXPONENT:
            row[j] = row[N_POINTS - 1] / row[N_POINTS - 1 - j]
        else:
            row[j] = math.exp(exponent * POINTS[j])
