"""Progress: rate and time left from what was done since the begin, in lines and in a bar."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from itsim.show import progress
from itsim.show.progress import LINE_EVERY_S, Lines, Pace, in_notebook, shown


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_was_there_already_does_not_count_for_the_rate() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.words(500, 1000) == ""
    clock.now += 10.0
    assert pace.words(600, 1000) == "10 per s, 40 s left"
    clock.now += 90.0
    assert pace.words(600, 1000) == "1 per s, 6.7 min left"
    clock.now += 10.0
    assert pace.words(1000, 1000).endswith("done")


def test_lines_come_now_and_then_and_the_last_always() -> None:
    clock, stream = Clock(), io.StringIO()
    lines = Lines("study", stream, clock)
    for done in (0, 10, 20, 30):
        lines(done, 100)
        clock.now += LINE_EVERY_S / 2.0
    lines(100, 100)
    assert [line.split(",")[0] for line in stream.getvalue().splitlines()] == [
        "study: 0 of 100",
        "study: 20 of 100",
        "study: 100 of 100",
    ]


def test_a_pipe_gets_lines_and_a_terminal_a_bar() -> None:
    pipe, terminal = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    for stream in (pipe, terminal):
        with shown("study", stream) as tell:
            tell(0, 8)
            tell(8, 8)
    assert pipe.getvalue().startswith("study: 0 of 8\nstudy: 8 of 8")
    assert "study" in terminal.getvalue()
    assert "8/8" in terminal.getvalue()


def test_a_notebook_is_known_by_its_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_notebook()
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert progress.in_notebook()
