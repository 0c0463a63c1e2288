"""What every engine promises; one list of engines drives the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.signal import lsim

from engine.cases import BODIES, body_of, constant, problem_for, stopped, therapy_of
from itsim.arrays import frozen
from itsim.device.delivery import Dose, Therapy
from itsim.engine import ENGINES
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution

Engine = Callable[[Problem], Solution]
every_engine = pytest.mark.parametrize("solve", ENGINES.values(), ids=ENGINES.keys())
every_body = pytest.mark.parametrize("name", BODIES)

EVENTFUL = therapy_of(
    [
        (0.0, constant(14.0)),
        (10.0, (14.0, -0.5, 0.0, 0.0, 0.0, 0.0)),
        (24.0, constant(0.0)),
        (36.0, (5.0, 1.0, -0.1, 0.004, 0.0, 0.0)),
        (44.0, (6.0, 0.0, 0.0, 0.0, 12.0, 0.4)),
    ],
    60.0,
    (Dose(20.0, 10_000.0, "gut"), Dose(24.0, 50.0, "lumbar_puncture"), Dose(30.5, 25.0, "lumbar_puncture")),
)


def scaled(therapy: Therapy, factor: float) -> Therapy:
    rows = therapy.catheter.rows * np.array([1.0, *[factor] * 5, 1.0])
    doses = tuple(replace(dose, amount_ug=factor * dose.amount_ug) for dose in therapy.doses)
    return Therapy(replace(therapy.catheter, rows=rows), doses)


@every_engine
def test_event_instants_are_nodes(solve: Engine) -> None:
    solution = solve(problem_for("two_compartment", EVENTFUL))
    instants = {0.0, 10.0, 20.0, 24.0, 30.5, 36.0, 44.0, 60.0}
    assert instants <= set(solution.nodes_h)
    assert set(solution.edges_h) == instants
    assert np.all(np.diff(solution.nodes_h) >= 0.0)


@every_engine
@every_body
def test_mass_is_kept(solve: Engine, name: str) -> None:
    assert mass_error(solve, problem_for(name, EVENTFUL)) < 1e-9


@every_engine
@every_body
def test_an_elimination_without_its_ledger_term_is_seen(solve: Engine, name: str) -> None:
    problem = problem_for(name, EVENTFUL)
    matrix = problem.body.matrix_per_h.copy()
    plasma = problem.body.index("plasma")
    matrix[plasma, plasma] -= 0.01 * matrix[problem.body.index("eliminated"), plasma]
    body = replace(problem.body, matrix_per_h=frozen(matrix))
    assert mass_error(solve, replace(problem, body=body)) > 1e-6


def mass_error(solve: Engine, problem: Problem) -> float:
    """Body at start + delivered + doses against body + eliminated + unabsorbed, as a share."""
    ledger = solve(problem).body_ledger()
    delivered = float(problem.therapy.catheter.integral(np.array([problem.edges_h[-1]]))[0])
    entered = ledger["body_at_start_ug"] + delivered + sum(dose.amount_ug for dose in problem.doses)
    found = ledger["body_ug"] + ledger["eliminated_ug"] + ledger["unabsorbed_ug"]
    return abs(entered - found) / entered


@every_engine
def test_body_is_linear_in_dose(solve: Engine) -> None:
    one = solve(problem_for("two_compartment", EVENTFUL, 14.0))
    many = solve(problem_for("two_compartment", scaled(EVENTFUL, 3.0), 42.0))
    times = np.linspace(0.0, 60.0, 301)
    sizes = np.max(np.abs(many.amounts(times)), axis=0)
    error = np.max(np.abs(many.amounts(times) - 3.0 * one.amounts(times)), axis=0)
    assert np.all(error <= 1e-9 * sizes)


@every_engine
@every_body
def test_steady_patient_stays_steady(solve: Engine, name: str) -> None:
    problem = problem_for(name, therapy_of([(0.0, constant(350.0 / 24.0))], 200.0))
    solution = solve(problem)
    holds = problem.body.holds_drug > 0.0
    seen = solution.amounts(np.array([0.0, 50.0, 200.0]))[:, holds]
    np.testing.assert_allclose(seen, problem.start_amounts[None, holds].repeat(3, 0), rtol=1e-9, atol=1e-9)
    assert solution.extremum("withdrawal_index", 0.0)[1] < 1e-9


@every_engine
@every_body
def test_naive_patient_without_drug_feels_nothing(solve: Engine, name: str) -> None:
    """Zero onto zero: nothing bends, and the run ends."""
    naive = therapy_of([(0.0, constant(0.0)), (100.0, constant(10.0))], 130.0)
    solution = solve(problem_for(name, naive, 0.0, 0.0))
    before = solution.all_series(np.linspace(0.0, 100.0, 11))
    assert max(float(np.max(np.abs(values))) for values in before.values()) == 0.0
    assert solution.series("effect_leg", np.array([130.0]))[0] > 1e-4


@every_engine
def test_neutral_edges_change_nothing(solve: Engine) -> None:
    plain = therapy_of([(0.0, constant(14.0)), (30.0, constant(0.0))], 100.0)
    cut = therapy_of(
        [(0.0, constant(14.0)), (11.0, constant(14.0)), (30.0, constant(0.0)), (77.7, constant(0.0))],
        100.0,
        (Dose(50.0, 0.0, "gut"),),
    )
    one, other = (solve(problem_for("two_compartment", therapy)) for therapy in (plain, cut))
    assert one.first_crossing_h("withdrawal_index", 10.0, 30.0) == pytest.approx(
        other.first_crossing_h("withdrawal_index", 10.0, 30.0), abs=1e-7
    )
    for name in ("withdrawal_index", "csf_lumbar", "sedation", "effect_leg"):
        for highest in (True, False):
            seen = [s.extremum(name, 30.0, highest)[1] for s in (one, other)]
            assert seen[0] == pytest.approx(seen[1], rel=1e-9, abs=1e-12), name


@every_engine
@every_body
def test_linear_part_against_a_matrix_exponential(solve: Engine, name: str) -> None:
    """An outside referee: one step of expm with the input appended, over a constant rate after a stop."""
    solution = solve(problem_for(name, stopped(10.0, 16.0, 40.0)))
    body = solution.body
    n = len(body.states)
    big = np.zeros((n + 1, n + 1))
    big[:n, :n], big[:n, n] = body.matrix_per_h, 350.0 / 24.0 * body.inlets["catheter"]
    start = np.append(solution.amounts(np.array([16.0]))[0], 1.0)
    for t_h in (16.5, 20.0, 40.0):
        expected = (expm(big * (t_h - 16.0)) @ start)[:n]
        seen = solution.amounts(np.array([t_h]))[0]
        assert np.max(np.abs(seen - expected)) <= 1e-10 * np.max(np.abs(expected))


@every_engine
def test_linear_part_against_another_simulator(solve: Engine) -> None:
    """``scipy.signal.lsim`` on a uniform grid, exact for an input that is linear between its points."""
    ramp = therapy_of([(0.0, (2.0, 1.0, 0.0, 0.0, 0.0, 0.0)), (10.0, (12.0, -0.5, 0.0, 0.0, 0.0, 0.0))], 30.0)
    problem = problem_for("two_compartment", ramp)
    body, times = problem.body, np.linspace(0.0, 30.0, 301)
    system = (
        body.matrix_per_h,
        body.inlets["catheter"][:, None],
        body.readouts["csf_lumbar"][None, :],
        np.zeros((1, 1)),
    )
    rate = np.where(times <= 10.0, 2.0 + times, 12.0 - 0.5 * (times - 10.0))
    _, expected, _ = lsim(system, rate, times, X0=problem.start_amounts)
    seen = solve(problem).series("csf_lumbar", times)
    np.testing.assert_allclose(seen, expected, rtol=1e-9)


LONG_RUN_H, STOP_H = 60.0 * 24.0, (1000.0, 1006.0)


def test_the_naive_integrator_misses_a_stop_that_every_engine_finds() -> None:
    """One compartment, six hours without flow in 60 days, as an ``if`` in the right-hand side."""
    problem = problem_for("one_compartment", stopped(*STOP_H, LONG_RUN_H))
    body = problem.body
    inlet, row = body.inlets["catheter"], body.readouts["csf_lumbar"]

    def naive(t_h: float, x: np.ndarray) -> np.ndarray:
        rate = 0.0 if STOP_H[0] <= t_h < STOP_H[1] else 350.0 / 24.0
        return body.matrix_per_h @ x + inlet * rate

    run = solve_ivp(naive, (0.0, LONG_RUN_H), problem.start_amounts, method="LSODA", rtol=1e-8)
    level = float(row @ problem.start_amounts)
    assert run.success
    assert np.min(row @ run.y) == pytest.approx(level, rel=1e-6), "the stop was never seen"
    troughs = [solve(problem).extremum("csf_lumbar", 900.0, highest=False) for solve in ENGINES.values()]
    for t_h, value in troughs:
        assert t_h == pytest.approx(STOP_H[1], abs=1e-3)
        assert value < 0.2 * level
    assert troughs[0][1] == pytest.approx(troughs[1][1], rel=1e-6)


@every_engine
def test_troughs_and_crossings_come_from_the_solution_not_from_a_grid(solve: Engine) -> None:
    """A closed form between edges: after a stop C = C0·exp(−k t), so half is reached ln 2/k later."""
    free = {"plasma_partition": 0.0}
    problem = problem_for("one_compartment", stopped(10.0, 13.0, 20.0), **free)
    body = body_of("one_compartment", **free)
    k = -body.matrix_per_h[body.index("csf"), body.index("csf")]
    solution = solve(problem)
    level = float(body.readouts["csf_lumbar"] @ problem.start_amounts)
    half = solution.first_crossing_h("csf_lumbar", 0.5 * level, 10.0, rising=False)
    assert half == pytest.approx(10.0 + np.log(2.0) / k, abs=1e-8)
    t_h, lowest = solution.extremum("csf_lumbar", 10.0, highest=False)
    assert (t_h, lowest) == (pytest.approx(13.0, abs=1e-6), pytest.approx(level * np.exp(-3.0 * k), rel=1e-9))
    assert solution.first_crossing_h("csf_lumbar", 2.0 * level, 0.0) is None
