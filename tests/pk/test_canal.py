"""The canal: volumes, cross-sections, mixing and levels, against measured volumes and quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import numbers_of
from itsim.parameters import levels
from itsim.pk.canal import Canal


def canal(name: str = "neuraxis", **overrides: float) -> Canal:
    return numbers_of(name, **overrides).fill(Canal)


def area_at(c: Canal, z_cm: float) -> float:
    _, lumbar_cm, neck_cm, _ = c.borders_cm
    return c.areas_cm2[0 if z_cm < lumbar_cm else 1 if z_cm < neck_cm else 2]


@given(n=st.integers(6, 96))
def test_segments_hold_the_measured_volumes(n: int) -> None:
    """95 mL in all (Chen 2017), 35.8 mL below T12/L1 (PMID 17056974), whatever the segments."""
    c = canal(n_segments=float(n))
    assert sum(c.csf_mL) == pytest.approx(95.0, rel=1e-12)
    whole = int(22.5 / c.segment_cm)
    rest_mL = c.volume_between(whole * c.segment_cm, 22.5)
    assert sum(c.csf_mL[:whole]) + rest_mL == pytest.approx(35.8, rel=1e-3)
    assert c.supine_csf_mL == c.csf_mL


def test_regions_are_those_of_their_sources() -> None:
    """Thoracic over lumbosacral as in children of school age, (1.38 − 0.71)/0.71 (Jang 2019)."""
    c = canal()
    lumbar, thoracic, cervical = (
        c.volume_between(a, b) for a, b in zip(c.borders_cm, c.borders_cm[1:], strict=False)
    )
    assert thoracic / lumbar == pytest.approx((1.38 - 0.71) / 0.71, rel=0.01)
    assert lumbar + thoracic + cervical == pytest.approx(95.0, rel=1e-12)


@given(n=st.integers(6, 60), posture=st.floats(0.6, 1.4))
def test_conductance_is_the_resistance_in_series(n: int, posture: float) -> None:
    c = canal(n_segments=float(n), posture=posture)
    heights = [*c.centres_cm, 60.0]
    for i in (0, n // 3, n // 2, n - 2, n - 1):
        z = np.linspace(heights[i], heights[i + 1], 4001)
        middles = 0.5 * (z[1:] + z[:-1])
        resistance = sum((z[1] - z[0]) / area_at(c, float(m)) for m in middles)
        assert c.conductances_mL_h[i] == pytest.approx(c.axial_dispersion_cm2_h / resistance, rel=1e-3)


def test_even_canal_is_that_of_the_equations() -> None:
    """Science §2: V = Vsp/N, G = D·A/Δz with A = Vsp/L, 2G at the top."""
    for c, d in (
        (canal("neuraxis_minimal"), 230.0),
        (canal(lumbosacral_share=22.5 / 60.0, cervical_share=13.5 / 60.0), 200.0),
    ):
        np.testing.assert_allclose(c.csf_mL, 95.0 / 12.0, rtol=1e-13)
        g = d * (95.0 / 60.0) / 5.0
        np.testing.assert_allclose(c.conductances_mL_h, [g] * 11 + [2.0 * g], rtol=1e-13)


def test_posture_moves_the_lumbosacral_csf_alone() -> None:
    """38.1 and 28.7 mL of 34.4 mL (Strbačko 2024)."""
    flat = canal()
    for factor in (38.1 / 34.4, 28.7 / 34.4):
        c = canal(posture=factor)
        assert c.volume_between(0.0, 22.5) == pytest.approx(factor * flat.volume_between(0.0, 22.5))
        assert c.volume_between(22.5, 60.0) == flat.volume_between(22.5, 60.0)
        assert c.supine_csf_mL == flat.csf_mL


def test_levels_of_the_checked_figures() -> None:
    c = canal()
    assert c.weights_at(c.height_cm("L3/4")) == {2: 1.0}
    assert c.weights_at(c.height_cm("T12/L1")) == {4: 1.0}
    assert c.weights_at(c.height_cm("T10")) == {5: 1.0}
    assert c.weights_between(15.0, 30.0) == pytest.approx({3: 1 / 3, 4: 1 / 3, 5: 1 / 3})
    assert c.weights_between(45.0, 55.0) == pytest.approx({9: 0.5, 10: 0.5})


def test_levels_move_with_the_length() -> None:
    short = canal(canal_length=44.0)
    for name, height_cm in levels().items():
        assert short.height_cm(name) == pytest.approx(height_cm * 44.0 / 60.0)
    assert sum(short.csf_mL) == pytest.approx(95.0)
    with pytest.raises(KeyError, match="L7: is no vertebral level; known are C1"):
        short.height_cm("L7")


@given(z_cm=st.floats(-5.0, 70.0), n=st.integers(6, 96))
def test_weights_share_a_height_between_its_neighbours(z_cm: float, n: int) -> None:
    """A concentration that is linear in the resistance passed is read exactly, whatever the cross-section."""
    c = canal(n_segments=float(n))
    weights = c.weights_at(z_cm)
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert all(0 <= i < n and w > 0.0 for i, w in weights.items())

    def passed(z: float) -> float:
        spans = zip(c.borders_cm, c.borders_cm[1:], c.areas_cm2, strict=False)
        return sum(max(0.0, min(z, above) - below) / area for below, above, area in spans)

    inside = min(max(z_cm, c.centres_cm[0]), c.centres_cm[-1])
    seen = sum(w * passed(c.centres_cm[i]) for i, w in weights.items())
    assert seen == pytest.approx(passed(inside), abs=1e-9)


@given(n=st.integers(6, 96), ends=st.tuples(st.floats(0.0, 59.0), st.floats(0.5, 60.0)))
def test_span_is_shared_by_length(n: int, ends: tuple[float, float]) -> None:
    c, (from_cm, width_cm) = canal(n_segments=float(n)), ends
    until_cm = min(from_cm + width_cm, 60.0)
    weights = c.weights_between(from_cm, until_cm)
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    for i, weight in weights.items():
        below, above = i * c.segment_cm, (i + 1) * c.segment_cm
        overlap = min(above, until_cm) - max(below, from_cm)
        assert weight == pytest.approx(overlap / (until_cm - from_cm), rel=1e-6)


def test_impossible_spans_and_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="holds nothing of the canal"):
        canal().weights_between(70.0, 80.0)
    with pytest.raises(ValueError, match="must stay below 1"):
        _ = canal(lumbosacral_share=0.6, cervical_share=0.4).areas_cm2
