from __future__ import annotations

from itsim.show import style
from itsim.show.panels import CSF_LEVELS, draw_csf, draw_relief
from itsim.show.view import View
from itsim.show.window import window_of


def drawn(draw, run, texts, cohort=None):
    figure = style.new_figure(10.0, 3.0)
    ax = figure.add_axes((0.1, 0.2, 0.7, 0.7))
    window = window_of(run)
    ax.set_xlim(float(window.scaled(window.from_h)), float(window.scaled(window.until_h)))
    draw(ax, View(run, cohort, window))
    return {text.get_text() for text in texts(figure)}, ax


def test_only_levels_that_differ_are_drawn(run_of, texts):
    words = {name: drawn(draw_csf, run_of(name), texts)[0] for name in ("stall", "stall_one")}
    names = {label for _, label, _ in CSF_LEVELS}
    assert names <= words["stall"]
    assert "at the tip" not in words["stall_one"]
    assert "lumbar, no fault" in words["stall_one"]


def test_a_comb_is_drawn_with_its_mean(run_of, texts):
    words, _ = drawn(draw_relief, run_of("comb"), texts)
    assert any(word.endswith("-day mean") for word in words)


def test_a_cohort_adds_a_band(run_of, cohort_of, texts):
    _, ax = drawn(draw_relief, run_of("stall"), texts, cohort_of("stall"))
    assert len(ax.collections) == 1
