"""Panels: edges, weights, and how a bend is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from itsim.engine import panels


@given(start=st.floats(0.0, 1e4), width=st.floats(1e-3, 1e4), first=st.floats(1e-2, 64.0))
def test_graded_panels_cover_the_span(start: float, width: float, first: float) -> None:
    edges = panels.graded(start, start + width, first)
    assert (edges[0], edges[-1]) == (start, start + width)
    assert np.all(np.diff(edges) > 0.0)
    assert np.all(np.diff(edges) <= 1.26 * panels.LONGEST_PANEL_H)


@given(left=st.floats(0.0, 100.0), before=st.floats(1e-2, 50.0), after=st.floats(1e-2, 50.0))
def test_panels_beside_a_bend_grow_away_from_it(left: float, before: float, after: float) -> None:
    bend, right = left + before, left + before + after
    edges = panels.around(left, bend, right)
    assert (edges[0], edges[-1]) == (left, right)
    assert np.all(np.diff(edges) > 0.0)
    assert np.min(np.abs(edges - bend)) <= 1e-9


@pytest.mark.parametrize("rh", [0.0, 1e-6, 0.3, 4.0, 12.8, panels.MOST_DECAY])
def test_weights_are_the_convolution(rh: float) -> None:
    """y(x) = ∫ rh e^{−rh(x−ξ)} T(ξ) dξ for a polynomial T, against quadrature."""
    coefficients = np.array([0.3, -1.0, 2.0, 0.5, -0.7])
    decay, weights = panels.relaxation(rh)
    seen = decay * 0.4 + weights @ np.polynomial.polynomial.polyval(panels.NODES, coefficients)
    for x, value in zip(panels.POINTS, seen, strict=True):
        grown = quad(
            lambda xi, x=x: rh * np.exp(-rh * (x - xi)) * np.polynomial.polynomial.polyval(xi, coefficients),
            0.0, x, epsabs=1e-13, epsrel=1e-13,
        )[0]  # fmt: skip
        assert value == pytest.approx(0.4 * np.exp(-rh * x) + grown, abs=1e-12)
    again = panels.relaxed(
        np.full((14, 1), rh),
        panels.POINTS,
        np.full((14, 1), 0.4),
        np.polynomial.polynomial.polyval(panels.NODES, coefficients)[None, None].repeat(14, 0),
    )
    np.testing.assert_allclose(again[:, 0], seen, atol=1e-12)


def test_cardinal_functions_are_one_at_their_node() -> None:
    np.testing.assert_allclose(panels.cardinal(panels.NODES), np.eye(panels.N_NODES), atol=1e-12)


@given(at=st.floats(0.001, 0.999), slope=st.sampled_from([-3.0, 0.1, 2.0]))
def test_root_of_a_curve(at: float, slope: float) -> None:
    values = slope * (panels.POINTS - at) * (1.0 + 0.3 * panels.POINTS**2)
    if np.all(np.abs(values) > 1e-12):
        assert panels.root(values) == pytest.approx(at, abs=1e-12)


def test_rough_panels_are_seen() -> None:
    smooth, kinked = np.exp(-panels.NODES), np.abs(panels.NODES - 0.4)
    assert list(panels.unresolved(np.array([smooth, kinked]), 1.0)) == [False, True]
