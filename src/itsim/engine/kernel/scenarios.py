"""Whole scenarios, one after the other: effects in, facts out, nothing made on the way."""

from __future__ import annotations

from typing import NamedTuple

from itsim.arrays import Array, Codes
from itsim.device.codes import Primitive
from itsim.device.layout import (
    DOSE_AMOUNT,
    GIVEN,
    HORIZON_H,
    POTENCY,
    PRIMITIVE,
    SPASTICITY,
    TIP,
    VOLUME,
    Work,
)
from itsim.device.pieces import C0, START
from itsim.device.stages import deliver
from itsim.engine.kernel.course import begin_steady, run_course, set_condition
from itsim.engine.kernel.facts import course_facts, device_facts
from itsim.engine.kernel.places import (
    DONE,
    N_CHANGES,
    N_DOSES,
    N_DRAINAGES,
    N_FACTS,
    Acts,
    Bodies,
    Desk,
    INTENDED_ug,
    Store,
)
from itsim.pd.chain import POTENCY_FACTOR, SPASTICITY_FACTOR, law_of


class Plans(NamedTuple):
    """Effects of all scenarios, as in ``device/plan.py``, and what the body makes of some of them."""

    codes: Codes
    numbers: Array
    knots: Array
    hardware: Array
    inlets: Codes
    """Of each effect that is a dose: its inlet among ``pack.INLETS``."""
    bits: Codes
    """Of each effect that loses CSF: its bit in the number of a patient's body; else zero."""


class People(NamedTuple):
    """The patients: bodies (``2^losses`` for each, by which losses of CSF act) and laws."""

    bodies: Bodies
    n_bodies_each: int
    laws: Array
    stage_rates_per_h: Array
    clocks_per_h: Array
    history: Array
    """What they have lived on, one row or one for each scenario: rate in µg/h, and hours."""


class Bench(NamedTuple):
    """What one thread works on."""

    work: Work
    desk: Desk
    store: Store
    acts: Acts
    edges: Array


def run_scenarios(
    rows: Codes,
    plans: Plans,
    people: People,
    patient_of: Codes,
    sounds: Codes,
    wanted: Codes,
    limits: Array,
    bench: Bench,
    facts: Array,
    statuses: Codes,
) -> None:
    """Run the scenarios of *rows*; facts and statuses are written in their places. A status that is not DONE
    asks for a larger bench."""
    for k in range(rows.shape[0]):
        i = rows[k]
        statuses[i] = run_scenario(i, plans, people, patient_of[i], sounds, wanted, limits, bench, facts[i])


def run_scenario(
    i: int,
    plans: Plans,
    people: People,
    patient: int,
    sounds: Codes,
    wanted: Codes,
    limits: Array,
    bench: Bench,
    out: Array,
) -> int:
    """Device, body, chain and facts of one scenario."""
    work, desk, store = bench.work, bench.desk, bench.store
    numbers, hardware = plans.numbers[i], plans.hardware[i]
    status = deliver(plans.codes, numbers, plans.knots[i % plans.knots.shape[0]], hardware, work)
    if status != DONE:
        return status
    device_facts(sounds, limits, work, out)
    if not is_marched(wanted):
        return DONE
    first = patient * people.n_bodies_each
    body = first + list_acts(
        plans.codes, numbers, plans.inlets, plans.bits, hardware[HORIZON_H], first, bench
    )
    law, stage_rates = law_of(people.laws[patient]), people.stage_rates_per_h[patient]
    lived = people.history[i % people.history.shape[0]]
    begin_steady(people.bodies, body, lived[0], lived[1], stage_rates, law, desk)
    status = run_course(
        work.tables[TIP],
        work.counts[TIP],
        bench.acts,
        bench.edges,
        list_edges(work, bench.edges),
        people.bodies,
        body,
        patient,
        people.clocks_per_h[patient],
        stage_rates,
        law,
        desk,
        store,
    )
    if status != DONE:
        return status
    if acts_on(work, SPASTICITY):
        set_condition(SPASTICITY_FACTOR, work.tables[SPASTICITY], work.counts[SPASTICITY], store)
    if acts_on(work, POTENCY):
        set_condition(POTENCY_FACTOR, work.tables[POTENCY], work.counts[POTENCY], store)
    course_facts(wanted, limits, law, desk, store, out)
    return DONE


def is_marched(wanted: Codes) -> bool:
    """Whether anything is wanted that the delivery alone does not say."""
    n = 0
    for k in range(INTENDED_ug + 1, N_FACTS):
        n += wanted[k]
    return n > 0


def acts_on(work: Work, table: int) -> bool:
    """Whether a condition is ever anything but 1."""
    return bool(work.counts[table] > 1 or work.tables[table, 0, C0] != 1.0)


def list_edges(work: Work, edges: Array) -> int:
    """Where conditions bend, in order."""
    n = 0
    for table in (SPASTICITY, POTENCY):
        if not acts_on(work, table):
            continue
        for k in range(work.counts[table]):
            t, j = work.tables[table, k, START], n
            while j > 0 and edges[j - 1] > t:
                edges[j] = edges[j - 1]
                j -= 1
            edges[j] = t
            n += 1
    return n


def list_acts(
    codes: Codes, numbers: Array, inlets: Codes, bits: Codes, horizon: float, first: int, bench: Bench
) -> int:
    """Doses, drainages and changes of the body in order of time; returns which losses act at the start."""
    acts, work, start = bench.acts, bench.work, 0
    acts.counts[:] = 0
    for k in range(codes.shape[0]):
        e = work.order[k]
        t, what = work.begins[e], codes[e, PRIMITIVE]
        if t >= horizon:
            continue
        if what == Primitive.DOSE and codes[e, GIVEN] == 1:
            n = acts.counts[N_DOSES]
            acts.doses[n, 0], acts.doses[n, 1] = t, numbers[e, DOSE_AMOUNT]
            acts.doses[n, 2] = inlets[e]
            acts.counts[N_DOSES] = n + 1
        elif what == Primitive.DRAIN_CSF and codes[e, GIVEN] == 1:
            n = acts.counts[N_DRAINAGES]
            acts.drainages[n, 0], acts.drainages[n, 1] = t, numbers[e, VOLUME]
            acts.counts[N_DRAINAGES] = n + 1
        elif what == Primitive.LOSE_CSF:
            if t <= 0.0 < work.ends[e]:
                start += bits[e]
            _note_change(t, horizon, acts)
            _note_change(work.ends[e], horizon, acts)
    for k in range(acts.counts[N_CHANGES]):
        losing = losing_at(acts.changes[k, 0], codes, bits, horizon, work)
        acts.changes[k, 1] = first + losing
    return start


def _note_change(t: float, horizon: float, acts: Acts) -> None:
    if not 0.0 < t < horizon:
        return
    j = acts.counts[N_CHANGES]
    acts.counts[N_CHANGES] = j + 1
    while j > 0 and acts.changes[j - 1, 0] > t:
        acts.changes[j, 0] = acts.changes[j - 1, 0]
        j -= 1
    acts.changes[j, 0] = t


def losing_at(t: float, codes: Codes, bits: Codes, horizon: float, work: Work) -> int:
    """Which losses of CSF act at a time, as a sum of their bits."""
    losing = 0
    for e in range(codes.shape[0]):
        if codes[e, PRIMITIVE] == Primitive.LOSE_CSF and work.begins[e] < horizon:
            if work.begins[e] <= t < work.ends[e]:
                losing += bits[e]
    return losing
