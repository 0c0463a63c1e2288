"""The whole pipeline on random compositions: both engines agree, and no drug appears or vanishes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.compositions import Composition, compositions
from engine.cases import AGREEMENT, BODIES, disagreement
from itsim import api, run
from itsim.engine import reference
from itsim.run import problem_of

LONG = settings.default is not None and settings.default.max_examples > 1000
SMALL = ("one_compartment", "two_compartment")
MASS_TOLERANCE = 1e-9


def check(composed: Composition, body: str) -> None:
    scenario = api.vary_scenario(composed.scenario, {"body": body})
    record = run.simulate(scenario)
    problem = problem_of(scenario, scenario.patient, record.delivery.therapy)
    other = replace(record, solution=reference.solve(problem))
    found = disagreement(record.solution, other.solution)
    worst = max(found, key=lambda name: found[name])
    assert found[worst] <= AGREEMENT, worst
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
