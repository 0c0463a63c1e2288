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

REQUESTS = ["0 h", "1 h", "5 h", "9 h", "12 h", "23 h", "25 h"]
WEEKDAYS, WEEKEND = ["monday", "tuesday", "wednesday", "thursday", "friday"], ["saturday", "sunday"]
WEEK = [
    {"days": WEEKDAYS, "steps": FLEX["steps"]},
    {"days": WEEKEND, "steps": [{"from": "0 h", "daily_dose": "150 ug/day"}]},
]

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "simple_continuous": [{"daily_dose": "200 ug/day"}, {"rate": "0.3 mL/day"}],
    "time_stepped": [{k: v for k, v in FLEX.items() if k != "mode"}],
    "table": [
        {k: v for k, v in TABLE.items() if k != "mode"},
        {"times": ["0 h", "50 h"], "daily_doses": ["180 ug/day", "400 ug/day"], "between": "lines"},
    ],
    "day_schedule": [{"first_day": "thursday", "schedules": WEEK}],
    "periodic_bolus": [
        {"dose": "20 ug", "every": "2 h", "lasting": "10 min", "daily_dose": "120 ug/day"},
        {"volume": "0.01 mL", "every": "2 h", "lasting": "10 min"},
    ],
    "minimum_rate": [{}, {"lasting": "12 h"}],
    "stopped": [{}, {"lasting": "60 h"}],
    "constant_flow": [{}],
    "taper": [
        {"daily_dose": "300 ug/day", "change": "30 %", "steps": 3, "stop": True},
        {"daily_dose": "300 ug/day", "change": 0.2, "steps": 3, "every": "2 day"},
    ],
    "titration": [
        {"daily_dose": "200 ug/day", "change": 0.15, "steps": 5, "every": "1 day", "most": "350 ug/day"},
        {"daily_dose": "300 ug/day", "change": -0.1, "steps": 2},
    ],
    "bridge_bolus": [
        {"daily_dose": "300 ug/day", "old_concentration": "2000 ug/mL"},
        {"daily_dose": "300 ug/day", "old_concentration": "2000 ug/mL", "volume": "0.3 mL"},
    ],
    "motor_stall": [{}, {"alarm_latency": "5 h"}],
    "motor_stall_intermittent": [dict(STALLS), {**STALLS, "silence": "fixed", "alarm_latency": "2 h"}],
    "pump_stop": [{}, {"lasting": "60 h"}],
    "gain_drift": list(DRIFTS.values()),
    "gain_profile": [
        {"times": ["0 day", "4 day"], "gains": [0.9, 0.2], "between": b} for b in ("steps", "lines")
    ],
    "mri_stall": [
        {"scan": "1 h", "delay": "6 h"},
        {"scan": "1 h", "latched": True, "interrogate_after": "48 h", "alarm_latency": "5 h"},
    ],
    "valve_opening": [
        {"lasting": "20 min"},
        {"lasting": "1 min", "safety_valve": True, "reset_after": "6 h", "volume": "0.005 mL"},
    ],
    "overinfusion": [
        {"gain": 1.2, "hazard": "0.1 1/day", "seed": 7},
        {
            "gain": 1.2,
            "drift": "0.5 1/month",
            "jumps": [{"after": "4 day", "factor": 1.3}, {"after": "9 day", "factor": 1.1}],
            "most": 1.7,
        },
    ],
    "free_flow": [{"volume": "1 mL", "lasting": "20 min"}],
    "battery_eri": [{}, {"grace": "9 day"}],
    "battery_eos": [{}, {"after_volume": "0.5 mL"}],
    "battery_reset": [{}, {"rate": "0.01 mL/day", "lasting": "3 day"}],
    "memory_error": [{"critical": True}, {"critical": False}],
    "programming_error": [
        {"daily_dose": "60 ug/h", "lasting": "12 h"},
        {"rate": "0.3 mL/day"},
        {"steps": FLEX["steps"], "lasting": "5 day"},
    ],
    "reservoir_empty": [{}, {"lasting": "30 day"}],
    "underfill": [
        {"volume": "15 mL", "claimed_volume": "20 mL"},
        {
            "volume": "15 mL",
            "claimed_volume": "20 mL",
            "concentration": "500 ug/mL",
            "syringe_error": "0.3 mL",
        },
    ],
    "refill_wrong_concentration": [
        {"volume": "20 mL", "true_concentration": "1000 ug/mL"},
        {"volume": "20 mL", "true_concentration": "2000 ug/mL", "concentration": "500 ug/mL"},
    ],
    "pocket_fill": [
        {"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL"},
        {"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL", "spill": 0.1},
    ],
    "septum_leak": [{"rate": "0.05 mL/day"}, {"rate": "0.05 mL/day", "lasting": "9 day"}],
    "retrograde_csf": [{"volume": "2 mL"}],
    "occlusion": [
        {},
        {"lasting": "48 h", "block": 0.7, "overflow": "slip", "released": 0.5, "release_lasting": "2 h"},
        {
            "lasting": "48 h",
            "compliance": "0.0002 mL/mmHg",
            "relief_pressure": "300 mmHg",
            "hazard": "0.1 1/day",
        },
    ],
    "occlusion_positional": [
        {"posture": "nightly", "from": "17 h", "lasting": "6 h", "days": 9, "compliance": "0 mL/mmHg"},
        {"posture": "random", "mean_blocked": "6 h", "mean_free": "18 h", "lasting": "9 day", "seed": 5},
    ],
    "leak": [
        {"end": 0.6},
        {"end": 0.7, "onset": "linear", "lasting": "14 day"},
        {"end": 0.7, "onset": "logistic", "lasting": "14 day"},
        {"end": 0.7, "onset": "exponential", "tau": "5 day"},
        {
            "end": 0.7,
            "onset": "intermittent",
            "lasting": "9 day",
            "mean_leaking": "8 h",
            "mean_tight": "30 h",
            "seed": 3,
        },
    ],
    "disconnection": [{}, {"after_volume": "1 mL"}],
    "migration": [
        {"reached": 0.1},
        {
            "reached": 0.2,
            "lasting": "5 day",
            "release_after": "9 day",
            "released": 0.5,
            "release_lasting": "2 h",
        },
    ],
    "granuloma": [{"end": 0.3, "lasting": "1 month", "shape": shape} for shape in ("linear", "logistic")],
    "prime_missing": [{}, {"volume": "0.2 mL"}],
    "prime_wrong": [
        {"given": "0.476 mL", "lasting": "40 min"},
        {"given": "0.1 mL", "lasting": "40 min", "volume": "0.2 mL"},
    ],
    "bridge_bolus_missing": [{"volume": "20 mL", "concentration": "500 ug/mL"}],
    "bridge_bolus_wrong": [
        {
            "volume": "20 mL",
            "concentration": "500 ug/mL",
            "old_concentration": "1000 ug/mL",
            "bridge_volume": "0.5 mL",
            "daily_dose": "300 ug/day",
        }
    ],
    "air_in_line": [{"volume": "0.05 mL"}],
    "fill": [{"volume": "30 mL", "concentration": "500 ug/mL"}],
    "refill": [
        {"volume": "20 mL"},
        {"volume": "20 mL", "concentration": "500 ug/mL", "syringe_error": "0.3 mL"},
        {"volume": "20 mL", "syringe_seed": 4},
    ],
    "replace_pump": [
        {},
        {"prime": False, "volume": "20 mL", "concentration": "500 ug/mL"},
        {"catheter": True},
    ],
    "bolus": [{"volume": "0.05 mL", "lasting": "10 min"}, {"dose": "50 ug", "lasting": "10 min"}],
    "priming_bolus": [{"lasting": "1 h"}, {"volume": "0.2 mL", "lasting": "30 min"}],
    "patient_bolus": [
        {"dose": "20 ug", "lasting": "10 min", "requests": REQUESTS, "lockout": "4 h", "most_per_day": 3},
        {"volume": "0.01 mL", "lasting": "10 min", "requests": REQUESTS, "lockout": "5 h", "most_per_day": 9},
    ],
    "prime": [{}, {"volume": "0.1 mL"}],
    "interrogate": [{}, {"syringe_error": "0.4 mL"}, {"syringe_seed": 4}, {"aspirate": False}],
    "replace_catheter": [{}, {"prime": False}],
    "explant": [{}],
    "lumbar_bolus": [{"dose": "50 ug"}],
    "drain_csf": [{"volume": "30 mL"}],
    "csf_leak": [{"level": "L3/4", "flow": "5 mL/h"}, {"level": "T4", "flow": "5 mL/h", "lasting": "5 day"}],
    "shunt": [
        {"inlet": "ventricular", "flow": "8 mL/h"},
        {"inlet": "lumbar", "flow": "8 mL/h", "lasting": "5 day"},
    ],
    "oral_dose": [{"dose": "10 mg"}, {"dose": "20 mg", "every": "8 h", "times": 3}],
    "oral_schedule": [{"dose": "10 mg", "every": "8 h", "times": 6}],
    "missed_oral_dose": [{"lasting": "3 day"}],
    "disease_progression": [{"factor": 1.5, "lasting": "20 day"}],
    "noxious_stimulus": [{"factor": 1.8, "lasting": "5 day", "cause": "full_bladder"}],
    "tolerance_drift": [{"factor": 1.4, "lasting": "20 day"}],
}
"""Each kind by name, in the words of a file. A new kind adds its own."""

DEVICES: dict[str, dict[str, Any]] = {
    "valve_opening": {"opens_in_field": 1},
    "constant_flow": {"pump": "constant_flow_20", "reservoir_capacity": "40 mL"},
}
"""What the pump must be able to do for a kind to be possible."""


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
    if catalogue().kinds[group][name].unsets:
        rest.insert(0, {"at": "10 day", "replace_pump": {"catheter": True}})
    before = [] if name == "constant_flow" else [program()]
    scenario = build(FILL, *before, entry, *rest, until="40 day", **DEVICES.get(name, {}))
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
