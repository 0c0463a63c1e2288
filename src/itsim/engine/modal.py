"""The linear body between two edges, in closed form: modes where they are safe, matrix exponentials else.

dx/dt = A x + b u(t) with u a cubic plus one exponential. In modes, x = V z and each z has

    z(s) = e^{λs} z0 + β Σ c_k I_k(s) + β ce E(s),   I_k(s) = ∫ e^{λ(s−σ)} σ^k dσ,   E(s) = ∫ e^{λ(s−σ)−μσ} dσ
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import expm

from itsim.arrays import Array
from itsim.device.pieces import C0, CE, LAM
from itsim.pk.body import LinearBody

CONDITION_LIMIT = 1e6
RESIDUAL_LIMIT = 1e-11
CHECK_TIMES_H = (0.1, 3.0, 100.0)
"""Numerical: where the modes must reproduce the matrix exponential."""
SMALL = 0.5
N_TAYLOR = 18


class Propagator(Protocol):
    """States after *s_h* hours under one piece of input."""

    def states(self, start: Array, row: Array, s_h: Array) -> Array:
        """``[n]`` offsets to ``[n, states]``; *start* and the result in the body's own coordinates."""

    def chain(
        self, start: Array, rows: Array, widths_h: Array, jumps: Array, drainages: Mapping[int, Array]
    ) -> Array:
        """States at the start of each segment, ``[segments, states]``.

        ``rows[i]`` is in force for ``widths_h[i]``; at the start of segment *i* the matrix ``drainages[i]``,
        where there is one, is applied to the state, then ``jumps[i]`` is added.
        """


@dataclass(frozen=True)
class Modes:
    """Eigen data of a body; only made where they are well conditioned and reproduce ``expm``."""

    rates_per_h: Array
    """Eigenvalues λ ``[m]``, complex where they must be."""
    vectors: Array
    inverse: Array
    input: Array
    """The catheter's inlet in modes, β ``[m]``."""

    def states(self, start: Array, row: Array, s_h: Array) -> Array:
        """States of the body after each offset."""
        return np.asarray((self.modal(self.inverse @ start, row, s_h) @ self.vectors.T).real)

    def chain(
        self, start: Array, rows: Array, widths_h: Array, jumps: Array, drainages: Mapping[int, Array]
    ) -> Array:
        """States at the start of each segment: what was there decays, what came in meanwhile is added."""
        kept = np.exp(self.rates_per_h * widths_h[:, None])
        added = self.modal(np.zeros_like(self.input), rows, widths_h)
        modes = np.zeros_like(kept)
        jumped = jumps @ self.inverse.T
        now = self.inverse @ start
        for i in range(len(modes)):
            if i in drainages:
                now = self.inverse @ (drainages[i] @ (self.vectors @ now).real)
            modes[i] = now + jumped[i]
            now = kept[i] * modes[i] + added[i]
        return np.asarray((modes @ self.vectors.T).real)

    def modal(self, z0: Array, row: Array, s_h: Array) -> Array:
        """Modal coordinates after each offset, ``[n, m]``; rows of input and starts may differ per offset."""
        s = np.asarray(s_h, float)[:, None]
        row = np.atleast_2d(row)
        x = self.rates_per_h * s
        grown = np.expm1(x)
        z = (grown + 1.0) * z0
        for k, integral in enumerate(_power_integrals(x, grown, s, _degree(row) + 1)):
            z += row[:, C0 + k, None] * self.input * integral
        if np.any(row[:, CE]):
            z += row[:, CE, None] * self.input * _exponential_integral(x, s, row[:, LAM, None])
        return np.asarray(z)

    def read(self, z: Array, readout: Array) -> Array:
        """A read-out of the body from modal coordinates ``[n, m]``."""
        return np.asarray((z @ (self.vectors.T @ readout)).real)


def _degree(row: Array) -> int:
    for k in (3, 2, 1):
        if np.any(row[:, C0 + k]):
            return k
    return 0


def _power_integrals(x: Array, grown: Array, s: Array, count: int) -> list[Array]:
    """I_k for k < count by I_k = (k I_{k−1} − s^k)/λ; by its series where λs is small, else it cancels."""
    scaled = np.where(x == 0.0, 1.0, grown / np.where(x == 0.0, 1.0, x))
    integrals = [s * scaled]
    for k in range(1, count):
        small = np.abs(x) < SMALL
        scaled = (k * scaled - 1.0) / np.where(small, 1.0, x)
        scaled[small] = _series(x[small], k)
        integrals.append(s ** (k + 1) * scaled)
    return integrals


def _series(x: Array, k: int) -> Array:
    """I_k / s^{k+1} = Σ_j x^j k!/(k+1+j)!"""
    term = np.full_like(x, 1.0 / (k + 1))
    total = term.copy()
    for j in range(1, N_TAYLOR):
        term = term * x / (k + 1 + j)
        total = total + term
    return total


def _exponential_integral(x: Array, s: Array, lam: Array) -> Array:
    """E(s) = (e^{λs} − e^{−μs})/(λ+μ), safe where λ + μ vanishes and where either of the two underflows."""
    difference = x + lam * s
    larger = np.where(difference.real > 0.0, x, -lam * s)
    fall = np.where(difference.real > 0.0, -difference, difference)
    safe = np.where(fall == 0.0, 1.0, fall)
    return np.asarray(np.exp(larger) * s * np.where(fall == 0.0, 1.0, np.expm1(safe) / safe))


@dataclass(frozen=True)
class Exponentials:
    """The same by matrix exponentials of the body with its input appended: slower, right for every matrix."""

    matrix_per_h: Array
    inlet: Array

    def states(self, start: Array, row: Array, s_h: Array) -> Array:
        """States of the body after each offset, one step from offset to offset."""
        n = len(start)
        big = np.zeros((n + 5, n + 5))
        big[:n, :n] = self.matrix_per_h
        big[:n, n] = self.inlet
        big[:n, n + 4] = self.inlet
        big[n, n + 1] = big[n + 1, n + 2] = big[n + 2, n + 3] = 1.0
        big[n + 4, n + 4] = -row[LAM]
        c = row[C0 : C0 + 4]
        now = np.concatenate([start, [c[0], c[1], 2.0 * c[2], 6.0 * c[3], row[CE]]])
        order, out, at = np.argsort(s_h), np.zeros((len(s_h), n)), 0.0
        steps: dict[float, Array] = {}
        for i in order:
            step = float(s_h[i]) - at
            if step not in steps:
                steps[step] = expm(big * step)
            now, at = steps[step] @ now, float(s_h[i])
            out[i] = now[:n]
        return out

    def chain(
        self, start: Array, rows: Array, widths_h: Array, jumps: Array, drainages: Mapping[int, Array]
    ) -> Array:
        """States at the start of each segment, one after the other."""
        starts = np.zeros_like(jumps)
        for i in range(len(jumps)):
            now = start if i == 0 else self.states(starts[i - 1], rows[i - 1], widths_h[i - 1 : i])[0]
            starts[i] = (drainages[i] @ now if i in drainages else now) + jumps[i]
        return starts


def propagator(body: LinearBody) -> Modes | Exponentials:
    """Modes where they are safe: condition below 1e6, residual to ``expm`` below 1e-11. Else exponentials."""
    return _modes(body) or Exponentials(body.matrix_per_h, body.inlets["catheter"])


def _modes(body: LinearBody) -> Modes | None:
    rates, vectors = np.linalg.eig(body.matrix_per_h)
    if not np.any(rates.imag):
        rates, vectors = rates.real, vectors.real
    if np.linalg.cond(vectors) > CONDITION_LIMIT:
        return None
    inverse = np.linalg.inv(vectors)
    for t_h in CHECK_TIMES_H:
        exact = expm(body.matrix_per_h * t_h)
        seen = ((vectors * np.exp(rates * t_h)) @ inverse).real
        if np.max(np.abs(seen - exact)) > RESIDUAL_LIMIT:
            return None
    return Modes(rates, vectors, inverse, inverse @ body.inlets["catheter"])
