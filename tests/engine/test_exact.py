"""The exact engine's own doings: panels, bends, the fallback, laws of the response."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cases import (
    AGREEMENT,
    BODIES,
    DAY_H,
    constant,
    disagreement,
    numbers_of,
    problem_for,
    scenario_problem,
    stopped,
    therapy_of,
)
from itsim.device.delivery import Drainage, Therapy
from itsim.engine import exact, panels, reference
from itsim.engine.modal import Exponentials, propagator
from itsim.engine.problem import Problem, make_problem
from itsim.engine.solution import Solution
from itsim.pd.response import Stage, make_response
from itsim.pk.body import ELIMINATED, LinearBody, Site, Transfer, assemble

PANEL_CHOICES = (
    {"FIRST_PANEL_H": 0.0625},
    {"LONGEST_PANEL_H": 8.0},
    {"RESOLUTION": 1e-11},
    {"BESIDE_BEND_H": 2e-4},
    {"FIRST_PANEL_H": 0.03, "LONGEST_PANEL_H": 4.0, "RESOLUTION": 1e-11, "SHORTEST_PANEL_H": 1e-4},
)


def metrics_of(solution: Solution, from_h: float) -> dict[str, float]:
    onset = solution.first_crossing_h("withdrawal_index", 10.0, from_h)
    peaks = {
        name: solution.extremum(name, from_h)[1] for name in ("withdrawal_index", "sedation", "csf_lumbar")
    }
    lows = {
        f"least {name}": solution.extremum(name, from_h, False)[1] for name in ("effect_leg", "csf_lumbar")
    }
    return {"onset": -1.0 if onset is None else onset} | peaks | lows


@pytest.mark.parametrize("choice", PANEL_CHOICES, ids=lambda c: ", ".join(c))
@pytest.mark.parametrize("name", ["abrupt_stop", "vorenkamp_2023", "vorenkamp_like_intermittent"])
def test_finer_panels_change_no_metric(
    name: str, choice: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = scenario_problem(name)
    usual = metrics_of(exact.solve(problem), 100.0)
    for key, value in choice.items():
        monkeypatch.setattr(panels, key, value)
    finer = metrics_of(exact.solve(problem), 100.0)
    for key, value in usual.items():
        assert finer[key] == pytest.approx(value, rel=1e-6, abs=1e-12), key


def test_bends_are_edges_of_panels() -> None:
    """No panel holds a change of sign of what bends its target."""
    problem = problem_for("neuraxis", stopped(24.0, 80.0, 200.0))
    solution = exact.solve(problem)
    at = solution.nodes_h
    for k, stage in enumerate(problem.response.stages):
        values = {name: solution.series(name, at) for name in (*stage.needs, stage.name)}
        if stage.bend is None and not stage.switches:
            continue
        passing = stage.bend(values) if stage.bend else stage.target(values) - values[stage.name]
        passing = np.where(np.abs(passing) < 1e-9, 0.0, passing)[:-1].reshape(-1, panels.N_NODES + 1)
        assert not np.any((passing.max(axis=1) > 0.0) & (passing.min(axis=1) < 0.0)), k


@pytest.mark.parametrize("rate_per_h", [0.5, 3.0, 20.0])
def test_a_quick_stage_does_not_outrun_its_panels(rate_per_h: float) -> None:
    """An index that follows within minutes: the quadrature holds only while rate · width is small."""
    problem = problem_for("two_compartment", stopped(10.0, 60.0, 400.0), withdrawal_rate=rate_per_h)
    found = disagreement(exact.solve(problem), reference.solve(problem))
    assert max(found.values()) <= AGREEMENT, found


def test_an_exponential_that_has_long_died_is_no_overflow() -> None:
    """exp(−λs) underflows where 1/exp(−λs) overflows: a fade within minutes, seen a month later."""
    therapy = therapy_of([(0.0, (5.0, 0.0, 0.0, 0.0, 9.0, 5.0))], 30.0 * DAY_H)
    solution = exact.solve(problem_for("neuraxis", therapy))
    steady = solution.body.steady_state("catheter", 5.0)
    holds = solution.body.holds_drug > 0.0
    seen = solution.amounts(np.array([30.0 * DAY_H]))[0]
    np.testing.assert_allclose(seen[holds], steady[holds], rtol=1e-8, atol=1e-9)


def chain_body() -> LinearBody:
    """Transit compartments with one rate: a Jordan block, which no set of eigenvectors spans."""
    names = [f"transit_{i}" for i in range(5)]
    moves = [Transfer(a, b, 0.4) for a, b in zip(names, [*names[1:], "plasma"], strict=True)]
    last = {names[-1]: 0.02}
    return assemble(
        "chain",
        (*names, "plasma"),
        (*moves, Transfer("plasma", ELIMINATED, 0.4)),
        (Site("brain", 0.4, last),),
        {"catheter": {names[0]: 1.0}, "lumbar_puncture": {names[1]: 1.0}, "gut": {"plasma": 1.0}},
        {"csf_lumbar": last, "cord_leg": last, "brain": {"brain": 1.0}, "plasma": {"plasma": 1e-4}},
    )


def chain_problem(therapy: Therapy) -> Problem:
    return make_problem(chain_body(), make_response(numbers_of("neuraxis")), therapy, 14.0, 7000.0)


def test_a_defective_body_runs_end_to_end() -> None:
    problem = chain_problem(stopped(20.0, 60.0, 120.0, 14.0))
    assert isinstance(propagator(problem.body), Exponentials)
    found = disagreement(exact.solve(problem), reference.solve(problem))
    assert max(found.values()) <= AGREEMENT, found


small_stops = st.tuples(st.sampled_from(BODIES), st.floats(50.0, 1200.0), st.floats(2.0, 200.0))


@settings(max_examples=25)
@given(name=st.sampled_from(BODIES), dose=st.floats(10.0, 2000.0), days=st.floats(1.0, 30.0))
def test_no_withdrawal_without_exposure(name: str, dose: float, days: float) -> None:
    """From the first microgram on: constant dosing of a naive patient never passes the index above zero."""
    rate = dose / DAY_H
    naive = therapy_of([(0.0, constant(0.0)), (5.0, constant(rate))], days * DAY_H + 5.0)
    solution = exact.solve(problem_for(name, naive, 0.0, 0.0))
    assert solution.extremum("withdrawal_index", 0.0)[1] < 1e-9


@settings(max_examples=25)
@given(case=small_stops)
def test_restoring_delivery_ends_withdrawal(case: tuple[str, float, float]) -> None:
    name, dose, hours = case
    rate = dose / DAY_H
    solution = exact.solve(
        problem_for(name, stopped(10.0, 10.0 + hours, 10.0 + hours + 14 * DAY_H, rate), rate)
    )
    peak_h, peak = solution.extremum("withdrawal_index", 10.0)
    assert peak_h <= 10.0 + hours + 2.0 * DAY_H
    assert solution.series("withdrawal_index", solution.edges_h[-1:])[0] < max(1e-3 * peak, 1e-9)


@settings(max_examples=25)
@given(case=small_stops, slower=st.floats(10.0, 400.0))
def test_abrupt_is_never_later_than_gradual(case: tuple[str, float, float], slower: float) -> None:
    """The same loss, at once or along a line over some hours: the index passes 10 no later."""
    name, dose, _ = case
    rate, end_h = dose / DAY_H, 10.0 + slower + 20 * DAY_H
    line = therapy_of(
        [(0.0, constant(rate)), (10.0, (rate, -rate / slower, 0, 0, 0, 0)), (10.0 + slower, constant(0.0))],
        end_h,
    )
    abrupt, gradual = (
        exact.solve(problem_for(name, therapy, rate)).first_crossing_h("withdrawal_index", 10.0, 10.0)
        for therapy in (stopped(10.0, end_h - 1.0, end_h, rate), line)
    )
    if gradual is not None:
        assert abrupt is not None
        assert abrupt <= gradual + 1e-6


@pytest.mark.parametrize("dose_ug_day", [200.0, 350.0, 520.0])
@pytest.mark.parametrize("name", BODIES)
def test_tone_returns_before_withdrawal(name: str, dose_ug_day: float) -> None:
    rate = dose_ug_day / DAY_H
    solution = exact.solve(problem_for(name, stopped(10.0, 240.0, 250.0, rate), rate))
    half = 0.5 * float(solution.series("effect_leg", np.array([10.0]))[0])
    tone = solution.first_crossing_h("effect_leg", half, 10.0, rising=False)
    onset = solution.first_crossing_h("withdrawal_index", 10.0, 10.0)
    assert tone is not None
    assert onset is None or tone < onset


def test_the_state_at_the_start_is_the_one_given() -> None:
    problem = problem_for("neuraxis", stopped(10.0, 20.0, 30.0))
    problem = replace(problem, start_stages=np.array([0.3, 0.2, 0.1, 0.05, 7.0]))
    solution = exact.solve(problem)
    np.testing.assert_allclose(solution.stages(np.array([0.0]))[0], problem.start_stages, rtol=1e-12)
    np.testing.assert_allclose(
        solution.amounts(np.array([0.0]))[0], problem.start_amounts, rtol=1e-9, atol=1e-9
    )


def test_a_defective_body_lets_off_csf_too() -> None:
    """Both ways of the linear part apply the same matrix; this one by matrix exponentials."""
    problem = chain_problem(replace(stopped(20.0, 60.0, 120.0, 14.0), drainages=(Drainage(30.0, 5.0),)))
    csf = ({"transit_4": 20.0},)
    problem = replace(problem, body=replace(problem.body, csf_mL=csf))
    solution, other = exact.solve(problem), reference.solve(problem)
    assert solution.body_ledger()["drained_ug"] > 0.1
    assert max(disagreement(solution, other).values()) <= AGREEMENT


@pytest.mark.parametrize(("apart", "cut"), [(1e-3, True), (1e-10, False)])
def test_a_state_that_stands_at_its_target_is_no_bend(apart: float, cut: bool) -> None:
    """Which of two rates holds is of no account there; rounding changes the sign at every point."""
    stage = Stage("slow", ("drug",), lambda v: v["drug"], 1.0 / 720.0, 1.0 / 168.0)
    points = len(panels.POINTS)
    passing = apart * (-1.0) ** np.arange(points)[None, :]
    target, widths = np.full((1, points), 0.4), np.array([0.5])
    rough, bent = exact._trouble(stage, True, target, passing, widths)
    assert not rough.any()
    assert bent.any() == cut
