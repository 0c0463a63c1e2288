"""Which picture a study gets, and what holds for all of them: safe words that do not collide."""

from __future__ import annotations

import pytest

from itsim.parameters import safety
from itsim.show import plot_study
from show.studies import everything, grid
from study.small import faked, made

GIDS = {
    "heat map": "cells", "heat map of patients": "cells", "lines": "line", "points": "run",
    "onset curves": "steps", "tornado of changes": "interval", "tornado of shares": "interval",
}  # fmt: skip


def beyond(figure):
    """Labels of ticks that lie outside their axis and are never drawn."""
    figure.draw_without_rendering()
    found = set()
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        ticks = (tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high)
        found |= {id(label) for tick in ticks for label in (tick.label1, tick.label2)}
    return found


@pytest.mark.parametrize("name", GIDS)
def test_the_picture_fits_the_design(name):
    figure = plot_study(*everything()[name])
    assert figure.findobj(lambda artist: artist.get_gid() == GIDS[name])


@pytest.mark.parametrize("name", GIDS)
def test_the_words_are_safe_and_do_not_collide(name, texts, overlaps):
    figure = plot_study(*everything()[name])
    said = " ".join(text.get_text() for text in texts(figure))
    assert safety()["withdrawal"] in said
    assert safety()["disclaimer"] in said
    assert everything()[name][0].title in said
    hidden = beyond(figure)
    chosen = [text for text in texts(figure) if id(text) not in hidden]
    assert overlaps(figure, chosen) == []
    for text in chosen:
        box = text.get_window_extent()
        assert box.width == 0 or (box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0), text.get_text()


def test_another_metric_is_another_picture_and_a_strange_one_is_refused():
    study = made(metrics=["withdrawal_peak", "tone_peak"])
    rows = faked(study, lambda day: day, lambda day: 100.0 * day)
    first, second = (plot_study(study, rows, metric) for metric in ("withdrawal_peak", "tone_peak"))
    assert first.axes[0].get_ylabel() != second.axes[0].get_ylabel()
    with pytest.raises(ValueError, match="no metric of this study, which has withdrawal_peak, tone_peak"):
        plot_study(study, rows, "rebound_h")


def test_words_alone_are_drawn_as_points():
    study = made(vary={"patient.tip": ["T6", "T10"]}, metrics=["withdrawal_peak"])
    figure = plot_study(study, faked(study, lambda tip: 10.0 + tip))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["T6", "T10"]


def test_failed_runs_are_gaps_and_a_study_of_nothing_else_is_still_a_picture(texts):
    study = grid()
    figure = plot_study(study, faked(study, lambda *numbers: 1.0, failing=range(study.n_rows)))
    assert "run could not be made" in " ".join(text.get_text() for text in texts(figure))
