"""The reference engine's own doings: its right-hand side, and that it stops at bends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cases import constant, problem_for, stopped, therapy_of
from itsim.engine import reference


def test_right_hand_side_is_body_plus_chain() -> None:
    therapy = therapy_of([(0.0, constant(3.0)), (5.0, (8.0, 0.5, 0.0, 0.0, 2.0, 0.1))], 20.0)
    problem = problem_for("two_compartment", therapy)
    rng = np.random.default_rng(4)
    n = len(problem.body.states)
    y = np.concatenate([rng.uniform(0.1, 5.0, n), rng.uniform(0.1, 0.9, 5)])
    seen = reference.right_hand_side(problem, 5.0)(8.0, y)
    rate = 8.0 + 0.5 * 3.0 + 2.0 * np.exp(-0.1 * 3.0)
    expected = problem.body.matrix_per_h @ y[:n] + problem.body.inlets["catheter"] * rate
    np.testing.assert_allclose(seen[:n], expected, rtol=1e-13)
    values = {name: float(problem.body.readouts[name] @ y[:n]) for name in problem.response.drivers}
    for i, stage in enumerate(problem.response.stages):
        gap = float(stage.target(values)) - y[n + i]
        rate = stage.rising_per_h if gap > 0.0 else stage.falling_per_h
        assert seen[n + i] == pytest.approx(rate * gap, rel=1e-12)
        values[stage.name] = y[n + i]


def test_legs_end_at_bends() -> None:
    """Where the slow tolerance turns from rising to falling is a node of the solution."""
    problem = problem_for("two_compartment", stopped(10.0, 40.0, 60.0))
    solution = reference.solve(problem)
    slow = problem.response.stages[1]
    bends = [t for t in solution.nodes_h if t > 10.0 and abs(gap(problem, solution, slow, t)) < 1e-9]
    assert len(bends) >= 2, "falling after the stop, rising after the repair"


def gap(problem, solution, stage, t_h: float) -> float:  # type: ignore[no-untyped-def]
    at = np.array([t_h])
    values = {name: solution.series(name, at) for name in stage.needs}
    return float(stage.target(values)[0] - solution.series(stage.name, at)[0])


@pytest.mark.parametrize("tolerance", [1e-9, 1e-12])
def test_tolerance_moves_the_answer_little(tolerance: float, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_for("two_compartment", stopped(10.0, 60.0, 90.0))
    usual = reference.solve(problem).extremum("withdrawal_index", 10.0)[1]
    monkeypatch.setattr(reference, "RELATIVE_TOLERANCE", tolerance)
    assert reference.solve(problem).extremum("withdrawal_index", 10.0)[1] == pytest.approx(usual, rel=1e-8)


def test_a_sink_that_begins_at_the_rounding_of_zero_is_solved_like_one_that_begins_at_zero() -> None:
    """A run that goes on from another engine's state begins there."""
    problem = problem_for("two_compartment", stopped(10.0, 20.0, 30.0))
    start = problem.start_amounts.copy()
    start[problem.body.index("eliminated")] = -1e-14
    t = np.array([5.0, 30.0])
    usual = reference.solve(problem).amounts(t)
    found = reference.solve(replace(problem, start_amounts=start)).amounts(t)
    np.testing.assert_allclose(found, usual, rtol=1e-10, atol=1e-12)
