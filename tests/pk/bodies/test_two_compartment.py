"""Lumbar and cisternal CSF: the figures its numbers were set for."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cases import body_of, numbers_of


def test_steady_state_has_the_published_ratio_and_clearance() -> None:
    """C1/C2 = (Q + CL2)/Q = 4 and R/C1 = CL1 + Q(1 − C2/C1) = 30 mL/h, but for what plasma gives back."""
    v = numbers_of("two_compartment").numbers
    body = body_of("two_compartment")
    x = body.steady_state("catheter", 10.0)
    back = v["plasma_partition"] * (body.readouts["plasma"] @ x)
    c1, c2 = body.readouts["csf_lumbar"] @ x, body.readouts["csf_cisternal"] @ x
    q, cl1, cl2 = v["exchange_flow"], v["lumbar_clearance"], v["cisternal_clearance"]
    assert (c1 - back) / (c2 - back) == pytest.approx((q + cl2) / q, rel=1e-12)
    assert 10.0 / (c1 - back) == pytest.approx(cl1 + q * (1.0 - q / (q + cl2)), rel=1e-12)
    assert (q + cl2) / q == pytest.approx(4.0, rel=0.01)
    assert 10.0 / c1 == pytest.approx(30.0, rel=0.01)


def test_matrix_is_the_equations_of_its_docstring() -> None:
    v = numbers_of("two_compartment").numbers
    body = body_of("two_compartment")
    rng = np.random.default_rng(1)
    c1, c2, cp, gut, depot, cord, brain = rng.uniform(0.1, 1.0, 7)
    vp = v["bioavailability"] * v["apparent_volume"]
    x = np.zeros(len(body.states))
    amounts = {
        "csf_lumbar": c1 * v["lumbar_volume"], "csf_cisternal": c2 * v["cisternal_volume"], "plasma": cp * vp,
        "gut": gut, "depot": depot, "cord": cord, "brain": brain,
    }  # fmt: skip
    for state, amount in amounts.items():
        x[body.index(state)] = amount
    seen = dict(zip(body.states, body.matrix_per_h @ x, strict=True))
    kp, q = v["plasma_partition"], v["exchange_flow"]
    loss1, loss2 = v["lumbar_clearance"] * (c1 - kp * cp), v["cisternal_clearance"] * (c2 - kp * cp)
    cleared = v["bioavailability"] * v["apparent_clearance"] * cp
    expected = {
        "csf_lumbar": -loss1 - q * (c1 - c2),
        "csf_cisternal": q * (c1 - c2) - loss2,
        "plasma": v["absorption"] * gut + v["depot_absorption"] * depot + loss1 + loss2 - cleared,
        "gut": -v["absorption"] * gut,
        "depot": -v["depot_absorption"] * depot,
        "cord": v["cord_exchange"] * (c1 - cord),
        "brain": v["brain_exchange"]
        * (v["brain_partition"] * c2 + v["brain_plasma_partition"] * cp - brain),
        "eliminated": cleared,
        "unabsorbed": 0.0,
        "drained": 0.0,
    }  # fmt: skip
    assert set(expected) == set(body.states)
    for state, value in expected.items():
        assert seen[state] == pytest.approx(value, rel=1e-12, abs=1e-12), state
