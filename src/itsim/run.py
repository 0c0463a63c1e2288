"""The pipeline, readable top to bottom in one function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from itsim.catalogue import catalogue
from itsim.device.delivery import Delivery, Therapy, deliver
from itsim.device.outflow import most_lost_mL_h
from itsim.engine import ENGINES
from itsim.engine.problem import Problem, make_problem
from itsim.engine.solution import Solution
from itsim.metrics import Course, Metric, measure
from itsim.parameters import INTRAVENTRICULAR, NOT_CITED, ParameterSet
from itsim.pd.response import make_response
from itsim.person import outside_population as outside_population_of
from itsim.pk.body import CsfLoss, LinearBody
from itsim.scenario.model import Entry, Scenario

ROUNDING = 1e-9
"""What is at its limit but for rounding is inside."""

LOST = ("discarded_ug", "removed_ug", "leaked_ug", "sequestered_ug", "relieved_ug", "drained_ug")
"""What the device loses: aspirated, taken out with old parts, leaked, held in tissue, overflowed, drained."""


@dataclass(frozen=True)
class Event:
    """Something that happens, in words."""

    t_h: float
    kind: str
    detail: str
    tone: str = ""
    """Of an alarm or log entry: "critical", "non-critical", "log" or "silent"; else empty."""


@dataclass(frozen=True)
class Mass:
    """Where the drug went, µg; every term integrated by itself."""

    entered_ug: float
    reservoir_ug: float
    catheter_ug: float
    lost_ug: float
    body_ug: float
    eliminated_ug: float

    @property
    def error_frac(self) -> float:
        """What is missing or too much, as a share of what entered."""
        found = self.reservoir_ug + self.catheter_ug + self.lost_ug + self.body_ug + self.eliminated_ug
        return abs(self.entered_ug - found) / self.entered_ug if self.entered_ug > 0.0 else abs(found)


@dataclass(frozen=True)
class RunRecord:
    """One simulated scenario and its fault-free twin."""

    scenario: Scenario
    delivery: Delivery
    solution: Solution
    twin: Solution
    """The same patient on the intended therapy."""

    @cached_property
    def course(self) -> Course:
        """What the metrics are read from."""
        return Course(self.delivery, self.solution)

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """Every metric by name."""
        return measure(self.course)

    @cached_property
    def happened(self) -> tuple[Entry, ...]:
        """The timeline as it came: every entry at the time it really began, without those that never did."""
        return happened(self.scenario, self.delivery)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Timeline, alarms and log in order of time."""
        return _events(self.scenario, self.happened, self.delivery)

    def label(self, entry: Entry) -> str:
        """A few words for an entry of the timeline, as a picture or a log writes them."""
        return label_of(entry, self.scenario, self.delivery)

    @property
    def outside_population(self) -> tuple[str, ...]:
        """For what this run has the model was not made, in words; empty where for all of it."""
        return outside_population(self.scenario, self.delivery)

    @cached_property
    def mass(self) -> Mass:
        """The ledger of the run."""
        return _mass(self.delivery, self.solution)


def happened(scenario: Scenario, delivery: Delivery) -> tuple[Entry, ...]:
    """The timeline as it comes under a delivery: every entry when it begins, without those that never do."""
    came = (replace(entry, at_h=delivery.begins_h[entry.place]) for entry in scenario.timeline)
    return tuple(entry for entry in came if entry.at_h < scenario.until_h)


def label_of(entry: Entry, scenario: Scenario, delivery: Delivery) -> str:
    """The kind's own words, and of a loss of CSF what is really lost where more is asked than is made."""
    label = entry.kind.label(entry.parameters)
    flow = next((f for f in delivery.therapy.outflows if f.entry == entry.place), None)
    if flow is None or "csf_production" not in scenario.patient:
        return label
    made_mL_h = scenario.patient["csf_production"].value
    most_mL_h = most_lost_mL_h(delivery.therapy.outflows, flow.from_h, flow.until_h)
    if most_mL_h <= made_mL_h * (1.0 + ROUNDING):
        return label
    if most_mL_h <= flow.flow_mL_h:
        return f"{label}, cut to the {made_mL_h:.3g} mL/h that are made"
    left_mL_h = flow.flow_mL_h * made_mL_h / most_mL_h
    return f"{label}, cut to {left_mL_h:.3g} mL/h, with other losses to the {made_mL_h:.3g} that are made"


def outside_population(scenario: Scenario, delivery: Delivery) -> tuple[str, ...]:
    """For what a scenario has the model was not made: a child, failing kidneys, a CSF leak, a shunt, or a
    catheter in the ventricle, of which no fact was found."""
    found = [*outside_population_of(scenario.patient)]
    losing = {flow.entry for flow in delivery.therapy.outflows}
    found += [f"a {label_of(e, scenario, delivery)}" for e in scenario.timeline if e.place in losing]
    if scenario.tip == INTRAVENTRICULAR:
        found.append("a catheter in the ventricle")
    return tuple(dict.fromkeys(found))


def simulate(scenario: Scenario, engine: str = "exact") -> RunRecord:
    """Scenario → delivery → solution, and the twin. Raises KeyError for an unknown engine."""
    solve = ENGINES[engine]
    delivery = deliver(scenario)
    problem = problem_of(scenario, scenario.patient, delivery.therapy)
    twin = problem_of(scenario, scenario.patient, delivery.intended)
    return RunRecord(scenario, delivery, solve(problem), solve(twin))


def solve_for(scenario: Scenario, delivery: Delivery) -> Solution:
    """The patient of a scenario under its delivery, without a twin, by the exact engine."""
    return ENGINES["exact"](problem_of(scenario, scenario.patient, delivery.therapy))


def problem_of(scenario: Scenario, patient: ParameterSet, therapy: Therapy) -> Problem:
    """One patient of a scenario under a therapy."""
    (_, body), *changes = _bodies(scenario, patient, therapy)
    history = scenario.history
    rate, lasting = (history.dose_rate_ug_h, history.lasting_h) if history else (0.0, 0.0)
    return make_problem(body, make_response(patient), therapy, rate, lasting, changes)


def cord_per_rate(scenario: Scenario, patient: ParameterSet, therapy: Therapy) -> float:
    """The concentration in the legs' cord per dose rate at steady state, µg/mL per µg/h, with the CSF that
    is being lost when the run begins, however long it goes on."""
    body = catalogue().bodies[scenario.body].build(patient, scenario.tip, _losses_at(therapy, 0.0))
    return float(body.readouts["cord_leg"] @ body.steady_state("catheter", 1.0))


def series_of(scenario: Scenario) -> dict[str, str]:
    """Every read-out and response of a scenario's runs, with the unit that results show it in."""
    body, response = catalogue().bodies[scenario.body], make_response(scenario.patient)
    readouts = body.build(scenario.patient, scenario.tip, ()).readouts
    outputs = (name for name, output in response.outputs.items() if set(output.readouts) <= set(readouts))
    others = (*(stage.name for stage in response.stages), *outputs)
    return dict.fromkeys(readouts, "ng/mL") | dict.fromkeys(others, "1")


def _bodies(scenario: Scenario, patient: ParameterSet, therapy: Therapy) -> list[tuple[float, LinearBody]]:
    """The body from the start on, and every other one with the hour from which it is in force. A loss of CSF
    that begins with the run is taken to have been there before."""
    build, end_h = catalogue().bodies[scenario.body].build, scenario.until_h
    edges = {0.0, *(t for flow in therapy.outflows for t in (flow.from_h, flow.until_h))}
    return [
        (t, build(patient, scenario.tip, _losses_at(therapy, t))) for t in sorted(edges) if 0.0 <= t < end_h
    ]


def _losses_at(therapy: Therapy, t_h: float) -> list[CsfLoss]:
    acting = (flow for flow in therapy.outflows if flow.from_h <= t_h < flow.until_h)
    return [CsfLoss(flow.place, flow.flow_mL_h) for flow in acting]


def sources_of(scenario: Scenario) -> tuple[str, ...]:
    """Keys of the references that a scenario's numbers, kinds and body rest on."""
    numbers = {*scenario.patient.sources, *scenario.device.sources}
    kinds = {key for entry in scenario.timeline for key in entry.kind.sources}
    keys = {*scenario.sources, *catalogue().bodies[scenario.body].sources} | numbers | kinds
    return tuple(sorted(keys.difference(NOT_CITED, ("unverified",))))


def _events(scenario: Scenario, happened: Sequence[Entry], delivery: Delivery) -> tuple[Event, ...]:
    planned = [Event(entry.at_h, entry.kind.name, label_of(entry, scenario, delivery)) for entry in happened]
    logged = [Event(entry.t_h, entry.kind, entry.detail, entry.tone) for entry in delivery.log]
    added = [*_overridden(happened), *_missed(scenario, happened)]
    return tuple(sorted([*planned, *added, *logged], key=lambda event: event.t_h))


def _missed(scenario: Scenario, happened: Sequence[Entry]) -> list[Event]:
    """What was planned and did not happen; a fault that waits for its trigger is not planned."""
    came = {entry.place for entry in happened}
    return [
        Event(entry.at_h, "missed", f"{_label(entry)} does not happen", "silent")
        for entry in scenario.timeline
        if entry.place not in came and entry.kind.group != "faults"
    ]


def _overridden(happened: Sequence[Entry]) -> list[Event]:
    """Of two programmes at one instant the later in the timeline wins, and the log says so."""
    programmes = [entry for entry in happened if entry.kind.group == "programs"]
    return [
        Event(
            first.at_h,
            "programme_overridden",
            f"{_label(first)} is replaced at once by {_label(second)}",
            "log",
        )
        for first, second in pairwise(sorted(programmes, key=lambda entry: (entry.at_h, entry.place)))
        if first.at_h == second.at_h
    ]


def _label(entry: Entry) -> str:
    return entry.kind.label(entry.parameters)


def _mass(delivery: Delivery, solution: Solution) -> Mass:
    ledger, body = delivery.ledger, solution.body_ledger()
    end_h = solution.edges_h[-1]
    doses = float(np.sum([dose.amount_ug for dose in delivery.therapy.doses if dose.t_h < end_h]))
    return Mass(
        entered_ug=ledger["filled_ug"]
        + ledger["line_at_start_ug"]
        + ledger["primed_ug"]
        + body["body_at_start_ug"]
        + doses,
        reservoir_ug=ledger["reservoir_ug"],
        catheter_ug=ledger["catheter_ug"],
        lost_ug=float(sum(ledger[term] for term in LOST)) + body["unabsorbed_ug"] + body["drained_ug"],
        body_ug=body["body_ug"],
        eliminated_ug=body["eliminated_ug"],
    )
