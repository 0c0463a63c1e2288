"""What every kind of entry keeps to, whatever it is called: run over the whole catalogue, unasked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from device.timelines import DRIFTS, FILL, FLEX, STALLS, TABLE, build, program
from itsim.arrays import Array, Codes
from itsim.catalogue import catalogue
from itsim.device import layout
from itsim.device.effects import Effect
from itsim.device.plan import Plan, make_plan, workspace
from itsim.parameters import NOT_CITED, references
from itsim.scenario import Scenario
from itsim.scenario.kinds import Kind, KindModel
from itsim.scenario.model import Entry

FACTORS = np.array([0.7, 1.0, 1.3])
TIMES_H = np.array([50.0, 90.5, 130.25])

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "simple_continuous": [{"daily_dose": "200 ug/day"}, {"rate": "0.3 mL/day"}],
    "time_stepped": [{k: v for k, v in FLEX.items() if k != "mode"}],
    "table": [
        {k: v for k, v in TABLE.items() if k != "mode"},
        {"times": ["0 h", "50 h"], "daily_doses": ["180 ug/day", "400 ug/day"], "between": "lines"},
    ],
    "motor_stall": [{}, {"alarm_latency": "5 h"}],
    "motor_stall_intermittent": [dict(STALLS), {**STALLS, "silence": "fixed", "alarm_latency": "2 h"}],
    "pump_stop": [{}, {"lasting": "60 h"}],
    "gain_drift": list(DRIFTS.values()),
    "gain_profile": [
        {"times": ["0 day", "4 day"], "gains": [0.9, 0.2], "between": b} for b in ("steps", "lines")
    ],
    "fill": [{"volume": "30 mL", "concentration": "500 ug/mL"}],
    "refill": [
        {"volume": "20 mL"},
        {"volume": "20 mL", "concentration": "500 ug/mL", "syringe_error": "0.3 mL"},
    ],
    "replace_pump": [{}, {"prime": False, "volume": "20 mL", "concentration": "500 ug/mL"}],
    "bolus": [{"volume": "0.05 mL", "lasting": "10 min"}],
    "prime": [{}, {"volume": "0.1 mL"}],
    "interrogate": [{}, {"syringe_error": "0.4 mL"}],
    "oral_dose": [{"dose": "10 mg"}, {"dose": "20 mg", "every": "8 h", "times": 3}],
}
"""Each kind by name, in the words of a file. A new kind adds its own."""


def kinds(group: str) -> list[Kind]:
    return list(catalogue().kinds[group].values())


def cases(group: str) -> list[tuple[str, int]]:
    """Kind and number of the example; a kind without one shows up and fails."""
    return [(kind.name, i) for kind in kinds(group) for i in range(len(EXAMPLES.get(kind.name, [{}])))]


@dataclass(frozen=True)
class Case:
    scenario: Scenario
    entry: Entry

    def batch(self, parameters: KindModel, at_h: Any) -> Plan:
        timeline = [
            replace(entry, parameters=parameters, at_h=at_h) if entry is self.entry else entry
            for entry in self.scenario.timeline
        ]
        return make_plan(timeline, self.scenario.device.numbers, self.scenario.until_h, 15.0)


def case(group: str, name: str, example: int) -> Case:
    """The kind in a running therapy, on day 3."""
    numbers = EXAMPLES[name][example]
    word = {"programs": {"mode": name}, "faults": {"kind": name}, "events": {}}[group]
    verb = {"programs": "program", "faults": "fault", "events": name}[group]
    entry = {"at": "3 day", verb: {**word, **numbers}, "id": "it"}
    rest = [{"at": "20 day", "refill": {"volume": "40 mL"}}]
    scenario = build(FILL, program(), entry, *rest, until="40 day")
    return Case(scenario, next(entry for entry in scenario.timeline if entry.id == "it"))


def scaled(value: Any, factor: Any) -> Any:
    """The same parameters with every number that is not a count times *factor*, a float or an array."""
    if isinstance(value, KindModel):
        return value.model_copy(
            update={name: scaled(getattr(value, name), factor) for name in type(value).model_fields}
        )
    if isinstance(value, tuple):
        return tuple(scaled(element, factor) for element in value)
    return value * factor if isinstance(value, float) else value


def check_text(kind: Kind) -> None:
    assert kind.parameters.__doc__, f"{kind.name}: a parameters model says in its docstring what it holds"
    assert kind.effects.__doc__
    assert kind.summary.endswith(".")
    assert kind.sources
    known = {*(reference.key for reference in references()), *NOT_CITED}
    assert set(kind.sources) <= known, f"{kind.name}: not in references.bib: {set(kind.sources) - known}"
    assert kind.name in EXAMPLES, f"{kind.name} has no example in tests/device/contract.py"


def check_effects(group: str, name: str, example: int) -> None:
    """A batch of variants is, row by row, what single runs are."""
    it = case(group, name, example)
    batch = it.batch(scaled(it.entry.parameters, FACTORS), TIMES_H)
    assert batch.n_variants == len(FACTORS)
    for v, factor in enumerate(FACTORS):
        check_row(batch, v, it.batch(scaled(it.entry.parameters, float(factor)), float(TIMES_H[v])))
    for effect in batch.effects:
        assert isinstance(effect, Effect)


def check_row(batch: Plan, v: int, single: Plan) -> None:
    np.testing.assert_array_equal(batch.numbers[v], single.numbers[0])
    np.testing.assert_array_equal(batch.hardware[v], single.hardware[0])
    knots = [layout.KNOT_FIRST, layout.KNOT_COUNT]
    others = [column for column in range(layout.N_COLUMNS) if column not in knots]
    np.testing.assert_array_equal(batch.codes[:, others], single.codes[:, others])
    for (first, n), (alone, m) in zip(batch.codes[:, knots], single.codes[:, knots], strict=True):
        assert m <= n
        rows = batch.knots[v % len(batch.knots)][first : first + m]
        np.testing.assert_array_equal(rows, single.knots[0][alone : alone + m])
        assert m == n or np.all(batch.knots[v][first + m : first + n, 0] > single.knots[0][alone + m - 1, 0])


def run_many(kernel: Any, plan: Plan) -> tuple[Array, Array, Codes]:
    """Ledgers, visits and statuses of every variant."""
    n, e = plan.n_variants, len(plan.effects)
    ledgers, visits = np.zeros((n, layout.N_LEDGER)), np.zeros((n, e, layout.N_VISIT))
    statuses = np.full(n, -1, dtype=np.int64)
    kernel(plan.codes, plan.numbers, plan.knots, plan.hardware, workspace(plan, 4), ledgers, visits, statuses)
    return ledgers, visits, statuses
