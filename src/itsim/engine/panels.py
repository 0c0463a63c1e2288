"""Panels: stretches of time between edges, graded from short to long, each with the same Gauss nodes.

On a panel a stage's target is the polynomial through its nodes, and the stage itself follows in closed form:

    y(x) = e^{−rh·x} y0 + ∫_0^x rh e^{−rh(x−ξ)} T(ξ) dξ,   x from 0 to 1
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from itsim.arrays import Array, Flags, frozen

N_NODES = 12
N_QUADRATURE = 20
FIRST_PANEL_H, LONGEST_PANEL_H, SHORTEST_PANEL_H, BESIDE_BEND_H = 0.25, 64.0, 1e-3, 2e-3
"""Numerical: widths from which panels are halved until they resolve; no result depends on them."""
RESOLUTION = 1e-9
MOST_DECAY = 32.0
"""Largest rate · width of a panel: up to there the quadrature of the kernel is right to 1e-13."""

NODES = frozen(0.5 * (np.polynomial.legendre.leggauss(N_NODES)[0] + 1.0))
"""Gauss nodes on 0…1."""
POINTS = frozen(np.concatenate([[0.0], NODES, [1.0]]))
"""Start, nodes and end."""
_QUAD_X, _QUAD_W = np.polynomial.legendre.leggauss(N_QUADRATURE)
_QUAD_X, _QUAD_W = 0.5 * (_QUAD_X + 1.0), 0.5 * _QUAD_W
_LEGENDRE = np.polynomial.legendre.legvander(2.0 * NODES - 1.0, N_NODES - 1)
TO_LEGENDRE = frozen(np.asarray(np.linalg.inv(_LEGENDRE), np.float64))
"""Node values to Legendre coefficients."""


def graded(start_h: float, stop_h: float, first_h: float) -> Array:
    """Edges of panels that double from *first_h* up to the longest, ``[n + 1]``."""
    edges, width = [start_h], first_h
    while edges[-1] + 1.25 * width < stop_h:
        edges.append(edges[-1] + width)
        width = min(2.0 * width, LONGEST_PANEL_H)
    return np.array([*edges, stop_h])


def cardinal(x: Array) -> Array:
    """Values at *x* of the polynomials that are one at one node and zero at the others, ``[n, N_NODES]``."""
    return np.asarray(np.polynomial.legendre.legvander(2.0 * np.asarray(x) - 1.0, N_NODES - 1) @ TO_LEGENDRE)


_WEIGHTS_AT_POINTS = frozen(np.stack([cardinal(x * _QUAD_X) for x in POINTS]))
"""``[points, quadrature, nodes]``"""


@lru_cache(maxsize=4096)
def relaxation(rate_times_width: float) -> tuple[Array, Array]:
    """Decay ``[points]`` and weights ``[points, nodes]`` of a stage on a panel, at start, nodes and end."""
    rh = rate_times_width
    lag = POINTS[:, None] * (1.0 - _QUAD_X[None, :])
    kernel = POINTS[:, None] * _QUAD_W * rh * np.exp(-rh * lag)
    return frozen(np.exp(-rh * POINTS)), frozen(np.einsum("jq,jqk->jk", kernel, _WEIGHTS_AT_POINTS))


def relaxed(rates_times_width: Array, x: Array, starts: Array, targets: Array) -> Array:
    """Stages at one position *x* ``[n]`` in each of ``n`` panels: rates and starts ``[n, stages]``,
    targets ``[n, stages, nodes]``, result ``[n, stages]``."""
    weights = cardinal((x[:, None] * _QUAD_X).ravel()).reshape(len(x), N_QUADRATURE, N_NODES)
    rhx = (rates_times_width * x[:, None])[:, :, None]
    kernel = rhx * _QUAD_W * np.exp(-rhx * (1.0 - _QUAD_X))
    return np.asarray(np.exp(-rhx[:, :, 0]) * starts + np.sum((kernel @ weights) * targets, axis=2))


def unresolved(values: Array, size: float, noise: Array | float = 0.0) -> Flags:
    """Whether each panel's values at the nodes leave too much in the last two Legendre coefficients.

    Too much is RESOLUTION of the panel's largest value, or of a millionth of *size* where that is larger;
    *noise* is what rounding may do to the values, which no finer panel could resolve.
    """
    tail = np.abs(values @ TO_LEGENDRE[-2:].T).max(axis=-1)
    allowed = RESOLUTION * np.maximum(np.abs(values).max(axis=-1), 1e-6 * size)
    return np.asarray(tail > allowed + noise)


def around(left_h: float, bend_h: float, right_h: float) -> Array:
    """Edges that grow away from a bend on both sides, for a target that is not smooth there."""
    before = 2.0 * bend_h - graded(bend_h, 2.0 * bend_h - left_h, BESIDE_BEND_H)[::-1]
    before[0] = left_h
    return np.concatenate([before, graded(bend_h, right_h, BESIDE_BEND_H)[1:]])


_BARYCENTRIC = frozen(np.array([1.0 / np.prod(x - np.delete(POINTS, i)) for i, x in enumerate(POINTS)]))


def root(values: Array) -> float:
    """Where the polynomial through *values* at POINTS first passes zero, as a position 0…1.

    Bisection with secant steps on the barycentric form; *values* must change sign.
    """
    signs = np.sign(values)
    first = int(np.flatnonzero(signs != 0.0)[0])
    i = int(np.flatnonzero(signs[first:] == -signs[first])[0]) + first
    low, high = float(POINTS[i - 1]), float(POINTS[i])

    def at(x: float) -> float:
        gap = x - POINTS
        near = np.flatnonzero(gap == 0.0)
        if len(near):
            return float(values[near[0]])
        weights = _BARYCENTRIC / gap
        return float(weights @ values / weights.sum())

    return float(brentq(at, low, high, xtol=1e-15))
