"""Virtual patients under a run's delivery: bands for everything that is shown.

The band between patients and the uncertainty of the typical one are two cohorts of one scenario
(``study/draws.py``). One seed, derived from the scenario's content unless given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.engine.solution import Solution
from itsim.metrics import NOT_WITHIN, Metric
from itsim.parameters import ParameterSet
from itsim.run import RunRecord
from itsim.scenario.model import Scenario
from itsim.study.draws import BETWEEN, draw
from itsim.study.suited import suiting
from itsim.study.workers import Ground, Progress, Solved, solve_all

DEFAULT_SIZE = 100
MOST_DRAWS = 40
"""How often the typical patient is drawn anew by default: as often as there are patients, at most this."""

LOW_PERCENT, HIGH_PERCENT = 5.0, 95.0

LEAST_FOR_BAND = 20
"""Of fewer patients no band is shown, a convention: of 19 the 5th and 95th percentile are the outermost."""


@dataclass(frozen=True)
class Band:
    """The 5th and 95th percentile of a metric and its median; None where that patient never gets there."""

    low: float | None
    high: float | None
    median: float | None = None


@dataclass(frozen=True)
class Cohort:
    """Virtual patients under one delivery, solved by the exact engine."""

    scenario: Scenario
    seed: int
    patients: tuple[ParameterSet, ...]
    solutions: tuple[Solution, ...]
    metrics: tuple[Mapping[str, Metric], ...]
    until_h: float
    """How long they are watched: from first loss (the start where there is none) to the end of the run."""
    spread: str = BETWEEN
    """What tells them apart: "between" patients, "uncertainty" of the typical one, or "both"."""

    def band(self, name: str) -> Band:
        """The band of one metric over the patients who have it at all."""
        values = [_ordered(patient[name]) for patient in self.metrics]
        known = np.array([value for value in values if value is not None])
        if len(known) == 0:
            return Band(None, None)
        percents = [LOW_PERCENT, HIGH_PERCENT, 50.0]
        low, high, median = np.percentile(known, percents, method="inverted_cdf")
        return Band(_finite(low), _finite(high), _finite(median))

    def share(self, name: str) -> float:
        """The share of patients in whom a metric comes at all."""
        return sum(patient[name].value is not None for patient in self.metrics) / len(self.metrics)

    def series_band(self, name: str, times_h: Array) -> tuple[Array, Array]:
        """5th and 95th percentile of a series at each time."""
        all_values = np.array([solution.series(name, times_h) for solution in self.solutions])
        low, high = np.percentile(all_values, [LOW_PERCENT, HIGH_PERCENT], axis=0, method="inverted_cdf")
        return np.asarray(low), np.asarray(high)


def enough(cohort: Cohort | None) -> Cohort | None:
    """The cohort where it is large enough for a band, else None."""
    return cohort if cohort is not None and len(cohort.patients) >= LEAST_FOR_BAND else None


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
    progress: Progress | None = None,
    *,
    spread: str = BETWEEN,
    workers: int = 1,
) -> Cohort:
    """Virtual patients around a run's patient under the run's own delivery.

    *progress* is called with (done, size). Raises ValueError for a size below 1, and a seed, a spread or a
    number of workers that is none.
    """
    return cohorts(run, {spread: size}, seed, progress, workers)[spread]


def cohorts(
    run: RunRecord,
    sizes: Mapping[str, int],
    seed: int | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> dict[str, Cohort]:
    """One cohort for each spread, all solved together. Raises ValueError as ``cohort``."""
    for size in sizes.values():
        if size < 1:
            raise ValueError(f"a cohort of {size} patients: give at least 1")
    chosen = seed_of(run.scenario) if seed is None else seed
    suits = {BETWEEN: suiting(run.scenario, run.delivery.therapy)}
    drawn = {
        spread: tuple(map(suits.get(spread, _as_drawn), draw(run.scenario.patient, n, chosen, spread)))
        for spread, n in sizes.items()
    }
    everyone = [patient for patients in drawn.values() for patient in patients]
    solved = iter(solve_all(Ground(run.scenario, run.delivery), everyone, progress, workers))
    return {
        spread: _joined(run, chosen, spread, patients, [next(solved) for _ in patients])
        for spread, patients in drawn.items()
    }


def _as_drawn(patient: ParameterSet) -> ParameterSet:
    """What nobody knows of the typical patient is not mended by a titration."""
    return patient


def _joined(
    run: RunRecord, seed: int, spread: str, patients: tuple[ParameterSet, ...], solved: list[Solved]
) -> Cohort:
    solutions, metrics = tuple(s.solution for s in solved), tuple(s.metrics for s in solved)
    until_h = run.course.end_h - run.course.origin_h
    return Cohort(run.scenario, seed, patients, solutions, metrics, until_h, spread)


def seed_of(scenario: Scenario) -> int:
    """A seed from the scenario's content, so that no result depends on workers or order."""
    return int(scenario.sha256[:15], 16)
