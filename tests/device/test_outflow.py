"""CSF that is being lost: the device goes on, the body changes, and the ledger closes in every body."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.timelines import usual
from engine.cases import AGREEMENT, BODIES, disagreement
from itsim.catalogue import catalogue
from itsim.device.delivery import deliver
from itsim.device.outflow import Outflow
from itsim.run import simulate
from itsim.scenario import ScenarioError, vary
from itsim.study.cohort import cohort

LEAK = {"at": "3 day", "csf_leak": {"level": "L3/4", "flow": "6 mL/h", "lasting": "4 day"}}
SHUNT = {"at": "5 day", "shunt": {"inlet": "ventricular", "flow": "9 mL/h"}}
UNTIL = "12 day"


def test_what_the_kinds_say_reaches_the_therapy_and_not_the_twin() -> None:
    delivery = deliver(usual(LEAK, SHUNT, until=UNTIL))
    assert delivery.therapy.outflows == (
        Outflow(72.0, 168.0, "L3/4", 6.0, 2),
        Outflow(120.0, np.inf, "intraventricular", 9.0, 3),
    )
    assert delivery.intended.outflows == ()
    lumbar = deliver(usual({"at": "1 day", "shunt": {"inlet": "lumbar", "flow": "9 mL/h"}}, until=UNTIL))
    assert [flow.place for flow in lumbar.therapy.outflows] == ["L3/4"]


def test_delivery_volumes_and_log_stay_as_they_were() -> None:
    plain, leaky = deliver(usual(until=UNTIL)), deliver(usual(LEAK, SHUNT, until=UNTIL))
    np.testing.assert_array_equal(plain.therapy.catheter.rows, leaky.therapy.catheter.rows)
    np.testing.assert_array_equal(plain.levels, leaky.levels)
    assert plain.log == leaky.log
    assert plain.ledger == leaky.ledger


@pytest.mark.parametrize("body", BODIES)
def test_both_engines_agree_and_the_ledger_closes(body: str) -> None:
    scenario = vary(usual(LEAK, SHUNT, until=UNTIL), {"body": body}, catalogue())
    run, other = simulate(scenario), simulate(scenario, "reference")
    found = disagreement(run.solution, other.solution)
    assert max(found.values()) <= AGREEMENT, max(found, key=lambda name: found[name])
    for one in (run, other):
        assert one.mass.error_frac < 1e-9
    assert run.solution.body_ledger()["drained_ug"] > 0.0
    assert run.twin.body_ledger()["drained_ug"] == 0.0
    assert run.outside_population
    assert not simulate(usual(until=UNTIL)).outside_population


def test_drained_is_the_flow_times_the_concentration_over_time() -> None:
    """In one compartment q·C is lost, and C falls from one steady state to the next at (CL + q)/V."""
    scenario = vary(usual(LEAK, until=UNTIL), {"body": "one_compartment"}, catalogue())
    run = simulate(scenario)
    grid = np.linspace(72.0, 168.0, 20001)
    drug = np.trapezoid(run.solution.series("csf_lumbar", grid), grid) * 6.0
    assert run.solution.body_ledger()["drained_ug"] == pytest.approx(drug, rel=1e-6)


def test_what_begins_with_the_run_was_there_before() -> None:
    early = {"at": "0 day", "csf_leak": LEAK["csf_leak"] | {"lasting": "5 day"}}
    run = simulate(usual(early, until=UNTIL))
    before, during, after = run.solution.series("csf_lumbar", np.array([0.0, 119.0, 280.0]))
    assert during == pytest.approx(before, rel=1e-9)
    plain = simulate(usual(until=UNTIL)).solution.series("csf_lumbar", np.array([0.0]))[0]
    assert before < 0.98 * plain
    assert after > 0.995 * plain


def test_virtual_patients_lose_csf_too() -> None:
    """Drug of 6 mL/h at what the lumbar CSF holds; where mixing is slow the leak even draws more drug
    down."""
    found = cohort(simulate(usual(LEAK, until=UNTIL)), 6, seed=1)
    grid = np.linspace(72.0, 168.0, 4001)
    for solution in found.solutions:
        drug = np.trapezoid(solution.series("csf_lumbar", grid), grid) * 6.0
        assert solution.body_ledger()["drained_ug"] == pytest.approx(drug, rel=1e-3)


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"level": "L9"}, "is not a known vertebral level"),
        ({"flow": "0 mL/h"}, "is not more than 0"),
        ({"lasting": "0 h"}, "is not longer than 0 h"),
    ],
)
def test_leaks_that_cannot_be(numbers: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual({"at": "3 day", "csf_leak": LEAK["csf_leak"] | numbers})
