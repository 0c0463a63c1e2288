"""Many patients: the same whoever solves them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from itsim import api, run
from itsim.study import workers
from itsim.study.draws import draw
from itsim.study.workers import Ground, solve_all

SEED = 7
TIMES_H = np.array([0.0, 100.0, 510.0, 530.0, 700.0])


@cache
def ground() -> Ground:
    record = run.simulate(api.load("abrupt_stop"))
    return Ground(record.scenario, record.delivery)


def test_processes_give_what_one_gives_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit, curves and read-outs too; and the progress is told in order."""
    monkeypatch.setattr(workers, "PROCESSES_PAY_S", 0.0)
    patients = draw(ground().scenario.patient, 5, SEED)
    alone = solve_all(ground(), patients)
    seen: list[tuple[int, int]] = []
    for n in (2, 3):
        spread = solve_all(ground(), patients, lambda *told: seen.append(told), n)
        assert [s.metrics for s in spread] == [s.metrics for s in alone]
        for one, other in zip(alone, spread, strict=True):
            assert other.solution.names == one.solution.names
            for name in ("csf_lumbar", "effect_leg", "sedation", "withdrawal_index"):
                np.testing.assert_array_equal(
                    one.solution.series(name, TIMES_H), other.solution.series(name, TIMES_H)
                )
    assert seen == [(i, 5) for i in range(1, 6)] * 2


def test_little_work_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise AssertionError("a process was begun")

    monkeypatch.setattr(workers, "ProcessPoolExecutor", fails)
    assert len(solve_all(ground(), draw(ground().scenario.patient, 2, SEED), workers=2)) == 2
    assert solve_all(ground(), ()) == ()


def test_what_travels_is_enough_to_solve() -> None:
    (patient,) = draw(ground().scenario.patient, 1, SEED)
    sent = ground().to_send()
    assert sent.scenario.timeline == ()
    assert sent.solved(patient).metrics == ground().solved(patient).metrics


def test_no_worker_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        solve_all(ground(), (), workers=0)


def test_there_is_a_processor() -> None:
    assert workers.cores() >= 1
