from __future__ import annotations

from itsim.show import style
from itsim.show.reservoir_panel import draw_reservoir
from itsim.show.view import View
from itsim.show.window import window_of


def readings(run, texts):
    figure = style.new_figure(10.0, 3.0)
    ax = figure.add_axes((0.1, 0.2, 0.7, 0.7))
    window = window_of(run)
    ax.set_xlim(float(window.scaled(window.from_h)), float(window.scaled(window.until_h)))
    draw_reservoir(ax, View(run, None, window))
    return [text.get_text() for text in texts(figure, "reading")], ax


def test_surplus_is_written_at_visits(run_of, texts):
    words, ax = readings(run_of("decline"), texts)
    assert words
    assert all(word.startswith("+") and word.endswith("mL") for word in words)
    assert any(
        line.get_marker() == "D" and line.get_markerfacecolor() == style.VERMILLION for line in ax.lines
    )


def test_agreement_is_marked_without_words(run_of, texts):
    words, ax = readings(run_of("working"), texts)
    assert words == []
    assert sum(line.get_marker() == "D" for line in ax.lines) == 1
