"""What is read off a patient for facts outside the table: made-up courses, closed forms, laws of the body."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from itsim.qualify import further as f
from itsim.qualify.facts import Check
from itsim.qualify.population import typical
from itsim.qualify.treated import Treated
from qualify.made import made_up


def check(site: str = "", **numbers: float) -> Check:
    return Check("made up", "arm_fall", (), "mean", "h", {"mean": 1.0}, numbers, site)


def reflex(effect: Any, start: float = 0.0) -> Treated:
    return made_up({"effect_hreflex": effect}, {"effect_hreflex": start})


# Shared readings


def test_points_fall_to_one_and_no_further() -> None:
    assert f.points(1.0, check(baseline=4.2)) == pytest.approx(3.2)
    assert f.points(0.5, check(baseline=3.0)) == pytest.approx(1.0)


def test_samples_have_both_ends_and_may_be_one() -> None:
    assert f.samples_h(check(from_h=1.0, until_h=6.0, every_h=1.0)) == pytest.approx([1, 2, 3, 4, 5, 6])
    assert f.samples_h(check(from_h=1.0, until_h=1.0, every_h=1.0)) == pytest.approx([1.0])


def test_the_slope_of_an_exponential_is_its_rate() -> None:
    run = made_up({"plasma": lambda t: 7.0 * np.exp(-0.3 * t)})
    assert f.slope_per_h(run, "plasma", np.array([1.0, 2.0, 5.0])) == pytest.approx(0.3)
    asked = check("plasma", from_h=24.0, until_h=48.0, every_h=6.0)
    assert f.washout_half_life(asked, (run,)) == pytest.approx(np.log(2.0) / 0.3)


# Reflex


def test_the_reflex_on_a_dose() -> None:
    assert f.start_hreflex_fall(check(), (reflex(None, 0.4),)) == pytest.approx(40.0)


def test_a_fall_counts_from_what_was_left_before() -> None:
    """From 0.5 left to 0.1 left is 80 %; from all to 0.1 left is 90 %."""
    asked = check(from_h=1.0, until_h=1.0, every_h=1.0)
    after = reflex(lambda t: 0.0 * t + 0.9, 0.5)
    assert f.mean_hreflex_fall(asked, (after,)) == pytest.approx(80.0)
    assert f.mean_hreflex_fall(asked, (reflex(lambda t: 0.0 * t + 0.9),)) == pytest.approx(90.0)


def test_a_mean_over_samples() -> None:
    asked = check(from_h=1.0, until_h=3.0, every_h=1.0)
    assert f.mean_hreflex_fall(asked, (reflex(lambda t: 0.1 * t),)) == pytest.approx(20.0)


def test_the_largest_fall_is_looked_for_from_an_hour_on() -> None:
    run = reflex(lambda t: np.where(t < 10.0, 0.9, 0.4))
    assert f.hreflex_peak_fall(check(from_h=0.0), (run,)) == pytest.approx(90.0)
    assert f.hreflex_peak_fall(check(from_h=20.0), (run,)) == pytest.approx(40.0)


def test_two_courses_are_compared_in_their_order() -> None:
    early, late = reflex(lambda t: np.exp(-t / 5.0)), reflex(lambda t: 1.0 - np.exp(-t / 5.0))
    first = check(from_h=1.0, until_h=1.0, every_h=1.0)
    assert f.falls_more(first, (early, late)) == 1.0
    assert f.falls_more(first, (late, early)) == 0.0
    assert f.peaks_deeper(check(from_h=50.0), (late, early)) == 1.0
    assert f.peaks_deeper(check(from_h=50.0), (early, late)) == 0.0


# Arms, and the level of the tip


def test_arms() -> None:
    run = made_up({"effect_arm": lambda t: t / 10.0}, {"effect_arm": 0.5, "effect_leg": 0.2})
    assert f.arm_fall(check(at_h=4.0, baseline=3.5), (run,)) == pytest.approx(1.0)
    assert f.start_arm_fall(check(baseline=3.0), (run,)) == pytest.approx(1.0)
    assert f.arm_relieved(check(at_h=2.1), (run,)) == 1.0
    assert f.arm_relieved(check(at_h=1.9), (run,)) == 0.0


def test_stronger_is_of_the_first_protocol() -> None:
    high = made_up({}, {"effect_arm": 0.6, "effect_leg": 0.2})
    low = made_up({}, {"effect_arm": 0.1, "effect_leg": 0.8})
    assert (f.arm_stronger(check(), (high, low)), f.arm_stronger(check(), (low, high))) == (1.0, 0.0)
    assert (f.leg_stronger(check(), (high, low)), f.leg_stronger(check(), (low, high))) == (0.0, 1.0)


# Tracers


def test_a_tracer_is_seen_at_a_share_of_where_it_was_put_in() -> None:
    """The higher of the two places counts; the cistern rises by 1 in 10 h and passes 5 % of 8 at 4 h."""
    for lumbar, tip in ((8.0, 1.0), (1.0, 8.0)):
        run = made_up(
            {
                "csf_lumbar": lambda t, c=lumbar: c * np.exp(-t),
                "csf_tip": lambda t, c=tip: c * np.exp(-t),
                "csf_cisternal": lambda t: t / 10.0,
            }
        )
        seen = f.appearance_time(check("csf_cisternal", share=0.05), (run,))
        assert seen == pytest.approx(240.0, abs=1.0)
    assert f.appearance_time(check("csf_cisternal", share=5.0), (run,)) == np.inf


def test_a_peak_must_lie_within_the_run() -> None:
    run = made_up({"plasma": lambda t: t * np.exp(-t / 10.0), "csf_cisternal": lambda t: t})
    assert f.peak_time(check("plasma"), (run,)) == pytest.approx(10.0, abs=0.02)
    assert f.peak_time(check("csf_cisternal"), (run,)) == np.inf


def test_the_tracer_is_inert_and_leaves_by_the_head_alone() -> None:
    """All of it is found in plasma: dose over clearance; next to nothing is in the cord."""
    run = typical("tracer_lumbar")
    assert run.area("plasma") == pytest.approx(100.0 / 7200.0, rel=1e-3)
    top = run.solution.extremum("csf_lumbar", 0.0)[1]
    assert run.solution.extremum("cord_leg", 0.0)[1] < 2e-3 * top


def test_a_tracer_reaches_the_near_before_the_far() -> None:
    def seen(name: str, site: str) -> float:
        return f.appearance_time(check(site, share=0.05), (typical(name),))

    assert 0.0 < seen("tracer_lumbar", "csf_tip") < seen("tracer_lumbar", "csf_cisternal") < np.inf
    assert (
        0.0 < seen("tracer_ventricular", "csf_cisternal") < seen("tracer_ventricular", "csf_lumbar") < np.inf
    )


# Holidays


def test_relief_is_regained_where_it_is_larger_than_before() -> None:
    run = made_up({"effect_leg": lambda t: t / 100.0}, {"effect_leg": 0.5})
    assert f.relief_regained(check(at_h=60.0), (run,)) == 1.0
    assert f.relief_regained(check(at_h=40.0), (run,)) == 0.0
