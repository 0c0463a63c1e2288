"""Where the rows of a study are kept: a Parquet part per chunk, written beside its place and moved there.

Manifest and parts hold nothing but what follows from the study and the software, so that a study gives the
same bytes however, where and in how many goes it was run. Times, hosts and workers go to a log beside the
folder, which also is the lock that keeps a second process out.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from itsim.parameters import safety
from itsim.study.chunk import Outcome
from itsim.study.columns import table_of, units_of, words_in
from itsim.study.model import Block, Study
from itsim.study.software import software

MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished"
_FAR = 2**30


class Refused(ValueError):
    """A folder that this study may not use; nothing was changed in it."""


class Unwritten(RuntimeError):
    """A part could not be written; those before it are kept."""


@dataclass(frozen=True)
class Store:
    """The folder of one study."""

    folder: Path
    study: Study

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What decides every byte of the parts."""
        study = self.study
        content = {"study": study.identity, "software": software()}
        return {
            "disclaimer": safety()["disclaimer"],
            "sha256": _hash(content),
            **content,
            "rows": study.n_rows,
            "chunks": study.n_chunks,
            "units": units_of(study),
        }

    @property
    def log(self) -> Path:
        """The file beside the folder that tells when, where and by how many it was worked on."""
        return self.folder.with_name(self.folder.name + ".log")

    def part(self, chunk: int) -> Path:
        """The file of a chunk."""
        return self.folder / f"part-{chunk:06d}.parquet"

    def missing(self) -> tuple[int, ...]:
        """The chunks that have no whole part: not yet run, torn or damaged."""
        return tuple(chunk for chunk in range(self.study.n_chunks) if not self._is_whole(chunk))

    def write(self, chunk: int, block: Block, outcome: Outcome) -> None:
        """Write one part, whole or not at all. Raises Unwritten."""
        import pyarrow.parquet as pq

        table = table_of(self.study, block, outcome).replace_schema_metadata(self._stamp(chunk))
        path = self.part(chunk)
        try:
            with _whole(path) as file:
                pq.write_table(
                    table, file, row_group_size=self.study.chunk_rows, compression="zstd",
                    write_page_checksum=True,
                )  # fmt: skip
        except OSError as error:
            raise Unwritten(f"{path.name} could not be written: {error.strerror or error}") from error

    def read(self, without: Sequence[str] = ()) -> Any:
        """All parts in order as one Arrow table, but some columns. Raises OSError where a part is missing."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        words = words_in(self.study)
        names = pq.read_schema(self.part(0)).names
        columns = [name for name in names if name not in without]
        parts = [
            pq.read_table(self.part(chunk), columns=columns, read_dictionary=words, partitioning=None)
            for chunk in range(self.study.n_chunks)
        ]
        return pa.concat_tables(part.replace_schema_metadata(None) for part in parts)

    def note(self, event: str, **more: Any) -> None:
        """Add a line to the log; a log that cannot be written costs nothing."""
        when = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"time": when, "event": event, "host": socket.gethostname(), "pid": os.getpid()} | more
        try:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError:
            return

    def _stamp(self, chunk: int) -> dict[str, str]:
        return {
            "itsim_store": self.manifest["sha256"],
            "itsim_chunk": str(chunk),
            "itsim_units": json.dumps(self.manifest["units"], sort_keys=True),
            "disclaimer": self.manifest["disclaimer"],
        }

    def _is_whole(self, chunk: int) -> bool:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not self.part(chunk).is_file():
            return False
        try:
            found = pq.ParquetFile(self.part(chunk), page_checksum_verification=True).read()
        except (OSError, pa.ArrowException):
            return False
        rows = min(self.study.chunk_rows, self.study.n_rows - chunk * self.study.chunk_rows)
        stamp = {key.encode(): text.encode() for key, text in self._stamp(chunk).items()}
        stamped = stamp.items() <= (found.schema.metadata or {}).items()
        return bool(stamped and found.num_rows == rows)


@contextmanager
def opened(folder: Path, study: Study) -> Iterator[Store]:
    """The store of *study* in *folder*, new or to go on with, held by this process alone.

    Raises Refused where the folder holds something else or another process is at work on it, and where it
    cannot be made.
    """
    store = Store(folder.resolve(), study)
    _refuse_other(store)
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        lock = store.log.open("a", encoding="utf-8")
    except OSError as error:
        raise Refused(f"{folder}: cannot be written ({error.strerror}); name another folder") from None
    with lock:
        if not _locked(lock):
            raise Refused(f"{folder}: another process is at work on it; wait for it, or name another folder")
        _refuse_other(store)  # again, now that nobody else writes
        for file in store.folder.glob(f".*{_UNFINISHED}"):
            file.unlink(missing_ok=True)
        if not (store.folder / MANIFEST).exists():
            _write_manifest(store)
        yield store


def _write_manifest(store: Store) -> None:
    text = json.dumps(store.manifest, indent=1, ensure_ascii=False) + "\n"
    try:
        with _whole(store.folder / MANIFEST) as file:
            file.write(text.encode())
    except OSError as error:
        raise Refused(f"{store.folder}: cannot be written ({error.strerror}); name another folder") from None


def _refuse_other(store: Store) -> None:
    folder = store.folder
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder}: is a file, not a folder; name another folder")
    if not folder.is_dir():
        return
    if not (folder / MANIFEST).is_file():
        if any(not file.name.endswith(_UNFINISHED) for file in folder.iterdir()):
            raise Refused(f"{folder}: holds other files and no study; name an empty or a new folder")
        return
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refused(f"{folder}: its {MANIFEST} cannot be read; name another folder") from None
    if not isinstance(found, dict) or found.get("sha256") != store.manifest["sha256"]:
        what = ", ".join(_differences(found, store.manifest)) or "content"
        raise Refused(
            f"{folder}: holds another study (other {what}); it is not overwritten: name another folder"
        )


def _differences(found: Any, wanted: Mapping[str, Any]) -> Iterator[str]:
    """What differs between two manifests, in words."""
    for group in ("study", "software"):
        old = found.get(group, {}) if isinstance(found, dict) else {}
        for key, value in wanted[group].items():
            if not isinstance(old, dict) or old.get(key) != value:
                yield f"{key} version" if group == "software" else key


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when all of it is on the disk."""
    beside = path.with_name(f".{path.name}{_UNFINISHED}")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    """Whether this process now holds the file alone; the system lets go of it however the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        os.lseek(file.fileno(), _FAR, os.SEEK_SET)  # beyond what is ever written there
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: two processes would write the same bytes
        return True
    return True
