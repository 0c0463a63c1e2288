"""A population: who is in it depends on the seed alone; processes change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from itsim.qualify import population
from itsim.qualify.facts import facts, protocol
from itsim.qualify.observables import values_of
from itsim.qualify.population import simulate
from itsim.qualify.treated import Treated
from itsim.study.cohort import draw
from itsim.study.suited import suiting

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


def test_who_is_matched_to_a_dose_and_who_is_drawn_as_he_comes() -> None:
    """The same check in patients whom the dose suits and in those drawn; the naive are the same."""
    (suited,) = (
        replace(check, observable="start_hreflex_fall", protocols=("on_30_1_month",), suited=True)
        for check in CHECKS[:1]
    )
    bolus = replace(suited, observable="bolus_clearance", protocols=("lumbar_50",))
    asked = (suited, replace(suited, suited=False), bolus, replace(bolus, suited=False))
    drawn = draw(protocol("on_30_1_month").patient, 3, 7)
    therapy = population.typical("on_30_1_month").therapy
    match = suiting(protocol("on_30_1_month"), therapy)
    falls = [
        [
            100.0 * Treated(protocol("on_30_1_month"), p, therapy).at_start("effect_hreflex")
            for p in (match(d), d)
        ]
        for d in drawn
    ]
    found = simulate(asked, 3, 7)
    assert np.array_equal(found[:, :2], falls)
    assert np.all(found[:, 0] != found[:, 1])
    assert np.array_equal(found[:, 2], found[:, 3])


def test_what_waits_is_dropped_when_somebody_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []

    class Pool:
        def __init__(self, *arguments: object, **more: object) -> None: ...

        def submit(self, *arguments: object) -> object:
            raise KeyboardInterrupt

        def shutdown(self, **how: object) -> None:
            told.append(how)

    monkeypatch.setattr(population, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(population, "FEWEST_FOR_PROCESSES", 1)
    with pytest.raises(KeyboardInterrupt):
        simulate(CHECKS, 20, 1, workers=2)
    assert told == [{"cancel_futures": True}]


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
