"""A population: who is in it depends on the seed alone; processes change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.qualify import population
from itsim.qualify.facts import facts, protocol
from itsim.qualify.observables import values_of
from itsim.qualify.population import simulate
from itsim.qualify.treated import Treated
from itsim.study.cohort import draw

CHECKS = tuple(check for fact in facts() if fact.id in {"B1", "B5", "B11"} for check in fact.checks)
"""Steady states: linear algebra, no engine."""


def test_every_patient_under_every_protocol_is_the_same_person() -> None:
    patients = draw(protocol("steady_100").patient, 3, 7)
    names = ("steady_100", "steady_607")
    expected = [
        values_of(
            CHECKS, {name: Treated(protocol(name), p, population.typical(name).therapy) for name in names}
        )
        for p in patients
    ]
    assert np.array_equal(simulate(CHECKS, 3, 7), expected)


def test_processes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = simulate(CHECKS, 25, 3)
    monkeypatch.setattr(population, "FEWEST_FOR_PROCESSES", 1)
    assert np.array_equal(simulate(CHECKS, 25, 3, workers=2), alone)


def test_few_patients_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(population, "ProcessPoolExecutor")
    assert simulate(CHECKS, 2, 1, workers=8).shape == (2, len(CHECKS))


def test_the_first_patients_are_the_same_in_a_larger_population() -> None:
    assert np.array_equal(simulate(CHECKS, 12, 5)[:4], simulate(CHECKS, 4, 5))
    assert not np.array_equal(simulate(CHECKS, 4, 6), simulate(CHECKS, 4, 5))


def test_progress_counts_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    simulate(CHECKS, 25, 1, progress=lambda done, size: told.append((done, size)))
    assert [done for done, _ in told] == [10, 20, 25]
    assert {size for _, size in told} == {25}


def test_the_result_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        simulate(CHECKS, 1, 1)[0, 0] = 0.0


@pytest.mark.parametrize(("size", "seed"), [(0, 1), (3, -1)])
def test_a_population_that_is_none(size: int, seed: int) -> None:
    with pytest.raises(ValueError, match="give"):
        simulate(CHECKS, size, seed)


def test_there_is_a_processor() -> None:
    assert population.cores() >= 1
