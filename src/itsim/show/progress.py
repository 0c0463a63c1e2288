"""Progress of long work with its rate and the time left: a bar where somebody watches, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TextIO

from itsim.show.words import duration
from itsim.study.workers import Progress

LINE_EVERY_S = 30.0
"""Between two lines in a file or a pipe."""


@contextmanager
def shown(label: str, stream: TextIO | None = None) -> Iterator[Progress]:
    """Something to tell (done, size) to: a bar in a terminal or a notebook, a line now and then elsewhere.

    What was done before the first telling does not count for the rate.
    """
    file = sys.stderr if stream is None else stream
    if file.isatty() or in_notebook():
        with _bar(label, file) as tell:
            yield tell
    else:
        yield Lines(label, file)


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "ZMQInteractiveShell"


class Pace:
    """The rate since the first telling, and the time left at it."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._begin: tuple[float, int] | None = None

    def words(self, done: int, size: int) -> str:
        """``25 per s, 3 min left``; empty before anything was done."""
        now = self._clock()
        if self._begin is None:
            self._begin = (now, done)
        began, before = self._begin
        if done <= before or now <= began:
            return ""
        rate = (done - before) / (now - began)
        left_s = (size - done) / rate
        left = f"{left_s:.0f} s" if left_s < 100.0 else duration(left_s / 3600.0)
        return f"{rate:.3g} per s, " + (f"{left} left" if done < size else "done")


class Lines:
    """Progress as plain lines, the first and the last always."""

    def __init__(self, label: str, stream: TextIO, clock: Callable[[], float] = perf_counter) -> None:
        self._label, self._stream, self._clock = label, stream, clock
        self._pace, self._last = Pace(clock), -LINE_EVERY_S

    def __call__(self, done: int, size: int) -> None:
        """Write a line where it is time for one."""
        now, pace = self._clock(), self._pace.words(done, size)
        if done < size and now - self._last < LINE_EVERY_S:
            return
        self._last = now
        self._stream.write(f"{self._label}: {done} of {size}" + (f", {pace}\n" if pace else "\n"))
        self._stream.flush()


@contextmanager
def _bar(label: str, file: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    pace = Pace()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    console = Console() if in_notebook() else Console(file=file)
    with Bar(*columns, console=console, transient=not in_notebook()) as bar:
        task = bar.add_task(label, total=None, pace="")
        yield lambda done, size: bar.update(task, completed=done, total=size, pace=pace.words(done, size))
