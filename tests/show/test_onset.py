from __future__ import annotations

from itsim.show import style
from itsim.show.onset import draw_onset
from itsim.show.view import View
from itsim.show.window import window_of


def marked(run, cohort):
    ax = style.new_figure(6.0, 2.0).add_subplot()
    draw_onset(ax, View(run, cohort, window_of(run)))
    return ax


def test_the_band_is_a_bar_at_ten(run_of, cohort_of):
    ax = marked(run_of("stall"), cohort_of("stall"))
    assert all(set(line.get_ydata()) == {10.0} for line in ax.lines)
    assert len(ax.lines) >= 2
    assert "(" in ax.texts[0].get_text()


def test_without_loss_there_is_nothing_to_mark(run_of):
    ax = marked(run_of("working"), None)
    assert len(ax.lines) == len(ax.texts) == 0


def test_without_onset_only_words(run_of, cohort_of):
    ax = marked(run_of("decline"), cohort_of("decline"))
    assert "not within the run" in ax.texts[0].get_text()


def test_the_words_stay_within_the_panel(run_of, cohort_of):
    """Also where the onset is in the middle, and the words are longer than half a panel."""
    run = run_of("stall")
    ax = style.new_figure(6.0, 2.0).add_subplot()
    onset_h = run.course.onset_h
    window = window_of(run, onset_h - 60.0, onset_h + 59.0)
    ax.set_xlim(*window.scaled([window.from_h, window.until_h]))
    draw_onset(ax, View(run, cohort_of("stall"), window))
    ax.figure.draw_without_rendering()
    text = ax.texts[0].get_window_extent()
    assert ax.bbox.x0 <= text.x0
    assert text.x1 <= ax.bbox.x1
