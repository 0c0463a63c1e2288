"""V dC/dt = R − CL·C, against its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from engine.cases import body_of, numbers_of


def test_step_response_is_the_textbook_one() -> None:
    """C(t) = R/CL (1 − exp(−CL t/V)); plasma given no way back."""
    body, v = body_of("one_compartment", plasma_partition=0.0), numbers_of("one_compartment").numbers
    clearance, volume, rate = v["csf_clearance"], v["csf_volume"], 14.0
    n = len(body.states)
    big = np.zeros((n + 1, n + 1))
    big[:n, :n], big[:n, n] = body.matrix_per_h, rate * body.inlets["catheter"]
    for t_h in (0.1, 1.0, 2.0, 8.0, 48.0):
        seen = body.readouts["csf_lumbar"] @ expm(big * t_h)[:n, n]
        assert seen == pytest.approx(rate / clearance * -np.expm1(-clearance * t_h / volume), rel=1e-12)


def test_plasma_gives_back_what_its_partition_says() -> None:
    """At steady state R = CL·(C − Kp·Cp) and Cp = R/CLp."""
    body, v = body_of("one_compartment"), numbers_of("one_compartment").numbers
    x = body.steady_state("catheter", 14.0)
    c, plasma = body.readouts["csf_lumbar"] @ x, body.readouts["plasma"] @ x
    assert v["csf_clearance"] * (c - v["plasma_partition"] * plasma) == pytest.approx(14.0, rel=1e-12)


def test_cistern_is_a_fixed_share_and_the_cord_sees_the_csf_at_once() -> None:
    body, v = body_of("one_compartment"), numbers_of("one_compartment").numbers
    ratio = body.readouts["csf_cisternal"] / np.where(
        body.readouts["csf_lumbar"] == 0, 1, body.readouts["csf_lumbar"]
    )
    assert ratio[body.index("csf")] == pytest.approx(v["cistern_ratio"])
    np.testing.assert_array_equal(body.readouts["cord_leg"], body.readouts["csf_lumbar"])
