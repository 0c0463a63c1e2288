"""Many patients under one delivery, in this process or spread over several, with the same result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from time import perf_counter
from typing import Any

from threadpoolctl import threadpool_limits

from itsim.device.delivery import Delivery
from itsim.engine import exact
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.metrics import Course, Metric, measure
from itsim.parameters import ParameterSet
from itsim.run import problem_of
from itsim.scenario.model import Scenario
from itsim.scenario.nodes import Mark, Table

Progress = Callable[[int, int], None]
"""Told of (done, size)."""

PROCESSES_PAY_S = 4.0
"""Numerical: less work than this, in seconds, is done before other processes have begun."""

CHUNKS_PER_WORKER = 16


@dataclass(frozen=True)
class Solved:
    """One patient's run by the exact engine."""

    solution: Solution
    metrics: Mapping[str, Metric]


@dataclass(frozen=True)
class Ground:
    """What all patients share."""

    scenario: Scenario
    delivery: Delivery

    def problem(self, patient: ParameterSet) -> Problem:
        """One patient on this ground."""
        return problem_of(self.scenario, patient, self.delivery.therapy)

    def solved(self, patient: ParameterSet) -> Solved:
        """One patient on this ground, solved and measured."""
        solution = exact.solve(self.problem(patient))
        return Solved(solution, measure(Course(self.delivery, solution)))

    def to_send(self) -> Ground:
        """The same without the timeline: its kinds hold functions, which cannot travel, and the delivery
        holds all that they did."""
        return Ground(replace(self.scenario, timeline=(), _tree=Table(Mark(), ()), _added=()), self.delivery)


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def solve_all(
    ground: Ground, patients: Sequence[ParameterSet], progress: Progress | None = None, workers: int = 1
) -> tuple[Solved, ...]:
    """Every patient in order. Several *workers* are other processes, begun only where the work is worth it;
    a script that asks for them must guard its main part, as ``multiprocessing`` demands.

    Raises ValueError for less than one worker.
    """
    if workers < 1:
        raise ValueError(f"{workers} workers: give at least 1")
    solved: list[Solved] = []
    began = perf_counter()
    with threadpool_limits(1):  # the matrices are small: more threads would only wait for each other
        for found in _one_by_one(ground, patients[:1]):
            solved.append(found)
            _tell(progress, len(solved), len(patients))
        rest = patients[1:]
        left_s = len(rest) * (perf_counter() - began)
        spread = workers > 1 and left_s > PROCESSES_PAY_S
        for found in _spread(ground, rest, workers) if spread else _one_by_one(ground, rest):
            solved.append(found)
            _tell(progress, len(solved), len(patients))
    return tuple(solved)


def _tell(progress: Progress | None, done: int, size: int) -> None:
    if progress is not None:
        progress(done, size)


def _one_by_one(ground: Ground, patients: Sequence[ParameterSet]) -> Iterator[Solved]:
    return (ground.solved(patient) for patient in patients)


def _spread(ground: Ground, patients: Sequence[ParameterSet], workers: int) -> Iterator[Solved]:
    """In fresh processes, so that it is the same on every system and with threads about."""
    chunk = max(1, len(patients) // (workers * CHUNKS_PER_WORKER))
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (ground.to_send(),))
    try:
        for patient, found in zip(patients, pool.map(_solve, patients, chunksize=chunk), strict=True):
            response = ground.problem(patient).response
            yield Solved(replace(found.solution, response=response), found.metrics)
    finally:
        pool.shutdown(cancel_futures=True)


_here: list[Ground] = []
"""The ground of a worker process, sent once."""


def _begin(ground: Ground) -> None:
    threadpool_limits(1)
    _here[:] = [ground]


def _solve(patient: ParameterSet) -> Solved:
    found = _here[0].solved(patient)
    stripped: Any = replace(found.solution, response=None)  # type: ignore[arg-type]  # functions cannot travel
    return Solved(stripped, found.metrics)
