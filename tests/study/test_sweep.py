"""The whole way of a study: the same bytes by one, by two, broken off anywhere and gone on with."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from itsim.catalogue import catalogue
from itsim.study import sweep
from itsim.study.model import Study
from itsim.study.store import Unwritten
from itsim.study.study_file import load_study
from study.small import contents, made, written

pytestmark = pytest.mark.xdist_group("processes")

ROWS = 160
COMMAND = [sys.executable, "-m", "itsim", "sweep"]


def study() -> Study:
    return made(vary={"patient.csf_loss": [f"{0.02 * i:g} 1/h" for i in range(5, 35)]})


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(sweep.__file__).parents[2]), "OMP_NUM_THREADS": "1"}


def test_one_and_two_workers_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "PROCESSES_PAY_S", 0.0)
    for workers in (1, 2):
        sweep.run(study(), tmp_path / str(workers), workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    workers = [json.loads(line)["workers"] for line in (tmp_path / "2.log").read_text().splitlines()[:1]]
    assert workers == [2]


def test_what_is_there_is_not_run_again_and_progress_begins_there(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    sweep.run(study(), tmp_path / "one", 1, progress=lambda *now: told.append(now))
    assert told == [(0, 30), (8, 30), (16, 30), (24, 30), (30, 30)]
    whole = contents(tmp_path / "one")
    (tmp_path / "one" / "part-000001.parquet").unlink()
    torn = tmp_path / "one" / "part-000003.parquet"
    torn.write_bytes(torn.read_bytes()[:-20])
    kept = (tmp_path / "one" / "part-000000.parquet").stat().st_mtime_ns
    told.clear()
    sweep.run(study(), tmp_path / "one", 1, progress=lambda *now: told.append(now))
    assert told == [(16, 30), (24, 30), (30, 30)]
    assert contents(tmp_path / "one") == whole
    assert (tmp_path / "one" / "part-000000.parquet").stat().st_mtime_ns == kept


def test_a_finished_study_needs_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep.run(study(), tmp_path / "one", 1)
    whole, told = contents(tmp_path / "one"), list[tuple[int, int]]()
    monkeypatch.setattr(sweep, "evaluate", None)
    sweep.run(study(), tmp_path / "one", 2, progress=lambda *now: told.append(now))
    assert contents(tmp_path / "one") == whole
    assert told == [(30, 30)]


def test_a_disk_that_is_full_on_the_way_costs_a_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, left = pq.write_table, [2]

    def filling(table: object, file: object, **options: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            file.write(b"PAR1")  # type: ignore[attr-defined]
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, file, **options)

    monkeypatch.setattr(pq, "write_table", filling)
    with pytest.raises(Unwritten, match="No space left"):
        sweep.run(study(), tmp_path / "full", 1)
    assert len(contents(tmp_path / "full")) == 3
    assert json.loads((tmp_path / "full.log").read_text().splitlines()[-1])["event"] == "stopped"
    monkeypatch.setattr(pq, "write_table", write)
    sweep.run(study(), tmp_path / "full", 1)
    sweep.run(study(), tmp_path / "whole", 1)
    assert contents(tmp_path / "full") == contents(tmp_path / "whole")


def test_less_than_one_worker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        sweep.run(study(), tmp_path / "one", 0)


def _unbroken(path: Path, folder: Path) -> dict[str, bytes]:
    sweep.run(load_study(path, catalogue()), folder, 1)
    return contents(folder)


def _break_off_and_go_on(path: Path, folder: Path, after_s: Iterator[float], most: int) -> int:
    """Run a study by the command, killing it at each of the moments; how often it was killed on the way."""
    killed = 0
    command = [*COMMAND, str(path), "--out", str(folder), "--workers", "2"]
    for _ in range(most):
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(next(after_s))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
        if process.returncode == 0:
            break
    assert subprocess.run(command, env=environment(), capture_output=True, check=False).returncode == 0
    return killed


def _moments(seed: int, least_s: float, most_s: float) -> Iterator[float]:
    draw = random.Random(seed)
    while True:
        yield draw.uniform(least_s, most_s)


def test_killed_at_some_moments_and_resumed_it_is_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "files", ROWS)
    unbroken = _unbroken(path, tmp_path / "unbroken")
    killed = _break_off_and_go_on(path, tmp_path / "broken", _moments(1, 1.5, 5.0), 3)
    assert killed >= 1
    assert contents(tmp_path / "broken") == unbroken


@pytest.mark.long
def test_killed_at_twenty_random_moments_and_resumed_it_is_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "files", 12 * ROWS)
    unbroken = _unbroken(path, tmp_path / "unbroken")
    killed, turn = 0, 0
    moments = _moments(2, 0.2, 9.0)
    while killed < 20:
        folder = tmp_path / f"broken{turn}"
        killed += _break_off_and_go_on(path, folder, moments, 20 - killed)
        assert contents(folder) == unbroken
        turn += 1
    print(f"killed {killed} times in {turn} studies")


def test_nobody_is_left_behind_when_the_first_process_is_killed(tmp_path: Path) -> None:
    path = written(tmp_path / "files", 20 * ROWS)
    command = [*COMMAND, str(path), "--out", str(tmp_path / "one"), "--workers", "2"]
    process = subprocess.Popen(
        command, env=environment(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    children = _wait_for_children(process.pid)
    process.kill()
    process.wait()
    until = time.monotonic() + 20.0
    while any(_lives(child) for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert [child for child in children if _lives(child)] == []


def _wait_for_children(parent: int) -> list[int]:
    """The two workers of a process, once they are there."""
    psutil = pytest.importorskip("psutil")
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        found = [c.pid for c in psutil.Process(parent).children(recursive=True)]
        if len(found) >= 3:  # two workers, and multiprocessing's own tracker
            return found
        time.sleep(0.05)
    pytest.fail("no workers were begun")


def _lives(pid: int) -> bool:
    psutil = pytest.importorskip("psutil")
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_an_interruption_says_how_to_go_on(tmp_path: Path) -> None:
    path = written(tmp_path / "files", 20 * ROWS)
    command = [*COMMAND, str(path), "--out", str(tmp_path / "one"), "--workers", "2"]
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    _wait_for_children(process.pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (
        f"Stopped. What was done is kept in {tmp_path / 'one'}; the same command goes on from there." in said
    )
    assert "Traceback" not in said
