"""Every check in every virtual patient, over processes; protocols that share a simulation share it.

The k-th patient depends on the seed alone, so that no result depends on workers or order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context

import numpy as np
from threadpoolctl import threadpool_limits

from itsim.arrays import Array, frozen
from itsim.device.delivery import Therapy, deliver
from itsim.parameters import ParameterSet
from itsim.qualify.facts import Check, protocol
from itsim.qualify.observables import values_of
from itsim.qualify.treated import Treated
from itsim.study.draws import draw
from itsim.study.suited import suiting
from itsim.study.workers import Progress

DEFAULT_SIZE, DEFAULT_SEED = 1000, 1
CHUNK = 10
FEWEST_FOR_PROCESSES = 60
"""Below this many patients a process takes longer to start than to help."""
MOST_PROCESSES = 60
"""Windows can wait for no more."""


def simulate(
    checks: tuple[Check, ...],
    size: int = DEFAULT_SIZE,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
    progress: Progress | None = None,
) -> Array:
    """Every check in every patient, ``[patients, checks]``; *progress* is called with (done, size).

    More than one worker are processes of their own: a script that asks for them must be importable.
    Raises ValueError for a size below 1 and a seed that is none.
    """
    if size < 1:
        raise ValueError(f"a population of {size} patients: give at least 1")
    spans = [(first, min(first + CHUNK, size)) for first in range(0, size, CHUNK)]
    found = np.full((size, len(checks)), np.nan)
    if workers <= 1 or size < FEWEST_FOR_PROCESSES:
        parts = (((first, stop), _span(checks, first, stop, size, seed)) for first, stop in spans)
        return _gathered(found, parts, progress)
    pool = ProcessPoolExecutor(min(workers, MOST_PROCESSES), mp_context=get_context("spawn"))
    try:
        waiting = {pool.submit(_span, checks, *span, size, seed): span for span in spans}
        parts = ((waiting[done], done.result()) for done in as_completed(waiting))
        return _gathered(found, parts, progress)
    finally:
        pool.shutdown(cancel_futures=True)


def _gathered(
    found: Array, parts: Iterator[tuple[tuple[int, int], Array]], progress: Progress | None
) -> Array:
    done = 0
    for (first, stop), values in parts:
        found[first:stop] = values
        done += stop - first
        if progress is not None:
            progress(done, len(found))
    return frozen(found)


def _span(checks: tuple[Check, ...], first: int, stop: int, size: int, seed: int) -> Array:
    """Every check in the patients from *first* to below *stop*."""
    with threadpool_limits(1):  # the matrices are small: more threads would only wait for each other
        return np.array([_values(checks, k, size, seed) for k in range(first, stop)])


def _values(checks: tuple[Check, ...], k: int, size: int, seed: int) -> Array:
    """Every check in the k-th patient, in order."""
    found = np.full(len(checks), np.nan)
    for suited in (True, False):
        places = [i for i, check in enumerate(checks) if check.suited == suited]
        asked = tuple(checks[i] for i in places)
        names = tuple(dict.fromkeys(name for check in asked for name in check.protocols))
        found[places] = values_of(asked, _treated(names, k, size, seed, suited))
    return found


def _treated(names: tuple[str, ...], k: int, size: int, seed: int, suited: bool) -> dict[str, Treated]:
    """The k-th patient under each protocol; where asked, who has lived on a dose is one whom it suits."""
    patients: dict[int, ParameterSet] = {}
    for name in names:
        if _ground(name) not in patients:
            drawn = _patients(protocol(name).patient, size, seed)[k]
            patients[_ground(name)] = _suit(name)(drawn) if suited else drawn
    return {name: Treated(protocol(name), patients[_ground(name)], _therapy(name)) for name in names}


def typical(name: str) -> Treated:
    """The typical patient under a protocol."""
    return Treated(protocol(name), protocol(name).patient, _therapy(name))


@lru_cache(maxsize=128)
def _therapy(name: str) -> Therapy:
    return deliver(protocol(name)).therapy


@lru_cache(maxsize=128)
def _suit(name: str) -> Callable[[ParameterSet], ParameterSet]:
    return suiting(protocol(name), _therapy(name))


@lru_cache(maxsize=128)
def _ground(name: str) -> int:
    """One number for all protocols that make the same of a patient."""
    scenario = protocol(name)
    return hash((scenario.patient, scenario.body, scenario.tip, scenario.history is None))


@lru_cache(maxsize=4)
def _patients(around: ParameterSet, size: int, seed: int) -> tuple[ParameterSet, ...]:
    return draw(around, size, seed)
