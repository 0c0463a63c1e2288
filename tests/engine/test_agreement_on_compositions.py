"""The whole pipeline on random compositions: both engines agree, and no drug appears or vanishes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.compositions import Composition, compositions
from engine.cases import AGREEMENT, BODIES, check_times, disagreement
from itsim import api, run
from itsim.engine import reference
from itsim.engine.solution import Solution
from itsim.run import problem_of

LONG = settings.default is not None and settings.default.max_examples > 1000
SMALL = ("one_compartment", "two_compartment")
MASS_TOLERANCE = 1e-9


def check_solutions(one: Solution, other: Solution) -> None:
    """Every series as a share of its largest value; every amount too, but for the floor of the reference
    engine, which is a share of all drug in the body: after tablets a far place holds next to none of it."""
    found = disagreement(one, other)
    worst = max((name for name in found if not name.startswith("amount ")), key=lambda name: found[name])
    assert found[worst] <= AGREEMENT, worst
    times = check_times(one, other)
    amounts, others = one.amounts(times), other.amounts(times)
    largest = np.max(np.abs(amounts), axis=0)
    allowed = AGREEMENT * largest + 10.0 * reference.ABSOLUTE_SHARE * np.max(largest)
    assert np.all(np.max(np.abs(amounts - others), axis=0) <= allowed)


def check(composed: Composition, body: str) -> None:
    scenario = api.vary_scenario(composed.scenario, {"body": body})
    record = run.simulate(scenario)
    problem = problem_of(scenario, scenario.patient, record.delivery.therapy)
    other = replace(record, solution=reference.solve(problem))
    check_solutions(record.solution, other.solution)
    assert max(record.mass.error_frac, other.mass.error_frac) <= MASS_TOLERANCE


@settings(max_examples=2000 if LONG else 20)
@given(compositions(60.0), st.sampled_from(SMALL))
def test_sixty_days_in_a_small_body(composed: Composition, body: str) -> None:
    check(composed, body)


@settings(max_examples=2000 if LONG else 6)
@given(compositions(4.0), st.sampled_from(BODIES))
def test_four_days_in_any_body(composed: Composition, body: str) -> None:
    """The reference engine takes its time over the neuraxis."""
    check(composed, body)


@pytest.mark.long
@settings(max_examples=1000 if LONG else 30)
@given(compositions(60.0), st.sampled_from(BODIES))
def test_sixty_days_in_any_body(composed: Composition, body: str) -> None:
    check(composed, body)
