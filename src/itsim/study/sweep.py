"""Runs a study, or what is missing of it: design → chunks → an executor → parts."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from multiprocessing import parent_process
from pathlib import Path
from time import perf_counter

import numpy as np

from itsim.study.chunk import Ground, ground_of
from itsim.study.executors import AHEAD_PER_WORKER, Done, one_by_one, one_thread, processes, spread
from itsim.study.many import evaluate
from itsim.study.model import Study
from itsim.study.store import Store, opened
from itsim.study.workers import PROCESSES_PAY_S, Progress, cores


def run(
    study: Study,
    folder: Path,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Store:
    """The store of a study in *folder*, with every row in it. What is there already is not run again.

    *workers* processes share the work, as many as there are processors by default, where it is worth it; a
    script that asks for them must guard its main part. An *executor* of one's own takes their place.
    *progress* is told of (rows done, rows) at the begin and after each chunk.

    Raises Refused for a folder that holds something else, Unwritten where a part cannot be written, and
    ValueError for less than one worker.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers: give at least 1")
    if parent_process() is not None and executor is None and workers != 1:
        raise RuntimeError(
            "a sweep begins in a process that another one began: put the script's work below "
            "`if __name__ == '__main__':`, or give workers=1"
        )
    with opened(folder, study) as store:
        missing = store.missing()
        done = study.n_rows - sum(len(study.block(chunk).row) for chunk in missing)
        store.note("begun", workers=workers, executor=type(executor).__name__, rows_done=done)
        try:
            _tell(progress, done, study)
            with one_thread(), closing(_outcomes(study, missing, workers, executor)) as outcomes:
                for chunk, block, outcome in outcomes:
                    store.write(chunk, block, outcome)
                    done += len(block.row)
                    _tell(progress, done, study)
        finally:
            store.note("complete" if done == study.n_rows else "stopped", rows_done=done)
    return store


def _tell(progress: Progress | None, done: int, study: Study) -> None:
    if progress is not None:
        progress(done, study.n_rows)


def _outcomes(
    study: Study, missing: Sequence[int], workers: int | None, executor: Executor | None
) -> Generator[Done, None, None]:
    ground = ground_of(study)
    jobs = ((chunk, study.block(chunk)) for chunk in missing)
    if executor is not None:
        yield from spread(ground, jobs, executor)
        return
    wanted = cores() if workers is None else workers
    if wanted == 1 or not missing or _seconds(study, ground, missing) < PROCESSES_PAY_S:
        yield from one_by_one(ground, jobs)
        return
    with processes(wanted) as pool:
        yield from spread(ground, jobs, pool, AHEAD_PER_WORKER * wanted, cancel=False)


def _seconds(study: Study, ground: Ground, missing: Sequence[int]) -> float:
    """What the missing rows may take in this process, by one of them."""
    block = study.rows(np.array([missing[0] * study.chunk_rows]))
    evaluate(ground, block)  # the first run of a process loads and compiles
    began = perf_counter()
    evaluate(ground, block)
    return (perf_counter() - began) * len(missing) * study.chunk_rows
