"""The compiled engine: the march of ``kernel/``, compiled, for one problem.

It shares with the exact engine the closed form of the body, for states between its panels, and with every
engine the chain. What it cannot do (modes that are not safe, a response wired otherwise) it says beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from itsim.arrays import frozen
from itsim.device.compiled import CONSTANTS, KERNEL_MODULES, compiled, compiled_device
from itsim.engine import exact, panels
from itsim.engine.kernel import (
    course,
    decay,
    facts,
    input,
    loss,
    march,
    panel,
    places,
    relax,
    run,
    scenarios,
    search,
    slots,
)
from itsim.engine.kernel.places import DONE, FIRST_STAGE, N_POINTS, Acts, Store, desk, store
from itsim.engine.pack import INLETS, pack_bodies, pack_responses
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.pd import chain, effect, occupancy, tolerance, withdrawal
from itsim.pk import drainage
from itsim.pk.body import SINKS

SMALL = (effect, occupancy, tolerance, withdrawal, chain, slots)
MODULES = (
    *SMALL,
    *(
        drainage,
        decay,
        input,
        relax,
        panel,
        march,
        course,
        run,
        search,
        loss,
        facts,
        scenarios,
        search,
        loss,
        facts,
        scenarios,
    ),
)
"""Every module that is compiled on top of the device's."""

FIRST_ROOM = 512


@lru_cache(maxsize=1)
def kernels() -> Mapping[str, Any]:
    """The kernel's functions, compiled on top of the device's. Raises ImportError without numba."""
    return compiled((*KERNEL_MODULES, *MODULES), (*CONSTANTS, places, panels), compiled_device(), SMALL)


def _packed(problem: Problem) -> tuple[Any, Any] | None:
    bodies = pack_bodies([problem.body, *(body for _, body in problem.changes)])
    responses = pack_responses([problem.response])
    known = all(dose.inlet in INLETS for dose in problem.doses)
    return (bodies, responses) if bodies is not None and responses is not None and known else None


def solve(problem: Problem) -> Solution:
    """Solve by the compiled march; by the exact engine what the march cannot do."""
    packed = _packed(problem)
    if packed is None:
        return exact.solve(problem)
    done = _march(problem, *packed)
    segments = exact.spans(problem)
    return exact.solution(problem, "compiled", segments, done)


def _march(problem: Problem, bodies: Any, responses: Any) -> exact.Panels:
    live = np.array([name not in SINKS for name in problem.body.states])
    work = desk(bodies.rates_per_h.shape[1], int(np.count_nonzero(live)))
    room = FIRST_ROOM
    while True:
        kept = store(room)
        status = kernels()["solve_one"](
            np.ascontiguousarray(problem.therapy.catheter.rows),
            _acts(problem),
            bodies,
            responses.laws[0],
            responses.stage_rates_per_h[0],
            responses.clocks_per_h[0],
            np.ascontiguousarray(problem.start_amounts[live]),
            np.ascontiguousarray(problem.start_stages),
            work,
            kept,
        )
        if status == DONE:
            return _as_panels(kept)
        room *= 4


def _acts(problem: Problem) -> Acts:
    """Doses, drainages and changes in order of time; what began before the run is in force at its start."""
    doses = sorted((dose.t_h, dose.amount_ug, float(INLETS.index(dose.inlet))) for dose in problem.doses)
    drainages = sorted((drain.t_h, drain.volume_mL) for drain in problem.drainages)
    changes = [(t_h, float(i + 1)) for i, (t_h, _) in enumerate(problem.changes)]
    return Acts(
        np.array(doses, float).reshape(-1, 3),
        np.array(drainages, float).reshape(-1, 2),
        np.array(changes, float).reshape(-1, 2),
        np.array([len(doses), len(drainages), len(changes)], dtype=np.int64),
    )


def _as_panels(kept: Store) -> exact.Panels:
    n = int(kept.counts[0])
    stages = slice(FIRST_STAGE, FIRST_STAGE + chain.N_STAGES)
    return exact.Panels(
        frozen(kept.starts_h[:n].copy()),
        frozen(kept.widths_h[:n].copy()),
        frozen(kept.values[:n, stages, :N_POINTS].copy()),
        frozen(kept.targets[:n, :, 1 : N_POINTS - 1].copy()),
        frozen(kept.rates_per_h[:n].copy()),
    )
