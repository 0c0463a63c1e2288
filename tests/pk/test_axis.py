"""The canal: volumes, levels, and what a finer grid changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import body_of, numbers_of
from itsim.parameters import levels
from itsim.pk.axis import Axis, csf_regions

CANALS = ("neuraxis", "neuraxis_minimal")
RATE_UG_H = 50.0 / 24.0


def clearance_and_ratio(name: str, **overrides: float) -> tuple[float, float]:
    body = body_of(name, "T12/L1", **overrides)
    x = body.steady_state("catheter", RATE_UG_H)
    lumbar, cistern = body.readouts["csf_lumbar"] @ x, body.readouts["csf_cisternal"] @ x
    return float(RATE_UG_H / lumbar), float(lumbar / cistern)


def axis(name: str = "neuraxis", **overrides: float) -> Axis:
    return numbers_of(name, **overrides).fill(Axis)


@pytest.mark.parametrize("name", CANALS)
@pytest.mark.parametrize("n", [24, 48])
def test_finer_segments_change_little(name: str, n: int) -> None:
    """Science §2: 24 and 48 segments change CL by at most 3 % and the ratio by at most 5 %."""
    clearance, ratio = clearance_and_ratio(name)
    finer_clearance, finer_ratio = clearance_and_ratio(name, n_segments=float(n))
    assert finer_clearance == pytest.approx(clearance, rel=0.03)
    assert finer_ratio == pytest.approx(ratio, rel=0.05)


@pytest.mark.parametrize("name", CANALS)
def test_segments_converge(name: str) -> None:
    ratios = [clearance_and_ratio(name, n_segments=float(n))[1] for n in (12, 24, 48, 96)]
    steps = np.abs(np.diff(ratios))
    assert steps[2] < steps[1] < steps[0]
    assert steps[2] < 1e-4 * ratios[-1]


def test_levels_of_the_checked_figures() -> None:
    p, z = axis(), levels()
    assert p.weights_at(z["L3/4"]) == {2: 1.0}
    assert p.weights_at(z["T12/L1"]) == {4: 1.0}
    assert p.weights_at(z["T10"]) == {5: 1.0}
    assert p.segments_between(15.0, 30.0) == [3, 4, 5]
    assert p.segments_between(45.0, 55.0) == [9, 10]


@given(z_cm=st.floats(-5.0, 70.0), n=st.integers(6, 48))
def test_weights_share_a_position_between_its_neighbours(z_cm: float, n: int) -> None:
    p = axis(n_segments=float(n))
    weights = p.weights_at(z_cm)
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert all(0 <= i < n and w > 0.0 for i, w in weights.items())
    inside = min(max(z_cm, p.centres_cm[0]), p.centres_cm[-1])
    assert sum(w * p.centres_cm[i] for i, w in weights.items()) == pytest.approx(inside, abs=1e-9)


def test_conductance_is_written_as_in_the_paper() -> None:
    p = axis("neuraxis_minimal")
    assert p.conductance_mL_h == pytest.approx(230.0 * (95.0 / 60.0) / 5.0, rel=1e-14)
    assert p.segment_mL == pytest.approx(95.0 / 12.0, rel=1e-14)


@pytest.mark.parametrize("name", CANALS)
def test_tip_level_shifts_the_profile(name: str) -> None:
    """A higher tip: less at the lumbar sample, more in the cistern, at every step along the canal."""
    seen = []
    for tip in ("L1", "T12/L1", "T11", "T10", "T8", "T6", "T2", "C5"):
        body = body_of(name, tip)
        x = body.steady_state("catheter", RATE_UG_H)
        csf = [x[body.index(f"csf_{i}")] for i in range(12)]
        tip_segment = max(axis(name).weights_at(levels()[tip]).items(), key=lambda item: item[1])[0]
        assert abs(int(np.argmax(csf)) - tip_segment) <= 1
        seen.append((body.readouts["csf_lumbar"] @ x, body.readouts["csf_cisternal"] @ x))
    for (lumbar, cistern), (lumbar_above, cistern_above) in pairwise(seen):
        assert lumbar_above < lumbar
        assert cistern_above > cistern


@pytest.mark.parametrize("name", CANALS)
def test_lumbar_puncture_lies_around_its_level(name: str) -> None:
    body, p = body_of(name), axis(name)
    weights = np.array([body.inlets["lumbar_puncture"][body.index(f"csf_{i}")] for i in range(12)])
    assert weights.sum() == pytest.approx(1.0, abs=1e-14)
    assert int(np.argmax(weights)) == 2
    expected = np.exp(-0.5 * ((np.array(p.centres_cm) - 12.5) / p.puncture_spread_cm) ** 2)
    np.testing.assert_allclose(weights, expected / expected.sum(), rtol=1e-12)


@given(n=st.integers(6, 48))
def test_lumbar_csf_has_the_measured_volume_whatever_the_segments(n: int) -> None:
    """22.5 of 60 cm of 95 mL: 35.6 mL. MRI of 71 people: 35.8 mL (PMID 17056974), not used to set it."""
    p = axis(n_segments=float(n))
    lumbar, *above = csf_regions(p)
    assert sum(lumbar.values()) == pytest.approx(95.0 * 22.5 / 60.0, rel=1e-12)
    assert sum(lumbar.values()) == pytest.approx(35.8, rel=0.01)
    all_mL = sum(sum(region.values()) for region in (lumbar, *above))
    assert all_mL == pytest.approx(p.spinal_csf_volume_mL + p.cistern_volume_mL + p.cranial_volume_mL)


@given(n=st.integers(6, 48))
def test_csf_regions_go_up_segment_by_segment(n: int) -> None:
    p = axis(n_segments=float(n))
    lumbar, *above = csf_regions(p)
    assert list(lumbar) == [f"csf_{i}" for i in range(len(lumbar))]
    names = [name for region in above for name in region]
    straddles = [f"csf_{len(lumbar) - 1}"] if names[0] in lumbar else []
    rest = [f"csf_{i}" for i in range(len(lumbar), n)]
    assert names == [*straddles, *rest, "cistern", "cranial"]
    for i in range(n):
        held_mL = sum(region.get(f"csf_{i}", 0.0) for region in (lumbar, *above))
        assert held_mL == pytest.approx(p.segment_mL, rel=1e-12)
