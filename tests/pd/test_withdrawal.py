"""P, Op, Bw and f of science §2b, written out again here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.parameters import read
from itsim.pd.withdrawal import index_target, opponent, opponent_scale, presence, tone

SHARE = st.floats(0.0, 1.0)
WEIGHTS = {
    "base": st.floats(0.0, 1.5),
    "slow_weight": st.floats(0.0, 2.0),
    "gain": st.floats(0.0, 6.0),
    "loss": st.floats(0.0, 0.9),
}


@given(c=st.floats(0.0, 10.0), m=st.floats(1.0, 10.0), k=st.floats(0.01, 1.0))
def test_presence_is_the_equation(c: float, m: float, k: float) -> None:
    assert presence(c, m, k) == pytest.approx(c / (c + m * k), rel=1e-14)


@given(fast=SHARE, slow=SHARE, w0=SHARE, w1=SHARE, f=SHARE)
def test_opponent_is_the_equation(fast: float, slow: float, w0: float, w1: float, f: float) -> None:
    assert opponent(fast, slow, w0, w1, f) == pytest.approx(f * (w0 + w1 * slow) * fast, rel=1e-13)


@given(drive=st.floats(-1.0, 1.0), theta=st.floats(0.05, 1.0), h=st.floats(1.0, 6.0))
def test_index_is_heading_where_the_equation_says(drive: float, theta: float, h: float) -> None:
    b = max(0.0, drive)
    seen = index_target(drive, theta, h)
    assert seen == pytest.approx(100.0 * b**h / (b**h + theta**h), rel=1e-12, abs=1e-300)
    assert 0.0 <= seen <= 100.0


@given(effect=SHARE, index=st.floats(0.0, 100.0), gain=st.floats(0.0, 1.9))
def test_tone_is_the_equation(effect: float, index: float, gain: float) -> None:
    """Never less than the relief that is missing, never more than the gain above untreated."""
    seen = tone(effect, index, gain)
    assert seen == pytest.approx((1.0 - effect) * (1.0 + gain * index / 100.0), rel=1e-14)
    assert 1.0 - effect <= seen <= (1.0 + gain) * (1.0 + 1e-15)


def test_tone_without_drug_and_without_withdrawal_is_the_untreated_one() -> None:
    assert tone(0.0, 0.0, 0.38) == 1.0
    assert tone(0.0, 100.0, 0.38) == 1.38
    assert tone(1.0, 100.0, 0.38) == 0.0


def test_rebound_gain_is_the_room_above_the_untreated_mean_on_the_ashworth_scale() -> None:
    """Grades 1 to 5, untreated mean 3.9 (B28): (5 − 1)/(3.9 − 1) = 1.38; 4.2 (B19) and 2.4 (B20) in range."""
    known = read("response")["rebound_gain"]
    assert 1.0 + known.value == pytest.approx((5.0 - 1.0) / (3.9 - 1.0), abs=0.01)
    assert known.low <= (5.0 - 1.0) / (4.2 - 1.0) - 1.0 <= (5.0 - 1.0) / (2.4 - 1.0) - 1.0 <= known.high


@given(**WEIGHTS)
def test_scale_is_the_smallest_margin(base: float, slow_weight: float, gain: float, loss: float) -> None:
    """Against a plain scan of min [(1+x)/(m_ss(x)+x)]/[w0 + w1·x/(1+x)] over x in 0.01…6e5, and at x → ∞."""
    f = opponent_scale(base, slow_weight, gain, loss)
    if base + slow_weight < 1e-9:
        assert f == 1.0
        return
    x = np.geomspace(0.01, 6e5, 40001)
    m = (1.0 + gain * x / (1.0 + x)) / (1.0 - loss * x / (1.0 + x))
    margin = (1.0 + x) / (m + x) / (base + slow_weight * x / (1.0 + x))
    assert f == pytest.approx(min(1.0, margin.min(), 1.0 / (base + slow_weight)), rel=1e-6)


@given(x=st.floats(0.001, 1e4), grown=SHARE, **WEIGHTS)
def test_constant_dosing_never_gives_withdrawal(
    x: float, grown: float, base: float, slow_weight: float, gain: float, loss: float
) -> None:
    """At any level x = Ce/KO held constant, at any time: F and S have grown towards O and never past it."""
    f, taken = opponent_scale(base, slow_weight, gain, loss), x / (1.0 + x)
    for fast, slow in ((taken, taken), (taken, grown * taken), (grown * taken, grown**2 * taken)):
        m = (1.0 + gain * slow) / (1.0 - loss * fast)
        assert opponent(fast, slow, base, slow_weight, f) <= presence(x, m, 1.0) + 1e-9


def test_typical_patient_has_the_whole_opponent() -> None:
    assert opponent_scale(0.27, 0.34, 2.4, 0.357) == 1.0
    assert opponent_scale(0.54, 0.68, 2.4, 0.357) < 0.9


def test_no_opponent_no_withdrawal() -> None:
    assert opponent_scale(0.0, 0.0, 2.4, 0.357) == 1.0
    assert opponent(1.0, 1.0, 0.0, 0.0, 1.0) == 0.0
    assert index_target(-0.0, 0.262, 1.85) == 0.0
