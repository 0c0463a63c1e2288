from __future__ import annotations

import numpy as np
import pytest

from itsim.catalogue import catalogue
from itsim.run import simulate
from itsim.scenario import vary
from itsim.show.window import Window, sample_times, window_of


@pytest.mark.parametrize(
    ("from_h", "until_h", "unit"),
    [
        (0.0, 72.0, "hours"),
        (500.0, 560.0, "days"),
        (0.0, 720.0, "days"),
        (0.0, 2000.0, "weeks"),
        (0.0, 9000.0, "months"),
    ],
)
def test_the_unit_follows_the_span(from_h, until_h, unit):
    assert Window(from_h, until_h, until_h).unit[0] == unit


def test_case_reports_count_months():
    assert Window(0.0, 2000.0, 2000.0, coarse=True).unit[0] == "months"


def test_a_working_run_is_shown_whole(run_of):
    window = window_of(run_of("working"))
    assert (window.from_h, window.until_h) == (0.0, 720.0)
    assert "not shown" not in window.label


def test_a_window_begins_with_the_first_trouble_and_not_only_with_the_loss(run_of):
    """A condition takes relief and no drug; a battery sounds long before it stops."""
    infection, battery = (window_of(run_of(name)) for name in ("infection", "battery"))
    assert 8 * 24.0 < infection.from_h < 9 * 24.0
    assert run_of("battery").course.first_loss_h > 100 * 24.0
    assert battery.from_h < 20 * 24.0


def test_what_is_left_out_is_said(run_of):
    assert "days before are not shown" in window_of(run_of("stall")).label
    assert "months after" in window_of(run_of("long_tail")).label


@pytest.mark.parametrize(("from_h", "until_h"), [(-1.0, None), (10.0, 5.0), (1e6, None)])
def test_impossible_windows_are_refused(from_h, until_h, run_of):
    with pytest.raises(ValueError, match="nothing to show"):
        window_of(run_of("stall"), from_h, until_h)


def test_samples_stay_inside(run_of):
    window = window_of(run_of("comb"))
    times = sample_times(run_of("comb").solution, window)
    assert times[0] == window.from_h
    assert times[-1] == window.until_h
    assert len(times) < 12_000


def test_a_difference_in_sedation_alone_is_not_cut_off(run_of):
    """Where relief is full all the time, and no withdrawal comes, an overdose still sedates for days."""
    changes = {"patient.leg_ec50": "2 ng/mL", "patient.sedation_ec50": "40 ng/mL", "until": "60 day"}
    run = simulate(vary(run_of("strong").scenario, changes, catalogue()))
    times = np.linspace(0.0, run.course.end_h, 2000)
    ours, twin = (s.some_series(("effect_leg", "sedation"), times) for s in (run.solution, run.twin))
    assert np.abs(ours["effect_leg"] - twin["effect_leg"]).max() < 0.02
    last_h = float(times[np.abs(ours["sedation"] - twin["sedation"]) > 0.03][-1])
    shown = window_of(run)
    assert shown.until_h < run.course.end_h
    assert shown.holds(last_h)
