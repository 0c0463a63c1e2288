"""The dose that holds a relief: the effect it gives, where it ends, and the engine's own answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq

from itsim.device.delivery import Pieces, Therapy
from itsim.engine import exact
from itsim.engine.problem import make_problem
from itsim.pd.effect import hill
from itsim.pd.occupancy import occupancy
from itsim.pd.response import Numbers, make_response
from itsim.pd.tolerance import shift_of_potency
from itsim.qualify.population import typical
from itsim.qualify.titration import Titration, hold_relief

RELIEF, DAY_H = 2.2 / 2.9, 24.0
YEARS_H = 10 * 365.25 * DAY_H
PATIENT = typical("steady_350")
P = PATIENT.patient.fill(Numbers)
PER_RATE = PATIENT.steady("cord_leg", 1.0)


def course(p: Numbers = P, until_h: float = YEARS_H) -> Titration:
    return hold_relief(p, RELIEF, PER_RATE, until_h)


def test_the_first_dose_gives_the_relief_to_a_naive_patient() -> None:
    first = float(course().doses_ug_h[0])
    assert hill(first * PER_RATE, P.leg_ec50_ug_mL, P.effect_hill) == pytest.approx(RELIEF)


def test_the_last_dose_is_the_root_of_the_steady_equations() -> None:
    """F = S = O = Ce/(Ce + K), and Ce = m(F, S) times what the naive need."""
    naive = P.leg_ec50_ug_mL * (RELIEF / (1.0 - RELIEF)) ** (1.0 / P.effect_hill)

    def gap(cord: float) -> float:
        o = occupancy(cord, P.occupancy_constant_ug_mL)
        return cord - naive * shift_of_potency(o, o, P.slow_tolerance_gain, P.receptor_loss_frac)

    steady = brentq(gap, naive, 100.0 * naive)
    assert course().doses_ug_h[-1] * PER_RATE == pytest.approx(steady, rel=1e-6)


def test_without_tolerance_the_dose_stays() -> None:
    doses = course(replace(P, slow_tolerance_gain=0.0, receptor_loss_frac=0.0)).doses_ug_h
    assert np.ptp(doses) == pytest.approx(0.0, abs=1e-12 * doses[0])


def test_the_dose_only_rises() -> None:
    assert np.all(np.diff(course().doses_ug_h) > 0.0)


def test_steps_are_fine_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    coarse = course(until_h=400 * DAY_H).dose_at(100 * DAY_H)
    monkeypatch.setattr("itsim.qualify.titration.GROWTH", 1.05)
    monkeypatch.setattr("itsim.qualify.titration.LONGEST_STEP_H", DAY_H)
    assert coarse == pytest.approx(course(until_h=400 * DAY_H).dose_at(100 * DAY_H), rel=2e-3)


def test_the_engine_finds_the_relief_held() -> None:
    """The doses as a table of steps, body and response by the engine: relief stays within 0.005 once the slow
    store of tissue, whose time is about a day, has followed for a week."""
    months = 12
    doses = course(until_h=months * 30.0 * DAY_H)
    days = np.concatenate([np.arange(0.0, 30.0, 0.5), np.arange(30.0, months * 30.0 + 1, 3.0)])
    edges = days * DAY_H
    rows = np.zeros((len(edges), 7))
    rows[:, 0] = edges
    rows[:-1, 1] = [doses.dose_at(0.5 * (a + b)) for a, b in pairwise(edges)]
    problem = make_problem(
        PATIENT.problem.body, make_response(PATIENT.patient), Therapy(Pieces(rows), ()), 0.0, 0.0
    )
    after = np.linspace(7.0 * DAY_H, edges[-1], 300)
    relief = exact.solve(problem).series("effect_leg", after)
    assert np.max(np.abs(relief - RELIEF)) < 0.005


def test_when_a_dose_is_first_reached() -> None:
    line = Titration(np.array([0.0, 10.0, 20.0]), np.array([1.0, 2.0, 4.0]))
    assert [line.first_reaching_h(dose) for dose in (0.5, 1.0, 1.5, 3.0, 4.0)] == [0.0, 0.0, 5.0, 15.0, 20.0]
    assert line.first_reaching_h(5.0) == np.inf
    assert line.dose_at(15.0) == 3.0


@pytest.mark.parametrize("relief", [0.0, 1.0, -0.1, 1.5])
def test_a_relief_that_no_dose_gives(relief: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        hold_relief(P, relief, PER_RATE, YEARS_H)
