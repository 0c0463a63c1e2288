"""The exact engine against the reference: scenarios, random therapies, onset."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

import itsim
from engine.cases import (
    AGREEMENT,
    BODIES,
    DAY_H,
    disagreement,
    problem_for,
    problems,
    scenario_problem,
    stopped,
    window_of,
)
from itsim.api import scenarios
from itsim.device.delivery import deliver
from itsim.engine import exact, reference
from itsim.engine.problem import Problem
from itsim.run import problem_of

LONG = settings.default is not None and settings.default.max_examples > 1000
EXAMPLES = 2000 if LONG else 30
LONGEST_H, MOST_SEGMENTS = 60 * DAY_H, 60
ONSET_WITHIN_H = 0.01 / 3600.0


def check(problem: Problem) -> None:
    found = disagreement(exact.solve(problem), reference.solve(problem))
    worst = max(found, key=lambda name: found[name])
    print(f"{problem.body.name}: worst {worst} {found[worst]:.1e}")
    assert found[worst] <= AGREEMENT, worst


OFTEN = {
    "vorenkamp_2023",
    "abrupt_stop",
    "occlusion_release",
    "oral_bridge",
    "overdose_drained",
    "noxious_stimulus",
}
"""Stories in every run of the suite, and every tenth of the others; the rest with the hours-long tests."""
EVENTFUL = [
    name if name in OFTEN or i % 10 == 0 else pytest.param(name, marks=pytest.mark.long)
    for i, name in enumerate(scenarios())
]


@pytest.mark.parametrize("name", EVENTFUL)
def test_eventful_sixty_days_of_every_scenario(name: str) -> None:
    check(window_of(scenario_problem(name)))


@pytest.mark.long
@pytest.mark.parametrize("twin", [False, True], ids=["run", "twin"])
@pytest.mark.parametrize("name", scenarios())
def test_every_scenario_whole(name: str, twin: bool) -> None:
    scenario = itsim.load(name)
    delivery = deliver(scenario)
    check(problem_of(scenario, scenario.patient, delivery.intended if twin else delivery.therapy))


@settings(max_examples=EXAMPLES)
@given(problem=problems(LONGEST_H, MOST_SEGMENTS))
def test_random_therapies_in_every_body(problem: Problem) -> None:
    check(problem)


@pytest.mark.parametrize("dose_ug_day", [150.0, 350.0, 800.0])
@pytest.mark.parametrize("name", BODIES)
def test_onset_of_withdrawal(name: str, dose_ug_day: float) -> None:
    """Within 0.01 s where the index rises faster than 1 per hour, else the time in which it moves by 1e-6."""
    rate = dose_ug_day / DAY_H
    problem = problem_for(name, stopped(30.0, 126.0, 150.0, rate), rate)
    one, other = exact.solve(problem), reference.solve(problem)
    onsets = [s.first_crossing_h("withdrawal_index", 10.0, 30.0) for s in (one, other)]
    if None in onsets:
        assert onsets == [None, None]
        assert one.extremum("withdrawal_index", 30.0)[1] < 10.0
        return
    a, b = onsets
    around = one.series("withdrawal_index", np.array([a - 1e-3, a + 1e-3]))
    slope = float(around[1] - around[0]) / 2e-3
    assert slope > 0.0
    assert abs(a - b) <= (ONSET_WITHIN_H if slope > 1.0 else 1e-6 / slope)
    peaks = [s.extremum("withdrawal_index", 30.0) for s in (one, other)]
    assert peaks[0][1] == pytest.approx(peaks[1][1], rel=1e-8)
