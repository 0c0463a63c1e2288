"""The curve of onsets against what is known in closed form: the plain share, and a table worked by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from itsim.metrics import NO_LOSS, NOT_WITHIN, Metric
from itsim.study.survival import OnsetCurve, Quantile, case_curves, kaplan_meier, onset_curve
from study.small import faked, made

SIX_H = np.array([2.0, 3.0, 3.0, 5.0, 7.0, 9.0])
SIX_SEEN = np.array([True, True, False, True, False, True])
"""Six patients by hand. Onsets at 2 (6 at risk), 3 (5), 5 (3) and 9 h (1); two leave, at 3 and at 7 h."""


def six() -> OnsetCurve:
    return kaplan_meier(SIX_H, SIX_SEEN, 9.0)


def cohort_of(*onsets: float | str, until_h: float = 100.0) -> Any:
    metrics = [Metric(None, "h", o) if isinstance(o, str) else Metric(o, "h") for o in onsets]
    return SimpleNamespace(metrics=tuple({"withdrawal_onset_h": m} for m in metrics), until_h=until_h)


def test_a_table_worked_by_hand() -> None:
    """S = 5/6, 5/6·4/5, that again at 5 h times 2/3, unchanged at 7 h, and nobody left at 9 h."""
    curve = six()
    assert list(curve.times_h) == [2.0, 3.0, 5.0, 7.0, 9.0]
    assert curve.surviving == pytest.approx([5 / 6, 2 / 3, 4 / 9, 4 / 9, 0.0])
    assert list(curve.at_risk) == [6, 5, 3, 2, 1]
    assert [curve.n_at_risk(t) for t in (0.0, 2.0, 2.1, 7.0, 9.0, 9.1)] == [6, 6, 5, 2, 1, 0]


def test_greenwood_on_the_log_log_scale_by_hand() -> None:
    """At 5 h: Σ d/(n(n−d)) = 1/30 + 1/20 + 1/6 = 1/4; ends S^exp(±1.96·√(1/4)/|ln S|)."""
    curve, share = six(), 4.0 / 9.0
    spread = 1.959964 * 0.5 / abs(np.log(share))
    assert curve.low[2] == pytest.approx(share ** np.exp(spread), rel=1e-6)
    assert curve.high[2] == pytest.approx(share ** np.exp(-spread), rel=1e-6)


def test_without_anybody_leaving_it_is_the_plain_share() -> None:
    onsets_h = np.random.default_rng(3).permutation(np.arange(1.0, 21.0))
    curve = kaplan_meier(onsets_h, np.ones(20, dtype=bool), 50.0)
    assert curve.surviving == pytest.approx(1.0 - np.arange(1, 21) / 20.0)
    assert curve.never_frac == 0.0
    assert curve.never_interval == pytest.approx((0.0, 1.0 - 0.025 ** (1 / 20)))


def test_when_all_leave_without_it_the_share_is_one() -> None:
    """The interval is the exact one of no onset in *n*: 0.025^(1/n) to 1."""
    curve = onset_curve(cohort_of(*[NOT_WITHIN] * 8))
    assert curve is not None
    assert list(curve.surviving) == [1.0]
    assert list(curve.times_h) == [100.0]
    assert curve.never_interval == pytest.approx((0.025 ** (1 / 8), 1.0))
    assert curve.quantile(0.1) == Quantile(0.1, None, 100.0, None)


def test_the_interval_encloses_the_curve_and_never_rises() -> None:
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 60):
        curve = kaplan_meier(rng.exponential(10.0, n), rng.random(n) < 0.7, 100.0)
        for edge in (curve.low, curve.surviving, curve.high):
            assert np.isfinite(edge).all()
            assert (np.diff(edge) <= 1e-12).all()
            assert ((edge >= 0.0) & (edge <= 1.0)).all()
        assert (curve.low <= curve.surviving).all()
        assert (curve.surviving <= curve.high).all()


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Exponential onsets of mean 10 h, watched for 15 h: the share still without at 7 h is e^(−0.7)."""
    rng, covered = np.random.default_rng(11), 0
    for _ in range(300):
        onsets_h = rng.exponential(10.0, 60)
        curve = kaplan_meier(np.minimum(onsets_h, 15.0), onsets_h < 15.0, 15.0)
        i = int(np.searchsorted(curve.times_h, 7.0, side="right")) - 1
        covered += bool(curve.low[i] <= np.exp(-0.7) <= curve.high[i])
    assert covered / 300 == pytest.approx(0.95, abs=0.04)


def test_quantiles_are_where_the_curve_and_its_ends_pass() -> None:
    curve = six()
    assert curve.quantile(0.25).t_h == 3.0
    assert curve.quantile(0.5).t_h == 5.0
    half = curve.quantile(0.5)
    assert half.low_h is not None
    assert half.low_h <= 5.0
    assert half.high_h is None or half.high_h >= 5.0
    never = kaplan_meier(np.array([1.0, 9.0, 9.0]), np.array([True, False, False]), 9.0)
    assert never.quantile(0.5).t_h is None


def test_patients_of_a_cohort_leave_at_the_end_of_the_run() -> None:
    curve = onset_curve(cohort_of(20.0, NOT_WITHIN, 10.0, NOT_WITHIN))
    assert curve is not None
    assert curve.surviving == pytest.approx([0.75, 0.5, 0.5])
    assert list(curve.times_h) == [10.0, 20.0, 100.0]
    assert (curve.n, curve.never_frac, curve.until_h) == (4, 0.5, 100.0)


def test_who_loses_nothing_is_not_counted() -> None:
    assert onset_curve(cohort_of(NO_LOSS, NO_LOSS)) is None
    curve = onset_curve(cohort_of(NO_LOSS, 10.0, NOT_WITHIN))
    assert curve is not None
    assert curve.n == 2


def test_cases_of_a_study_are_watched_from_their_own_first_loss_to_their_own_end() -> None:
    """The stall at 2 or 21 days, until day 30; half of ten patients come after 5 h, one run fails."""
    vary = {"timeline.stall.at": ["2 day", "21 day"]}
    study = made(vary=vary, patients=10, metrics=["withdrawal_onset_h"])
    rows = faked(study, lambda day, k: 5.0 if k < 5 else NOT_WITHIN, failing=[19])
    early, late = case_curves(study, rows)
    assert (early.place, late.place) == (0, 1)
    assert early.curve.until_h == pytest.approx(28.0 * 24.0, abs=1.0)
    assert late.curve.until_h == pytest.approx(9.0 * 24.0, abs=1.0)
    assert (early.curve.n, late.curve.n) == (10, 9)
    assert early.curve.never_frac == pytest.approx(0.5)
    assert late.curve.never_frac == pytest.approx(4.0 / 9.0)


def test_a_case_that_loses_nothing_has_no_curve() -> None:
    study = made(scenario="gradual_linear", vary={"timeline.decline.fault.end": [0.2, 1.0]}, patients=2,
                 metrics=["withdrawal_onset_h"])  # fmt: skip
    rows = faked(study, lambda end, k: 5.0 if end < 1.0 else NO_LOSS)
    (only,) = case_curves(study, rows)
    assert only.place == 0
