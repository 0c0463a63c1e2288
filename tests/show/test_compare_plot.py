from __future__ import annotations

import pytest

from itsim.show import plot_compare
from itsim.show.compare_plot import short_names
from itsim.study.cohort import cohort


def test_runs_share_one_time_and_have_units(run_of, texts, overlaps):
    runs = {"straight decline": run_of("decline"), "comb": run_of("comb"), "stall": run_of("stall")}
    figure = plot_compare(runs)
    labels = [ax.get_ylabel() for ax in figure.axes]
    assert labels[0].endswith("µg/day")
    assert labels[1].endswith("%")
    assert labels[3].endswith("mL")
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    named = {text.get_text() for text in texts(figure, "end label")}
    assert {"straight decline", "comb", "stall"} <= named
    chosen = [t for gid in ("end label", "stage", "footer") for t in texts(figure, gid)]
    assert overlaps(figure, chosen) == []


def test_each_run_has_its_own_colour_dashes_and_marker(run_of):
    figure = plot_compare({"a": run_of("decline"), "b": run_of("stall")})
    lines = [line for line in figure.axes[0].lines if line.get_linewidth() > 1.0]
    assert len({line.get_color() for line in lines}) == 2
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 2


def test_bands_come_with_cohorts(run_of, cohort_of):
    runs = {"a": run_of("stall")}
    assert len(plot_compare(runs).axes[1].collections) == 0
    assert len(plot_compare(runs, {"a": cohort_of("stall")}).axes[1].collections) == 1


def test_too_many_or_no_runs_are_refused(run_of):
    with pytest.raises(ValueError, match="0 runs"):
        plot_compare({})
    with pytest.raises(ValueError, match="8 runs"):
        plot_compare({str(i): run_of("stall") for i in range(8)})


def test_names_keep_what_tells_them_apart():
    assert short_names(["case_2023", "case_like_linear"]) == ["2023", "like linear"]
    assert short_names(["alone"]) == ["alone"]
    assert max(len(name) for name in short_names(["x" * 40, "y" * 40])) == 17


def test_runs_without_a_band_are_named(run_of, cohort_of, texts):
    runs = {"large": run_of("stall"), "small": run_of("decline")}
    few = cohort(run_of("decline"), size=3)
    (told,) = texts(plot_compare(runs, {"large": cohort_of("stall"), "small": few}), "subtitle")
    assert told.get_text().endswith(
        "bands: 5–95 % of virtual patients; none for small (no cohort, or too small)."
    )
    (none,) = texts(plot_compare(runs), "subtitle")
    assert "no bands" in none.get_text()
    (one,) = texts(plot_compare({"large": run_of("stall")}, {"large": cohort_of("stall")}), "subtitle")
    assert "none for" not in one.get_text()
