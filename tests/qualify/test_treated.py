"""One patient under one protocol: the cheap ways give what the engine gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from itsim.qualify.population import typical

ZERO = np.array([0.0])


@pytest.mark.parametrize("name", ["csf_lumbar", "csf_pocket", "plasma", "effect_leg", "sedation"])
def test_the_start_is_what_the_engine_starts_from(name: str) -> None:
    run = typical("steady_350")
    assert run.at_start(name) == pytest.approx(float(run.series(name, ZERO)[0]), rel=1e-9)
    assert run.at_start(name) > 0.0


def test_the_start_of_a_patient_who_never_had_the_drug_is_empty() -> None:
    assert typical("infusion_start").at_start("csf_lumbar") == 0.0
    assert typical("infusion_start").history_rate_ug_h == 0.0


@pytest.mark.parametrize(("name", "site"), [("lumbar_50", "csf_lumbar"), ("oral_10_mg", "plasma")])
def test_area_is_the_integral_to_infinity(name: str, site: str) -> None:
    """By quadrature to the end of the run, and from there the tail of the slowest store."""
    run = typical(name)
    end = float(run.solution.edges_h[-1])

    def value(t: float) -> float:
        return float(run.series(site, np.array([t]))[0])

    within = quad(value, 0.0, end, limit=200, points=[0.5, 2.0, 8.0])[0]
    rate = np.log(value(end - 4.0) / value(end)) / 4.0
    assert run.area(site) == pytest.approx(within + value(end) / rate, rel=2e-3)


def test_steady_state_is_where_an_infusion_ends() -> None:
    run = typical("infusion_start")
    end = run.solution.edges_h[-1:]
    rate = float(run.therapy.catheter.rate_before(end)[0])
    assert rate == pytest.approx(100.0 / 24.0)
    assert run.series("csf_lumbar", end)[0] == pytest.approx(run.steady("csf_lumbar", rate), rel=1e-3)


def test_everything_given_at_one_instant() -> None:
    assert typical("lumbar_280").dose_ug == 280.0
    assert typical("steady_350").dose_ug == 0.0


def test_an_unknown_name() -> None:
    with pytest.raises(KeyError):
        typical("steady_350").at_start("liver")
