"""Modes and matrix exponentials: the same states, each chosen where it is right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad_vec
from scipy.linalg import expm

from engine.cases import BODIES, body_of
from engine.test_exact import chain_body
from itsim.arrays import Array
from itsim.engine.modal import Exponentials, Modes, propagator

ROWS = {
    "zero": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "constant": (14.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "cubic": (3.0, -0.2, 0.01, 0.0005, 0.0, 0.0),
    "exponential": (2.0, 0.0, 0.0, 0.0, 9.0, 0.3),
    "all": (1.0, 0.1, -0.001, 0.00002, 5.0, 2.06),
}


def row_of(kind: str) -> Array:
    return np.array([0.0, *ROWS[kind]])


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("name", BODIES)
def test_both_propagators_agree(name: str, kind: str) -> None:
    body, s = body_of(name), np.array([0.0, 1e-6, 0.01, 0.3, 2.0, 2.0, 25.0, 300.0])
    modes, other = propagator(body), Exponentials(body.matrix_per_h, body.inlets["catheter"])
    assert isinstance(modes, Modes)
    start = body.steady_state("catheter", 14.0)
    a, b = modes.states(start, row_of(kind), s), other.states(start, row_of(kind), s)
    assert np.max(np.abs(a - b)) <= 1e-10 * np.max(np.abs(b))


def test_a_defective_matrix_falls_back() -> None:
    assert isinstance(propagator(chain_body()), Exponentials)


@pytest.mark.parametrize("kind", ROWS)
def test_exponentials_against_quadrature(kind: str) -> None:
    """x(s) = exp(As)x0 + ∫ exp(A(s − σ)) b u(σ) dσ on the defective chain."""
    body = chain_body()
    c0, c1, c2, c3, ce, lam = ROWS[kind]
    start = np.linspace(1.0, 2.0, len(body.states))
    b = body.inlets["catheter"]

    def forced(sigma: float) -> Array:
        u = c0 + sigma * (c1 + sigma * (c2 + sigma * c3)) + ce * np.exp(-lam * sigma)
        return np.asarray(expm(body.matrix_per_h * (6.0 - sigma)) @ b * u)

    expected = (
        expm(body.matrix_per_h * 6.0) @ start + quad_vec(forced, 0.0, 6.0, epsabs=1e-12, epsrel=1e-12)[0]
    )
    seen = propagator(body).states(start, row_of(kind), np.array([6.0]))[0]
    np.testing.assert_allclose(seen, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("body", [body_of("two_compartment"), chain_body()], ids=["modes", "exponentials"])
def test_chain_of_segments_is_one_state_after_the_other(body) -> None:  # type: ignore[no-untyped-def]
    by = propagator(body)
    rows, widths = np.array([row_of(kind) for kind in ROWS]), np.array([1.0, 0.2, 30.0, 4.0, 7.0])
    jumps = np.zeros((5, len(body.states)))
    jumps[0] = 2.0 * body.inlets["gut"]
    jumps[2] = 5.0 * body.inlets["lumbar_puncture"]
    start = body.steady_state("catheter", 3.0)
    keep = np.eye(len(body.states))
    drainages = {i: keep - np.diag(np.linspace(0.0, share, len(keep))) for i, share in ((0, 0.9), (2, 0.4))}
    expected = [drainages[0] @ start + jumps[0]]
    for i in range(4):
        before = by.states(expected[-1], rows[i], widths[i : i + 1])[0]
        expected.append(drainages.get(i + 1, keep) @ before + jumps[i + 1])
    seen = by.chain(start, rows, widths, jumps, drainages)
    np.testing.assert_allclose(seen, expected, rtol=1e-10, atol=1e-11)


@given(lam=st.floats(1e-4, 50.0), s_h=st.floats(0.01, 3000.0))
def test_exponential_input_against_its_closed_form(lam: float, s_h: float) -> None:
    """One mode: E = (e^{κs} − e^{−μs})/(κ + μ), also where either term underflows or κ + μ vanishes."""
    kappa = -0.5
    one = Modes(np.array([kappa]), np.eye(1), np.eye(1), np.ones(1))
    seen = one.states(np.zeros(1), np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, lam]), np.array([s_h]))[0, 0]
    slower, faster = max(kappa, -lam), min(kappa, -lam)
    gap = (slower - faster) * s_h
    expected = np.exp(slower * s_h) * s_h * (-np.expm1(-gap) / gap if gap > 0.0 else 1.0)
    assert seen == pytest.approx(expected, rel=1e-9, abs=1e-300)
