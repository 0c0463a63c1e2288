"""The recommended body: the equations of science §2b line by line."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from engine.cases import body_of, numbers_of
from itsim.pk.body import SINKS
from pk.bodies.literal import literal_derivative


def test_matrix_is_the_equations_of_science() -> None:
    """With an even cross-section, as science has it."""
    even = {"lumbosacral_share": 22.5 / 60.0, "cervical_share": 13.5 / 60.0}
    body, rng = body_of("neuraxis", "T10", **even), np.random.default_rng(3)
    values = numbers_of("neuraxis").numbers
    for _ in range(5):
        x, rate = rng.uniform(0.0, 10.0, len(body.states)), rng.uniform(0.0, 50.0)
        seen = body.matrix_per_h @ x + body.inlets["catheter"] * rate
        np.testing.assert_allclose(
            seen, literal_derivative(values, body.states, x, 5, rate), rtol=1e-11, atol=1e-10
        )


def test_deep_store_outlasts_the_csf() -> None:
    """Between 24 and 72 h after the end of an infusion the cord falls with the deep store's slow time."""
    body = body_of("neuraxis")
    x = body.steady_state("catheter", 14.6)
    cord = [float(body.readouts["cord_leg"] @ (expm(body.matrix_per_h * t) @ x)) for t in (24.0, 72.0)]
    half_life_h = 48.0 * np.log(2.0) / np.log(cord[0] / cord[1])
    assert half_life_h == pytest.approx(23.0, abs=2.0)


def test_arm_site_follows_the_cistern() -> None:
    body = body_of("neuraxis")
    x = body.steady_state("catheter", 14.6)
    assert body.readouts["arm_site"] @ x == pytest.approx(body.readouts["csf_cisternal"] @ x, rel=1e-12)


def test_grey_matter_lags_the_tissue_around_it() -> None:
    """After a bolus the mean time of what it sees, ∫t·C dt over
    ∫C dt, is later than that of the tissue by 1/kz."""
    later_h = []
    for kz in (1000.0, 1.0, 0.5):
        body = body_of("neuraxis", grey_exchange=kz)
        live = np.array([name not in SINKS for name in body.states])
        area = body.steady_state("lumbar_puncture", 1.0)
        moment = np.linalg.solve(body.matrix_per_h[np.ix_(live, live)], -area[live])
        later_h.append(float(body.readouts["cord_leg"][live] @ moment / (body.readouts["cord_leg"] @ area)))
    assert later_h[1] - later_h[0] == pytest.approx(1.0 - 0.001, rel=1e-9)
    assert later_h[2] - later_h[0] == pytest.approx(2.0 - 0.001, rel=1e-9)
