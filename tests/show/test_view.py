from __future__ import annotations

import numpy as np
import pytest

from itsim.show import style
from itsim.show.view import View
from itsim.show.window import window_of


def view_of(run):
    return View(run, None, window_of(run))


def test_the_twin_is_shown_only_where_it_differs(run_of):
    """After a loss in every series; under a condition of the patient in the relief alone."""
    assert view_of(run_of("stall")).twin("csf_lumbar") is not None
    assert view_of(run_of("stall")).twin("effect_leg") is not None
    assert view_of(run_of("working")).twin("effect_leg") is None
    assert view_of(run_of("infection")).twin("effect_leg") is not None
    assert view_of(run_of("infection")).twin("csf_lumbar") is None


def test_a_comb_has_a_mean_of_whole_days(run_of):
    comb = View(run_of("comb"), None, window_of(run_of("comb")))
    assert 24.0 <= comb.mean_over_h <= 168.0
    assert comb.mean_over_h % 24.0 == 0.0
    assert View(run_of("stall"), None, window_of(run_of("stall"))).mean_over_h == 0.0


def test_the_mean_of_a_series_lies_between_its_ends(run_of):
    view = View(run_of("comb"), None, window_of(run_of("comb")))
    ax = style.new_figure(2.0, 2.0).add_subplot()
    view.draw_mean(ax, "effect_leg", 1.0, style.RELIEF)
    mean = np.asarray(ax.lines[0].get_ydata())
    values = view.run.solution.series("effect_leg", view.times_h)
    assert values.min() < mean.min()
    assert mean.max() <= values.max() + 1e-4
    assert mean[0] == pytest.approx(values[0], rel=0.01)
