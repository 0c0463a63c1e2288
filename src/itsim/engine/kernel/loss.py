"""When delivery falls away from what is intended and when it comes back, as ``metrics.py`` samples it.

The gap is sign · (actual − share · intended), looked at 17 times within every stretch between two edges of
either, the last time just before the edge.
"""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array
from itsim.device.pieces import START, evaluate, is_constant, piece_at

N_LOOKS = 17
PASSED_WITHIN_H = 1e-10
"""Numerical: where a dose rate passes its limit is found to within this."""


def gap_at(actual: Array, n: int, intended: Array, m: int, share: float, sign: float, t: float) -> float:
    """The gap at one time; at an edge that of the piece which begins there."""
    a, b = actual[piece_at(actual, n, t)], intended[piece_at(intended, m, t)]
    return sign * (evaluate(a, t - a[START]) - share * evaluate(b, t - b[START]))


def next_edge(actual: Array, n: int, intended: Array, m: int, t: float) -> float:
    """The first edge of either after *t*."""
    edge = math.inf
    i, j = piece_at(actual, n, t), piece_at(intended, m, t)
    if actual[i + 1, START] > t:
        edge = actual[i + 1, START]
    if intended[j + 1, START] > t:
        edge = min(edge, intended[j + 1, START])
    return edge


def look(left: float, right: float, k: int) -> float:
    """The time of one look between two edges."""
    if k == N_LOOKS - 1:
        return np.nextafter(right, -math.inf)
    return left + (right - left) * (k / (N_LOOKS - 1.0))


def first_below_h(actual: Array, n: int, intended: Array, m: int, share: float, sign: float) -> float:
    """First time at which the gap is negative; NaN where it never is."""
    t, end, before = actual[0, START], actual[n, START], math.nan
    while t < end:
        right = min(next_edge(actual, n, intended, m, t), end)
        a, b = actual[piece_at(actual, n, t)], intended[piece_at(intended, m, t)]
        is_even = is_constant(a) and is_constant(b)
        for k in range(N_LOOKS):
            at = look(t, right, k)
            value = sign * (evaluate(a, at - a[START]) - share * evaluate(b, at - b[START]))
            if value < 0.0:
                if math.isnan(before):
                    return at
                return passed_h(actual, n, intended, m, share, sign, before, at)
            before = at
            if is_even:
                before = look(t, right, N_LOOKS - 1)
                break
        t = right
    return math.nan


def last_restored_h(actual: Array, n: int, intended: Array, m: int, share: float) -> float:
    """First time after the last loss at which something is delivered again; NaN where nothing is, or where
    nothing was ever lost."""
    t, end = actual[0, START], actual[n, START]
    below, after, given, is_lost = math.nan, math.nan, math.nan, False
    while t < end:
        right = min(next_edge(actual, n, intended, m, t), end)
        a, b = actual[piece_at(actual, n, t)], intended[piece_at(intended, m, t)]
        is_even = is_constant(a) and is_constant(b)
        for k in range(N_LOOKS):
            at = look(t, right, k)
            rate = evaluate(a, at - a[START])
            if rate - share * evaluate(b, at - b[START]) < 0.0:
                below = look(t, right, N_LOOKS - 1) if is_even else at
                after, given, is_lost = math.nan, math.nan, True
            elif is_lost:
                after = at if math.isnan(after) else after
                given = at if math.isnan(given) and rate > 0.0 else given
            if is_even:
                break
        t = right
    if math.isnan(given):
        return math.nan
    if given > after:
        return given
    return passed_h(actual, n, intended, m, share, 1.0, below, after)


def passed_h(
    actual: Array, n: int, intended: Array, m: int, share: float, sign: float, left: float, right: float
) -> float:
    """Where the gap changes its sign between two neighbouring looks; at an edge, the edge."""
    if right == np.nextafter(left, math.inf):
        return right
    at_left = gap_at(actual, n, intended, m, share, sign, left)
    if at_left == 0.0:
        return left
    low, high = left, right
    while high - low > PASSED_WITHIN_H:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if gap_at(actual, n, intended, m, share, sign, middle) * at_left > 0.0:
            low = middle
        else:
            high = middle
    return high
