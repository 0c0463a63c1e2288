"""Effects packed for the stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from device.contract import run_many
from device.timelines import FILL, FLEX, STALLS, build, fault, program, usual
from itsim.device import layout
from itsim.device.plan import make_plan, workspace
from itsim.device.stages import deliver_many
from itsim.scenario import Scenario


def plan_of(scenario: Scenario, **arrays: object):  # type: ignore[no-untyped-def]
    """The plan, with `at_h` of the entry of each id replaced."""
    timeline = [replace(e, at_h=arrays[e.id]) if e.id in arrays else e for e in scenario.timeline]
    return make_plan(
        timeline,
        scenario.device.numbers,
        scenario.until_h,
        scenario.history and scenario.history.dose_rate_ug_h,
    )


def filled_ug(plan) -> list[float]:  # type: ignore[no-untyped-def]
    ledgers, _, statuses = run_many(deliver_many, plan)
    assert not statuses.any()
    return list(ledgers[:, layout.FILLED])


def test_every_effect_knows_its_entry() -> None:
    scenario = usual({"at": "9 day", "refill": {"volume": "40 mL"}}, fault("20 day", "motor_stall"))
    plan = plan_of(scenario)
    assert plan.entries == (0, 1, 2, 2, 3, 3)
    assert plan.n_variants == 1
    np.testing.assert_array_equal(plan.codes[:, layout.PLACE], np.arange(6))


def test_a_refill_has_the_concentration_of_the_fill_before_it_in_every_variant() -> None:
    """Two refills change places from one variant to the next; one of them names its concentration."""
    strong = {"at": "9 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}, "id": "strong"}
    plain = {"at": "20 day", "refill": {"volume": "40 mL"}, "id": "plain"}
    last = {"at": "30 day", "refill": {"volume": "40 mL"}, "id": "last"}
    plan = plan_of(
        usual(strong, plain, last), plain=np.array([480.0, 100.0, 800.0]), last=np.array([720.0, 720.0, 90.0])
    )
    refills = ([500, 500, 500], [2000, 500, 500], [2000, 500, 500])
    assert filled_ug(plan) == [40.0 * (2000 + sum(strengths)) for strengths in refills]


def test_a_chain_of_refills_that_change_places() -> None:
    first, second = ({"at": f"{d} day", "refill": {"volume": "40 mL"}, "id": f"r{d}"} for d in (9, 20))
    plan = plan_of(usual(first, second), r9=np.array([100.0, 900.0]), r20=np.array([800.0, 200.0]))
    assert filled_ug(plan) == [40.0 * 2000 * 3] * 2


@pytest.mark.parametrize(("history", "line"), [(True, 2000.0), (False, 0.0)])
def test_the_line_of_a_patient_under_therapy_is_full(history: bool, line: float) -> None:
    plan = plan_of(build(FILL, program(), history=history))
    assert plan.hardware[0, layout.LINE_START] == line
    assert plan.hardware[0, layout.DEAD_VOLUME] == pytest.approx(0.376)


def test_variants_that_live_only_in_knots_or_in_the_hardware() -> None:
    scenario = usual(fault("5 day", "gain_profile", times=["0 day", "5 day"], gains=[1.0, 0.3]))
    entry = scenario.timeline[2]
    gains = (1.0, np.array([0.1, 0.2, 0.3, 0.4]))
    varied = replace(entry, parameters=entry.parameters.model_copy(update={"gains_frac": gains}))
    plan = make_plan([*scenario.timeline[:2], varied], scenario.device.numbers, scenario.until_h, 15.0)
    assert plan.n_variants == len(plan.hardware) == len(plan.knots) == 4
    device = {**scenario.device.numbers, "flow_bias": np.array([0.0, 0.1])}
    plan = make_plan(scenario.timeline, device, scenario.until_h, 15.0)
    assert plan.n_variants == len(plan.hardware) == 2
    assert len(plan.knots) == 1


def test_an_empty_timeline() -> None:
    scenario = usual()
    plan = make_plan([], scenario.device.numbers, 100.0, 15.0)
    assert plan.codes.shape == (0, layout.N_COLUMNS)
    assert plan.hardware[0, layout.LINE_START] == 0.0


def test_the_workspace_grows_with_days_and_knots() -> None:
    short, long = (
        workspace(plan_of(build(FILL, {"at": "0 day", "program": FLEX}, until=until))).tables[0]
        for until in ("10 day", "400 day")
    )
    assert len(long) > 15 * len(short)
    stalls = plan_of(usual(fault("5 day", "motor_stall_intermittent", **STALLS)))
    assert len(workspace(stalls, 4).log) == 4 * len(workspace(stalls).log)
