"""What ``itsim sweep`` does between its options and its output: every error that may come, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from itsim.result import Sweep
from itsim.scenario import ScenarioError
from itsim.show.style import save
from itsim.study.executors import dask
from itsim.study.store import Refused, Unwritten
from itsim.sweeping import load_sweep
from itsim.sweeping import sweep as run_sweep

_AGAIN = "What was done is kept in {folder}; the same command goes on from there."


class Bad(Exception):
    """Bad input, nothing written: what ``--json`` lists under ``errors``."""

    def __init__(self, text: str, problems: list[dict[str, Any]]) -> None:
        super().__init__(text)
        self.problems = problems


class Stopped(Exception):
    """Not finished as asked; the message says how to go on."""


def sweep(
    study: str, out: Path | None, workers: int | None, scheduler: str | None, as_json: bool,
    picture: Path | None = None,
) -> tuple[Sweep, list[Path]]:  # fmt: skip
    """The study that a user named, and what was written: its folder, *out* or ``itsim-out/<name>`` where none
    is named, or none with *as_json*; and its picture, *picture* or ``<folder>.png`` beside the folder.

    The picture is no part of the store: its bytes follow from the library that draws it too. Raises Bad and
    Stopped.
    """
    try:
        planned = load_sweep(study)
    except ScenarioError as error:
        raise Bad(str(error), [problem.as_json() for problem in error.problems]) from None
    if workers is not None and scheduler is not None:
        raise _bad("--scheduler: its cluster has workers of its own; leave out --workers", "--scheduler")
    folder = out if out is not None or as_json else Path("itsim-out") / planned.name
    beside = None if folder is None else folder.with_name(f"{folder.name}.png")
    with _explained(folder, scheduler), _cluster(scheduler) as executor:
        found = run_sweep(planned, folder, workers, executor)
    drawn = _drawn(found, picture or beside)
    return found, [path for path in (drawn, folder) if path is not None]


def _drawn(found: Sweep, path: Path | None) -> Path | None:
    """The picture of a study, written whole; None where none is asked for or none fits."""
    if path is None:
        return None
    form: Literal["png", "svg"] = "svg" if path.suffix == ".svg" else "png"
    part = path.with_name(f".{path.name}.part")
    try:
        figure = found.plot()
        path.parent.mkdir(parents=True, exist_ok=True)
        save(figure, part, form)
        part.replace(path)
    except OSError as error:
        raise Stopped(
            f"{path} could not be written: {error.strerror or error}. The rows are kept."
        ) from error
    except ValueError:  # a study of words, or one whose runs all failed, has no picture
        return None
    return path


@contextmanager
def _explained(folder: Path | None, scheduler: str | None) -> Iterator[None]:
    again = "" if folder is None else " " + _AGAIN.format(folder=folder)
    try:
        yield
    except Refused as error:
        raise _bad(f"--out {error}", "--out") from None
    except Unwritten as error:
        raise Stopped(f"{error}. Make room for it.{again}") from None
    except KeyboardInterrupt:
        raise Stopped(f"Stopped.{again}") from None
    except BrokenProcessPool:
        why = "A worker process was ended from outside, perhaps for want of memory."
        raise Stopped(f"{why}{again}") from None
    except Exception as error:  # a cluster fails in ways of its own
        if scheduler is None or isinstance(error, Bad):
            raise
        raise Stopped(f"The cluster at {scheduler} could not finish: {error}.{again}") from None


@contextmanager
def _cluster(scheduler: str | None) -> Iterator[Executor | None]:
    if scheduler is None:
        yield None
        return
    with ExitStack() as stack:
        try:
            executor = stack.enter_context(dask(scheduler))
        except (OSError, RuntimeError, ValueError) as error:
            raise _bad(f"--scheduler {scheduler}: {error}", "--scheduler") from None
        yield executor


def _bad(text: str, path: str) -> Bad:
    hint = "see --help"
    row = {"file": "", "line": 0, "column": 0, "path": path, "message": text, "hint": hint}
    return Bad(text, [row])
