"""Lines along one number: values, gaps above the panel, bands of patients, one line per other case."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.metrics import NOT_WITHIN
from itsim.show.lines import plot_lines
from show.studies import HOURS, LASTING, along, everything, grid, onset
from study.small import faked, made


def artists(figure, gid):
    return figure.findobj(lambda artist: artist.get_gid() == gid)


def test_a_line_is_its_runs_and_gaps_are_marked_above(texts):
    figure = plot_lines(*everything()["lines"], ["withdrawal_onset_h"])
    (line,), (gap,) = artists(figure, "line"), artists(figure, "gap")
    hours = np.array([1.0, 24.0, 168.0, 720.0])
    wanted = [onset(0.2, h) for h in hours]
    never = np.array([w == NOT_WITHIN for w in wanted])
    assert never.any()
    np.testing.assert_allclose(line.get_xdata(), hours / 24.0)
    np.testing.assert_array_equal(np.isnan(line.get_ydata()), never)
    np.testing.assert_allclose(line.get_ydata()[~never], np.array([w for w in wanted if w != NOT_WITHIN]))
    np.testing.assert_allclose(gap.get_xdata(), hours[never] / 24.0)
    assert gap.get_ydata().min() > 1.0
    assert "no withdrawal within the run" in [text.get_text() for text in texts(figure, "gap words")]
    assert figure.axes[-1].get_xlabel() == "decline lasting (days)"


def test_every_other_level_is_a_line_with_a_band_and_every_metric_a_panel():
    study = along()
    rows = faked(study, lambda h, r, k: onset(r, h, k), lambda h, r, k: 30.0 - r + 0.1 * k)
    figure = plot_lines(study, rows, study.metrics)
    assert len(figure.axes) == 2
    assert len(artists(figure, "line")) == len(artists(figure, "band")) == 2 * 3
    for ax in figure.axes:
        assert ax.get_xticks().tolist() == figure.axes[-1].get_xticks().tolist()
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["residual 0", "residual 0.2", "residual 0.4"]


def test_numbers_of_a_table_that_go_with_the_first_part_no_lines():
    vary = {LASTING: HOURS, "timeline.replacement.at": ["60 day", "70 day", "80 day", "90 day"]}
    study = grid(vary=vary, design="table")
    figure = plot_lines(study, faked(study, lambda h, day: day), ["withdrawal_onset_h"])
    assert len(artists(figure, "line")) == 1
    assert figure.axes[0].get_legend() is None


def test_values_that_differ_by_rounding_are_a_flat_line():
    study = made(metrics=["withdrawal_peak"])
    ax = plot_lines(study, faked(study, lambda day: 30.0 + 1e-12 * day), ["withdrawal_peak"]).axes[0]
    low, high = ax.get_ylim()
    assert high - low > 1.0


def test_too_many_lines_and_no_number_are_refused():
    many = grid(vary={LASTING: HOURS, "timeline.decline.fault.end": [0.1 * i for i in range(8)]})
    with pytest.raises(ValueError, match="8 lines are more than can be told apart"):
        plot_lines(many, faked(many, lambda *numbers: 1.0), many.metrics)
    words = made(vary={"patient.tip": ["T6", "T10"]}, metrics=["withdrawal_peak"])
    with pytest.raises(ValueError, match="no number varies"):
        plot_lines(words, faked(words, lambda tip: 1.0), words.metrics)


def test_a_median_that_never_comes_says_so_even_where_the_first_patient_has_a_value(texts):
    """Eleven of twenty never get there; the band is open above, and absent where nobody gets there."""
    study = grid(vary={LASTING: HOURS}, patients=20)

    def metric(hours, patient):
        return hours + patient if hours < 700.0 and patient < 9 else NOT_WITHIN

    figure = plot_lines(study, faked(study, metric), study.metrics)
    assert [t.get_text() for t in texts(figure, "gap words")] == ["no withdrawal within the run"]
    (line,), (gap,), (band,) = (artists(figure, gid) for gid in ("line", "gap", "band"))
    assert np.isnan(line.get_ydata()).all()
    assert len(gap.get_xdata()) == 4
    drawn = np.concatenate([path.vertices for path in band.get_paths()])
    assert drawn[:, 0].max() < 30.0  # not as far as the last level, of which nobody gets there
