"""Indices of studies whose metric is a known function: the answer, the rule for gaps, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from itsim.metrics import NO_LOSS, NOT_WITHIN
from itsim.study.model import Study
from itsim.study.screening import MORRIS, SOBOL_INDICES
from itsim.study.sensitivity import NotAnalysable, indices
from study.small import faked, made

VARY = {
    "timeline.stall.at": {"uniform": {"low": "1 day", "high": "5 day"}},
    "patient.csf_loss": {"log_uniform": {"low": "0.1 1/h", "high": "0.4 1/h"}},
    "device.length": {"uniform": {"low": "60 cm", "high": "100 cm"}},
}
"""Days, shares of an hour and centimetres, so that no index can hide its unit."""


def study(design: str = MORRIS, samples: int = 16, **more: Any) -> Study:
    return made(vary=VARY, design=design, samples=samples, metrics=["withdrawal_onset_h"], seed=4, **more)


def test_a_line_in_one_number_has_its_slope_as_change_and_all_of_the_variance() -> None:
    """Half of the distribution of the first number is 2 of its 4 days: 3 h a day makes 6 h."""
    found = indices(study(), faked(study(), lambda day, loss, length: 3.0 * day + 100.0))
    np.testing.assert_allclose(found.values[0], [6.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.low[0], [6.0, 0.0, 0.0], atol=1e-9)
    assert found.order[0] == 0
    assert found.settled
    one = study(SOBOL_INDICES, 256)
    found = indices(one, faked(one, lambda day, loss, length: 3.0 * day + 100.0))
    np.testing.assert_allclose(found.values[0], [1.0, 0.0, 0.0], atol=0.02)
    assert found.scale == 1.0


def test_the_quantiles_of_a_distribution_are_what_is_stepped_over() -> None:
    """Half of a log-uniform spread from 0.1 to 0.4 is a factor of two, from wherever it begins."""
    found = indices(study(), faked(study(), lambda day, loss, length: float(np.log2(loss))))
    assert found.factors[1] == "csf_loss"
    np.testing.assert_allclose(found.values[0], [0.0, 1.0, 0.0], atol=1e-9)


def test_two_numbers_that_only_work_together_have_more_in_total_than_alone() -> None:
    one = study(SOBOL_INDICES, 512)
    found = indices(one, faked(one, lambda day, loss, length: (day - 3.0) * (length - 80.0)))
    total, first = found.values
    assert total[0] > 0.9
    assert total[2] > 0.9
    np.testing.assert_allclose(first, 0.0, atol=0.12)


def test_intervals_hold_the_index_and_shrink_with_the_sample() -> None:
    def metric(day: float, loss: float, length: float) -> float:
        return day**2 + 20.0 * loss + 0.01 * day * length

    few, many = (indices(s, faked(s, metric)) for s in (study(SOBOL_INDICES, 32), study(SOBOL_INDICES, 512)))
    for found in (few, many):
        assert (found.low[0] <= found.values[0]).all()
        assert (found.values[0] <= found.high[0]).all()
    assert many.width < 0.5 * few.width
    assert many.moved < few.moved
    assert many.settled
    assert not few.settled


def test_half_is_the_analysis_of_half_of_the_sample() -> None:
    def metric(day: float, loss: float, length: float) -> float:
        return day * loss + length

    whole, half = study(SOBOL_INDICES, 32), study(SOBOL_INDICES, 16)
    np.testing.assert_allclose(
        indices(whole, faked(whole, metric)).half, indices(half, faked(half, metric)).values
    )


def late(day: float, *others: float) -> float | str:
    """Comes at 10 h a day, and past 30 h not within the run."""
    return 10.0 * day if day < 3.0 else NOT_WITHIN


def test_what_does_not_come_counts_as_the_latest_that_came_and_that_is_said() -> None:
    rows = faked(study(), late)
    found = indices(study(), rows)
    days = study().design.rows(np.arange(study().n_rows))[:, 0]
    latest = 10.0 * days[days < 3.0].max()
    np.testing.assert_array_equal(found.asked.values, np.where(days < 3.0, 10.0 * days, latest))
    assert found.asked.censored == int((days >= 3.0).sum()) > 0
    assert f"In {found.asked.censored} of {len(days)} runs" in found.asked.rule
    assert "the latest that came" in found.asked.rule


def test_a_horizon_of_ones_own_cuts_what_comes_later_too() -> None:
    found = indices(study(), faked(study(), late), horizon_h=18.0)
    days = study().design.rows(np.arange(study().n_rows))[:, 0]
    np.testing.assert_array_equal(found.asked.values, np.where(10.0 * days < 18.0, 10.0 * days, 18.0))
    assert "as asked" in found.asked.rule


def test_whether_it_comes_at_all_is_a_question_of_its_own() -> None:
    found = indices(study(), faked(study(), late), never=True)
    days = study().design.rows(np.arange(study().n_rows))[:, 0]
    np.testing.assert_array_equal(found.asked.values, days >= 3.0)
    assert (found.asked.unit, found.asked.rule) == ("1", "")


def test_virtual_patients_are_averaged_and_never_is_their_share() -> None:
    crossed = study(patients=4)

    def metric(day: float, loss: float, length: float, patient: int) -> float | str:
        return 10.0 * day + patient if patient else NOT_WITHIN

    rows = faked(crossed, metric)
    days = crossed.design.rows(np.arange(crossed.design.n_rows))[:, 0]
    horizon = 10.0 * days.max() + 3.0
    np.testing.assert_allclose(indices(crossed, rows).asked.values, (3.0 * 10.0 * days + 6.0 + horizon) / 4.0)
    with pytest.raises(NotAnalysable, match="the same in every row"):
        indices(crossed, rows, never=True)  # a quarter of the patients, everywhere


def test_a_failed_row_refuses_the_analysis_with_its_reason() -> None:
    with pytest.raises(NotAnalysable, match=r"2 of 64 runs could not be made.*Row 5: no such pump"):
        indices(study(), faked(study(), lambda *numbers: sum(numbers), failing=[5, 9]))


def test_a_metric_that_means_nothing_in_some_runs_is_refused() -> None:
    rows = faked(study(), lambda day, *others: day if day < 4.0 else NO_LOSS)
    with pytest.raises(NotAnalysable, match=r"means nothing in some runs \(\d+ × no loss\)"):
        indices(study(), rows)
    assert indices(study(), rows, never=True).asked.censored > 0


@pytest.mark.parametrize(
    ("metric", "said"),
    [(lambda *numbers: 7.0, "same in every row"), (lambda *numbers: NOT_WITHIN, "comes in no row")],
)
def test_what_never_changes_has_no_indices(metric: Any, said: str) -> None:
    with pytest.raises(NotAnalysable, match=said):
        indices(study(), faked(study(), metric))


def test_a_grid_a_strange_metric_and_an_unnamed_scenario_are_refused() -> None:
    grid = made(metrics=["withdrawal_peak"])
    with pytest.raises(NotAnalysable, match="the design is grid; write `design: morris`"):
        indices(grid, faked(grid, lambda day: day))
    rows = faked(study(), lambda day, *others: day)
    with pytest.raises(NotAnalysable, match="'tone_peak' is no metric of this study: withdrawal_onset_h"):
        indices(study(), rows, "tone_peak")
    vary = {
        "patient.csf_loss": VARY["patient.csf_loss"],
        "until": {"uniform": {"low": "50 day", "high": "60 day"}},
    }
    two = made(
        scenario=None, scenarios=["abrupt_stop", "abrupt_stall"], vary=vary, design=MORRIS, samples=4, seed=1,
        metrics=["withdrawal_peak"],
    )  # fmt: skip
    rows = faked(two, lambda loss, until: loss)
    with pytest.raises(NotAnalysable, match="name a scenario: abrupt_stop, abrupt_stall"):
        indices(two, rows)
    assert indices(two, rows, scenario="abrupt_stall").asked.scenario == "abrupt_stall"


def test_the_same_rows_give_the_same_intervals() -> None:
    rows = faked(study(), lambda day, loss, length: day * loss)
    one, again = indices(study(), rows), indices(study(), rows)
    np.testing.assert_array_equal(one.low, again.low)
