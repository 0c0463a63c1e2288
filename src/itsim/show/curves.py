"""Curves with their jumps: rates in pieces and levels between visits, ready to draw."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array
from itsim.device.delivery import Delivery, Pieces
from itsim.show.window import Window

N_MEAN = 800
MOST_PER_PIECE, N_POINTS = 25, 2000
"""A piece gets enough points for its curve, and a rate of many pieces fewer for each."""


def rate_curve(rate: Pieces, window: Window) -> tuple[Array, Array]:
    """Times and rates; at a jump the time comes twice, with the value before and the value after."""
    edges = _inside(rate.edges_h, window)
    times = _within(edges)
    values = np.column_stack(
        [rate.rate(times[:, :-1].ravel()).reshape(len(times), -1), rate.rate_before(edges[1:])]
    )
    return times.ravel(), values.ravel()


def both_curves(a: Pieces, b: Pieces, window: Window) -> tuple[Array, Array, Array]:
    """Two rates at the same times, each jump of either one given twice: for the area between them."""
    edges = _inside(np.union1d(a.edges_h, b.edges_h), window)
    times = _within(edges)
    columns = [
        np.column_stack([p.rate(times[:, :-1].ravel()).reshape(len(times), -1), p.rate_before(edges[1:])])
        for p in (a, b)
    ]
    return times.ravel(), columns[0].ravel(), columns[1].ravel()


def volume_curves(delivery: Delivery, window: Window) -> tuple[Array, Array, Array]:
    """Times, calculated and true volume in mL; at a visit the time comes twice."""
    visits = delivery.levels[:, 0]
    edges = _inside(
        np.union1d(np.union1d(visits, delivery.pumped_mL_h.edges_h), delivery.believed_mL_h.edges_h), window
    )
    before = np.nextafter(edges[1:], -np.inf)
    times = _within(edges)
    asked = times.copy()
    asked[:, -1] = before
    flat = asked.ravel()
    return times.ravel(), delivery.calculated_volume_mL(flat), delivery.true_volume_mL(flat)


def _within(edges_h: Array) -> Array:
    """Times from edge to edge, both included, ``[pieces, points]``."""
    n = min(MOST_PER_PIECE, max(2, N_POINTS // (len(edges_h) - 1)))
    return np.asarray(np.linspace(edges_h[:-1], edges_h[1:], n, axis=1))


def _inside(edges_h: Array, window: Window) -> Array:
    inner = edges_h[(edges_h > window.from_h) & (edges_h < window.until_h)]
    return np.concatenate([[window.from_h], inner, [window.until_h]])


def mean_curve(rate: Pieces, window: Window, over_h: float) -> tuple[Array, Array]:
    """The mean of a rate over a moving stretch between its jumps, from its exact integral."""
    times = np.linspace(window.from_h, window.until_h, N_MEAN)
    left, right = mean_bounds(times, jumps_h(rate, window), over_h)
    wide = right > left
    mean = rate.rate(times)
    mean[wide] = (rate.integral(right[wide]) - rate.integral(left[wide])) / (right - left)[wide]
    return times, mean


def mean_bounds(times_h: Array, jumps: Array, over_h: float) -> tuple[Array, Array]:
    """The ends of a moving mean: never past the first and last jump, of no width before and after them."""
    first, last = (float(jumps[0]), float(jumps[-1])) if len(jumps) else (np.inf, -np.inf)
    inside = (times_h > first) & (times_h < last)
    left = np.where(inside, np.maximum(times_h - 0.5 * over_h, first), times_h)
    right = np.where(inside, np.minimum(times_h + 0.5 * over_h, last), times_h)
    return left, right


def jumps_h(rate: Pieces, window: Window) -> Array:
    """When a rate jumps inside a window."""
    edges = rate.edges_h[(rate.edges_h > window.from_h) & (rate.edges_h < window.until_h)]
    before, after = rate.rate_before(edges), rate.rate(edges)
    return np.asarray(edges[np.abs(after - before) > 1e-6 * np.maximum(np.abs(before), np.abs(after))])
