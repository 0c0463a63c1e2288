"""Executors: whoever does the work gives the same, little is under way at a time, nothing is left behind."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itsim.study import executors
from itsim.study.chunk import ground_of
from itsim.study.executors import dask, one_by_one, one_thread, processes, spread
from itsim.study.model import Block, Study
from study.small import made

pytestmark = pytest.mark.xdist_group("processes")


def study() -> Study:
    return made(vary={"patient.csf_loss": [f"{0.02 * i:g} 1/h" for i in range(5, 35)]})


def jobs(planned: Study) -> list[tuple[int, Block]]:
    return [(chunk, planned.block(chunk)) for chunk in range(planned.n_chunks)]


def values(done: Any) -> dict[int, list[Any]]:
    return {chunk: outcome.values.tolist() for chunk, _, outcome in done}


class Counting(Executor):
    """Does the work when it is handed over, and counts what is under way."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.open: set[Future[Any]] = set()

    def submit(self, fn: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*arguments, **options))
        self.sizes.append(len(arguments[1].row))
        return future


def test_any_executor_gives_what_this_process_gives() -> None:
    planned = study()
    alone = values(one_by_one(ground_of(planned), jobs(planned)))
    assert len(alone) == planned.n_chunks > 1
    assert values(spread(ground_of(planned), jobs(planned), Counting())) == alone
    with one_thread(), ThreadPoolExecutor(2) as threads:
        assert values(spread(ground_of(planned), jobs(planned), threads)) == alone
    with processes(2) as pool:
        assert values(spread(ground_of(planned), jobs(planned), pool)) == alone


def test_only_so_many_chunks_are_made_ahead() -> None:
    made_so_far: list[int] = []

    def one_after_the_other() -> Any:
        for job in jobs(study()):
            made_so_far.append(job[0])
            yield job

    done = spread(ground_of(study()), one_after_the_other(), Counting(), ahead=2)
    next(done)
    assert made_so_far == [0, 1]
    done.close()  # type: ignore[attr-defined]


def test_an_error_of_the_executor_is_raised() -> None:
    class Broken(Counting):
        def submit(self, fn: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(RuntimeError("lost"))
            return future

    with pytest.raises(RuntimeError, match="lost"):
        list(spread(ground_of(study()), jobs(study()), Broken()))


def test_an_interruption_ends_the_processes() -> None:
    before = set(active_children())

    def work() -> None:
        with processes(2) as pool:
            pool.submit(time.sleep, 60)
            pool.submit(time.sleep, 60)
            while len(set(active_children()) - before) < 2:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    for child in set(active_children()) - before:
        child.join(20)
    assert set(active_children()) <= before


def test_matrices_are_held_to_one_thread_and_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from threadpoolctl import threadpool_info

    monkeypatch.setattr(executors, "_in_hand", [])
    counts = [found["num_threads"] for found in threadpool_info()]
    with one_thread():
        assert all(found["num_threads"] == 1 for found in threadpool_info())
        assert executors._in_hand
    assert [found["num_threads"] for found in threadpool_info()] == counts
    assert not executors._in_hand


def test_dask_gives_the_same_though_a_worker_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("PYTHONPATH", str(Path(executors.__file__).parents[2]))
    planned = made(vary={"patient.csf_loss": [f"{0.005 * i:g} 1/h" for i in range(20, 140)]})
    found: dict[int, list[Any]] = {}
    with (
        distributed.LocalCluster(3, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        victim = min(client.run(os.getpid).values())
        with dask(cluster.scheduler_address) as executor:
            for chunk, _, outcome in spread(ground_of(planned), jobs(planned), executor):
                if not found:  # the others are under way, some of them there
                    os.kill(victim, signal.SIGKILL)
                found[chunk] = outcome.values.tolist()
        assert victim not in client.run(os.getpid).values()
    assert found == values(one_by_one(ground_of(planned), jobs(planned)))


def test_no_scheduler_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "CONNECT_S", 1)
    with pytest.raises((OSError, TimeoutError)), dask("tcp://127.0.0.1:9"):
        pass


def test_a_worker_of_somebody_else_holds_its_matrices_to_one_thread_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(executors, "threadpool_limits", asked.append)
    monkeypatch.setattr(executors, "_in_hand", [])
    planned = made()
    for _ in range(2):
        found = executors.evaluate_alone(ground_of(planned), planned.block(0))
    assert asked == [1]
    assert np.isfinite(found.values[0]).all()
