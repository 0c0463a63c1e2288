"""A run as users hold it: everything about it is asked of one object."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from itsim import api
from itsim.result import Run

HEALTHY = {
    "itsim": 1,
    "title": "healthy",
    "body": "one_compartment",
    "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
    "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
    "timeline": [
        {"at": "0 h", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
        {"at": "0 h", "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}},
    ],
    "until": "20 day",
}


@cache
def healthy() -> Run:
    return api.simulate(api.scenario_from(HEALTHY), cohort_size=20, draws=3, cohort_seed=1)


@cache
def stopped() -> Run:
    return api.simulate("abrupt_stop", cohort_size=3)


def test_run_holds_everything_and_its_bands_are_drawn_once() -> None:
    run = healthy()
    assert len(run.band.patients) == 20
    assert run.band is run.band
    assert run.uncertainty is not None
    assert len(run.uncertainty.patients) == 3
    assert (run.band.spread, run.uncertainty.spread, run.both.spread) == ("between", "uncertainty", "both")
    assert run.summary["metrics"]["effect_baseline_frac"]["low"] is not None
    assert set(run.to_xarray(np.array([0.0, 1.0]))["time_h"].values) == {0.0, 1.0}


def test_the_uncertainty_can_be_left_out() -> None:
    run = api.simulate(api.scenario_from(HEALTHY), cohort_size=2, draws=0)
    assert run.uncertainty is None
    assert run.summary["uncertainty"] is None


def test_run_says_in_words_and_in_a_notebook_what_it_is_not() -> None:
    assert "not a medical device" in str(stopped()).lower()
    assert "not a medical device" in stopped()._repr_html_().lower()


def test_pictures_are_figures() -> None:
    from matplotlib.figure import Figure

    for draw in (stopped().plot, stopped().plot_case, stopped().plot_onset):
        assert isinstance(draw(), Figure)


def test_where_nothing_is_lost_there_is_no_onset_to_draw() -> None:
    assert healthy().onset is None
    with pytest.raises(ValueError, match="no loss"):
        healthy().plot_onset()
