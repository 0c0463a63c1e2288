"""m = (1 + aS·S)/(1 − dR·F), and how tolerance has grown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from itsim.pd.tolerance import after_constant_dosing, shift_of_potency

SHARE = st.floats(0.0, 1.0)


@given(fast=SHARE, slow=SHARE, gain=st.floats(0.0, 5.0), loss=st.floats(0.0, 0.9))
def test_shift_is_the_equation_of_science(fast: float, slow: float, gain: float, loss: float) -> None:
    seen = shift_of_potency(fast, slow, gain, loss)
    assert seen == pytest.approx((1.0 + gain * slow) / (1.0 - loss * fast), rel=1e-14)
    assert seen >= 1.0


@given(taken=SHARE, hours=st.floats(0.01, 20000.0), time_h=st.floats(10.0, 5000.0))
def test_growth_is_the_integral(taken: float, hours: float, time_h: float) -> None:
    """dS/dt = (O − S)/τ from zero."""
    run = solve_ivp(lambda t, s: (taken - s) / time_h, (0.0, hours), [0.0], rtol=1e-10, atol=1e-13)
    assert after_constant_dosing(taken, hours, time_h) == pytest.approx(run.y[0, -1], abs=1e-8)
    assert 0.0 <= after_constant_dosing(taken, hours, time_h) <= taken


def test_no_time_no_tolerance() -> None:
    assert after_constant_dosing(0.7, 0.0, 55.0) == 0.0
    assert shift_of_potency(0.0, 0.0, 2.4, 0.357) == 1.0


def test_receptors_of_the_rat_under_constant_dosing() -> None:
    """Kroin 1993: 74 % of control at 3 d, 66 % at 7 d, from F → 1 with τF 2.3 d and dR 0.357."""
    left = [1.0 - 0.357 * after_constant_dosing(1.0, day * 24.0, 2.3 * 24.0) for day in (3.0, 7.0)]
    np.testing.assert_allclose(left, [0.74, 0.66], atol=0.01)
