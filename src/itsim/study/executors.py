"""Who evaluates the chunks: this process, fresh ones beside it, or any executor that is handed over.

An executor is anything with the interface of ``concurrent.futures.Executor``. Only a few chunks are under way
at a time, so that memory does not grow with the study, and they come back in whatever order they are done.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Any

from threadpoolctl import threadpool_limits

from itsim.study.chunk import Ground, Outcome
from itsim.study.many import evaluate
from itsim.study.model import Block
from itsim.study.software import require

AHEAD = 128
"""Chunks under way on an executor of unknown size; each is some hundred kilobytes."""
AHEAD_PER_WORKER = 2

CONNECT_S = 20
"""How long a scheduler may take to answer."""

Job = tuple[int, Block]
Done = tuple[int, Block, Outcome]


def one_by_one(ground: Ground, jobs: Iterable[Job]) -> Iterator[Done]:
    """Every chunk in order, in this process."""
    for chunk, block in jobs:
        yield chunk, block, evaluate(ground, block)


def spread(
    ground: Ground, jobs: Iterable[Job], executor: Executor, ahead: int = AHEAD, cancel: bool = True
) -> Iterator[Done]:
    """Every chunk as it is done, at most *ahead* of them under way. Raises what the executor raises.

    Broken off, it takes back what has not begun, unless the executor's owner sees to that (*cancel* False).
    """
    sent, left = ground.to_send(), iter(jobs)
    under_way: dict[Future[Outcome], Job] = {}
    try:
        while True:
            for chunk, block in islice(left, ahead - len(under_way)):
                under_way[executor.submit(evaluate_alone, sent, block)] = (chunk, block)
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                chunk, block = under_way.pop(future)
                yield chunk, block, future.result()
    finally:
        for future in under_way if cancel else ():
            future.cancel()


def evaluate_alone(ground: Ground, block: Block) -> Outcome:
    """One chunk in a process of somebody else's, with one thread for its small matrices.

    Raises OtherSoftware where that process would compute other digits.
    """
    require(ground.software)
    if not _in_hand:
        threadpool_limits(1)
        _in_hand.append(True)
    return evaluate(ground, block)


_in_hand: list[bool] = []
"""Whether the threads of this process's matrices are held to one already: to set them back in the midst of
another chunk's work could change its last digits."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Holds the small matrices of this process to one thread, whoever works in it."""
    with threadpool_limits(1):
        _in_hand.append(True)
        try:
            yield
        finally:
            _in_hand.pop()


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Fresh processes, the same on every system; they end with this one however it ends.

    After an error they are ended at once. Nobody may cancel their chunks then: the pool would stumble over a
    future that is cancelled when it finds its processes gone.
    """
    before = set(active_children())
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(active_children()) - before:
            child.terminate()
        raise
    else:
        pool.shutdown()


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that began this one ends it
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


@contextmanager
def dask(scheduler: str) -> Iterator[Executor]:
    """The workers of a Dask cluster; the chunk of one that dies is run again by another.

    Raises RuntimeError where Dask is not installed, and OSError where nothing answers at the address.
    """
    try:
        from dask import distributed
    except ImportError:
        raise RuntimeError("Dask is not installed: install the extra `cluster`, itsim[cluster]") from None
    client_of: Any = distributed.Client
    with client_of(scheduler, timeout=CONNECT_S, set_as_default=False) as client:
        executor: Any = client.get_executor(pure=False)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)
