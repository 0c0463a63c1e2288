"""Virtual patients around a scenario's patient: bands for everything that is shown.

Numbers with a variability are log-normal around the patient's value (Student t on the log scale where the
data say so), correlated where that is known; some move with another number's patient factor. One seed per
cohort, derived from the scenario's content unless given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from itsim.arrays import Array
from itsim.device.delivery import Delivery
from itsim.engine import exact
from itsim.engine.solution import Solution
from itsim.metrics import NOT_WITHIN, Course, Metric, measure
from itsim.parameters import Parameter, ParameterSet, correlations
from itsim.run import RunRecord, problem_of
from itsim.scenario.model import Scenario

DEFAULT_SIZE = 100
LARGEST_SEED = 2**63 - 1
LOW_PERCENT, HIGH_PERCENT = 5.0, 95.0


@dataclass(frozen=True)
class Band:
    """The 5th and 95th percentile of a metric; None where that patient never gets there."""

    low: float | None
    high: float | None


@dataclass(frozen=True)
class Cohort:
    """Virtual patients under one delivery, solved by the exact engine."""

    scenario: Scenario
    seed: int
    patients: tuple[ParameterSet, ...]
    solutions: tuple[Solution, ...]
    metrics: tuple[Mapping[str, Metric], ...]

    def band(self, name: str) -> Band:
        """The band of one metric over the patients who have it at all."""
        values = [_ordered(patient[name]) for patient in self.metrics]
        known = np.array([value for value in values if value is not None])
        if len(known) == 0:
            return Band(None, None)
        low, high = np.percentile(known, [LOW_PERCENT, HIGH_PERCENT], method="inverted_cdf")
        return Band(_finite(low), _finite(high))

    def share(self, name: str) -> float:
        """The share of patients in whom a metric comes at all."""
        return sum(patient[name].value is not None for patient in self.metrics) / len(self.metrics)

    def series_band(self, name: str, times_h: Array) -> tuple[Array, Array]:
        """5th and 95th percentile of a series at each time."""
        all_values = np.array([solution.series(name, times_h) for solution in self.solutions])
        low, high = np.percentile(all_values, [LOW_PERCENT, HIGH_PERCENT], axis=0, method="inverted_cdf")
        return np.asarray(low), np.asarray(high)


def _ordered(metric: Metric) -> float | None:
    """What never comes within the run is later than everything; what cannot be is left out."""
    if metric.value is not None:
        return metric.value
    return np.inf if metric.censored == NOT_WITHIN else None


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def cohort(
    run: RunRecord,
    size: int = DEFAULT_SIZE,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cohort:
    """Virtual patients around a run's patient under the run's own delivery.

    *progress* is called with (done, size). Raises ValueError for a size below 1, or a seed that is none.
    """
    if size < 1:
        raise ValueError(f"a cohort of {size} patients: give at least 1")
    chosen = seed_of(run.scenario) if seed is None else seed
    patients = draw(run.scenario.patient, size, chosen)
    solutions, metrics = [], []
    with threadpool_limits(1):  # the matrices are small: more threads would only wait for each other
        for i, patient in enumerate(patients):
            solutions.append(_solve(run.scenario, patient, run.delivery))
            metrics.append(measure(Course(run.delivery, solutions[-1])))
            if progress is not None:
                progress(i + 1, size)
    return Cohort(run.scenario, chosen, patients, tuple(solutions), tuple(metrics))


def _solve(scenario: Scenario, patient: ParameterSet, delivery: Delivery) -> Solution:
    return exact.solve(problem_of(scenario, patient, delivery.therapy))


def seed_of(scenario: Scenario) -> int:
    """A seed from the scenario's content, so that no result depends on workers or order."""
    return int(scenario.sha256[:15], 16)


def draw(typical: ParameterSet, size: int, seed: int) -> tuple[ParameterSet, ...]:
    """Virtual patients around *typical*. The k-th patient is the same for every size above k.

    Raises ValueError for a seed below 0 or above 2⁶³ − 1.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed of {seed}: give a whole number from 0 to {LARGEST_SEED}")
    varied = [p for p in typical.values() if p.cv > 0.0]
    root = np.linalg.cholesky(_correlation_matrix([p.name for p in varied]))
    patients = []
    for k in range(size):
        rng = np.random.Generator(np.random.Philox(key=[seed, k]))
        normal = root @ rng.standard_normal(len(varied))
        spread = rng.chisquare([p.tail_df or 1.0 for p in varied])
        logs = {p.name: _log_factor(p, z, chi) for p, z, chi in zip(varied, normal, spread, strict=True)}
        patients.append(_moved(typical, logs))
    return tuple(patients)


def _correlation_matrix(names: list[str]) -> Array:
    matrix = np.eye(len(names))
    for pair in correlations():
        if pair.a in names and pair.b in names:
            i, j = names.index(pair.a), names.index(pair.b)
            matrix[i, j] = matrix[j, i] = pair.rho
    return matrix


def _log_factor(parameter: Parameter, normal: float, chi_square: float) -> float:
    """Log of a patient's factor; median 1, and for the log-normal the published coefficient of variation."""
    sigma = float(np.sqrt(np.log1p(parameter.cv**2)))
    if parameter.tail_df > 0.0:
        normal = normal / np.sqrt(chi_square / parameter.tail_df)
    return sigma * normal


def _moved(typical: ParameterSet, logs: Mapping[str, float]) -> ParameterSet:
    patient = typical
    for parameter in typical.values():
        log = logs.get(parameter.name, 0.0) + logs.get(parameter.moves_with, 0.0)
        if log != 0.0:
            value = parameter.value * float(np.exp(log))
            patient = patient.override(parameter.name, value, parameter.source, parameter.grade)
    return patient
