"""Every rule both ways, on made-up numbers; a verdict that hangs by a thread says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from itsim.qualify.rules import (
    MARGIN_FRAC,
    MEAN_WITHIN_FRAC,
    OVERLAP_FRAC,
    REPORTED,
    RULES,
    Condition,
    Spread,
    Verdict,
    judge,
    limits,
    spread_of,
    together,
)


def spread(median: float = 1.0, low: float = 0.5, high: float = 2.0, mean: float = 0.5) -> Spread:
    return Spread(median, low, high, mean, 100)


def test_the_rules_are_those_of_the_science_page() -> None:
    assert (MEAN_WITHIN_FRAC, OVERLAP_FRAC, MARGIN_FRAC) == (0.30, 2.0 / 3.0, 0.06)
    assert set(RULES) == set(REPORTED)


@pytest.mark.parametrize(
    ("rule", "reported", "found", "inside"),
    [
        ("range", {"low": 10.0, "high": 20.0}, spread(median=10.0), True),
        ("range", {"low": 10.0, "high": 20.0}, spread(median=20.0), True),
        ("range", {"low": 10.0, "high": 20.0}, spread(median=9.99), False),
        ("range", {"low": 10.0, "high": 20.0}, spread(median=20.01), False),
        ("range", {"low": 10.0, "high": 20.0}, spread(median=np.inf), False),
        ("range", {"low": 10.0, "high": 20.0}, spread(median=np.nan), False),
        ("mean", {"mean": 100.0}, spread(median=71.0), True),
        ("mean", {"mean": 100.0}, spread(median=129.0), True),
        ("mean", {"mean": 100.0}, spread(median=69.0), False),
        ("mean", {"mean": 100.0}, spread(median=131.0), False),
        # the band covers 2 of 3, then a little less; the median must be within besides
        ("range_over_patients", {"low": 1.0, "high": 4.0}, spread(2.5, 2.0, 4.0), True),
        ("range_over_patients", {"low": 1.0, "high": 4.0}, spread(2.5, 2.01, 4.0), False),
        ("range_over_patients", {"low": 1.0, "high": 4.0}, spread(2.5, 0.0, 90.0), True),
        ("range_over_patients", {"low": 1.0, "high": 4.0}, spread(4.1, 0.0, 90.0), False),
        ("range_over_patients", {"low": 1.0, "high": 4.0}, spread(0.5, 0.2, 0.9), False),
        ("upper_bound", {"high": 5.0}, spread(median=99.0, high=4.9), True),
        ("upper_bound", {"high": 5.0}, spread(median=0.1, high=5.1), False),
        ("case", {"value": 8.0}, spread(20.0, 7.9, 50.0), True),
        ("case", {"value": 8.0}, spread(20.0, 8.1, 50.0), False),
        ("case", {"value": 8.0}, spread(20.0, 7.9, np.inf), True),
        ("case", {"value": 60.0}, spread(20.0, 7.9, 50.0), False),
        ("share", {"low": 0.03, "high": 0.05}, spread(mean=0.04), True),
        ("share", {"low": 0.03, "high": 0.05}, spread(mean=0.02), False),
        ("share", {"low": 0.03, "high": 0.05}, spread(mean=0.06), False),
        ("share", {"low": 0.9, "high": 1.0}, spread(mean=1.0), True),
        ("share", {"low": 0.9, "high": 1.0}, spread(mean=0.89), False),
        ("share", {"low": 0.0, "high": 0.0}, spread(mean=0.0), True),
        ("share", {"low": 0.0, "high": 0.0}, spread(mean=0.001), False),
        ("share", {"low": 0.0, "high": 0.5}, spread(mean=np.nan), False),
    ],
)
def test_rule(rule: str, reported: dict[str, float], found: Spread, inside: bool) -> None:
    assert judge(rule, reported, found).inside is inside


@pytest.mark.parametrize(
    ("value", "marginal"),
    [(9.0, False), (9.5, True), (10.5, True), (11.0, False), (19.0, True), (21.0, True), (22.0, False)],
)
def test_within_six_per_cent_of_a_limit_is_marginal_on_both_sides(value: float, marginal: bool) -> None:
    assert judge("range", {"low": 10.0, "high": 20.0}, spread(median=value)).marginal is marginal


def test_a_limit_that_cannot_be_passed_makes_nothing_marginal() -> None:
    assert not judge("share", {"low": 0.9, "high": 1.0}, spread(mean=1.0)).marginal
    assert not judge("share", {"low": 0.0, "high": 0.5}, spread(mean=0.0)).marginal
    assert judge("share", {"low": 0.9, "high": 1.0}, spread(mean=0.92)).marginal


def test_the_covered_part_can_be_what_is_marginal() -> None:
    reported = {"low": 1.0, "high": 4.0}
    assert judge("range_over_patients", reported, spread(2.5, 1.95, 4.0)) == Verdict(True, True)
    assert judge("range_over_patients", reported, spread(2.5, 1.0, 4.0)) == Verdict(True, False)


def test_all_checks_of_a_fact_must_hold() -> None:
    sound, near = Verdict(True, False), Verdict(True, True)
    off, nearly = Verdict(False, False), Verdict(False, True)
    assert together([sound, sound]) == Verdict(True, False)
    assert together([sound, near]) == Verdict(True, True)
    assert together([sound, nearly]) == Verdict(False, True)
    assert together([near, off]) == Verdict(False, False)
    assert together([nearly, off]) == Verdict(False, False)
    with pytest.raises(ValueError, match="without a check"):
        together([])


def test_percentiles_are_of_those_who_have_it() -> None:
    values = np.array([*range(1, 101), np.nan, np.nan], float)
    assert spread_of(values) == Spread(50.0, 5.0, 95.0, 50.5, 100)


def test_what_never_comes_is_later_than_everything() -> None:
    found = spread_of(np.array([1.0, 2.0, 3.0, np.inf]))
    assert (found.median, found.high) == (2.0, np.inf)
    assert spread_of(np.array([1.0, np.inf, np.inf])).median == np.inf


def test_nobody_has_it() -> None:
    found = spread_of(np.array([np.nan, np.nan]))
    assert found.n == 0
    assert not judge("range", {"low": 0.0, "high": 1e9}, found).inside


@pytest.mark.parametrize(
    ("rule", "reported", "expected"),
    [
        ("range", {"low": 1.0, "high": 2.0}, (1.0, 2.0)),
        ("mean", {"mean": 10.0}, (7.0, 13.0)),
        ("range_over_patients", {"low": 1.0, "high": 2.0}, (1.0, 2.0)),
        ("upper_bound", {"high": 5.0}, (-np.inf, 5.0)),
        ("case", {"value": 8.0}, (8.0, 8.0)),
        ("share", {"low": 0.1, "high": 1.0}, (0.1, np.inf)),
    ],
)
def test_limits_that_are_shown(rule: str, reported: dict[str, float], expected: Any) -> None:
    assert limits(rule, reported) == pytest.approx(expected)


def test_a_condition_without_a_value_does_not_hold() -> None:
    assert not Condition(np.nan, -np.inf, np.inf).holds


def test_unknown_rule_and_missing_number() -> None:
    with pytest.raises(KeyError):
        judge("guess", {}, spread())
    with pytest.raises(KeyError):
        judge("mean", {"low": 1.0}, spread())
