"""What an engine is given."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cases import BODIES, constant, pieces_of, problem_for, therapy_of
from itsim.device.delivery import Dose, Drainage

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
    assert fast == pytest.approx(taken * -np.expm1(-7200.0 / 55.2), rel=1e-12)
    assert slow == pytest.approx(taken * -np.expm1(-7200.0 / 3360.0), rel=1e-12)
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
