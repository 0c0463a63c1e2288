"""What an engine is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cases import BODIES, body_of, constant, numbers_of, pieces_of, problem_for, therapy_of
from itsim.device.delivery import Dose, Drainage
from itsim.engine import ENGINES
from itsim.engine.problem import make_problem

THERAPY = therapy_of(
    [(0.0, constant(1.0)), (5.0, constant(2.0))],
    20.0,
    (Dose(0.0, 3.0, "gut"), Dose(5.0, 4.0, "lumbar_puncture"), Dose(7.0, 5.0, "gut"), Dose(20.0, 9.0, "gut")),
)


def test_edges_are_pieces_and_doses_within_the_run() -> None:
    problem = problem_for("two_compartment", THERAPY)
    assert list(problem.edges_h) == [0.0, 5.0, 7.0, 20.0]
    assert [dose.t_h for dose in problem.doses] == [0.0, 5.0, 7.0], (
        "half-open: a dose at the end is not given"
    )


def test_jumps_are_the_doses_at_an_instant() -> None:
    problem = problem_for("two_compartment", THERAPY)
    assert problem.jump_at(5.0) @ problem.body.holds_drug == pytest.approx(4.0)
    assert problem.jump_at(7.0).sum() == pytest.approx(5.0)
    assert not np.any(problem.jump_at(6.0))


def test_pieces_are_half_open() -> None:
    problem = problem_for("two_compartment", THERAPY)
    assert [problem.piece_row(t)[1] for t in (0.0, 4.999, 5.0, 19.0)] == [1.0, 1.0, 2.0, 2.0]


@pytest.mark.parametrize("name", BODIES)
def test_history_is_steady_state_and_grown_tolerance(name: str) -> None:
    problem = problem_for(name, THERAPY, 14.0, 7200.0)
    np.testing.assert_allclose(problem.start_amounts, problem.body.steady_state("catheter", 14.0))
    fast, slow = problem.start_stages[:2]
    taken = float(
        problem.response.stages[0].target(
            {"cord_leg": problem.body.readouts["cord_leg"] @ problem.start_amounts}
        )
    )
    p = numbers_of(name).numbers
    assert fast == pytest.approx(taken * -np.expm1(-7200.0 / p["fast_tolerance_time"]), rel=1e-12)
    assert slow == pytest.approx(taken * -np.expm1(-7200.0 / p["slow_tolerance_time"]), rel=1e-12)
    assert problem.start_stages[-1] == 0.0


def test_no_history_is_no_drug() -> None:
    problem = problem_for("neuraxis", THERAPY, 14.0, 0.0)
    assert not np.any(problem.start_amounts)
    assert not np.any(problem.start_stages)


WITH_DRAINAGE = therapy_of(
    [(0.0, constant(1.0)), (5.0, constant(2.0))],
    20.0,
    (Dose(7.0, 5.0, "gut"),),
    (Drainage(0.0, 1.0), Drainage(7.0, 10.0), Drainage(7.0, 5.0), Drainage(9.0, 3.0), Drainage(20.0, 4.0)),
)


def test_drainages_are_stops_and_those_of_one_instant_are_one() -> None:
    problem = problem_for("two_compartment", WITH_DRAINAGE)
    assert list(problem.stops_h) == list(problem.edges_h) == [0.0, 5.0, 7.0, 9.0, 20.0]
    assert list(problem.instants_h) == [0.0, 7.0, 9.0], "half-open: nothing is let off at the end"
    np.testing.assert_array_equal(problem.drainage_at(7.0), problem.body.drainage(15.0))
    np.testing.assert_array_equal(problem.drainage_at(9.0), problem.body.drainage(3.0))
    assert problem.drainage_at(5.0) is problem.drainage_at(20.0) is None


def test_no_engine_stops_for_a_condition() -> None:
    course = pieces_of([(-5.0, constant(1.0)), (3.0, constant(2.0)), (5.0, constant(1.0))], 30.0)
    therapy = therapy_of([(0.0, constant(1.0))], 20.0, conditions={"spasticity": course})
    problem = problem_for("two_compartment", therapy)
    assert list(problem.stops_h) == [0.0, 20.0]
    assert list(problem.edges_h) == [0.0, 3.0, 5.0, 20.0]
    assert list(problem.instants_h) == []


def test_a_condition_that_nothing_reads_is_refused() -> None:
    therapy = therapy_of(
        [(0.0, constant(1.0))], 20.0, conditions={"mood": pieces_of([(0.0, constant(1.0))], 20.0)}
    )
    with pytest.raises(KeyError, match="mood"):
        problem_for("two_compartment", therapy)


def test_bodies_follow_each_other() -> None:
    """Half-open: at its hour the next body is in force; one before the run counts, one after it is no
    stop."""
    problem = problem_for("one_compartment", THERAPY)
    other, third = (
        body_of("one_compartment", csf_clearance=50.0),
        body_of("one_compartment", csf_clearance=9.0),
    )
    changed = replace(problem, changes=((6.0, other), (9.0, third), (30.0, other)))
    assert [changed.body_at(t) for t in (0.0, 5.999, 6.0, 8.999, 9.0)] == [
        problem.body,
        problem.body,
        other,
        other,
        third,
    ]
    assert list(changed.stops_h) == [0.0, 5.0, 6.0, 7.0, 9.0, 20.0]
    with pytest.raises(ValueError, match="must keep its states"):
        make_problem(problem.body, problem.response, THERAPY, 1.0, 0.0, ((3.0, body_of("two_compartment")),))


def test_one_compartment_falls_to_the_next_steady_state() -> None:
    """C(t) = C2 + (C1 − C2)·e^(−CL2·t/V), C = R/CL, without plasma's part; by both engines."""
    plain = {"plasma_partition": 1e-12}
    problem = problem_for("one_compartment", therapy_of([(0.0, constant(3.0))], 60.0), 3.0, **plain)
    other = body_of("one_compartment", csf_clearance=60.0, **plain)
    numbers = numbers_of("one_compartment").numbers
    times = np.array([0.0, 10.0, 12.0, 20.0, 59.0])
    after = np.maximum(times - 10.0, 0.0)
    first, second = 3.0 / numbers["csf_clearance"], 3.0 / 60.0
    expected = second + (first - second) * np.exp(-60.0 / numbers["csf_volume"] * after)
    for name in ("exact", "reference"):
        solution = ENGINES[name](replace(problem, changes=((10.0, other),)))
        np.testing.assert_allclose(solution.series("csf_lumbar", times), expected, rtol=1e-9)
