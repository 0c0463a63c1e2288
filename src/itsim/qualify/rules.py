"""The rules by which a simulated population agrees with a published fact or does not (science §3).

A rule turns what was reported and what was simulated into conditions ``low ≤ value ≤ high``; all must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.study.cohort import HIGH_PERCENT, LOW_PERCENT

MEAN_WITHIN_FRAC = 0.30
"""A mean without a spread: the population median may differ by this share of it."""
OVERLAP_FRAC = 2.0 / 3.0
"""A range over patients: the share of it that the population's band must cover."""
MARGIN_FRAC = 0.06
"""A verdict whose value lies this close to its limit is marginal: another seed may turn it."""


@dataclass(frozen=True)
class Spread:
    """What a population gave: percentiles over the patients in whom the observable exists."""

    median: float
    low: float
    """5th percentile."""
    high: float
    """95th percentile; infinite where it does not come within the run."""
    mean: float
    """Of an observable that is 0 or 1: the share of patients."""
    n: int
    """How many patients have it at all."""


@dataclass(frozen=True)
class Condition:
    """One comparison; the limits belong to what is allowed."""

    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the value lies within its limits; never where there is no value."""
        return bool(self.low <= self.value <= self.high)

    @property
    def is_near(self) -> bool:
        """Whether the value lies within MARGIN_FRAC of a limit that it could pass."""
        limits = [limit for limit in (self.low, self.high) if np.isfinite(limit) and limit != 0.0]
        return any(abs(self.value - limit) <= MARGIN_FRAC * abs(limit) for limit in limits)


@dataclass(frozen=True)
class Verdict:
    """Inside or outside, and whether that hangs by a thread."""

    inside: bool
    marginal: bool


Reported = Mapping[str, float]
Rule = Callable[[Reported, Spread], tuple[Condition, ...]]


def spread_of(values: Array) -> Spread:
    """Percentiles of one observable over patients ``[n]``; NaN where a patient does not have it."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return Spread(np.nan, np.nan, np.nan, np.nan, 0)
    percents = [50.0, LOW_PERCENT, HIGH_PERCENT]
    median, low, high = np.percentile(known, percents, method="inverted_cdf")
    return Spread(float(median), float(low), float(high), float(np.mean(known)), len(known))


def in_range(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """A range, or a mean with its standard deviation: the median lies within."""
    return (Condition(found.median, reported["low"], reported["high"]),)


def near_mean(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """A mean alone: the median lies within 30 % of it."""
    mean = reported["mean"]
    return (Condition(found.median, (1.0 - MEAN_WITHIN_FRAC) * mean, (1.0 + MEAN_WITHIN_FRAC) * mean),)


def range_over_patients(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """A range over patients: the median lies within, and the band covers two thirds of it."""
    low, high = reported["low"], reported["high"]
    covered = max(0.0, min(high, found.high) - max(low, found.low)) / (high - low)
    return Condition(found.median, low, high), Condition(covered, OVERLAP_FRAC, np.inf)


def upper_bound(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """An upper bound: the 95th percentile lies below it."""
    return (Condition(found.high, -np.inf, reported["high"]),)


def one_case(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """One patient: the value lies within the band of the population, not at its middle."""
    value = reported["value"]
    return Condition(found.low, -np.inf, value), Condition(found.high, value, np.inf)


def in_share(reported: Reported, found: Spread) -> tuple[Condition, ...]:
    """A direction, an order or a frequency: the share of patients in whom it is so lies within limits."""
    low, high = reported["low"], reported["high"]
    return (Condition(found.mean, low if low > 0.0 else -np.inf, high if high < 1.0 else np.inf),)


RULES: Mapping[str, Rule] = {
    "range": in_range,
    "mean": near_mean,
    "range_over_patients": range_over_patients,
    "upper_bound": upper_bound,
    "case": one_case,
    "share": in_share,
}

REPORTED: Mapping[str, frozenset[str]] = {
    "range": frozenset({"low", "high"}),
    "mean": frozenset({"mean"}),
    "range_over_patients": frozenset({"low", "high"}),
    "upper_bound": frozenset({"high"}),
    "case": frozenset({"value"}),
    "share": frozenset({"low", "high"}),
}
"""The numbers that each rule reads."""


def judge(rule: str, reported: Reported, found: Spread) -> Verdict:
    """The verdict on one check. Raises KeyError for an unknown rule or a number that is missing."""
    conditions = RULES[rule](reported, found)
    return _together([Verdict(c.holds, c.is_near) for c in conditions])


def together(verdicts: list[Verdict]) -> Verdict:
    """The verdict on a fact with several checks: all must hold. Raises ValueError for none."""
    if not verdicts:
        raise ValueError("a fact without a check has no verdict")
    return _together(verdicts)


def _together(verdicts: list[Verdict]) -> Verdict:
    """Inside is marginal where one part is; outside, where every part that fails is."""
    failing = [verdict for verdict in verdicts if not verdict.inside]
    if failing:
        return Verdict(False, all(verdict.marginal for verdict in failing))
    return Verdict(True, any(verdict.marginal for verdict in verdicts))


def limits(rule: str, reported: Reported) -> tuple[float, float]:
    """Between what the deciding value must lie: the range, or the mean's 30 %; open ends are infinite."""
    if rule == "case":
        return reported["value"], reported["value"]
    (first, *_) = RULES[rule](reported, Spread(np.nan, np.nan, np.nan, np.nan, 0))
    return first.low, first.high
