"""Whether the code solves the equations: closed forms, conservation, two engines, finer grids; run live.

The categories are those of the FDA's guidance on the credibility of simulation (2023). A check here has no
patient in it and may never fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from itsim.arrays import Array
from itsim.catalogue import catalogue
from itsim.device.delivery import Dose, Pieces, Therapy
from itsim.engine import ENGINES, exact
from itsim.engine.problem import Problem, make_problem
from itsim.engine.solution import Solution
from itsim.parameters import ParameterSet, read
from itsim.pd.response import make_response
from itsim.pk.body import SINKS, LinearBody
from itsim.qualify.facts import protocol
from itsim.qualify.population import typical
from itsim.run import problem_of
from itsim.run import simulate as run_scenario

CODE, CALCULATION = "code verification", "calculation verification and uncertainty"
ROUNDING = 1e-9
"""How close a closed form must come, as a share."""
PAIR = ("exact", "reference")
"""The engines that are compared here; the compiled one, which must first be compiled, is held to the same by
the tests."""
ENGINES_WITHIN, PANELS_WITHIN = 1e-7, 1e-8
CLEARANCE_WITHIN_FRAC, RATIO_WITHIN_FRAC, EFFECT_WITHIN_FRAC = 0.03, 0.05, 0.05
"""What finer segments may change: clearance and ratio as promised (science §2), effect assumed."""
SPAN_H, RATE_UG_H, TIP = 48.0, 10.0, "T10"
"""Numerical: for how long, how strongly and where the closed forms are fed."""
UNTREATED = {"tone": 1.0}
"""What a series is without any drug, by definition; zero where it is not named."""
LEDGERS = ("lumbar_50", "infusion_start", "interrupted_350", "stop_350_oral", "fade_to_20_percent")
COMPARED = ("lumbar_50", "interrupted_350", "oral_10_mg")


@dataclass(frozen=True)
class Verified:
    """One check: what is claimed, how far off it was found, and how far it may be."""

    id: str
    category: str
    claim: str
    found: float
    allowed: float

    @property
    def holds(self) -> bool:
        """Whether what was found is allowed."""
        return bool(self.found <= self.allowed)


def verify() -> tuple[Verified, ...]:
    """Every check, in order."""
    return tuple(Verified(f"V{i}", *row) for i, row in enumerate(_rows(), 1))


def _rows() -> Iterator[tuple[str, str, float, float]]:
    yield CODE, "infusion into one compartment is R/CL (1 - exp(-kt))", infusion_error(), ROUNDING
    yield CODE, "a tablet is Bateman's function in plasma", tablet_error(), ROUNDING
    yield CODE, "two compartments stand at (Q + CL2)/Q", two_compartment_error(), ROUNDING
    yield CODE, "plasma at steady state is dose rate over clearance", plasma_error(), ROUNDING
    yield CODE, "no transfer makes or loses drug, in any body", leak(), ROUNDING
    yield CODE, "entered = reservoir + catheter + lost + body + eliminated", ledger_error(), ROUNDING
    yield CODE, "no drug, no effect, no withdrawal, the untreated tone", nothing_from_nothing(), 0.0
    yield CODE, "twice the dose is twice the concentration", disproportion(), ROUNDING
    yield CODE, "two engines agree", engines_apart(), ENGINES_WITHIN
    yield CALCULATION, "panels of half an hour change nothing", panels_apart(), PANELS_WITHIN
    clearance, ratio, effect = finer_axis()
    yield CALCULATION, "24 and 48 segments: clearance", clearance, CLEARANCE_WITHIN_FRAC
    yield CALCULATION, "24 and 48 segments: lumbar over cisternal", ratio, RATIO_WITHIN_FRAC
    yield CALCULATION, "24 and 48 segments: leg effect 4 h after 50 µg", effect, EFFECT_WITHIN_FRAC


# Closed forms


def infusion_error() -> float:
    """One compartment without return from plasma, infused from empty: C = R/CL·(1 − exp(−CL/V·t))."""
    numbers = _numbers("one_compartment", plasma_partition=0.0)
    p = numbers.numbers
    t = np.linspace(0.5, SPAN_H, 50)
    rate = p["csf_clearance"] / p["csf_volume"]
    expected = RATE_UG_H / p["csf_clearance"] * -np.expm1(-rate * t)
    found = exact.solve(_naive("one_compartment", numbers, _constant(RATE_UG_H))).series("csf_lumbar", t)
    return float(np.max(np.abs(found / expected - 1.0)))


def tablet_error() -> float:
    """A tablet without CSF exchange: C = D·ka/((V/F)·(ka − ke))·(exp(−ke·t) − exp(−ka·t))."""
    numbers = _numbers("one_compartment", plasma_partition=0.0)
    p, dose_ug = numbers.numbers, 10_000.0
    leaves, enters = p["apparent_clearance"] / p["apparent_volume"], p["absorption"]
    t = np.linspace(0.25, 24.0, 50)
    shape = (np.exp(-leaves * t) - np.exp(-enters * t)) / (enters - leaves)
    expected = dose_ug / p["apparent_volume"] * enters * shape
    problem = _naive("one_compartment", numbers, _constant(0.0), (Dose(0.0, dose_ug, "gut"),))
    return float(np.max(np.abs(exact.solve(problem).series("plasma", t) / expected - 1.0)))


def two_compartment_error() -> float:
    """Lumbar over cisternal at steady state without return from plasma."""
    numbers = _numbers("two_compartment", plasma_partition=0.0)
    p, body = numbers.numbers, _body("two_compartment", numbers)
    state = body.steady_state("catheter", RATE_UG_H)
    found = float(body.readouts["csf_lumbar"] @ state) / float(body.readouts["csf_cisternal"] @ state)
    return abs(found * p["exchange_flow"] / (p["exchange_flow"] + p["cisternal_clearance"]) - 1.0)


def plasma_error() -> float:
    """Whatever the CSF does, at steady state all drug leaves through plasma: C = R/(F·CL/F)."""
    worst = 0.0
    for name in catalogue().bodies:
        numbers = _numbers(name)
        p, body = numbers.numbers, _body(name, numbers)
        found = float(body.readouts["plasma"] @ body.steady_state("catheter", RATE_UG_H))
        worst = max(worst, abs(found * p["bioavailability"] * p["apparent_clearance"] / RATE_UG_H - 1.0))
    return worst


# Conservation


def leak() -> float:
    """The largest sum of a column over the states that hold drug and the sinks, as a share of its rate."""
    worst = 0.0
    for name in catalogue().bodies:
        body = _body(name, _numbers(name))
        counts = body.holds_drug + np.array([float(state in SINKS) for state in body.states])
        columns = counts @ body.matrix_per_h * body.holds_drug
        worst = max(worst, float(np.max(np.abs(columns))) / float(np.max(np.abs(body.matrix_per_h))))
    return worst


def ledger_error() -> float:
    """What is missing at the end of runs with punctures, pumps, tablets, pauses and fading, as a share."""
    return max(run_scenario(protocol(name)).mass.error_frac for name in LEDGERS)


def nothing_from_nothing() -> float:
    """How far any series strays from what it is without drug, in a patient who is given nothing."""
    solution = exact.solve(_naive("neuraxis", _numbers("neuraxis"), _constant(0.0)))
    series = solution.all_series(np.linspace(0.0, SPAN_H, 50))
    return max(float(np.max(np.abs(values - UNTREATED.get(name, 0.0)))) for name, values in series.items())


def disproportion() -> float:
    """How far twice the dose is from twice the concentration, anywhere in the body."""
    numbers, t = _numbers("neuraxis"), np.linspace(0.5, SPAN_H, 50)
    once, twice = (
        exact.solve(_naive("neuraxis", numbers, _constant(size * RATE_UG_H))).amounts(t)
        for size in (1.0, 2.0)
    )
    return float(np.max(np.abs(twice - 2.0 * once)) / np.max(np.abs(twice)))


# The same by other means


def engines_apart() -> float:
    """The largest difference of any series between two engines, as a share of the largest value."""
    solutions = ([ENGINES[engine](typical(name).problem) for engine in PAIR] for name in COMPARED)
    return max(_apart(*pair) for pair in solutions)


def panels_apart() -> float:
    """The same between the exact engine and itself with an edge every half hour."""
    problem = typical("interrupted_350").problem
    return _apart(exact.solve(problem), exact.solve(replace(problem, therapy=_cut(problem.therapy))))


def finer_axis() -> tuple[float, float, float]:
    """What 24 and 48 segments change: clearance and lumbar over cisternal (shares), leg effect (of 1)."""
    seen = np.array([_on_axis(n) for n in (12.0, 24.0, 48.0)])
    clearance, ratio, effect = seen.T
    return (
        float(np.max(np.abs(clearance[1:] / clearance[0] - 1.0))),
        float(np.max(np.abs(ratio[1:] / ratio[0] - 1.0))),
        float(np.max(np.abs(effect[1:] - effect[0]))),
    )


def _on_axis(segments: float) -> tuple[float, float, float]:
    run = typical("lumbar_50")
    patient = run.patient.override("n_segments", segments, "assumption")
    problem = problem_of(run.scenario, patient, run.therapy)
    state = problem.body.steady_state("catheter", RATE_UG_H)
    lumbar, cistern = (float(problem.body.readouts[site] @ state) for site in ("csf_lumbar", "csf_cisternal"))
    effect = float(exact.solve(problem).series("effect_leg", np.array([4.0]))[0])
    return RATE_UG_H / lumbar, lumbar / cistern, effect


def _apart(one: Solution, other: Solution) -> float:
    t = np.linspace(one.edges_h[0], one.edges_h[-1], 400)
    a, b = one.all_series(t), other.all_series(t)
    return max(float(np.max(np.abs(a[name] - b[name])) / max(np.max(np.abs(a[name])), 1e-300)) for name in a)


def _cut(therapy: Therapy) -> Therapy:
    """The same constant rates, cut every half hour: edges at which nothing happens."""
    edges = therapy.catheter.edges_h
    times = np.unique(np.concatenate([edges, np.arange(edges[0], edges[-1], 0.5)]))
    rows = np.zeros((len(times), therapy.catheter.rows.shape[1]))
    rows[:, 0], rows[:-1, 1] = times, therapy.catheter.rate(times[:-1])
    return replace(therapy, catheter=Pieces(rows))


def _numbers(body: str, **changed: float) -> ParameterSet:
    numbers = read(f"bodies/{body}", "response")
    for name, value in changed.items():
        numbers = numbers.override(name, value, "assumption")
    return numbers


def _body(name: str, numbers: ParameterSet) -> LinearBody:
    return catalogue().bodies[name].build(numbers, TIP, ())


def _constant(rate_ug_h: float) -> Array:
    return np.array([[0.0, rate_ug_h, 0.0, 0.0, 0.0, 0.0, 0.0], [SPAN_H, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])


def _naive(body: str, numbers: ParameterSet, rows: Array, doses: tuple[Dose, ...] = ()) -> Problem:
    therapy = Therapy(Pieces(rows), doses)
    return make_problem(_body(body, numbers), make_response(numbers), therapy, 0.0, 0.0)
