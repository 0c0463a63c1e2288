"""What a solution can be asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cases import BODIES, constant, problem_for, stopped, therapy_of
from itsim.device.delivery import Drainage
from itsim.engine import exact

SOLUTION = exact.solve(problem_for("neuraxis", stopped(20.0, 90.0, 150.0)))


@pytest.mark.parametrize("name", BODIES)
def test_every_series_can_be_asked(name: str) -> None:
    solution = exact.solve(problem_for(name, stopped(5.0, 9.0, 12.0)))
    times = np.array([0.0, 5.0, 11.9])
    seen = solution.all_series(times)
    assert set(seen) == set(solution.names)
    assert {"csf_lumbar", "effect_leg", "withdrawal_index", "sedation"} <= set(seen)
    assert all(values.shape == (3,) and np.all(np.isfinite(values)) for values in seen.values())
    assert ("effect_arm" in seen) == (name == "neuraxis")


def test_series_at_nodes_are_the_series() -> None:
    for name in SOLUTION.names:
        asked = SOLUTION.series(name, SOLUTION.nodes_h)
        np.testing.assert_allclose(SOLUTION.at_nodes(name), asked, rtol=1e-9, atol=1e-10)


def test_unknown_series_are_refused() -> None:
    with pytest.raises(KeyError):
        SOLUTION.series("csf_nowhere", np.array([0.0]))


def test_extremes_are_not_beaten_by_any_sample() -> None:
    times = np.linspace(25.0, 150.0, 20011)
    for name in SOLUTION.names:
        seen = SOLUTION.series(name, times)
        slack = 1e-11 * max(float(np.max(np.abs(seen))), 1e-6)
        assert SOLUTION.extremum(name, 25.0)[1] >= seen.max() - slack, name
        assert SOLUTION.extremum(name, 25.0, highest=False)[1] <= seen.min() + slack, name


def test_crossings_lie_on_their_level_and_are_the_first() -> None:
    for name, level, rising in (("withdrawal_index", 10.0, True), ("effect_leg", 0.3, False)):
        t_h = SOLUTION.first_crossing_h(name, level, 20.0, rising)
        assert t_h is not None
        assert SOLUTION.series(name, np.array([t_h]))[0] == pytest.approx(level, rel=1e-9)
        before = SOLUTION.series(name, np.linspace(20.0, t_h - 1e-6, 5001))
        assert np.all(before < level if rising else before > level)


def test_a_level_already_passed_is_crossed_at_once() -> None:
    assert SOLUTION.first_crossing_h("csf_lumbar", 0.0, 33.0) == 33.0


def test_index_stays_between_none_and_full() -> None:
    index = SOLUTION.series("withdrawal_index", np.linspace(0.0, 150.0, 5001))
    assert index.min() >= -1e-12
    assert index.max() <= 100.0


def test_a_peak_just_before_a_jump_is_seen_and_crossed() -> None:
    """A third of the CSF is let off while the level still rises: the peak is the limit from the left."""
    therapy = therapy_of([(0.0, constant(14.0)), (2.0, constant(60.0))], 40.0, (), (Drainage(6.0, 20.0),))
    solution = exact.solve(problem_for("one_compartment", therapy, 14.0))
    before = float(solution.series("csf_lumbar", np.array([np.nextafter(6.0, 0.0)]))[0])
    inside = solution.series("csf_lumbar", np.linspace(0.0, 5.999, 5001)).max()
    assert before > inside
    cut = replace(solution, edges_h=np.array([0.0, 7.0]), nodes_h=solution.nodes_h[solution.nodes_h <= 7.0])
    cut = replace(cut, known={}, _extrema={})
    assert cut.extremum("csf_lumbar", 0.0) == pytest.approx((6.0, before), rel=1e-12)
    crossing_h = cut.first_crossing_h("csf_lumbar", 0.5 * (inside + before), 0.0)
    assert crossing_h is not None
    assert 5.999 < crossing_h < 6.0
    assert cut.first_crossing_h("csf_lumbar", 1.0001 * before, 0.0) is None
