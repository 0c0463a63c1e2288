"""Gut, plasma and brain, as every body has them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.optimize import minimize_scalar

from engine.cases import BODIES, body_of, numbers_of
from itsim.pk.parts import Systemic

DOSE_UG = 10_000.0


def plasma_after_oral_dose(name: str, t_h: float) -> float:
    """ng/mL"""
    body = body_of(name)
    amounts = expm(body.matrix_per_h * t_h) @ (DOSE_UG * body.inlets["gut"])
    return 1000.0 * float(body.readouts["plasma"] @ amounts)


@pytest.mark.parametrize("name", BODIES)
def test_oral_ten_milligrams_against_the_label(name: str) -> None:
    """B42: Cmax 180 ng/mL at 0.5 to 1.5 h, AUC 1135 ng·h/mL; within 20 %."""
    peak = minimize_scalar(lambda t: -plasma_after_oral_dose(name, t), bounds=(0.1, 5.0), method="bounded")
    area = quad(lambda t: plasma_after_oral_dose(name, t), 0.0, 200.0, limit=200)[0]
    print(f"{name}: Cmax {-peak.fun:.1f} ng/mL at {peak.x:.2f} h, AUC {area:.0f} ng·h/mL")
    assert -peak.fun == pytest.approx(180.0, rel=0.2)
    assert 0.5 <= peak.x <= 1.5
    assert area == pytest.approx(1135.0, rel=0.2)


@pytest.mark.parametrize("name", BODIES)
def test_area_is_absorbed_dose_over_clearance(name: str) -> None:
    """All drug leaves by plasma in every body: AUC = F·dose / CLp whatever the CSF does."""
    p, body = numbers_of(name).fill(Systemic), body_of(name)
    through_plasma = body.steady_state("gut", 1.0)
    seen = body.readouts["plasma"] @ through_plasma
    assert seen == pytest.approx(p.bioavailability_frac / p.clearance_mL_h, rel=1e-12)
    assert body.steady_state("catheter", 1.0) @ body.readouts["plasma"] == pytest.approx(
        1.0 / p.clearance_mL_h, rel=1e-12
    )


@pytest.mark.parametrize("name", BODIES)
def test_swallowed_drug_is_absorbed_or_lost(name: str) -> None:
    body, p = body_of(name), numbers_of(name).fill(Systemic)
    assert body.inlets["gut"][body.index("gut")] == p.bioavailability_frac
    assert body.inlets["gut"][body.index("unabsorbed")] == 1.0 - p.bioavailability_frac


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("absorption", [0.02, 0.2, 2.0])
def test_plasma_after_a_depot_is_batemans(name: str, absorption: float) -> None:
    """C = dose·kd/(Vp(kd − ke))·(exp(−ke t) − exp(−kd t)), ke = CLp/Vp, where plasma gives nothing to CSF."""
    numbers = {"plasma_partition": 0.0, "depot_absorption": absorption}
    p, body = numbers_of(name, **numbers).fill(Systemic), body_of(name, **numbers)
    ke = p.clearance_mL_h / p.volume_mL
    for t_h in (0.5, 2.0, 7.0, 24.0, 100.0):
        amounts = expm(body.matrix_per_h * t_h) @ (DOSE_UG * body.inlets["pump_pocket"])
        shape = (np.exp(-ke * t_h) - np.exp(-absorption * t_h)) / (absorption - ke)
        expected = DOSE_UG * absorption / p.volume_mL * shape
        assert body.readouts["plasma"] @ amounts == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", BODIES)
def test_a_depot_is_absorbed_whole_and_slower_than_from_the_gut(name: str) -> None:
    """AUC = dose/CLp: F belongs to the gut alone."""
    p, body = numbers_of(name).fill(Systemic), body_of(name)
    through_plasma = body.steady_state("pump_pocket", 1.0)
    assert body.readouts["plasma"] @ through_plasma == pytest.approx(1.0 / p.clearance_mL_h, rel=1e-12)
    assert p.depot_absorption_per_h < p.absorption_per_h


@pytest.mark.parametrize("name", BODIES)
def test_brain_follows_its_csf_and_plasma(name: str) -> None:
    """dB/dt = 0 at B = Kbc·C_csf + Kpb·Cp."""
    body, v = body_of(name), numbers_of(name).numbers
    x = body.steady_state("catheter", 20.0)
    cranial = x[body.index("cranial")] / v["cranial_volume"] if "cranial" in body.states else None
    csf = cranial if cranial is not None else body.readouts["csf_cisternal"] @ x
    expected = v["brain_partition"] * csf + v["brain_plasma_partition"] * (body.readouts["plasma"] @ x)
    assert body.readouts["brain"] @ x == pytest.approx(expected, rel=1e-12)


def test_lumbar_csf_after_oral_dosing_is_the_published_share_of_plasma() -> None:
    """CSF : plasma 0.12 (Swiss oral label) at steady oral input, where the CSF only mixes with plasma."""
    body = body_of("one_compartment")
    x = body.steady_state("gut", 100.0)
    assert body.readouts["csf_lumbar"] @ x == pytest.approx(0.12 * (body.readouts["plasma"] @ x), rel=1e-12)
    assert np.all(x >= 0.0)
