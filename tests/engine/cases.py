"""Problems that the engine tests share: bodies, therapies, windows, and how far two engines differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

import itsim
from itsim.arrays import Array
from itsim.catalogue import catalogue
from itsim.device.delivery import Dose, Drainage, Pieces, Therapy, deliver
from itsim.engine import exact
from itsim.engine.problem import Problem, make_problem
from itsim.engine.solution import Solution
from itsim.parameters import ParameterSet, read
from itsim.pd.response import make_response
from itsim.pk.body import LinearBody
from itsim.run import problem_of

BODIES = sorted(catalogue().bodies)
DAY_H = 24.0
WINDOW_H = 60 * DAY_H
AGREEMENT = 1e-8
ROUNDING = 1e-12
LEAST_SIZE = 1e-7
"""A series that stays below this share of its full size is compared with that share, not with itself."""
FULL_SIZES = {"withdrawal_index": 100.0}
FULL_SIZE_UG_ML = 0.1


def numbers_of(name: str, **overrides: float) -> ParameterSet:
    """The typical patient of a body, some numbers replaced."""
    numbers = read(f"bodies/{name}", "drug", "response")
    for key, value in overrides.items():
        numbers = numbers.override(key, value, "assumption")
    return numbers


def body_of(name: str, tip: str = "T10", **overrides: float) -> LinearBody:
    return catalogue().bodies[name].build(numbers_of(name, **overrides), tip, ())


def constant(rate_ug_h: float) -> tuple[float, ...]:
    return (rate_ug_h, 0.0, 0.0, 0.0, 0.0, 0.0)


def pieces_of(pieces: list[tuple[float, tuple[float, ...]]], end_h: float) -> Pieces:
    """*pieces* are ``(start_h, (c0, c1, c2, c3, ce, lam))``."""
    rows = [(start, *numbers) for start, numbers in pieces]
    return Pieces(np.array([*rows, (end_h, *constant(0.0))]))


def therapy_of(
    pieces: list[tuple[float, tuple[float, ...]]],
    end_h: float,
    doses: tuple[Dose, ...] = (),
    drainages: tuple[Drainage, ...] = (),
    conditions: Mapping[str, Pieces] | None = None,
) -> Therapy:
    """*pieces* of the rate at the tip, as for ``pieces_of``."""
    return Therapy(pieces_of(pieces, end_h), doses, drainages, conditions or {})


def problem_for(
    name: str,
    therapy: Therapy,
    dose_rate_ug_h: float = 350.0 / DAY_H,
    lasting_h: float = 300.0 * DAY_H,
    **overrides: float,
) -> Problem:
    response = make_response(numbers_of(name, **overrides))
    return make_problem(body_of(name, **overrides), response, therapy, dose_rate_ug_h, lasting_h)


def stopped(from_h: float, until_h: float, end_h: float, rate_ug_h: float = 350.0 / DAY_H) -> Therapy:
    """A pump that stands still for a while."""
    pieces = [(0.0, constant(rate_ug_h)), (from_h, constant(0.0)), (until_h, constant(rate_ug_h))]
    return therapy_of(pieces, end_h)


def scenario_problem(name: str) -> Problem:
    scenario = itsim.load(name)
    return problem_of(scenario, scenario.patient, deliver(scenario).therapy)


def window_of(problem: Problem) -> Problem:
    """The 60 days of a run that hold most edges, from the exact engine's state at their beginning.

    A fair test of the whole run: what follows depends on the state at an instant and on the therapy after it,
    on nothing else; both engines begin in the same state; and what can go wrong between engines goes wrong at
    edges and bends, of which this stretch has most. The hours-long test compares whole runs.
    """
    edges = problem.edges_h
    if edges[-1] - edges[0] <= WINDOW_H:
        return problem
    latest = edges[-1] - WINDOW_H
    starts = np.minimum(edges - 0.5 * DAY_H, latest).clip(min=edges[0])
    held = [np.sum((edges >= start) & (edges <= start + WINDOW_H)) for start in starts]
    start = float(starts[int(np.argmax(held))])
    before = exact.solve(problem)
    at = np.array([start])
    return replace(
        problem,
        therapy=between(problem.therapy, start, start + WINDOW_H),
        start_amounts=before.amounts(at)[0],
        start_stages=before.stages(at)[0],
    )


def between(therapy: Therapy, from_h: float, until_h: float) -> Therapy:
    """A therapy cut to a span; a piece that begins before it goes on."""
    edges = therapy.catheter.edges_h
    inside = edges[(edges > from_h) & (edges < until_h)]
    pieces = [(t, moved(therapy.catheter, t)) for t in [from_h, *inside]]
    doses = tuple(dose for dose in therapy.doses if from_h < dose.t_h < until_h)
    drainages = tuple(drain for drain in therapy.drainages if from_h < drain.t_h < until_h)
    return therapy_of(pieces, until_h, doses, drainages, therapy.conditions)


def moved(catheter: Pieces, t_h: float) -> tuple[float, ...]:
    """The piece in force at *t_h*, seen from there, by the series of Taylor."""
    rows = catheter.rows
    _, c0, c1, c2, c3, ce, lam = row = rows[np.searchsorted(rows[:-1, 0], t_h, side="right") - 1]
    s = t_h - row[0]
    return (
        c0 + c1 * s + c2 * s**2 + c3 * s**3,
        c1 + 2.0 * c2 * s + 3.0 * c3 * s**2,
        c2 + 3.0 * c3 * s,
        c3,
        ce * float(np.exp(-lam * s)),
        lam,
    )


def check_times(*solutions: Solution, per_solution: int = 2000) -> Array:
    """Nodes of every engine (thinned), every edge, and just before and after each."""
    parts = [s.nodes_h[:: max(1, len(s.nodes_h) // per_solution)] for s in solutions]
    edges = solutions[0].edges_h
    times = np.unique(np.concatenate([*parts, edges, edges[1:] - 1e-7, edges[:-1] + 1e-7]))
    return times[(times >= edges[0]) & (times <= edges[-1])]


def disagreement(a: Solution, b: Solution) -> dict[str, float]:
    """Largest difference of each state and each series of two solutions, as a share of its largest value.

    Of amounts beyond what rounding of the largest of them leaves in all: modes add the whole up, so that with
    15 mg in the gut the first nanograms in the CSF are known to some 1e-13 of that.
    """
    times = check_times(a, b)
    seen_a, seen_b = dict(a.all_series(times)), dict(b.all_series(times))
    total = max(float(np.max(np.abs(a.amounts(times)))), 1e-6)
    for solution, seen in ((a, seen_a), (b, seen_b)):
        seen |= {f"amount {n}": v for n, v in zip(a.body.states, solution.amounts(times).T, strict=True)}
    return {
        name: max(float(np.max(np.abs(seen_a[name] - seen_b[name]))) - _rounding(name, total), 0.0)
        / _size(name, seen_a[name], a.body, total)
        for name in seen_a
    }


def _rounding(name: str, total_ug: float) -> float:
    return ROUNDING * total_ug if name.startswith("amount ") else 0.0


def _size(name: str, values: Array, body: LinearBody, total_ug: float) -> float:
    full = FULL_SIZES.get(name, FULL_SIZE_UG_ML if name in body.readouts else 1.0)
    if name.startswith("amount "):
        full = total_ug
    return max(float(np.max(np.abs(values))), LEAST_SIZE * full)


LEVELS = st.floats(0.0, 60.0)
"""Rates in µg/h: up to 1440 µg/day."""


@st.composite
def pieces(draw: st.DrawFn, width_h: float) -> tuple[float, ...]:
    """One piece whose rate never falls below zero."""
    kind = draw(st.sampled_from(["zero", "constant", "constant", "linear", "cubic", "exponential"]))
    if kind == "zero":
        return constant(0.0)
    if kind == "constant":
        return constant(draw(LEVELS))
    if kind == "exponential":
        start, end = draw(LEVELS), draw(LEVELS)
        return (end, 0.0, 0.0, 0.0, start - end, draw(st.sampled_from([0.005, 0.05, 0.5, 5.0])))
    corners = [draw(LEVELS) for _ in range(2 if kind == "linear" else 4)]
    return (*from_corners(corners, width_h), 0.0, 0.0)


def from_corners(b: list[float], width_h: float) -> tuple[float, float, float, float]:
    """The polynomial with these Bernstein coefficients: between the smallest and the largest of them."""
    if len(b) == 2:
        return (b[0], (b[1] - b[0]) / width_h, 0.0, 0.0)
    return (
        b[0],
        3.0 * (b[1] - b[0]) / width_h,
        3.0 * (b[0] - 2.0 * b[1] + b[2]) / width_h**2,
        (b[3] - 3.0 * b[2] + 3.0 * b[1] - b[0]) / width_h**3,
    )


@st.composite
def conditions(draw: st.DrawFn, end_h: float) -> Mapping[str, Pieces]:
    """The patient's own course: none, one or both factors, with jumps, lines and curves between 0.3 and 3."""
    factor = st.floats(0.3, 3.0)
    found = {}
    for name in draw(st.sets(st.sampled_from(["spasticity", "potency"]))):
        edges = [0.0, *sorted(draw(st.sets(st.floats(0.01, 0.99), max_size=4))), 1.0]
        rows = []
        for a, b in pairwise(np.array(edges) * end_h):
            corners = draw(st.lists(factor, min_size=1, max_size=4).filter(lambda c: len(c) != 3))
            curve = constant(corners[0]) if len(corners) == 1 else (*from_corners(corners, b - a), 0.0, 0.0)
            rows.append((float(a), curve))
        found[name] = pieces_of(rows, end_h)
    return found


@st.composite
def therapies(draw: st.DrawFn, longest_h: float, most_segments: int) -> Therapy:
    """Jumps, ramps, curves and stops, with oral doses, lumbar punctures, pocket fills and drainages, some of
    them on an edge, for a patient who has a course of their own."""
    shares = draw(st.lists(st.sampled_from([1.0, 3.0, 30.0, 300.0]), min_size=1, max_size=most_segments))
    end_h = longest_h * draw(st.sampled_from([0.1, 0.3, 1.0]))
    edges = [*(end_h * np.concatenate([[0.0], np.cumsum(shares)]) / np.sum(shares)).tolist()]
    rows = [(a, draw(pieces(b - a))) for a, b in pairwise(edges)]
    on_edge, anywhere = st.sampled_from(edges[:-1]), st.floats(0.0, 0.99 * end_h)
    doses = []
    for _ in range(draw(st.integers(0, 3))):
        inlet, largest = draw(
            st.sampled_from([("gut", 20000.0), ("lumbar_puncture", 100.0), ("pump_pocket", 20000.0)])
        )
        doses.append(Dose(draw(on_edge | anywhere), largest * draw(st.floats(0.1, 1.0)), inlet))
    times = draw(st.lists(on_edge | anywhere, max_size=2))
    drainages = tuple(Drainage(t, draw(st.floats(1.0, 150.0))) for t in sorted(times))
    doses.sort(key=lambda dose: dose.t_h)
    return therapy_of(rows, edges[-1], tuple(doses), drainages, draw(conditions(edges[-1])))


@st.composite
def problems(draw: st.DrawFn, longest_h: float, most_segments: int) -> Problem:
    """A random therapy in any body, for a naive patient or one who has had the drug for long."""
    lasting_h = draw(st.sampled_from([0.0, 100.0, 7200.0]))
    rate = draw(LEVELS) if lasting_h > 0.0 else 0.0
    return problem_for(
        draw(st.sampled_from(BODIES)), draw(therapies(longest_h, most_segments)), rate, lasting_h
    )
