from __future__ import annotations

import pytest

from itsim.parameters import safety
from itsim.show import plot_onset_curve
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
    chosen = [text for gid in ("at risk", "footer", "quantiles") for text in texts(figure, gid)]
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
