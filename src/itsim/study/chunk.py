"""The runs of one chunk: rows of numbers in, metrics and reasons out.

``one_by_one`` is the general way: each row is a varied copy of its scenario, checked like a file, simulated
by the exact engine and measured. A run that cannot be made is a row with its reason; it never ends the chunk.
``many.py`` computes together what differs in numbers alone, and leaves the rest to this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from itsim.arrays import Array, Codes
from itsim.catalogue import catalogue
from itsim.device.delivery import deliver
from itsim.metrics import METRICS, NG_PER_UG, REASONS, Course
from itsim.parameters import ParameterSet
from itsim.run import solve_for
from itsim.scenario import Scenario, ScenarioError, vary
from itsim.scenario.nodes import Findings, Table
from itsim.scenario.resolve import resolve
from itsim.study.design import Factor
from itsim.study.draws import drawn
from itsim.study.model import Block, Study
from itsim.study.software import software
from itsim.study.suited import suiting


@dataclass(frozen=True)
class Outcome:
    """What the runs of a chunk gave, row by row."""

    values: Array
    """``[n, metrics]``; NaN where there is none."""
    reasons: Codes
    """``[n, metrics]``: places in ``metrics.REASONS``; 0 for a value, and where the run failed."""
    series: Array
    """``[n, series, times]``; NaN after the end of a run."""
    failures: tuple[str, ...]
    """Why a run could not be made; empty where it could."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What all chunks of a study share, small enough to travel with each of them: no kind, no function.
    Two of one fingerprint are the same, wherever they have travelled."""

    key: str
    """The study's fingerprint."""
    trees: tuple[tuple[str, Table], ...]
    """Name and tree of each scenario; a process resolves them once."""
    factors: tuple[Factor, ...]
    seed: int
    metrics: tuple[str, ...]
    series: tuple[str, ...]
    times_h: tuple[float, ...]
    software: Mapping[str, str]
    """What must be the same wherever a chunk is evaluated."""
    here: tuple[Scenario, ...] | None = None
    """The scenarios themselves, for work in this process; they cannot travel."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ground) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, resolved where this is."""
        if self.here is not None:
            return self.here
        return tuple(resolve(tree, name, catalogue(), Findings()) for name, tree in self.trees)

    def to_send(self) -> Ground:
        """The same for another process. Raises ValueError for scenarios that hold Python functions."""
        for scenario in self.here or ():
            if scenario._added:
                raise ValueError(
                    f"{scenario.name} holds a Python function, which cannot travel to other processes; "
                    "sweep it with workers=1"
                )
        return replace(self, here=None)


def ground_of(study: Study) -> Ground:
    """The ground of a study, for this process."""
    trees = tuple((scenario.name, scenario._tree) for scenario in study.scenarios)
    design = study.design
    asked = (study.metrics, study.series, study.times_h, software())
    return Ground(study.sha256, trees, design.factors, design.seed, *asked, here=study.scenarios)


def one_by_one(ground: Ground, block: Block) -> Outcome:
    """The outcome of every row of *block*, in order, each by itself."""
    n = len(block.row)
    values = np.full((n, len(ground.metrics)), np.nan)
    reasons = np.zeros((n, len(ground.metrics)), np.int64)
    series = np.full((n, len(ground.series), len(ground.times_h)), np.nan)
    failures = []
    for i in range(n):
        try:
            course = course_of(ground, block, i)
            values[i], reasons[i] = _measured(ground, course)
            series[i] = _sampled(ground, course)
            failures.append("")
        except MemoryError:  # of this machine, not of the scenario
            raise
        except Exception as error:  # whatever a run raises is its result
            values[i], reasons[i], series[i] = np.nan, 0, np.nan
            failures.append(reason_of(error))
    return Outcome(values, reasons, series, tuple(failures))


def course_of(ground: Ground, block: Block, i: int) -> Course:
    """What the metrics of row *i* of *block* are read from. Raises whatever the run raises."""
    scenario = scenario_of(ground, block, i)
    delivery = deliver(scenario)
    return Course(delivery, solve_for(scenario, delivery))


def scenario_of(ground: Ground, block: Block, i: int) -> Scenario:
    """The scenario of row *i* of *block*, with its virtual patient. Raises ScenarioError."""
    scenario = ground.scenarios[int(block.scenario[i])]
    copy = vary(scenario, changes_of(ground, block, i), catalogue())
    patient = int(block.patient[i])
    return copy if patient < 0 else replace(copy, patient=_patient(ground, copy, patient))


def changes_of(ground: Ground, block: Block, i: int) -> dict[str, float | str | bool]:
    """What stands in a scenario file for row *i* of *block*, by dotted path, without its patient."""
    pairs = zip(ground.factors, block.numbers[i].tolist(), strict=True)
    return {path: factor.written(number) for factor, number in pairs for path in factor.paths}


def patient_changes(ground: Ground, block: Block, i: int) -> dict[str, str]:
    """What makes a file of the virtual patient of row *i*: every number that was drawn for it, by its path.

    Raises ScenarioError where the row has no patient because its scenario is wrong.
    """
    if block.patient[i] < 0:
        return {}
    typical = vary(ground.scenarios[int(block.scenario[i])], changes_of(ground, block, i), catalogue())
    patient = _patient(ground, typical, int(block.patient[i]))
    return {
        f"patient.{p.name}": f"{p.value!r}" if p.unit == "1" else f"{p.value!r} {p.unit}"
        for p in patient.values()
        if p.value != typical.patient[p.name].value
    }


def _patient(ground: Ground, scenario: Scenario, k: int) -> ParameterSet:
    """The k-th virtual patient: drawn by the same luck in every row, around that row's typical one."""
    return suiting(scenario, deliver(scenario).therapy)(drawn(scenario.patient, ground.seed)(k))


def reason_of(error: Exception) -> str:
    """Why a run could not be made, the same wherever it was tried: without files and places in them."""
    if isinstance(error, ScenarioError):
        return " | ".join(f"{p.path}: {p.message}. Repair: {p.hint}" for p in error.problems)
    return f"{type(error).__name__}: {error}"


def _measured(ground: Ground, course: Course) -> tuple[list[float], list[int]]:
    found = [METRICS[name].of(course) for name in ground.metrics]
    values = [np.nan if metric.value is None else float(metric.value) for metric in found]
    return values, [REASONS.index(metric.censored or "") for metric in found]


def _sampled(ground: Ground, course: Course) -> Array:
    if not ground.series:
        return np.empty((0, len(ground.times_h)))
    times = np.array(ground.times_h)
    within = times <= course.end_h
    found = np.full((len(ground.series), len(times)), np.nan)
    curves = course.solution.some_series(ground.series, times[within])
    for row, name in zip(found, ground.series, strict=True):
        row[within] = curves[name] * (NG_PER_UG if name in course.solution.body.readouts else 1.0)
    return found
