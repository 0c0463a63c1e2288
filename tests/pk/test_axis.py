"""What hangs on the canal: what a finer grid changes, tips, regions of CSF, and CSF that is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import body_of, numbers_of
from itsim.catalogue import catalogue
from itsim.parameters import INTRAVENTRICULAR, levels, read
from itsim.pk.axis import Axis, csf_regions, drawn_from, drift
from itsim.pk.body import DRAINED, SINKS, CsfLoss, LinearBody
from itsim.pk.canal import Canal

CANALS = ("neuraxis", "neuraxis_minimal")
RATE_UG_H = 50.0 / 24.0


def clearance_and_ratio(name: str, **overrides: float) -> tuple[float, float]:
    body = body_of(name, "T12/L1", **overrides)
    x = body.steady_state("catheter", RATE_UG_H)
    lumbar, cistern = body.readouts["csf_lumbar"] @ x, body.readouts["csf_cisternal"] @ x
    return float(RATE_UG_H / lumbar), float(lumbar / cistern)


def axis(name: str = "neuraxis", **overrides: float) -> Axis:
    return numbers_of(name, **overrides).fill(Axis)


def canal(name: str = "neuraxis", **overrides: float) -> Canal:
    return numbers_of(name, **overrides).fill(Canal)


@pytest.mark.parametrize("name", CANALS)
@pytest.mark.parametrize("n", [24, 48])
def test_finer_segments_change_little(name: str, n: int) -> None:
    """Science §2: 24 and 48 segments change CL by at most 3 % and the ratio by at most 5 %."""
    clearance, ratio = clearance_and_ratio(name)
    finer_clearance, finer_ratio = clearance_and_ratio(name, n_segments=float(n))
    assert finer_clearance == pytest.approx(clearance, rel=0.03)
    assert finer_ratio == pytest.approx(ratio, rel=0.05)


@pytest.mark.parametrize("tip", ["T10", "T12/L1"])
@pytest.mark.parametrize("name", CANALS)
def test_readouts_converge_with_second_order(name: str, tip: str) -> None:
    """Each doubling of the segments quarters the step, at steady state, in CSF and in the cord."""
    seen = []
    for n in (24, 48, 96, 192):
        body = body_of(name, tip, n_segments=float(n))
        x = body.steady_state("catheter", RATE_UG_H)
        seen.append([float(body.readouts[r] @ x) for r in ("csf_lumbar", "csf_cisternal", "cord_leg")])
    steps = np.abs(np.diff(np.array(seen), axis=0))
    for coarse, fine in pairwise(steps):
        np.testing.assert_allclose(coarse / fine, 4.0, rtol=0.15)


@pytest.mark.parametrize("tip", ["T10", "T12/L1"])
def test_error_of_the_default_is_as_its_note_says(tip: str) -> None:
    found = []
    for n in (12, 96):
        body = body_of("neuraxis", tip, n_segments=float(n))
        x = body.steady_state("catheter", RATE_UG_H)
        lumbar, cistern, cord = (body.readouts[r] @ x for r in ("csf_lumbar", "csf_cisternal", "cord_leg"))
        found.append(np.array([RATE_UG_H / lumbar, lumbar / cistern, cord]))
    errors = np.abs(found[0] / found[1] - 1.0)
    assert np.all(errors <= [0.004, 0.0035, 0.0115])
    assert np.all(errors >= [0.003, 0.002, 0.009]), "the note says more than is true"


@pytest.mark.parametrize("name", CANALS)
def test_tip_level_shifts_the_profile(name: str) -> None:
    """A higher tip: less at the lumbar sample, more in the cistern, at every step along the canal."""
    seen = []
    for tip in ("L1", "T12/L1", "T11", "T10", "T8", "T6", "T2", "C5"):
        body = body_of(name, tip)
        x = body.steady_state("catheter", RATE_UG_H)
        csf = [x[body.index(f"csf_{i}")] for i in range(12)]
        weights = canal(name).weights_at(levels()[tip])
        tip_segment = max(weights.items(), key=lambda item: item[1])[0]
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
    expected = np.exp(-0.5 * ((np.array(canal(name).centres_cm) - 12.5) / p.puncture_spread_cm) ** 2)
    np.testing.assert_allclose(weights, expected / expected.sum(), rtol=1e-12)


@given(n=st.integers(6, 96))
def test_csf_regions_go_up_segment_by_segment(n: int) -> None:
    c, p = canal(n_segments=float(n)), axis()
    lumbar, *above = csf_regions(c, p)
    assert list(lumbar) == [f"csf_{i}" for i in range(len(lumbar))]
    assert sum(lumbar.values()) == pytest.approx(35.8, rel=1e-3), "PMID 17056974"
    names = [name for region in above for name in region]
    straddles = [f"csf_{len(lumbar) - 1}"] if names[0] in lumbar else []
    rest = [f"csf_{i}" for i in range(len(lumbar), n)]
    assert names == [*straddles, *rest, "cistern", "cranial", "ventricle"]
    for i in range(n):
        held_mL = sum(region.get(f"csf_{i}", 0.0) for region in (lumbar, *above))
        assert held_mL == pytest.approx(c.csf_mL[i], rel=1e-12)


# --- a tip in the ventricle


@pytest.mark.parametrize("name", CANALS)
def test_tip_in_the_ventricle_reverses_the_ratio(name: str) -> None:
    body = body_of(name, INTRAVENTRICULAR)
    assert "pocket" not in body.states
    x = body.steady_state("catheter", RATE_UG_H)
    lumbar, cistern, tip = (body.readouts[r] @ x for r in ("csf_lumbar", "csf_cisternal", "csf_tip"))
    assert lumbar < cistern < tip
    p = axis(name)
    assert tip == pytest.approx(x[body.index("ventricle")] / p.ventricle_volume_mL, rel=1e-14)
    made = p.csf_production_mL_h * numbers_of(name)["plasma_partition"].value * (body.readouts["plasma"] @ x)
    assert tip == pytest.approx((RATE_UG_H + made) / p.csf_production_mL_h, rel=1e-9), "all of it flows on"


@pytest.mark.parametrize("name", CANALS)
def test_shunt_of_the_ventricle_takes_what_is_given_there_and_spares_what_is_given_below(name: str) -> None:
    """Of what enters the ventricle the share q/Q leaves with the shunt; a spinal dose meets slower fluid."""
    p, flow = axis(name), 8.0
    build = catalogue().bodies[name].build
    body = build(numbers_of(name, plasma_partition=0.0), INTRAVENTRICULAR, [CsfLoss(INTRAVENTRICULAR, flow)])
    x = body.steady_state("catheter", RATE_UG_H)
    drained = body.matrix_per_h[body.index(DRAINED)] @ x
    assert drained == pytest.approx(RATE_UG_H * flow / p.csf_production_mL_h, rel=1e-9)
    cranial = []
    for losses in ([], [CsfLoss(INTRAVENTRICULAR, flow)]):
        spinal = build(numbers_of(name), "T10", losses)
        cranial.append((spinal.steady_state("catheter", RATE_UG_H))[spinal.index("cranial")])
    assert cranial[1] > cranial[0]


@pytest.mark.parametrize("name", CANALS)
def test_unknown_level_is_named_with_those_that_are_known(name: str) -> None:
    with pytest.raises(KeyError, match="T13: is no vertebral level; known are C1, C2"):
        body_of(name, "T13")


# --- CSF that is lost


def losing(name: str, *losses: CsfLoss, **overrides: float) -> LinearBody:
    return catalogue().bodies[name].build(numbers_of(name, **overrides), "T10", losses)


@given(mixing=st.floats(0.1, 1e3), flow=st.floats(0.0, 1e3))
def test_drift_carries_the_flow_and_never_turns_round(mixing: float, flow: float) -> None:
    down, up = drift(mixing, flow)
    assert down - up == pytest.approx(flow, rel=1e-9, abs=1e-9 * mixing)
    assert down >= 0.0
    assert up >= 0.0


@pytest.mark.parametrize("n", [6, 12, 48])
def test_steady_drift_is_the_exponential_of_the_equation(n: int) -> None:
    """q·C + D·A·dC/dz = J between two heights a width w apart: J = q(C_above − C_below·e^(−qw/DA))/(1 −
    e^(−qw/DA))."""
    even = {"lumbosacral_share": 0.375, "cervical_share": 0.225, "n_segments": float(n)}
    c, flow = canal(**even), 10.0
    down, up = drift(c.conductances_mL_h[0], flow)
    area, width = 95.0 / 60.0, 60.0 / n
    pe = flow * width / (read("bodies/neuraxis").numbers["axial_dispersion"] * area)
    for above, below in ((1.0, 0.0), (0.0, 1.0), (2.0, 3.0)):
        flux = flow * (above - below * np.exp(-pe)) / -np.expm1(-pe)
        assert down * above - up * below == pytest.approx(flux, rel=1e-9)


@pytest.mark.parametrize("name", CANALS)
@pytest.mark.parametrize("place", ["L3/4", "T4", INTRAVENTRICULAR])
def test_loss_keeps_mass_and_even_concentrations(name: str, place: str) -> None:
    """With the same concentration everywhere fluid comes as it goes: no segment changes but by the sinks
    that a body without losses has as well."""
    whole, leaky = losing(name), losing(name, CsfLoss(place, 6.0))
    assert whole.states == leaky.states
    counts = leaky.holds_drug + np.isin(leaky.states, SINKS)
    np.testing.assert_allclose(counts @ leaky.matrix_per_h * leaky.holds_drug, 0.0, atol=1e-12)
    even = np.zeros(len(whole.states))
    for region in whole.csf_mL:
        for state, size_mL in region.items():
            even[whole.index(state)] += size_mL
    change = leaky.matrix_per_h @ even - whole.matrix_per_h @ even
    assert change[leaky.index(DRAINED)] == pytest.approx(6.0, rel=1e-12)
    assert change[leaky.index("plasma")] == pytest.approx(-6.0, rel=1e-9), "that much less is taken up"
    inside = [i for i, state in enumerate(leaky.states) if state not in (DRAINED, "plasma")]
    np.testing.assert_allclose(change[inside], 0.0, atol=1e-9)


@pytest.mark.parametrize("name", CANALS)
def test_lumbar_loss_lowers_the_lumbar_concentration(name: str) -> None:
    seen = []
    for flow in (0.0, 2.0, 5.0, 10.0):
        body = losing(name, CsfLoss("L3/4", flow))
        x = body.steady_state("catheter", RATE_UG_H)
        seen.append(float(body.readouts["csf_lumbar"] @ x))
    assert all(more < less for less, more in pairwise(seen))


def test_losses_are_cut_to_the_production() -> None:
    drawn = drawn_from(canal(), 21.0, [CsfLoss("T4", 30.0), CsfLoss(INTRAVENTRICULAR, 10.0)])
    assert drawn.canal_mL_h == pytest.approx(0.75 * 21.0)
    assert drawn.ventricle_mL_h == pytest.approx(0.25 * 21.0)
    assert drawn_from(canal(), 21.0, []).canal_mL_h == 0.0
