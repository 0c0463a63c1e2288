from __future__ import annotations

import subprocess
import sys

import pytest

from itsim.parameters import safety
from itsim.show import plot_run
from itsim.study.cohort import cohort

ALL = [
    "working",
    "stall",
    "stall_one",
    "stall_two",
    "decline",
    "comb",
    "busy",
    "long_tail",
    "endless",
    "strong",
]
PRINTED = ("event", "end label", "stage", "reading", "onset", "footer", "subtitle")


def panels(figure):
    return {ax.get_ylabel().split("\n")[0]: ax for ax in figure.axes}


@pytest.mark.parametrize("name", ALL)
def test_axes_have_labels_with_units_and_share_one_time(name, run_of):
    figure = plot_run(run_of(name))
    figure.draw_without_rendering()
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert labels[0].endswith("µg/day")
    assert labels[1].endswith("mL")
    assert labels[2].endswith("ng/mL")
    assert labels[3].endswith("%")
    last = "sedation" if name == "strong" else "withdrawal"
    assert labels[5] == f"{last} index\n0 to 100"
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    assert all(figure.axes[0].get_shared_x_axes().joined(figure.axes[0], ax) for ax in figure.axes)
    assert "time since the start of the run" in figure.axes[-1].get_xlabel()
    assert (figure.get_figwidth(), figure.get_figheight()) == (10.0, 9.0)


@pytest.mark.parametrize("name", ALL)
def test_no_words_cover_each_other_or_leave_the_page(name, run_of, texts, overlaps):
    figure = plot_run(run_of(name))
    chosen = [text for gid in PRINTED for text in texts(figure, gid)]
    chosen += [ax.yaxis.label for ax in figure.axes]
    assert overlaps(figure, chosen) == []
    page = figure.bbox
    outside = [t.get_text() for t in texts(figure) if _is_outside(t.get_window_extent(), page)]
    assert outside == []


def test_the_subtitle_says_who_and_how_many(run_of, cohort_of, texts):
    none, many, few = (
        " ".join(text.get_text() for text in texts(plot_run(run_of("stall"), given), "subtitle"))
        for given in (None, cohort_of("stall"), cohort(run_of("stall"), size=3))
    )
    assert all("Patient: adult; tip T10; body neuraxis" in words for words in (none, many, few))
    assert "no cohort was given" in none
    assert "5–95 % of 20 virtual patients" in many
    assert "3 virtual patients are too few" in few


def test_too_few_patients_are_not_drawn_as_a_band(run_of, cohort_of):
    def bands(cohort):
        return sum(len(ax.collections) for ax in plot_run(run_of("stall"), cohort).axes)

    assert bands(cohort(run_of("stall"), size=3)) == bands(None) < bands(cohort_of("stall"))


def _is_outside(box, page):
    return box.width > 0 and (box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1)


def test_bands_do_not_move_words(run_of, cohort_of, texts, overlaps):
    figure = plot_run(run_of("stall"), cohort_of("stall"))
    assert overlaps(figure, [t for gid in PRINTED for t in texts(figure, gid)]) == []


def test_words_of_events_are_there(run_of, texts):
    words = " ".join(text.get_text() for text in texts(plot_run(run_of("stall")), "event"))
    assert "motor stall" in words
    assert "first loss" in words
    assert "stall alarm" in words
    assert "pump replaced" in words


def test_many_events_are_numbered_with_a_key(run_of, texts):
    words = [text.get_text() for text in texts(plot_run(run_of("busy"), from_h=0.0), "event")]
    assert "1" in words
    assert any("480 µg/day" in word for word in words)


def test_repeated_stalls_become_one_span(run_of, texts):
    words = [text.get_text() for text in texts(plot_run(run_of("comb")), "event")]
    assert len(words) < 8
    assert sum("stall alarms" in word for word in words) == 1


def test_onset_has_its_band_or_no_number(run_of, cohort_of, texts):
    (alone,) = texts(plot_run(run_of("stall")), "onset")
    assert " h after" not in alone.get_text()
    (banded,) = texts(plot_run(run_of("stall"), cohort_of("stall")), "onset")
    assert "h after first loss (" in banded.get_text()
    assert " to " in banded.get_text()
    assert texts(plot_run(run_of("working")), "onset") == []


def test_long_lead_in_and_tail_are_left_out_and_said(run_of):
    figure = plot_run(run_of("stall"))
    low, high = figure.axes[0].get_xlim()
    assert 15.0 < low < 21.0
    assert high == 30.0
    assert "before" in figure.axes[-1].get_xlabel()
    figure = plot_run(run_of("long_tail"))
    low, high = figure.axes[0].get_xlim()
    assert high < 60.0
    assert "after" in figure.axes[-1].get_xlabel()
    whole = plot_run(run_of("stall"), from_h=0.0, until_h=720.0)
    assert whole.axes[0].get_xlim() == (0.0, 30.0)


def test_window_outside_the_run_is_refused(run_of):
    with pytest.raises(ValueError, match="nothing to show"):
        plot_run(run_of("stall"), from_h=900.0)


def test_stages_and_safety_words_are_there(run_of, texts):
    figure = plot_run(run_of("stall"))
    words = [text.get_text() for text in texts(figure)]
    assert "severe pattern" in words
    assert safety()["withdrawal"] in words
    assert safety()["disclaimer"] in words
    assert any("parameters 1+" in word for word in words)
    assert any("assumptions" in word for word in words)


def test_grey_twin_only_where_something_is_lost(run_of, texts):
    words = {text.get_text() for text in texts(plot_run(run_of("working")), "end label")}
    assert "leg, intended" not in words


def test_no_pyplot_is_needed():
    code = (
        "import sys, itsim.show; assert 'matplotlib' not in sys.modules\n"
        "from itsim.show.style import new_figure; f = new_figure(2, 2)\n"
        "assert f._repr_png_()[:4] == b'\\x89PNG'; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
