"""``itsim sweep``: what is printed and written, and how it ends."""

from __future__ import annotations

import json
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from itsim import cli, sweep_command
from itsim.study.software import OtherSoftware
from itsim.study.store import Unwritten
from study.small import contents, written

WRONG = "itsim: 1\nscenario: stop.yaml\nvary: {timeline.stal.at: [1 day], until: [8]}\n"
FAILING = (
    "itsim: 1\nscenario: stop.yaml\nvary: {timeline.stall.at: [2 day, 20 day]}\nmetrics: [withdrawal_peak]\n"
)


def call(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, ["sweep", *map(str, arguments)])


def test_a_study_ends_with_its_folder_and_says_what_it_is_not(tmp_path: Path) -> None:
    done = call(written(tmp_path / "files"), "--out", tmp_path / "out", "--workers", 1)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(tmp_path / "out")
    assert "not a medical device" in done.stdout
    assert "small: 20 of 20" in done.stderr
    assert "manifest.json" in contents(tmp_path / "out")


def test_json_is_alone_on_standard_output_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "files")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    done = call(path, "--json", "--workers", 1)
    found = json.loads(done.stdout)
    assert (done.exit_code, found["rows"], found["failed"]) == (0, 20, 0)
    assert "disclaimer" in found
    assert list((tmp_path / "here").iterdir()) == []


def test_without_a_folder_it_is_named_after_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "files")
    monkeypatch.chdir(tmp_path)
    assert call(path, "--workers", 1).stdout.splitlines()[-1] == str(Path("itsim-out") / "small")


def test_failed_rows_are_told_and_end_with_1(tmp_path: Path) -> None:
    path = written(tmp_path / "files", study=FAILING)
    done = call(path, "--out", tmp_path / "out", "--workers", 1)
    assert done.exit_code == 1
    assert "1 of 2 runs could not be made" in done.stdout
    assert (tmp_path / "out" / "failures" / "row-000001.yaml").is_file()
    assert json.loads(call(path, "--json", "--workers", 1).stdout)["failures"][0]["row"] == 1


def test_a_wrong_study_ends_with_2_and_writes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "files", study=WRONG)
    done = call(path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 2
    assert f"{path}:3:8: vary.timeline.stal.at" in done.stderr
    assert not (tmp_path / "out").exists()
    errors = json.loads(call(path, "--json").stdout)["errors"]
    assert {(e["line"], e["column"]) for e in errors} == {(3, 8), (3, 43)}
    assert all(e["hint"] for e in errors)


def test_a_folder_of_another_study_ends_with_2(tmp_path: Path) -> None:
    one, other = written(tmp_path / "files"), written(tmp_path / "other", study=FAILING)
    call(one, "--out", tmp_path / "out", "--workers", 1)
    before = contents(tmp_path / "out")
    done = call(other, "--out", tmp_path / "out", "--workers", 1)
    assert done.exit_code == 2
    assert "holds another study" in done.stderr
    assert contents(tmp_path / "out") == before


def test_workers_and_a_cluster_do_not_go_together(tmp_path: Path) -> None:
    done = call(written(tmp_path / "files"), "--workers", 2, "--scheduler", "tcp://127.0.0.1:9")
    assert done.exit_code == 2
    assert "--scheduler" in done.stderr


def test_a_scheduler_that_does_not_answer_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("itsim.study.executors.CONNECT_S", 1)
    done = call(written(tmp_path / "files"), "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    assert done.exit_code == 2
    assert "--scheduler tcp://127.0.0.1:9" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_gives_up_is_said_so_and_an_error_of_ours_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*arguments: object) -> None:
        raise OtherSoftware("a worker has other versions (numpy 1 for 2)")

    monkeypatch.setattr(sweep_command, "run_sweep", stops)
    monkeypatch.setattr(sweep_command, "dask", lambda address: nullcontext())
    path = written(tmp_path / "files")
    done = call(path, "--out", tmp_path / "out", "--scheduler", "tcp://here")
    assert done.exit_code == 1
    assert "other versions" in done.stderr
    assert "the same command goes on" in done.stderr
    assert isinstance(call(path, "--out", tmp_path / "out").exception, OtherSoftware)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unwritten("part-000003.parquet could not be written: No space left on device"), "No space left"),
        (KeyboardInterrupt(), "Stopped."),
        (BrokenProcessPool("gone"), "worker process was ended from outside"),
    ],
)
def test_what_stops_a_study_says_how_to_go_on(
    error: BaseException, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(sweep_command, "run_sweep", stops)
    path = written(tmp_path / "files")
    done = call(path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert said in done.stderr
    assert f"is kept in {tmp_path / 'out'}; the same command goes on from there" in done.stderr
    told = json.loads(call(path, "--json").stdout)
    assert said in told["errors"][0]["message"]
    assert "disclaimer" in told


def test_a_picture_stands_beside_the_folder_or_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "files")
    done = call(path, "--out", tmp_path / "out", "--workers", 1)
    assert done.stdout.splitlines()[-2:] == [str(tmp_path / "out.png"), str(tmp_path / "out")]
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert not any(name.endswith(".png") for name in contents(tmp_path / "out"))
    call(path, "--out", tmp_path / "out", "--picture", tmp_path / "pictures" / "one.svg")
    drawn = (tmp_path / "pictures" / "one.svg").read_text(encoding="utf-8")
    assert "not a medical device" in drawn or "<svg" in drawn
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "files",
        "out",
        "out.log",
        "out.png",
        "pictures",
    ]


def test_a_picture_that_cannot_be_written_is_said_and_the_rows_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "files")
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = call(path, "--out", tmp_path / "out", "--picture", tmp_path / "taken" / "one.png")
    assert done.exit_code == 1
    assert "one.png could not be written" in done.stderr
    assert "The rows are kept" in done.stderr
    assert "part-000000.parquet" in contents(tmp_path / "out")
