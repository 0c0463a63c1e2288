"""One stage over one panel: y(x) = e^{−rhx} y0 + ∫_0^x rh e^{−rh(x−ξ)} T(ξ) dξ, T known at the nodes.

Where the stage is slow against the panel, T e^{rhξ} is as smooth as T, and one matrix integrates it from the
start to every point. Else the integral goes from point to point by Gauss, with T from its nodes.
"""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array, frozen
from itsim.engine import panels
from itsim.engine.kernel.places import N_COLUMNS, N_POINTS
from itsim.engine.panels import N_NODES, NODES, POINTS

SLOW_STAGE = 2.0
"""Largest rate · width for which the one matrix is right to 1e-12."""
MOST_DECAY = 16.0
"""Largest rate · width of a panel: up to there the quadrature from point to point is right to 1e-12."""
LAST_PANEL = 1.25
"""How much longer than its level the last panel before an edge may be."""
N_STEPS = 6

_GAUSS_X, _GAUSS_W = np.polynomial.legendre.leggauss(N_STEPS)
STEP_X = frozen(0.5 * (_GAUSS_X + 1.0))
STEP_W = frozen(0.5 * _GAUSS_W)


def _integrals_from_start() -> Array:
    """∫_0^x of each node's polynomial, ``[nodes, N_COLUMNS]``."""
    quadrature_x, quadrature_w = np.polynomial.legendre.leggauss(N_NODES)
    inner = 0.5 * (quadrature_x + 1.0)
    out = np.zeros((N_NODES, N_COLUMNS))
    for j, x in enumerate(POINTS):
        out[:, j] = 0.5 * x * quadrature_w @ panels.cardinal(x * inner)
    return frozen(out)


def _between_points() -> Array:
    """Node values to values between two points, ``[points, N_STEPS, nodes]``; nothing before the first."""
    out = np.zeros((N_POINTS, N_STEPS, N_NODES))
    for j in range(1, N_POINTS):
        out[j] = panels.cardinal(POINTS[j - 1] + (POINTS[j] - POINTS[j - 1]) * STEP_X)
    return frozen(out)


FROM_START = _integrals_from_start()
BETWEEN = _between_points()


def relax(decay: Array, decay_times_width: float, targets: Array, start: float, out: Array) -> None:
    """States at the points of a panel from targets there; *decay* is the clock's row of the table."""
    out[0] = start
    largest = 0.0
    for j in range(1, N_NODES + 1):
        largest = max(largest, abs(targets[j]))
    if largest == 0.0:
        for j in range(1, N_POINTS):
            out[j] = decay[j] * start
    elif decay_times_width <= SLOW_STAGE:
        _relax_slowly(decay, decay_times_width, targets, start, out)
    else:
        _relax_quickly(decay_times_width, targets, start, out)


def _relax_slowly(decay: Array, rh: float, targets: Array, start: float, out: Array) -> None:
    for j in range(N_COLUMNS):
        out[j] = 0.0
    for k in range(N_NODES):
        grown = rh * targets[k + 1] / decay[k + 1]
        for j in range(N_COLUMNS):
            out[j] += grown * FROM_START[k, j]
    for j in range(N_POINTS):
        out[j] = decay[j] * (start + out[j])


def _relax_quickly(rh: float, targets: Array, start: float, out: Array) -> None:
    state = start
    for j in range(1, N_POINTS):
        step = rh * (POINTS[j] - POINTS[j - 1])
        state *= math.exp(-step)
        for q in range(N_STEPS):
            target = 0.0
            for k in range(N_NODES):
                target += BETWEEN[j, q, k] * targets[k + 1]
            state += STEP_W[q] * step * math.exp(-step * (1.0 - STEP_X[q])) * target
        out[j] = state


def relaxed_at(x: float, rh: float, targets: Array, states: Array, weights: Array) -> float:
    """The stage at a position 0…1, from the last point before it; *weights* is scratch."""
    j = 0
    while j + 2 < N_POINTS and POINTS[j + 1] <= x:
        j += 1
    step = x - POINTS[j]
    state = math.exp(-rh * step) * states[j]
    for q in range(N_STEPS):
        node_weights(POINTS[j] + step * STEP_X[q], weights)
        target = 0.0
        for k in range(N_NODES):
            target += weights[k] * targets[k + 1]
        state += STEP_W[q] * rh * step * math.exp(-rh * step * (1.0 - STEP_X[q])) * target
    return state


NODE_BARYCENTRIC, POINT_BARYCENTRIC = (
    frozen(np.array([1.0 / np.prod(x - np.delete(at, i)) for i, x in enumerate(at)]))
    for at in (panels.NODES, POINTS)
)


def node_weights(x: float, weights: Array) -> None:
    """The share of each node in a polynomial's value at *x*."""
    barycentric(x, NODES, NODE_BARYCENTRIC, weights)


def point_weights(x: float, weights: Array) -> None:
    """The share of each point, start and end too, in a polynomial's value at *x*."""
    barycentric(x, POINTS, POINT_BARYCENTRIC, weights)


def barycentric(x: float, at: Array, factors: Array, weights: Array) -> None:
    """The share of each value in the polynomial through the values *at* some places, at *x*."""
    total, n = 0.0, at.shape[0]
    for k in range(n):
        gap = x - at[k]
        if gap == 0.0:
            for i in range(n):
                weights[i] = 1.0 if i == k else 0.0
            return
        weights[k] = factors[k] / gap
        total += weights[k]
    for k in range(n):
        weights[k] /= total
