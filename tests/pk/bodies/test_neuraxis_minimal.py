"""The checked minimal chain: the figures of science §2, and its equations line by line."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cases import body_of, numbers_of
from itsim.parameters import levels
from pk.bodies.literal import literal_derivative

RATE_UG_H = 50.0 / 24.0
VALUES = numbers_of("neuraxis_minimal").numbers


def test_matrix_is_the_equations_of_science() -> None:
    body, rng = body_of("neuraxis_minimal", "T12/L1"), np.random.default_rng(2)
    for _ in range(5):
        x, rate = rng.uniform(0.0, 10.0, len(body.states)), rng.uniform(0.0, 50.0)
        seen = body.matrix_per_h @ x + body.inlets["catheter"] * rate
        expected = literal_derivative(VALUES, body.states, x, 4, rate)
        np.testing.assert_allclose(seen, expected, rtol=1e-11, atol=1e-10)


def test_check_of_science() -> None:
    """50 µg/d at T12/L1: 75.9 ng/mL at L3/4, 4.03 times the cistern.

    Science says 4.04: that is the ratio when plasma gives nothing back (4.0404, with 75.889 ng/mL); with the
    Kp·Cp terms of its own equations it is 4.0336, with 75.931 ng/mL. Both round to 75.9.
    """
    assert levels()["T12/L1"] == 22.5
    assert figures() == pytest.approx((75.931, 4.0336), rel=1e-4)
    assert figures(plasma_gives_back=False) == pytest.approx((75.889, 4.0404), rel=1e-4)
    assert figures()[1] == pytest.approx(4.04, abs=0.01)


def figures(plasma_gives_back: bool = True) -> tuple[float, float]:
    """Lumbar CSF in ng/mL, and its ratio to the cistern, solved from the literal equations."""
    states = body_of("neuraxis_minimal", "T12/L1").states
    v = dict(VALUES) | ({} if plasma_gives_back else {"plasma_partition": 0.0})
    live = len(states) - 3
    unit = np.eye(len(states))
    columns = [literal_derivative(v, states, unit[i], 4, 0.0)[:live] for i in range(live)]
    inlet = literal_derivative(v, states, np.zeros(len(states)), 4, RATE_UG_H)[:live]
    x = np.linalg.solve(np.array(columns).T, -inlet)
    lumbar = x[states.index("csf_2")] / (v["spinal_csf_volume"] / 12)
    return 1000.0 * float(lumbar), float(lumbar / (x[states.index("cistern")] / v["cistern_volume"]))


def test_systemic_numbers_are_those_of_science() -> None:
    """CLp = 0.74 × 8.0 = 5.92 L/h, Vp = 0.74 × 44.5 = 32.9 L."""
    assert VALUES["bioavailability"] * VALUES["apparent_clearance"] == pytest.approx(5920.0)
    assert VALUES["bioavailability"] * VALUES["apparent_volume"] == pytest.approx(32930.0)
