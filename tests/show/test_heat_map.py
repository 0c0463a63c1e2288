"""The heat map: every cell the number of its run, a hatch for every gap, levels at the axes."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.metrics import NO_LOSS
from itsim.show.heat_map import plot_heat_map
from show.studies import HOURS, RESIDUALS, everything, grid, onset
from study.small import faked, made


def drawn(name="heat map", **more):
    return plot_heat_map(*everything()[name], "withdrawal_onset_h", **more)


def artists(figure, gid):
    return figure.findobj(lambda artist: artist.get_gid() == gid)


def test_cells_are_the_runs_and_gaps_are_hatched_with_words(texts):
    figure = drawn()
    (image,) = artists(figure, "cells")
    cells = np.ma.filled(image.get_array(), np.nan)
    wanted = np.array([[onset(r, h) for h in (1.0, 24.0, 168.0, 720.0)] for r in RESIDUALS], dtype=object)
    gaps = np.array([[isinstance(x, str) for x in row] for row in wanted])
    assert gaps.any()
    np.testing.assert_array_equal(np.isnan(cells), gaps)
    np.testing.assert_allclose(cells[~gaps], wanted[~gaps].astype(float) / 24.0)  # the longest in days
    assert len(artists(figure, "gap")) == gaps.sum()
    assert "no withdrawal within the run" in [text.get_text() for text in texts(figure)]


def test_axes_have_their_levels_and_the_bar_its_unit():
    figure = drawn()
    ax, bar = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "0.2", "0.4"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1 h", "24 h", "7 days", "30 days"]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("residual", "decline lasting")
    assert bar.get_ylabel() == "onset of withdrawal after first loss (days)"
    assert len(HOURS) == 4


def test_the_threshold_is_a_contour_that_says_what_it_is(texts):
    assert "at 24 h" in [text.get_text() for text in texts(drawn())]
    assert "at 4 days" in [text.get_text() for text in texts(drawn(threshold=96.0))]
    assert not any(t.get_text().startswith("at ") for t in texts(drawn(threshold=1e6)))


def test_patients_make_a_median_in_which_never_is_later_than_everything():
    """Three patients at 0, 1 and 2 h more: the middle one."""
    (image,) = artists(drawn("heat map of patients"), "cells")
    assert image.get_array()[0, 0] == pytest.approx((onset(0.0, 1.0) + 1.0) / 24.0)


def test_gaps_of_several_kinds_have_a_hatch_each(texts):
    study = grid()
    rows = faked(study, lambda r, h: NO_LOSS if r > 0.3 else onset(r, h), failing=[0])
    figure = plot_heat_map(study, rows, "withdrawal_onset_h")
    said = [text.get_text() for text in texts(figure)]
    assert {"no loss", "no withdrawal within the run", "run could not be made"} <= set(said)
    assert len({patch.get_hatch() for patch in artists(figure, "gap")}) == 3


def test_one_number_has_no_heat_map():
    study = made(metrics=["withdrawal_peak"])
    with pytest.raises(ValueError, match="two numbers that vary"):
        plot_heat_map(study, faked(study, lambda day: day), "withdrawal_peak")
