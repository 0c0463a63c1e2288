"""The reference engine: ``solve_ivp`` restarted at every edge, and stopped where the response bends.

It shares with the exact engine the equations (``pd/``), the body's matrix and the therapy, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.integrate import OdeSolution, solve_ivp
from scipy.optimize import OptimizeResult as OdeResult

from itsim.arrays import Array, frozen
from itsim.device.pieces import evaluate
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.pk.body import SINKS

RELATIVE_TOLERANCE = 1e-12
ABSOLUTE_SHARE = 1e-13
STEP_PAST_BEND_H = 1e-6
"""Numerical: how far the integrator restarts behind a bend."""
NO_GAP = 1e-13
"""A gap of this size is rounding. Without it a patient who has no drug would bend at every instant."""
STEP_TIMES_RATE = 2.0
"""Steps stay below this over the body's fastest rate: near the limit of stability (6) dense output rings."""


@dataclass
class _Legs:
    """Dense pieces of the solution in order of time."""

    starts_h: list[float] = field(default_factory=list)
    pieces: list[OdeSolution] = field(default_factory=list)
    nodes_h: list[float] = field(default_factory=list)

    def add(self, start_h: float, piece: OdeSolution, nodes_h: Array) -> None:
        self.starts_h.append(start_h)
        self.pieces.append(piece)
        self.nodes_h += list(nodes_h[:-1])


def solve(problem: Problem) -> Solution:
    """Solve a run by DOP853 at rtol 1e-12, restarted at every edge and at every bend of the response."""
    n = len(problem.body.states)
    edges = problem.stops_h
    y = np.concatenate([problem.start_amounts, problem.start_stages])
    floor = ABSOLUTE_SHARE * _scales(problem)
    legs = _Legs()
    for left, right in pairwise(edges):
        drainage = problem.drainage_at(left)
        if drainage is not None:
            y[:n] = drainage @ y[:n]
        y[:n] += problem.jump_at(left)
        y = _one_segment(problem, float(left), float(right), y, floor, legs)

    def sample(times_h: Array) -> Array:
        t = np.asarray(times_h, float)
        i = np.clip(np.searchsorted(legs.starts_h, t, side="right") - 1, 0, len(legs.pieces) - 1)
        out = np.zeros((len(t), len(y)))
        for leg in np.unique(i):
            out[i == leg] = legs.pieces[leg](t[i == leg]).T
        return out

    return Solution(
        problem.body,
        problem.response,
        "reference",
        problem.edges_h,
        frozen(np.array([*legs.nodes_h, edges[-1]])),
        amounts=lambda t: sample(t)[:, :n],
        stages=lambda t: sample(t)[:, n:],
        start_amounts=problem.start_amounts,
        instants_h=problem.instants_h,
        conditions=problem.therapy.conditions,
    )


def _one_segment(problem: Problem, left: float, right: float, y: Array, floor: Array, legs: _Legs) -> Array:
    """From edge to edge; each bend ends a leg, and a step of 1e-6 h without watching leads past it.

    The last step of a leg that a bend has ended went over the bend, and its state there comes from the step's
    dense output. That step is done again as far as the bend: without this the index errs by 1e-8.
    """
    derivative = right_hand_side(problem, left)
    watch = _bends(problem)
    matrix = problem.body_at(left).matrix_per_h
    longest_h = STEP_TIMES_RATE / float(np.max(np.abs(np.linalg.eigvals(matrix))))

    def leg(from_h: float, until_h: float, start: Array, watched: bool) -> OdeResult:
        done = solve_ivp(
            derivative,
            (from_h, until_h),
            start,
            method="DOP853",
            rtol=RELATIVE_TOLERANCE,
            atol=floor,
            max_step=longest_h,
            dense_output=True,
            events=watch if watched else None,
        )
        if not done.success:
            raise ArithmeticError(f"solve_ivp failed between {from_h} and {until_h} h: {done.message}")
        return done

    t, watching = left, True
    while t < right:
        done = leg(t, right if watching else min(right, t + STEP_PAST_BEND_H), y, watching)
        bent = watching and done.t[-1] < right
        if done.t[-1] > t:
            legs.add(t, done.sol, done.t[:-1] if bent else done.t)
            if bent:
                done = leg(done.t[-2], done.t[-1], done.y[:, -2], watched=False)
                legs.add(done.t[0], done.sol, done.t)
        y, watching, t = done.y[:, -1].copy(), not bent, float(done.t[-1])
    return y


def right_hand_side(problem: Problem, edge_h: float) -> Callable[[float, Array], Array]:
    """dy/dt of body and response under the body and the piece of input in force from *edge_h* on."""
    body, stages = problem.body_at(edge_h), problem.response.stages
    row = problem.piece_row(edge_h)
    inlet, matrix, n = body.inlets["catheter"], body.matrix_per_h, len(body.states)
    drivers = [(name, body.readouts[name]) for name in problem.response.drivers]

    def derivative(t_h: float, y: Array) -> Array:
        out = np.empty_like(y)
        out[:n] = matrix @ y[:n] + inlet * evaluate(row, t_h - row[0])
        values = {name: float(weights @ y[:n]) for name, weights in drivers}
        for i, stage in enumerate(stages):
            gap = float(stage.target(values)) - y[n + i]
            out[n + i] = (stage.rising_per_h if gap > 0.0 else stage.falling_per_h) * gap
            values[stage.name] = y[n + i]
        return out

    return derivative


def _bends(problem: Problem) -> list[Callable[[float, Array], float]]:
    """Functions whose zeros end a leg: where a rate switches or a target bends."""
    watched = []
    for i, stage in enumerate(problem.response.stages):
        if stage.bend is not None or stage.switches:
            watched.append(_bend(problem, i))
    return watched


def _bend(problem: Problem, i: int) -> Callable[[float, Array], float]:
    stages, n, stage = problem.response.stages, len(problem.body.states), problem.response.stages[i]
    drivers = [(name, problem.body.readouts[name]) for name in problem.response.drivers]

    def distance(t_h: float, y: Array) -> float:
        values = {name: float(weights @ y[:n]) for name, weights in drivers}
        values |= {earlier.name: y[n + j] for j, earlier in enumerate(stages[:i])}
        gap = float(stage.bend(values) if stage.bend else stage.target(values) - y[n + i])
        return gap if abs(gap) > NO_GAP else NO_GAP

    distance.terminal = True  # type: ignore[attr-defined]
    return distance


def _scales(problem: Problem) -> Array:
    """A size for every state, for the absolute tolerance: what it would be under the run's largest rate; of a
    sink, which has no steady state and may begin at the rounding of zero, all that is given."""
    catheter = problem.therapy.catheter
    largest = float(np.max(np.abs(catheter.rate(catheter.edges_h[:-1]))))
    amounts = np.abs(problem.body.steady_state("catheter", max(largest, 1e-3)))
    amounts += np.abs(problem.start_amounts)
    total = max(float(catheter.integral(catheter.edges_h[-1:])[0]), 1.0)
    for dose in problem.doses:
        amounts += dose.amount_ug * 1e-2
    amounts[[name in SINKS for name in problem.body.states]] += total
    amounts[amounts == 0.0] = total
    return np.concatenate([amounts, np.full(len(problem.response.stages), 1.0)])
