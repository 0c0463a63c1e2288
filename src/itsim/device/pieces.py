"""Rates given in pieces, and the arithmetic on them: plain loops over floats and arrays.

A table of pieces has one row each: ``start_h, c0, c1, c2, c3, ce, lam``, meaning
``c0 + c1 s + c2 s² + c3 s³ + ce exp(−lam s)`` with ``s = t − start_h`` in hours, half-open on the right.
A table of ``n`` pieces fills ``n + 1`` rows; the last of them holds only the end in its first column.
One row more, the last of the array, is kept for saying that the table was too small (``is_full``).

Every function here is written so that it runs as it stands and compiled (``device/compiled.py``):
no Python objects, no allocation that grows, arrays that are too small saturate and say so.
"""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array

START, C0, C1, C2, C3, CE, LAM = 0, 1, 2, 3, 4, 5, 6
WIDTH = 7

FULL = 1.0

MULTIPLY, ADD, LOGISTIC, TAPER = 0, 1, 2, 3

FIT_TOLERANCE = 5e-10
"""Largest error of a cubic piece, as a fraction of the largest rate in the stretch that is fitted."""

LOGISTIC_HALF_WIDTH = 6.0
"""A logistic decline runs from −6 to +6 of its own scale and is stretched to begin and end exactly."""


def evaluate(row: Array, s_h: float) -> float:
    """The rate of a piece *s_h* hours after its start."""
    value = row[C0] + s_h * (row[C1] + s_h * (row[C2] + s_h * row[C3]))
    if row[CE] != 0.0:
        value += row[CE] * math.exp(-row[LAM] * s_h)
    return value


def integrate(row: Array, s_h: float) -> float:
    """The integral of a piece over its first *s_h* hours."""
    total = s_h * (row[C0] + s_h * (row[C1] / 2.0 + s_h * (row[C2] / 3.0 + s_h * row[C3] / 4.0)))
    if row[CE] != 0.0:
        if row[LAM] == 0.0:
            total += row[CE] * s_h
        else:
            total -= row[CE] * math.expm1(-row[LAM] * s_h) / row[LAM]
    return total


def is_constant(row: Array) -> bool:
    """Whether a piece is one number."""
    return row[C1] == 0.0 and row[C2] == 0.0 and row[C3] == 0.0 and row[CE] == 0.0


def shift(row: Array, s_h: float, out: Array) -> None:
    """Write into *out* the same rate seen from *s_h* hours later; the start is left to the caller."""
    out[C0] = row[C0] + s_h * (row[C1] + s_h * (row[C2] + s_h * row[C3]))
    out[C1] = row[C1] + s_h * (2.0 * row[C2] + 3.0 * s_h * row[C3])
    out[C2] = row[C2] + 3.0 * s_h * row[C3]
    out[C3] = row[C3]
    out[LAM] = row[LAM]
    out[CE] = row[CE] * math.exp(-row[LAM] * s_h) if row[CE] != 0.0 else 0.0


def capacity(table: Array) -> int:
    """How many pieces an array holds: one row is for their end, one for saying that it is full."""
    return table.shape[0] - 2


def is_full(table: Array) -> bool:
    """Whether a piece was lost because the table had no room for it, since ``empty``."""
    return table[table.shape[0] - 1, START] == FULL


def empty(table: Array) -> None:
    """Make a table say again that nothing was lost."""
    table[table.shape[0] - 1, START] = 0.0


def put(table: Array, n: int, start_h: float, row: Array, s_h: float, factor: float) -> int:
    """Append *row* from *s_h* hours after its start on, times *factor*, as the next piece.

    A last piece that would be left without length gives way.
    """
    if factor == 0.0 or is_constant(row):
        return put_constant(table, n, start_h, factor * row[C0])
    if n > 0 and table[n - 1, START] >= start_h:
        n -= 1
    if n >= capacity(table):
        table[table.shape[0] - 1, START] = FULL
        return n
    shift(row, s_h, table[n])
    table[n, START] = start_h
    for c in range(C0, LAM):
        table[n, c] *= factor
    return n + 1


def put_constant(table: Array, n: int, start_h: float, value: float) -> int:
    """Append a constant piece like ``put``; one that only continues the last adds none."""
    if n > 0 and table[n - 1, START] >= start_h:
        n -= 1
    if n > 0 and table[n - 1, C0] == value and is_constant(table[n - 1]):
        return n
    if n >= capacity(table):
        table[table.shape[0] - 1, START] = FULL
        return n
    close(table, n, start_h)
    table[n, C0] = value
    return n + 1


def close(table: Array, n: int, end_h: float) -> None:
    """Write the end of a table of *n* pieces."""
    for c in range(WIDTH):
        table[n, c] = 0.0
    table[n, START] = end_h


def constant_table(table: Array, value: float, start_h: float, end_h: float) -> int:
    """One constant piece over the whole span."""
    n = put_constant(table, 0, start_h, value)
    close(table, n, end_h)
    return n


def copy(table: Array, n: int, out: Array) -> None:
    """Copy *n* pieces and their end."""
    for i in range(n + 1):
        for c in range(WIDTH):
            out[i, c] = table[i, c]


def piece_at(table: Array, n: int, t_h: float) -> int:
    """The piece in which a time lies; the first or the last where it lies before or after all."""
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if table[middle, START] <= t_h:
            low = middle
        else:
            high = middle
    return low


def copy_span(table: Array, n: int, from_h: float, until_h: float, out: Array, m: int) -> int:
    """Append to *out* the part of a table between two times; returns the new number of pieces."""
    for i in range(piece_at(table, n, from_h), n):
        if table[i, START] >= until_h:
            break
        start, stop = max(table[i, START], from_h), min(table[i + 1, START], until_h)
        if start < stop:
            m = put(out, m, start, table[i], start - table[i, START], 1.0)
    return m


def overlay(base: Array, n: int, top: Array, m: int, out: Array) -> int:
    """The base table with the span of *top* replaced by it."""
    k = copy_span(base, n, base[0, START], top[0, START], out, 0)
    k = copy_span(top, m, top[0, START], top[m, START], out, k)
    k = copy_span(base, n, top[m, START], base[n, START], out, k)
    close(out, k, base[n, START])
    return k


def combine(operation: int, a: Array, n: int, b: Array, m: int, out: Array) -> int:
    """Product or sum of two tables over the span they share, exact where the class of pieces is closed,
    else in cubic pieces within FIT_TOLERANCE."""
    t, end = max(a[0, START], b[0, START]), min(a[n, START], b[m, START])
    i, j, k = 0, 0, 0
    while t < end:
        while i + 1 < n and a[i + 1, START] <= t:
            i += 1
        while j + 1 < m and b[j + 1, START] <= t:
            j += 1
        stop = min(min(a[i + 1, START], b[j + 1, START]), end)
        k = _combine_one(operation, a[i], b[j], t, stop, out, k)
        t = stop
    close(out, k, end)
    return k


def _combine_one(
    operation: int, a: Array, b: Array, start_h: float, stop_h: float, out: Array, k: int
) -> int:
    if operation == MULTIPLY and is_constant(b):
        return put(out, k, start_h, a, start_h - a[START], b[C0])
    if operation == MULTIPLY and is_constant(a):
        return put(out, k, start_h, b, start_h - b[START], a[C0])
    left, right = np.zeros(WIDTH), np.zeros(WIDTH)
    shift(a, start_h - a[START], left)
    shift(b, start_h - b[START], right)
    if operation == MULTIPLY:
        if left[CE] == 0.0 and right[CE] == 0.0 and _degree(left) + _degree(right) <= 3:
            return _put_product(left, right, start_h, out, k)
    elif left[CE] == 0.0 or right[CE] == 0.0 or left[LAM] == right[LAM]:
        return _put_sum(left, right, start_h, out, k)
    return fit(operation, left, right, start_h, stop_h, out, k)


def _degree(row: Array) -> int:
    for c in range(C3, C0, -1):
        if row[c] != 0.0:
            return c - C0
    return 0


def _put_product(left: Array, right: Array, start_h: float, out: Array, k: int) -> int:
    row = np.zeros(WIDTH)
    for i in range(4):
        for j in range(4 - i):
            row[C0 + i + j] += left[C0 + i] * right[C0 + j]
    return put(out, k, start_h, row, 0.0, 1.0)


def _put_sum(left: Array, right: Array, start_h: float, out: Array, k: int) -> int:
    row = np.zeros(WIDTH)
    for c in range(C0, LAM):
        row[c] = left[c] + right[c]
    row[LAM] = left[LAM] if left[CE] != 0.0 else right[LAM]
    return put(out, k, start_h, row, 0.0, 1.0)


def curve(operation: int, left: Array, right: Array, s_h: float) -> float:
    """The curved rates that have no closed piece; each is fitted by cubics."""
    if operation == MULTIPLY:
        return evaluate(left, s_h) * evaluate(right, s_h)
    if operation == ADD:
        return evaluate(left, s_h) + evaluate(right, s_h)
    if operation == TAPER:
        fallen = integrate(left, s_h) + right[C2] * s_h
        return evaluate(left, s_h) * right[C0] * math.exp(-fallen / right[C1])
    x = LOGISTIC_HALF_WIDTH * (2.0 * s_h / right[C2] - 1.0)
    low = 1.0 / (1.0 + math.exp(LOGISTIC_HALF_WIDTH))
    return right[C0] + (right[C1] - right[C0]) * (1.0 / (1.0 + math.exp(-x)) - low) / (1.0 - 2.0 * low)


def fit(operation: int, left: Array, right: Array, start_h: float, stop_h: float, out: Array, k: int) -> int:
    """Append cubic pieces that follow a curved rate within FIT_TOLERANCE of its largest value."""
    row = np.zeros(WIDTH)
    total = stop_h - start_h
    scale = 0.0
    for i in range(9):
        scale = max(scale, abs(curve(operation, left, right, total * i / 8.0)))
    s, width, tolerance = 0.0, total, FIT_TOLERANCE * scale
    while s < total:
        width = min(width, total - s)
        error = _cubic(operation, left, right, s, width, row)
        while error > tolerance and width > 1e-6 * total:
            width *= _stretch(tolerance, error)
            error = _cubic(operation, left, right, s, width, row)
        k = put(out, k, start_h + s, row, 0.0, 1.0)
        s = total if s + width >= total * (1.0 - 1e-12) else s + width
        width *= _stretch(tolerance, error)
    return k


def _stretch(tolerance: float, error: float) -> float:
    """How much longer the next piece may be: a cubic's error grows with the fourth power of its length."""
    if error <= 0.0:
        return 4.0
    return min(max(0.9 * math.sqrt(math.sqrt(tolerance / error)), 0.1), 4.0)


def _cubic(operation: int, left: Array, right: Array, s_h: float, width_h: float, row: Array) -> float:
    """Interpolate at four Chebyshev points by divided differences; returns the error seen between them."""
    x, d = np.zeros(4), np.zeros(4)
    for i in range(4):
        x[i] = 0.5 * (1.0 - math.cos((2 * i + 1) * math.pi / 8.0)) * width_h
        d[i] = curve(operation, left, right, s_h + x[i])
    for order in range(1, 4):
        for i in range(3, order - 1, -1):
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - order])
    row[C3] = d[3]
    row[C2] = d[2] - d[3] * (x[0] + x[1] + x[2])
    row[C1] = d[1] - d[2] * (x[0] + x[1]) + d[3] * (x[0] * x[1] + x[0] * x[2] + x[1] * x[2])
    row[C0] = d[0] - d[1] * x[0] + d[2] * x[0] * x[1] - d[3] * x[0] * x[1] * x[2]
    worst = 0.0
    for i in range(5):
        s = width_h * i / 4.0
        worst = max(worst, abs(curve(operation, left, right, s_h + s) - evaluate(row, s)))
    return worst


def time_of_integral(row: Array, span_h: float, amount: float) -> float:
    """When the integral of a non-negative piece reaches *amount*, in hours from its start.

    Safeguarded Newton; *amount* must lie between 0 and the integral over *span_h*.
    """
    low, high = 0.0, span_h
    s = span_h * 0.5
    if is_constant(row) and row[C0] > 0.0:
        return min(amount / row[C0], span_h)
    for _ in range(200):
        excess = integrate(row, s) - amount
        if excess > 0.0:
            high = s
        else:
            low = s
        slope = evaluate(row, s)
        step = s - excess / slope if slope > 0.0 else low
        if not low < step < high:
            step = 0.5 * (low + high)
        if abs(step - s) <= 1e-15 * span_h or high - low <= 1e-15 * span_h:
            return step
        s = step
    return s


def total(table: Array, n: int) -> float:
    """The integral of a whole table."""
    amount = 0.0
    for i in range(n):
        amount += integrate(table[i], table[i + 1, START] - table[i, START])
    return amount
