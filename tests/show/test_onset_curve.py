from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from itsim.parameters import safety
from itsim.show import plot_onset_curve, summary
from itsim.study.survival import onset_curve


def drawn(name, run_of, cohort_of):
    return plot_onset_curve(run_of(name), cohort_of(name))


def steps(figure):
    (line,) = [line for line in figure.axes[0].lines if line.get_gid() == "steps"]
    return line


@pytest.mark.parametrize("name", ["stall", "stall_one", "decline", "endless"])
def test_the_words_are_safe_and_do_not_collide(name, run_of, cohort_of, texts, overlaps):
    figure = drawn(name, run_of, cohort_of)
    said = " ".join(text.get_text() for text in texts(figure))
    assert safety()["withdrawal"] in said
    assert safety()["disclaimer"] in said
    assert "probability" not in said.replace(safety()["indices"], "")
    axis = [figure.axes[0].xaxis.label, *figure.axes[0].xaxis.get_ticklabels()]
    chosen = [
        text
        for gid in ("at risk", "footer", "quantiles", "mark words", "subtitle")
        for text in texts(figure, gid)
    ]
    assert overlaps(figure, chosen + axis) == []
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.width == 0 or (box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0)


def test_the_steps_are_the_curve_in_percent(run_of, cohort_of):
    curve, line = onset_curve(cohort_of("stall")), steps(drawn("stall", run_of, cohort_of))
    assert line.get_drawstyle() == "steps-post"
    assert line.get_ydata()[0] == 100.0
    assert line.get_ydata()[1:-1] == pytest.approx(100.0 * curve.surviving)
    assert line.get_xdata()[1:-1] == pytest.approx(curve.times_h)


def test_numbers_at_risk_stand_under_their_times(run_of, cohort_of, texts):
    figure, curve = drawn("stall", run_of, cohort_of), onset_curve(cohort_of("stall"))
    shown = [int(text.get_text()) for text in texts(figure, "at risk")]
    assert shown == [curve.n_at_risk(x) for x in figure.axes[0].get_xticks()]
    assert shown[0] == curve.n == 20
    assert shown == sorted(shown, reverse=True)


def test_a_long_run_counts_in_days(run_of, cohort_of):
    figure, curve = drawn("endless", run_of, cohort_of), onset_curve(cohort_of("endless"))
    assert figure.axes[0].get_xlabel().startswith("days since first loss")
    assert steps(figure).get_xdata()[1:-1] == pytest.approx(curve.times_h / 24.0)


def test_without_a_loss_there_is_nothing_to_draw(run_of, cohort_of):
    with pytest.raises(ValueError, match="no loss"):
        drawn("working", run_of, cohort_of)


def test_the_typical_onset_and_the_restoration_are_marked_with_words(run_of, cohort_of, texts):
    run, figure = run_of("stall"), drawn("stall", run_of, cohort_of)
    course, ax = run.course, figure.axes[0]
    at = [line.get_xdata()[0] for line in ax.lines if line.get_gid() == "mark"]
    origin_h = course.first_loss_h
    assert at == pytest.approx([course.onset_h - origin_h, course.restored_h - origin_h])
    assert max(at) < ax.get_xlim()[1]
    said = [text.get_text() for text in texts(figure, "mark words")]
    assert said == [
        f"typical patient's onset: {course.onset_h - origin_h:.0f} h",
        "delivery restored: 2 days",
    ]
    dashes = {str(line._dash_pattern) for line in ax.lines if line.get_gid() == "mark"}
    assert len(dashes) == 2, "to be told apart without colours"


def test_a_restoration_far_beyond_the_axis_is_told_at_its_end(run_of, cohort_of, texts):
    """The curve would be a sliver on an axis that held it."""
    run = run_of("stall")
    later = replace(run)
    later.course.__dict__["restored_h"] = run.course.first_loss_h + 200.0
    figure = plot_onset_curve(later, cohort_of("stall"))
    (told,) = [t.get_text() for t in texts(figure, "mark words") if "restored" in t.get_text()]
    assert told == "delivery restored: 8.3 days →"
    assert len([line for line in figure.axes[0].lines if line.get_gid() == "mark"]) == 1


def test_what_does_not_come_is_not_marked(run_of, cohort_of, texts):
    assert run_of("endless").course.restored_h is None
    said = [text.get_text() for text in texts(drawn("endless", run_of, cohort_of), "mark words")]
    assert not any("restored" in words for words in said)


@pytest.mark.parametrize("name", ["stall", "stall_one", "decline", "endless"])
def test_the_words_cover_neither_the_curve_nor_a_mark(name, run_of, cohort_of, texts):
    figure = drawn(name, run_of, cohort_of)
    (told,) = texts(figure, "quantiles")
    box, ax = told.get_window_extent(), figure.axes[0]
    line = steps(figure)
    x, y = np.repeat(line.get_xdata(), 2)[1:], np.repeat(line.get_ydata(), 2)[:-1]
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_gid() == "mark"]
    fine = np.linspace(0.0, len(x) - 1.0, 20_000)
    curve = np.column_stack([np.interp(fine, np.arange(len(x)), each) for each in (x, y)])
    seen = ax.transData.transform(curve)
    inside = (seen[:, 0] > box.x0) & (seen[:, 0] < box.x1) & (seen[:, 1] > box.y0) & (seen[:, 1] < box.y1)
    assert not inside.any()
    for at in marks:
        pixel = ax.transData.transform((at, 0.0))[0]
        assert not box.x0 < pixel < box.x1


def test_where_only_too_much_is_given_there_is_no_onset_to_draw(run_of, cohort_of):
    assert run_of("strong").course.first_loss_h is not None, "counted from the first excess"
    assert onset_curve(cohort_of("strong")) is not None
    with pytest.raises(ValueError, match="no loss"):
        drawn("strong", run_of, cohort_of)
    assert summary(run_of("strong"), cohort_of("strong"))["onset_curve"] is None
    assert summary(run_of("stall"), cohort_of("stall"))["onset_curve"] is not None
