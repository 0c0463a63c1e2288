"""What every engine promises; one list of engines drives the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.signal import lsim

from engine.cases import BODIES, body_of, constant, pieces_of, problem_for, stopped, therapy_of
from itsim.arrays import Array, frozen
from itsim.device.delivery import Dose, Drainage, Pieces, Therapy
from itsim.engine import ENGINES
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.parameters import read

Engine = Callable[[Problem], Solution]
COMPILED = pytest.mark.xdist_group("numba")
"""One process compiles the kernels, once."""
every_engine = pytest.mark.parametrize(
    "solve",
    [pytest.param(f, id=name, marks=COMPILED if name == "compiled" else ()) for name, f in ENGINES.items()],
)
every_body = pytest.mark.parametrize("name", BODIES)

EVENTFUL = therapy_of(
    [
        (0.0, constant(14.0)),
        (10.0, (14.0, -0.5, 0.0, 0.0, 0.0, 0.0)),
        (24.0, constant(0.0)),
        (36.0, (5.0, 1.0, -0.1, 0.004, 0.0, 0.0)),
        (44.0, (6.0, 0.0, 0.0, 0.0, 12.0, 0.4)),
    ],
    60.0,
    (
        Dose(0.0, 5_000.0, "gut"),
        Dose(20.0, 10_000.0, "gut"),
        Dose(24.0, 50.0, "lumbar_puncture"),
        Dose(30.5, 25.0, "lumbar_puncture"),
        Dose(30.5, 20_000.0, "pump_pocket"),
    ),
    (Drainage(0.0, 3.0), Drainage(24.0, 20.0), Drainage(40.0, 45.0)),
)


def scaled(therapy: Therapy, factor: float) -> Therapy:
    rows = therapy.catheter.rows * np.array([1.0, *[factor] * 5, 1.0])
    doses = tuple(replace(dose, amount_ug=factor * dose.amount_ug) for dose in therapy.doses)
    return replace(therapy, catheter=replace(therapy.catheter, rows=rows), doses=doses)


@every_engine
def test_event_instants_are_nodes(solve: Engine) -> None:
    solution = solve(problem_for("two_compartment", EVENTFUL))
    instants = {0.0, 10.0, 20.0, 24.0, 30.5, 36.0, 40.0, 44.0, 60.0}
    assert instants <= set(solution.nodes_h)
    assert set(solution.edges_h) == instants
    assert np.all(np.diff(solution.nodes_h) >= 0.0)


@every_engine
@every_body
def test_mass_is_kept(solve: Engine, name: str) -> None:
    assert mass_error(solve, problem_for(name, EVENTFUL)) < 1e-12


@every_engine
@every_body
def test_an_elimination_without_its_ledger_term_is_seen(solve: Engine, name: str) -> None:
    problem = problem_for(name, EVENTFUL)
    matrix = problem.body.matrix_per_h.copy()
    plasma = problem.body.index("plasma")
    matrix[plasma, plasma] -= 0.01 * matrix[problem.body.index("eliminated"), plasma]
    body = replace(problem.body, matrix_per_h=frozen(matrix))
    assert mass_error(solve, replace(problem, body=body)) > 1e-6


def mass_error(solve: Engine, problem: Problem) -> float:
    """Body at start + delivered + doses against body + eliminated + unabsorbed + drained, as a share."""
    ledger = solve(problem).body_ledger()
    delivered = float(problem.therapy.catheter.integral(np.array([problem.edges_h[-1]]))[0])
    entered = ledger["body_at_start_ug"] + delivered + sum(dose.amount_ug for dose in problem.doses)
    found = ledger["body_ug"] + ledger["eliminated_ug"] + ledger["unabsorbed_ug"] + ledger["drained_ug"]
    return abs(entered - found) / entered


@every_engine
def test_body_is_linear_in_dose(solve: Engine) -> None:
    one = solve(problem_for("two_compartment", EVENTFUL, 14.0))
    many = solve(problem_for("two_compartment", scaled(EVENTFUL, 3.0), 42.0))
    times = np.linspace(0.0, 60.0, 301)
    sizes = np.max(np.abs(many.amounts(times)), axis=0)
    error = np.max(np.abs(many.amounts(times) - 3.0 * one.amounts(times)), axis=0)
    assert np.all(error <= 1e-9 * sizes)


@every_engine
@every_body
def test_steady_patient_stays_steady(solve: Engine, name: str) -> None:
    problem = problem_for(name, therapy_of([(0.0, constant(350.0 / 24.0))], 200.0))
    solution = solve(problem)
    holds = problem.body.holds_drug > 0.0
    seen = solution.amounts(np.array([0.0, 50.0, 200.0]))[:, holds]
    np.testing.assert_allclose(seen, problem.start_amounts[None, holds].repeat(3, 0), rtol=1e-9, atol=1e-9)
    assert solution.extremum("withdrawal_index", 0.0)[1] < 1e-9


@every_engine
@every_body
def test_naive_patient_without_drug_feels_nothing(solve: Engine, name: str) -> None:
    """Zero onto zero: nothing bends, and the run ends."""
    naive = therapy_of([(0.0, constant(0.0)), (100.0, constant(10.0))], 130.0)
    solution = solve(problem_for(name, naive, 0.0, 0.0))
    before = dict(solution.all_series(np.linspace(0.0, 100.0, 11)))
    assert np.all(before.pop("tone") == 1.0), "the untreated level"
    assert max(float(np.max(np.abs(values))) for values in before.values()) == 0.0
    assert solution.series("effect_leg", np.array([130.0]))[0] > 1e-4


@every_engine
def test_neutral_edges_change_nothing(solve: Engine) -> None:
    plain = therapy_of([(0.0, constant(14.0)), (30.0, constant(0.0))], 100.0)
    cut = therapy_of(
        [(0.0, constant(14.0)), (11.0, constant(14.0)), (30.0, constant(0.0)), (77.7, constant(0.0))],
        100.0,
        (Dose(50.0, 0.0, "gut"),),
    )
    one, other = (solve(problem_for("two_compartment", therapy)) for therapy in (plain, cut))
    assert one.first_crossing_h("withdrawal_index", 10.0, 30.0) == pytest.approx(
        other.first_crossing_h("withdrawal_index", 10.0, 30.0), abs=1e-7
    )
    for name in ("withdrawal_index", "csf_lumbar", "sedation", "effect_leg"):
        for highest in (True, False):
            seen = [s.extremum(name, 30.0, highest)[1] for s in (one, other)]
            assert seen[0] == pytest.approx(seen[1], rel=1e-9, abs=1e-12), name


@every_engine
@every_body
def test_linear_part_against_a_matrix_exponential(solve: Engine, name: str) -> None:
    """An outside referee: one step of expm with the input appended, over a constant rate after a stop."""
    solution = solve(problem_for(name, stopped(10.0, 16.0, 40.0)))
    body = solution.body
    n = len(body.states)
    big = np.zeros((n + 1, n + 1))
    big[:n, :n], big[:n, n] = body.matrix_per_h, 350.0 / 24.0 * body.inlets["catheter"]
    start = np.append(solution.amounts(np.array([16.0]))[0], 1.0)
    for t_h in (16.5, 20.0, 40.0):
        expected = (expm(big * (t_h - 16.0)) @ start)[:n]
        seen = solution.amounts(np.array([t_h]))[0]
        assert np.max(np.abs(seen - expected)) <= 1e-10 * np.max(np.abs(expected))


@every_engine
def test_linear_part_against_another_simulator(solve: Engine) -> None:
    """``scipy.signal.lsim`` on a uniform grid, exact for an input that is linear between its points."""
    ramp = therapy_of([(0.0, (2.0, 1.0, 0.0, 0.0, 0.0, 0.0)), (10.0, (12.0, -0.5, 0.0, 0.0, 0.0, 0.0))], 30.0)
    problem = problem_for("two_compartment", ramp)
    body, times = problem.body, np.linspace(0.0, 30.0, 301)
    system = (
        body.matrix_per_h,
        body.inlets["catheter"][:, None],
        body.readouts["csf_lumbar"][None, :],
        np.zeros((1, 1)),
    )
    rate = np.where(times <= 10.0, 2.0 + times, 12.0 - 0.5 * (times - 10.0))
    _, expected, _ = lsim(system, rate, times, X0=problem.start_amounts)
    seen = solve(problem).series("csf_lumbar", times)
    np.testing.assert_allclose(seen, expected, rtol=1e-9)


LONG_RUN_H, STOP_H = 60.0 * 24.0, (1000.0, 1006.0)


def test_the_naive_integrator_misses_a_stop_that_every_engine_finds() -> None:
    """One compartment, six hours without flow in 60 days, as an ``if`` in the right-hand side."""
    problem = problem_for("one_compartment", stopped(*STOP_H, LONG_RUN_H))
    body = problem.body
    inlet, row = body.inlets["catheter"], body.readouts["csf_lumbar"]

    def naive(t_h: float, x: np.ndarray) -> np.ndarray:
        rate = 0.0 if STOP_H[0] <= t_h < STOP_H[1] else 350.0 / 24.0
        return body.matrix_per_h @ x + inlet * rate

    run = solve_ivp(naive, (0.0, LONG_RUN_H), problem.start_amounts, method="LSODA", rtol=1e-8)
    level = float(row @ problem.start_amounts)
    assert run.success
    assert np.min(row @ run.y) == pytest.approx(level, rel=1e-6), "the stop was never seen"
    troughs = [
        ENGINES[name](problem).extremum("csf_lumbar", 900.0, highest=False) for name in ("exact", "reference")
    ]
    for t_h, value in troughs:
        assert t_h == pytest.approx(STOP_H[1], abs=1e-3)
        assert value < 0.2 * level
    assert troughs[0][1] == pytest.approx(troughs[1][1], rel=1e-6)


@every_engine
def test_troughs_and_crossings_come_from_the_solution_not_from_a_grid(solve: Engine) -> None:
    """A closed form between edges: after a stop C = C0·exp(−k t), so half is reached ln 2/k later."""
    free = {"plasma_partition": 0.0}
    problem = problem_for("one_compartment", stopped(10.0, 13.0, 20.0), **free)
    body = body_of("one_compartment", **free)
    k = -body.matrix_per_h[body.index("csf"), body.index("csf")]
    solution = solve(problem)
    level = float(body.readouts["csf_lumbar"] @ problem.start_amounts)
    half = solution.first_crossing_h("csf_lumbar", 0.5 * level, 10.0, rising=False)
    assert half == pytest.approx(10.0 + np.log(2.0) / k, abs=1e-8)
    t_h, lowest = solution.extremum("csf_lumbar", 10.0, highest=False)
    assert (t_h, lowest) == (pytest.approx(13.0, abs=1e-6), pytest.approx(level * np.exp(-3.0 * k), rel=1e-9))
    assert solution.first_crossing_h("csf_lumbar", 2.0 * level, 0.0) is None


# CSF let off


@every_engine
@pytest.mark.parametrize("volume_mL", [5.0, 30.0, 60.0, 90.0])
def test_a_drained_compartment_comes_back_along_an_exponential(solve: Engine, volume_mL: float) -> None:
    """At a steady rate C = C0·(1 − f·exp(−k t)), f = V/V_csf at most 1, where plasma gives nothing back."""
    free = {"plasma_partition": 0.0}
    therapy = therapy_of([(0.0, constant(14.0))], 40.0, drainages=(Drainage(10.0, volume_mL),))
    problem = problem_for("one_compartment", therapy, 14.0, **free)
    body = problem.body
    k, f = -body.matrix_per_h[body.index("csf"), body.index("csf")], min(volume_mL / 60.0, 1.0)
    level = float(body.readouts["csf_lumbar"] @ problem.start_amounts)
    solution = solve(problem)
    after = np.array([0.0, 0.01, 0.7, 3.0, 20.0])
    seen = solution.series("csf_lumbar", 10.0 + after)
    np.testing.assert_allclose(seen, level * (1.0 - f * np.exp(-k * after)), rtol=1e-9, atol=1e-12 * level)
    drained = solution.body_ledger()["drained_ug"]
    assert drained == pytest.approx(f * problem.start_amounts[body.index("csf")], rel=1e-9)
    assert solution.extremum("csf_lumbar", 5.0, highest=False) == pytest.approx(
        (10.0, level * (1.0 - f)), rel=1e-9, abs=1e-12
    )


@every_engine
@every_body
def test_a_dose_is_given_after_what_is_let_off_at_its_instant(solve: Engine, name: str) -> None:
    """All CSF is let off, then 40 µg are injected: all of them are there."""
    therapy = therapy_of(
        [(0.0, constant(14.0))], 20.0, (Dose(8.0, 40.0, "lumbar_puncture"),), (Drainage(8.0, 1000.0),)
    )
    problem = problem_for(name, therapy)
    csf = [problem.body.index(state) for region in problem.body.csf_mL for state in region]
    before, after = solve(problem).amounts(np.array([np.nextafter(8.0, 0.0), 8.0]))
    assert after[sorted(set(csf))].sum() == pytest.approx(40.0, rel=1e-9)
    drained = problem.body.index("drained")
    assert after[drained] - before[drained] == pytest.approx(before[sorted(set(csf))].sum(), rel=1e-9)


@every_engine
def test_a_depot_is_absorbed_into_plasma_alone(solve: Engine) -> None:
    """Bateman's curve on top of what the infusion gives; the depot alone holds what is not yet absorbed."""
    free = {"plasma_partition": 0.0}
    pocket = therapy_of([(0.0, constant(14.0))], 60.0, (Dose(10.0, 20_000.0, "pump_pocket"),))
    with_depot = solve(problem_for("two_compartment", pocket, 14.0, **free))
    without = solve(problem_for("two_compartment", therapy_of([(0.0, constant(14.0))], 60.0), 14.0, **free))
    body, t = with_depot.body, np.array([0.5, 4.0, 20.0, 50.0])
    kd = -body.matrix_per_h[body.index("depot"), body.index("depot")]
    ke = -body.matrix_per_h[body.index("plasma"), body.index("plasma")]
    shape = kd / (kd - ke) * (np.exp(-ke * t) - np.exp(-kd * t))
    expected = 20_000.0 * shape * body.readouts["plasma"][body.index("plasma")]
    more = with_depot.series("plasma", 10.0 + t) - without.series("plasma", 10.0 + t)
    np.testing.assert_allclose(more, expected, rtol=1e-8)
    left = with_depot.amounts(10.0 + t)[:, body.index("depot")]
    np.testing.assert_allclose(left, 20_000.0 * np.exp(-kd * t), rtol=1e-8)


# The patient's own course


def mimic(**courses: Pieces) -> Therapy:
    return therapy_of([(0.0, constant(14.0))], 100.0, conditions=courses)


BOX = pieces_of([(0.0, constant(1.0)), (30.0, constant(1.8)), (50.0, constant(1.0))], 100.0)
RAMP = pieces_of(
    [(0.0, constant(1.0)), (20.0, (1.0, 0.05, 0.0, 0.0, 0.0, 0.0)), (60.0, constant(1.0))], 100.0
)
"""From 1 to 3 in 40 h, then 1 again at once."""
STEEP, DEEP = (read("response").numbers[f"{what}_hill"] for what in ("effect", "sedation"))
HILL = {"effect_leg": STEEP, "effect_arm": STEEP, "effect_hreflex": STEEP, "sedation": DEEP}


def felt(plain: Array, factor: Array, hill: float) -> Array:
    """Effect where *factor* times as much drug is needed, from the effect of the same drug without it:
    E = 1/(1 + (k·EC50/C)^g) and (EC50/C)^g = (1 − E0)/E0."""
    return np.asarray(plain / (plain + factor**hill * (1.0 - plain)))


@every_engine
@pytest.mark.parametrize("what", ["spasticity", "potency"])
@pytest.mark.parametrize("course", [BOX, RAMP], ids=["box", "ramp"])
def test_a_condition_moves_what_is_needed(solve: Engine, course: Pieces, what: str) -> None:
    plain, changed = (solve(problem_for("neuraxis", mimic(**c), 14.0)) for c in ({}, {what: course}))
    times = np.unique([*np.linspace(0.0, 100.0, 401), *np.nextafter([30.0, 50.0, 60.0], 0.0)])
    moved = HILL if what == "potency" else {"effect_leg": STEEP, "effect_arm": STEEP}
    for name, hill in HILL.items():
        expected = plain.series(name, times)
        if name in moved:
            expected = felt(expected, course.rate(times), hill)
        np.testing.assert_allclose(changed.series(name, times), expected, rtol=1e-11, err_msg=name)
        asked = changed.series(name, changed.nodes_h)
        np.testing.assert_allclose(changed.at_nodes(name), asked, rtol=1e-9)


@every_engine
@every_body
def test_a_mimic_never_makes_withdrawal(solve: Engine, name: str) -> None:
    """Bit for bit: body, tolerance and index do not know of it, nor do their extremes and crossings."""
    therapy = stopped(40.0, 60.0, 120.0)
    courses = {"spasticity": BOX, "potency": RAMP}
    plain, changed = (solve(problem_for(name, t)) for t in (therapy, replace(therapy, conditions=courses)))
    times = np.union1d(plain.nodes_h, changed.edges_h)
    np.testing.assert_array_equal(plain.nodes_h, changed.nodes_h)
    np.testing.assert_array_equal(plain.amounts(times), changed.amounts(times))
    np.testing.assert_array_equal(plain.stages(times), changed.stages(times))
    for series in ("withdrawal_index", "csf_lumbar", "cord_slow_tolerance"):
        assert plain.extremum(series, 0.0) == changed.extremum(series, 0.0)
    crossings = [s.first_crossing_h("withdrawal_index", 1.0, 40.0) for s in (plain, changed)]
    assert crossings[0] == crossings[1]
    assert plain.series("effect_leg", np.array([55.0])) != changed.series("effect_leg", np.array([55.0]))


@every_engine
def test_what_a_mimic_does_at_its_jumps_is_found(solve: Engine) -> None:
    """The least relief is the limit from the left where the ramp ends; with a box relief falls at once."""
    plain = solve(problem_for("two_compartment", mimic(), 14.0))
    ramp = solve(problem_for("two_compartment", mimic(spasticity=RAMP), 14.0))
    box = solve(problem_for("two_compartment", mimic(spasticity=BOX), 14.0))
    before, at = plain.series("effect_leg", np.array([60.0])), np.array([30.0])
    t_h, least = ramp.extremum("effect_leg", 0.0, highest=False)
    assert t_h == pytest.approx(60.0, abs=1e-9)
    assert least == pytest.approx(float(felt(before, np.array([3.0]), STEEP)[0]), rel=1e-11)
    e0, e1 = plain.series("effect_leg", at)[0], float(felt(plain.series("effect_leg", at), 1.8, STEEP)[0])
    for level in (0.5 * (e0 + e1), e1 + 1e-6):
        assert box.first_crossing_h("effect_leg", level, 0.0, rising=False) == pytest.approx(30.0, abs=1e-9)
    half = box.first_crossing_h("effect_leg", 0.5 * (e0 + e1), 40.0)
    assert half == pytest.approx(50.0, abs=1e-9)


@every_engine
def test_a_course_of_one_is_none(solve: Engine) -> None:
    one = pieces_of([(0.0, constant(1.0)), (13.0, constant(1.0)), (70.0, constant(1.0))], 100.0)
    plain, changed = (
        solve(problem_for("neuraxis", mimic(**c), 14.0)) for c in ({}, {"spasticity": one, "potency": one})
    )
    for name in changed.names:
        np.testing.assert_array_equal(plain.at_nodes(name), changed.at_nodes(name))
        for highest in (True, False):
            seen = [s.extremum(name, 5.0, highest)[1] for s in (plain, changed)]
            assert seen[0] == pytest.approx(seen[1], rel=1e-12, abs=1e-15)
