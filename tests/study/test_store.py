"""The store: whole parts or none, its own study or none, and the same bytes however they came about."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from itsim.catalogue import catalogue
from itsim.study import store as stores
from itsim.study.chunk import ground_of
from itsim.study.many import evaluate
from itsim.study.model import Study
from itsim.study.store import Refused, Store, Unwritten, opened, software
from itsim.study.study_file import load_study
from study.small import contents, made, written


def study() -> Study:
    return made(vary={"patient.csf_loss": [f"0.{i} 1/h" for i in range(1, 10)]})


def filled(folder: Path, chunks: tuple[int, ...] = (0, 1), of: Study | None = None) -> Store:
    planned = of or study()
    with opened(folder, planned) as store:
        for chunk in chunks:
            block = planned.block(chunk)
            store.write(chunk, block, evaluate(ground_of(planned), block))
    return store


def test_parts_hold_the_rows_in_order_and_nothing_of_time_or_place(tmp_path: Path) -> None:
    one, two = filled(tmp_path / "one"), filled(tmp_path / "two", (1, 0))
    assert contents(one.folder) == contents(two.folder)
    assert list(contents(one.folder)) == ["manifest.json", "part-000000.parquet", "part-000001.parquet"]
    assert one.read()["row"].to_pylist() == list(range(9))
    assert one.missing() == ()


def test_a_part_says_what_it_is(tmp_path: Path) -> None:
    stamp = pq.read_schema(filled(tmp_path / "one").part(1)).metadata
    assert stamp[b"itsim_chunk"] == b"1"
    assert b"not a medical device" in stamp[b"disclaimer"]
    assert json.loads(stamp[b"itsim_units"])["withdrawal_onset_h"] == "h"


def test_the_manifest_tells_the_study_and_the_software_only(tmp_path: Path) -> None:
    store = filled(tmp_path / "one", ())
    found = json.loads((store.folder / "manifest.json").read_text())
    assert found["software"] == software()
    assert found["study"]["design"]["kind"] == "grid"
    assert found["study"]["scenarios"][0]["sha256"] == study().scenarios[0].sha256
    assert found["rows"] == 9
    text = json.dumps(found)
    assert str(tmp_path) not in text
    assert 'time"' not in text
    assert "not a medical device" in found["disclaimer"]


@pytest.mark.parametrize("damage", ["torn", "empty", "flipped", "other"])
def test_a_damaged_part_is_missing(damage: str, tmp_path: Path) -> None:
    store = filled(tmp_path / "one")
    part = store.part(0)
    whole = part.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 8] ^= 0x10
    torn = {"torn": whole[: len(whole) // 2], "empty": b"", "flipped": bytes(flipped)}
    part.write_bytes(torn.get(damage, store.part(1).read_bytes()))
    assert store.missing() == (0,)
    assert filled(tmp_path / "one", (0,)).missing() == ()
    assert part.read_bytes() == whole


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"vary": {"until": ["29 day"]}}, "factors"),
        ({"scenario": "abrupt_stall"}, "scenarios"),
        ({"metrics": ["withdrawal_peak"]}, "metrics"),
        ({"design": "table"}, "design"),
    ],
)
def test_a_folder_of_another_study_is_refused_and_left_alone(other: Any, what: str, tmp_path: Path) -> None:
    vary = {"patient.csf_loss": ["0.2 1/h"]}
    filled(tmp_path / "one", (0,), made(vary=vary))
    before = contents(tmp_path / "one")
    with pytest.raises(Refused, match=f"another study .*{what}.*not overwritten"):
        filled(tmp_path / "one", (), made(**({"vary": vary} | other)))
    assert contents(tmp_path / "one") == before


def test_a_store_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "one", ())
    monkeypatch.setattr(stores, "software", lambda: software() | {"numpy": "1.0"})
    with pytest.raises(Refused, match="other numpy version"):
        filled(tmp_path / "one", ())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(Refused, match="holds other files"):
        filled(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="is a file"):
        filled(tmp_path / "file")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "manifest.json").write_text("{")
    with pytest.raises(Refused, match="cannot be read"):
        filled(tmp_path / "torn")


def test_what_a_killed_process_left_unfinished_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / ".manifest.json.unfinished").write_text("{")
    filled(tmp_path / "one", ())
    (tmp_path / "one" / ".part-000001.parquet.unfinished").write_bytes(b"PAR1")
    filled(tmp_path / "one")
    assert list(contents(tmp_path / "one")) == ["manifest.json", "part-000000.parquet", "part-000001.parquet"]


def test_a_full_disk_leaves_the_whole_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "one", (0,))

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(Unwritten, match=r"part-000001\.parquet could not be written: No space left"):
        filled(tmp_path / "one", (1,))
    assert list(contents(tmp_path / "one")) == ["manifest.json", "part-000000.parquet"]


HOLDER = """
import sys, time
from pathlib import Path
from itsim.catalogue import catalogue
from itsim.study.store import opened
from itsim.study.study_file import load_study
with opened(Path(sys.argv[1]), load_study(sys.argv[2], catalogue())):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_kept_out_and_the_lock_ends_with_the_first(tmp_path: Path) -> None:
    path, folder = written(tmp_path), tmp_path / "one"
    environment = os.environ | {"PYTHONPATH": str(Path(stores.__file__).parents[2])}
    command = [sys.executable, "-c", HOLDER, str(folder), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(Refused, match="another process is at work"):
                filled(folder, (), load_study(path, catalogue()))
        finally:
            holder.kill()
    filled(folder, (), load_study(path, catalogue()))


def test_the_log_lies_beside_the_store(tmp_path: Path) -> None:
    store = filled(tmp_path / "one", ())
    store.note("begun", workers=2)
    line = json.loads((tmp_path / "one.log").read_text().splitlines()[-1])
    assert (line["event"], line["workers"]) == ("begun", 2)
    assert {"time", "host", "pid"} <= set(line)


def test_columns_may_be_left_out(tmp_path: Path) -> None:
    store = filled(tmp_path / "one")
    found = store.read(without=["withdrawal_onset_h", "row"])
    assert found.column_names == [
        n for n in store.read().column_names if n not in ("withdrawal_onset_h", "row")
    ]
