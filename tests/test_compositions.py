"""Random programmes, faults and interventions through the whole pipeline: both engines and the ledger."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings

from device.compositions import Composition, compositions
from engine.cases import AGREEMENT, disagreement
from itsim.device.delivery import deliver
from itsim.engine import exact, reference
from itsim.run import RunRecord, problem_of

LONG = settings.default is not None and settings.default.max_examples > 1000
EXAMPLES = 1000 if LONG else 25
LEDGER = 1e-9
DAYS = 400.0 if LONG else 60.0
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=EXAMPLES, suppress_health_check=SLOW)
@given(composed=compositions(DAYS))
def test_both_engines_agree_and_no_drug_is_lost_or_made(composed: Composition) -> None:
    """On one compartment, where the reference engine takes long steps; the device is the same."""
    scenario = composed.in_body("one_compartment")
    delivery = deliver(scenario)
    problem = problem_of(scenario, scenario.patient, delivery.therapy)
    solution, referee = exact.solve(problem), reference.solve(problem)
    found = disagreement(solution, referee)
    worst = max(found, key=lambda name: found[name])
    assert found[worst] <= AGREEMENT, (worst, found[worst])
    twin = exact.solve(problem_of(scenario, scenario.patient, delivery.intended))
    for solved in (solution, referee):
        assert RunRecord(scenario, delivery, solved, twin).mass.error_frac <= LEDGER
    assert np.isfinite(list(found.values())).all()
