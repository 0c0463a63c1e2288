"""Onset curves of a study: each case its Kaplan–Meier estimate, with numbers at risk under their times."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.metrics import NO_LOSS
from itsim.show.onset_curves import plot_onset_curves
from itsim.study.survival import case_curves
from show.studies import cohort, everything
from study.small import faked


def artists(figure, gid):
    return figure.findobj(lambda artist: artist.get_gid() == gid)


def test_every_case_is_its_curve_in_percent():
    study, rows = everything()["onset curves"]
    figure, curves = plot_onset_curves(study, rows), case_curves(study, rows)
    steps = artists(figure, "steps")
    assert len(steps) == len(curves) == 2
    size_h = 1.0 if figure.axes[0].get_xlabel().startswith("hours") else 24.0
    for line, case in zip(steps, curves, strict=True):
        np.testing.assert_allclose(line.get_ydata()[1:-1], 100.0 * case.curve.surviving)
        np.testing.assert_allclose(size_h * line.get_xdata()[1:-1], case.curve.times_h)
    assert len({line.get_linestyle() for line in steps}) == 2


def test_the_legend_says_half_and_never():
    figure = plot_onset_curves(*everything()["onset curves"])
    low, high = (text.get_text() for text in figure.axes[0].get_legend().get_texts())
    assert low == "dose 100 µg/day: half not within the run; never 75 %"
    assert high.startswith("dose 300 µg/day: half by ")
    assert high.endswith("never 25 %")


def test_numbers_at_risk_stand_in_a_row_for_each_case(texts):
    study, rows = everything()["onset curves"]
    figure = plot_onset_curves(study, rows)
    shown = [int(text.get_text()) for text in texts(figure, "at risk")]
    half = len(shown) // 2
    for row in (shown[:half], shown[half:]):
        assert row[0] == 20
        assert row == sorted(row, reverse=True)
    assert shown[:half] != shown[half:]


def test_without_a_made_run_there_is_nothing_to_draw():
    study = cohort()
    rows = faked(study, lambda dose, k: NO_LOSS, failing=range(study.n_rows))
    with pytest.raises(ValueError, match="0 cases with a loss"):
        plot_onset_curves(study, rows)
