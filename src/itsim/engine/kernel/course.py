"""A whole course: the body from stop to stop, the chain marched in between.

At one instant CSF is let off first, then drug is given, then another body comes into force.
"""

from __future__ import annotations

import math

from itsim.arrays import Array
from itsim.device.pieces import C0, START, WIDTH, evaluate, piece_at, shift
from itsim.engine.kernel.decay import forget_tables
from itsim.engine.kernel.march import march_segment
from itsim.engine.kernel.places import (
    DONE,
    FIRST_STAGE,
    N_CHANGES,
    N_DOSES,
    N_DRAINAGES,
    N_POINTS,
    N_READ,
    NO_ROOM,
    SHARP_LEVEL,
    Acts,
    Bodies,
    Desk,
    Store,
)
from itsim.engine.kernel.slots import at_point
from itsim.engine.panels import POINTS
from itsim.pd.chain import N_STAGES, POTENCY_FACTOR, SPASTICITY_FACTOR, Law, brain_taken, cord_taken
from itsim.pd.tolerance import after_constant_dosing
from itsim.pk.drainage import drained_shares

JOINT = 1e-8
"""Numerical: as in the exact engine."""


def begin_steady(
    bodies: Bodies, body: int, rate_ug_h: float, lasting_h: float, stage_rates: Array, law: Law, desk: Desk
) -> None:
    """A patient who has lived on a rate for so long: the body at its steady state, tolerance as it has grown.
    Zero hours is one who has never had the drug."""
    given = rate_ug_h if lasting_h > 0.0 else 0.0
    for m in range(desk.modes.shape[0]):
        desk.modes[m] = -given * bodies.inlets[body, 0, m] / bodies.rates_per_h[body, m]
    for r in range(FIRST_STAGE):
        desk.values[r, 0] = 0.0
    for r in range(bodies.residues.shape[1] - 1):
        for m in range(desk.modes.shape[0]):
            desk.values[r, 0] += bodies.residues[body, r, m] * desk.modes[m]
    point = at_point(desk.values, 0)
    for k in range(N_STAGES - 1):
        taken = cord_taken(point, law) if k < 2 else brain_taken(point, law)
        desk.now[k] = after_constant_dosing(taken, lasting_h, 1.0 / stage_rates[k, 0])
    desk.now[N_STAGES - 1] = 0.0


def run_course(
    catheter: Array,
    n_pieces: int,
    acts: Acts,
    edges: Array,
    n_edges: int,
    bodies: Bodies,
    body: int,
    patient: int,
    clocks: Array,
    stage_rates: Array,
    law: Law,
    desk: Desk,
    store: Store,
) -> int:
    """March from the first edge of *catheter* to its last, into *store*; modes and stages stand on the desk.

    *edges* are further instants at which panels are to end, in order. Returns DONE or NO_ROOM.
    """
    t, end, largest = catheter[0, START], catheter[n_pieces, START], _largest(catheter, n_pieces)
    i, level, dose, drain, change, edge = 0, SHARP_LEVEL, 0, 0, 0, 0
    _begin(bodies, body, patient, largest, desk, store)
    while t < end:
        sharp = store.counts[0] == 0 or _is_sharp(catheter, n_pieces, i, t, largest)
        while i + 1 < n_pieces and catheter[i + 1, START] <= t:
            i += 1
        last = _let_off_now(drain, t, acts, bodies, body, desk)
        drain, sharp = last, sharp or last > drain
        while dose < acts.counts[N_DOSES] and acts.doses[dose, 0] <= t:
            _give(acts.doses[dose, 1], int(acts.doses[dose, 2]), bodies, body, desk)
            dose, sharp = dose + 1, True
        while change < acts.counts[N_CHANGES] and acts.changes[change, 0] <= t:
            body = _change_body(body, int(acts.changes[change, 1]), patient, bodies, desk)
            change, sharp = change + 1, True
        while edge < n_edges and edges[edge] <= t:
            edge += 1
        stop = min(next_act(acts, dose, drain, change), min(catheter[i + 1, START], end))
        stop = min(stop, edges[edge] if edge < n_edges else math.inf)
        shift(catheter[i], t - catheter[i, START], desk.rows[0])
        level = march_segment(
            t,
            stop,
            SHARP_LEVEL if sharp else level,
            bodies.rates_per_h[body],
            bodies.residues[body],
            bodies.inlets[body, 0],
            clocks,
            stage_rates,
            law,
            end - catheter[0, START],
            largest,
            desk,
            store,
        )
        if level < 0:
            return NO_ROOM
        t = stop
    return DONE


def next_act(acts: Acts, dose: int, drain: int, change: int) -> float:
    """When something happens next to the body, those before *dose*, *drain* and *change* being done."""
    next_h = acts.doses[dose, 0] if dose < acts.counts[N_DOSES] else math.inf
    next_h = min(next_h, acts.drainages[drain, 0] if drain < acts.counts[N_DRAINAGES] else math.inf)
    return min(next_h, acts.changes[change, 0] if change < acts.counts[N_CHANGES] else math.inf)


def _begin(bodies: Bodies, body: int, patient: int, largest: float, desk: Desk, store: Store) -> None:
    """Empty the store, and know how large the read-outs can be under the largest rate."""
    store.counts[0] = 0
    forget_tables(body, patient, desk)
    desk.values[SPASTICITY_FACTOR, :] = 1.0
    desk.values[POTENCY_FACTOR, :] = 1.0
    for r in range(N_READ):
        desk.largest[r] = 0.0
        for m in range(desk.modes.shape[0]):
            steady = largest * bodies.inlets[body, 0, m] / bodies.rates_per_h[body, m]
            desk.largest[r] -= bodies.residues[body, r, m] * steady
        desk.largest[r] = abs(desk.largest[r])


def _largest(catheter: Array, n: int) -> float:
    largest = 0.0
    for i in range(n):
        end = evaluate(catheter[i], catheter[i + 1, START] - catheter[i, START])
        largest = max(largest, max(abs(evaluate(catheter[i], 0.0)), abs(end)))
    return largest


def _is_sharp(catheter: Array, n: int, i: int, t: float, largest: float) -> bool:
    """Whether the input jumps or bends here; joints of a fitted curve do neither. *i* is the piece before."""
    j = i
    while j + 1 < n and catheter[j + 1, START] <= t:
        j += 1
    if j == i:
        return False
    before, after = t - catheter[i, START], t - catheter[j, START]
    level = evaluate(catheter[j], after) - evaluate(catheter[i], before)
    slope = slope_of(catheter[j], after) - slope_of(catheter[i], before)
    return abs(level) > JOINT * largest or abs(slope) > JOINT * largest


def slope_of(row: Array, s_h: float) -> float:
    """The derivative of a piece *s_h* hours after its start, per hour."""
    slope = row[C0 + 1] + s_h * (2.0 * row[C0 + 2] + s_h * 3.0 * row[C0 + 3])
    if row[C0 + 4] != 0.0:
        slope -= row[WIDTH - 1] * row[C0 + 4] * math.exp(-row[WIDTH - 1] * s_h)
    return slope


def _give(amount_ug: float, inlet: int, bodies: Bodies, body: int, desk: Desk) -> None:
    for m in range(desk.modes.shape[0]):
        desk.modes[m] += amount_ug * bodies.inlets[body, inlet, m]


def _to_states(bodies: Bodies, body: int, desk: Desk) -> None:
    for i in range(desk.states.shape[1]):
        total = 0.0
        for m in range(desk.modes.shape[0]):
            total += bodies.vectors[body, i, m] * desk.modes[m]
        desk.states[0, i] = total


def _to_modes(bodies: Bodies, body: int, desk: Desk) -> None:
    for m in range(desk.modes.shape[0]):
        total = 0.0
        for i in range(desk.states.shape[1]):
            total += bodies.inverse[body, m, i] * desk.states[0, i]
        desk.modes[m] = total


def _let_off_now(drain: int, t: float, acts: Acts, bodies: Bodies, body: int, desk: Desk) -> int:
    """Let off at once all that is due; returns which drainage is next."""
    volume_mL, next_one = 0.0, drain
    while next_one < acts.counts[N_DRAINAGES] and acts.drainages[next_one, 0] <= t:
        volume_mL += acts.drainages[next_one, 1]
        next_one += 1
    if next_one > drain:
        _let_off(volume_mL, bodies, body, desk)
    return next_one


def _let_off(volume_mL: float, bodies: Bodies, body: int, desk: Desk) -> None:
    drained_shares(volume_mL, bodies.regions_mL[body], desk.states[1])
    _to_states(bodies, body, desk)
    for i in range(desk.states.shape[1]):
        desk.states[0, i] *= 1.0 - desk.states[1, i]
    _to_modes(bodies, body, desk)


def _change_body(body: int, other: int, patient: int, bodies: Bodies, desk: Desk) -> int:
    _to_states(bodies, body, desk)
    _to_modes(bodies, other, desk)
    forget_tables(other, patient, desk)
    return other


def set_condition(slot: int, factor: Array, n: int, store: Store) -> None:
    """Write a condition into every panel; its edges are edges of panels."""
    for p in range(store.counts[0]):
        start, width = store.starts_h[p], store.widths_h[p]
        row = factor[piece_at(factor, n, start)]
        for j in range(N_POINTS):
            store.values[p, slot, j] = evaluate(row, start + width * POINTS[j] - row[START])
