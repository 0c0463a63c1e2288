"""Points of a sampled study: each run in each panel, runs without a value above it."""

from __future__ import annotations

import numpy as np

from itsim.show.points import plot_points
from show.studies import everything


def artists(figure, gid):
    return figure.findobj(lambda artist: artist.get_gid() == gid)


def test_each_run_is_a_point_in_each_panel_or_a_mark_above():
    study, rows = everything()["points"]
    figure = plot_points(study, rows, "withdrawal_onset_h")
    numbers = study.design.rows(np.arange(study.n_rows))
    never = numbers[:, 0] >= 4.0
    assert 0 < never.sum() < len(never)
    for j, (runs, gaps) in enumerate(zip(artists(figure, "run"), artists(figure, "gap"), strict=True)):
        scale = (1.0, 1.0)[j]
        np.testing.assert_allclose(runs.get_xdata(), scale * numbers[~never, j])
        np.testing.assert_allclose(gaps.get_xdata(), scale * numbers[never, j])
        np.testing.assert_allclose(runs.get_ydata(), (10.0 * numbers[:, 0] + numbers[:, 1])[~never])


def test_a_log_uniform_number_has_an_axis_of_factors_with_plain_numbers():
    figure = plot_points(*everything()["points"], "withdrawal_onset_h")
    assert [ax.get_xscale() for ax in figure.axes] == ["linear", "log"]
    figure.draw_without_rendering()
    assert {"0.1", "0.3"} <= {label.get_text() for label in figure.axes[1].get_xticklabels()}
    assert figure.axes[1].get_xlabel() == "csf loss (1/h)"


def test_marks_are_counted_with_their_reason(texts):
    study, rows = everything()["points"]
    (told,) = texts(plot_points(study, rows, "withdrawal_onset_h"), "subtitle")
    n = rows["withdrawal_onset_h"].null_count
    assert f"no withdrawal within the run ({n} runs)" in told.get_text()
