"""Questions to a stored course: the same answers as a solution gives, by the plain march."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from engine.cases import problem_for, stopped
from itsim.engine import exact, fast
from itsim.engine.kernel import search
from itsim.engine.kernel.places import Desk, Store, desk, store
from itsim.engine.kernel.run import solve_one
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.pd.chain import Law
from itsim.pk.body import SINKS

SERIES = {
    search.OF_INDEX: "withdrawal_index",
    search.OF_CSF: "csf_lumbar",
    search.OF_TONE: "tone",
}


@cache
def marched() -> tuple[Problem, Solution, Desk, Store, Law]:
    problem = problem_for("two_compartment", stopped(30.0, 90.0, 250.0))
    packed = fast._packed(problem)
    assert packed is not None
    bodies, responses = packed
    live = np.array([name not in SINKS for name in problem.body.states])
    work, kept = desk(bodies.rates_per_h.shape[1], int(live.sum())), store(400)
    work.asked[:] = 1
    chain = responses.laws[0], responses.stage_rates_per_h[0], responses.clocks_per_h[0]
    start = problem.start_amounts[live], problem.start_stages
    solve_one(problem.therapy.catheter.rows, fast._acts(problem), bodies, *chain, *start, work, kept)
    law = problem.response.law
    assert law is not None
    return problem, exact.solve(problem), work, kept, law


@pytest.mark.parametrize("what", SERIES)
def test_a_value_at_any_time(what: int) -> None:
    _, solution, work, kept, law = marched()
    times = np.linspace(0.0, 250.0, 301)
    found = [search.value_at(what, float(t), law, work, kept) for t in times]
    expected = solution.series(SERIES[what], times)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9 * np.max(np.abs(expected)))


def test_reach_gives_effect_and_sedation() -> None:
    _, solution, work, kept, law = marched()
    for what, name, hill in (
        (search.OF_LEG, "effect_leg", law.effect_hill),
        (search.OF_BRAIN, "sedation", law.sedation_hill),
    ):
        reach = search.value_at(what, 41.7, law, work, kept)
        expected = float(solution.series(name, np.array([41.7]))[0])
        assert search.effect_of(reach, hill) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("level", "from_h", "sign"), [(2.0, 0.0, 1.0), (10.0, 0.0, 1.0), (5.0, 100.0, -1.0), (99.0, 0.0, 1.0)]
)
def test_crossings_of_the_index(level: float, from_h: float, sign: float) -> None:
    _, solution, work, kept, law = marched()
    found = search.first_crossing_h(search.OF_INDEX, level, from_h, sign, law, work, kept)
    expected = solution.first_crossing_h("withdrawal_index", level, from_h, rising=sign > 0.0)
    assert math.isnan(found) == (expected is None)
    if expected is not None:
        assert found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("what", SERIES)
@pytest.mark.parametrize("highest", [True, False])
@pytest.mark.parametrize("from_h", [0.0, 33.3])
def test_extremes(what: int, highest: bool, from_h: float) -> None:
    _, solution, work, kept, law = marched()
    _, value = search.extremum(what, from_h, 1.0 if highest else -1.0, law, work, kept)
    expected = solution.extremum(SERIES[what], from_h, highest)[1]
    assert value == pytest.approx(expected, rel=1e-8, abs=1e-10)
