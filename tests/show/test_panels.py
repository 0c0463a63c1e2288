from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import stages
from itsim.run import simulate
from itsim.scenario import vary
from itsim.show import style
from itsim.show.panels import (
    CSF_LEVELS,
    OVERDOSE_PANELS,
    PANELS,
    draw_csf,
    draw_low_withdrawal,
    draw_overdose,
    draw_relief,
    draw_sedation,
    draw_withdrawal,
)
from itsim.show.view import View
from itsim.show.window import window_of


def drawn(draw, run, texts, cohort=None, height_in=3.0):
    figure = style.new_figure(10.0, height_in)
    ax = figure.add_axes((0.1, 0.2, 0.7, 0.7))
    window = window_of(run)
    ax.set_xlim(float(window.scaled(window.from_h)), float(window.scaled(window.until_h)))
    draw(ax, View(run, cohort, window))
    return {text.get_text() for text in texts(figure)}, ax


def test_only_levels_that_differ_are_drawn(run_of, texts):
    words = {name: drawn(draw_csf, run_of(name), texts)[0] for name in ("stall", "stall_one")}
    names = {label for _, label, _ in CSF_LEVELS}
    assert names <= words["stall"]
    assert "at the tip" not in words["stall_one"]
    assert "lumbar, intended" in words["stall_one"]


def test_a_comb_is_drawn_with_its_mean(run_of, texts):
    words, _ = drawn(draw_relief, run_of("comb"), texts)
    assert any(word.endswith("-day mean") for word in words)


def test_a_cohort_adds_a_band(run_of, cohort_of, texts):
    _, ax = drawn(draw_relief, run_of("stall"), texts, cohort_of("stall"))
    assert len(ax.collections) == 1


def test_the_intended_course_is_never_cut_off(run_of, texts):
    """Where less and less arrives, what is intended is the highest line."""
    run = run_of("endless")
    _, ax = drawn(draw_csf, run, texts)
    highest = 1000.0 * run.twin.extremum("csf_lumbar", 0.0)[1]
    assert ax.get_ylim()[1] > highest


def test_high_levels_are_in_micrograms(run_of, texts):
    for name, unit in (("stall", "ng/mL"), ("burst", "µg/mL")):
        words, ax = drawn(draw_csf, run_of(name), texts)
        assert f"baclofen in CSF\n{unit}" in words
        assert ax.get_ylim()[1] < 10_000.0


def test_a_condition_draws_the_intended_relief_and_no_second_concentration(run_of, texts):
    """A mimic: the patient differs from the twin, the drug does not."""
    assert "leg, intended" in drawn(draw_relief, run_of("infection"), texts)[0]
    assert "lumbar, intended" not in drawn(draw_csf, run_of("infection"), texts)[0]


def test_every_stage_has_its_name_and_its_signs_in_order_where_there_is_room(run_of, texts):
    """On a high panel all of them, on a low one only names; the order is the clinical one."""
    for height_in, complete in ((6.0, True), (0.9, False)):
        words, _ = drawn(draw_withdrawal, run_of("stall"), texts, height_in=height_in)
        assert {"no withdrawal", *(stage.name for stage in stages("withdrawal")[1:])} <= words
        flat = {word.replace("\n", " ") for word in words}
        for stage in stages("withdrawal")[1:]:
            assert (", ".join(stage.signs) in flat) == complete, stage.name


def test_signs_that_are_cut_say_so(run_of, texts):
    words, _ = drawn(draw_withdrawal, run_of("stall"), texts, height_in=2.0)
    assert any(word.startswith("seizures") and word.endswith(", …") for word in words)


def test_the_worst_stage_of_overdose_is_named_and_none_where_none_is_reached(run_of, texts):
    strong, working = (
        {w for w in drawn(draw_sedation, run_of(name), texts)[0] if w.startswith("up to")}
        for name in ("strong", "working")
    )
    (named,) = strong
    assert named.removeprefix("up to ") in {stage.name for stage in stages("sedation")[2:]}
    assert working == set()


def test_arms_have_a_line_of_their_own_where_they_belong(run_of, texts):
    changes = {"patient.preset": "cerebral_adult", "until": "24 day"}
    run = simulate(vary(run_of("stall").scenario, changes, catalogue()))
    words, ax = drawn(draw_relief, run, texts)
    assert "arms, Ashworth" in words
    (line,) = [line for line in ax.lines if line.get_color() == style.ARM.color and len(line.get_xdata()) > 2]
    found = 100.0 * run.solution.series("effect_arm", View(run, None, window_of(run)).times_h)
    assert line.get_ydata() == pytest.approx(found)
    assert "arms, Ashworth" not in drawn(draw_relief, run_of("stall"), texts)[0]


def test_the_large_panel_of_an_overdose_names_every_stage_and_the_worst(run_of, cohort_of, texts):
    words, ax = drawn(draw_overdose, run_of("strong"), texts, cohort_of("strong"), height_in=6.0)
    assert {"not drowsy", *(stage.name for stage in stages("sedation")[1:])} <= words
    assert list(ax.get_yticks()) == pytest.approx([0.0, 20.0, 50.0, 70.0, 90.0, 100.0])
    (told,) = [word for word in words if word.startswith("overdose: up to")]
    worst = stages("sedation")[int(run_of("strong").metrics["overdose_stage"].value)]
    assert told.split("\n")[0] == f"overdose: up to {worst.name}"
    assert "(patients: " in told
    assert "patients" not in " ".join(drawn(draw_overdose, run_of("strong"), texts)[0])


def test_beside_an_overdose_withdrawal_is_the_low_panel(run_of, texts):
    assert [draw for draw, _ in OVERDOSE_PANELS[-2:]] == [draw_low_withdrawal, draw_overdose]
    assert sum(share for _, share in OVERDOSE_PANELS) == pytest.approx(sum(share for _, share in PANELS))
    words, ax = drawn(draw_low_withdrawal, run_of("strong"), texts, height_in=0.9)
    assert ax.get_ylim() == (0.0, 100.0)
    assert "withdrawal index" in words
    assert any("onset" in word for word in words)
