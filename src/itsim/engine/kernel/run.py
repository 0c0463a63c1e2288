"""One course from a given state: what ``solve`` asks of the compiled engine."""

from __future__ import annotations

from itsim.arrays import Array
from itsim.engine.kernel.course import run_course
from itsim.engine.kernel.places import Acts, Bodies, Desk, Store
from itsim.pd.chain import N_STAGES, law_of


def solve_one(
    catheter: Array,
    acts: Acts,
    bodies: Bodies,
    law: Array,
    stage_rates: Array,
    clocks: Array,
    start_states: Array,
    start_stages: Array,
    desk: Desk,
    store: Store,
) -> int:
    """March a problem into *store*. *start_states*: of the first body, sinks left out. DONE or NO_ROOM."""
    for m in range(desk.modes.shape[0]):
        desk.modes[m] = 0.0
        for i in range(start_states.shape[0]):
            desk.modes[m] += bodies.inverse[0, m, i] * start_states[i]
    for k in range(N_STAGES):
        desk.now[k] = start_stages[k]
    return run_course(
        catheter,
        catheter.shape[0] - 1,
        acts,
        clocks,
        0,
        bodies,
        0,
        0,
        clocks,
        stage_rates,
        law_of(law),
        desk,
        store,
    )
