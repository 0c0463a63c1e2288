"""The whole table: every fact in a population, over one seed or several; behaviour; verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.qualify.facts import EXPECTED, PUBLISHED, Check, Fact, facts
from itsim.qualify.population import DEFAULT_SEED, DEFAULT_SIZE, simulate
from itsim.qualify.rules import Spread, Verdict, judge, spread_of, together
from itsim.qualify.verification import Verified, verify
from itsim.study.workers import Progress

MOST_FOR_BEHAVIOUR = 200
"""Patients for the rows that are no facts."""


@dataclass(frozen=True)
class Result:
    """One check: what the population gave, and the verdict."""

    check: Check
    found: Spread
    verdict: Verdict
    by_seed: tuple[bool, ...]
    """Inside or outside, seed by seed."""


@dataclass(frozen=True)
class Row:
    """One fact with its results."""

    fact: Fact
    results: tuple[Result, ...]
    verdict: Verdict
    by_seed: tuple[bool, ...]


@dataclass(frozen=True)
class Qualification:
    """Everything that `itsim qualify` says."""

    rows: tuple[Row, ...]
    """The published facts."""
    behaviour: tuple[Row, ...]
    """Plausibility, emergent behaviour, further calibration; these do not count among the facts."""
    verified: tuple[Verified, ...]
    size: int
    seeds: tuple[int, ...]

    @property
    def n_inside(self) -> int:
        """How many facts lie inside."""
        return sum(row.verdict.inside for row in self.rows)

    @property
    def independent(self) -> tuple[Row, ...]:
        """The facts that no parameter was fitted to."""
        return tuple(row for row in self.rows if not row.fact.fitted)

    @property
    def is_verified(self) -> bool:
        """Whether the code solves its equations."""
        return all(check.holds for check in self.verified)


def qualify(
    size: int = DEFAULT_SIZE,
    seeds: Sequence[int] = (DEFAULT_SEED,),
    workers: int = 1,
    progress: Progress | None = None,
) -> Qualification:
    """Simulate everything; *progress* is called with (done, all) patients.

    Raises ValueError for a population below 1, no seeds, or a seed that is none.
    """
    if not seeds:
        raise ValueError("no seeds: give at least one")
    few = min(size, MOST_FOR_BEHAVIOUR)
    total = len(seeds) * size + few
    published, expected = facts(PUBLISHED), facts(EXPECTED)
    many = [
        simulate(_checks(published), size, seed, workers, _onward(progress, i * size, total))
        for i, seed in enumerate(seeds)
    ]
    last = _onward(progress, len(seeds) * size, total)
    behaviour = simulate(_checks(expected), few, seeds[0], workers, last)
    return Qualification(
        rows=rows_of(published, many),
        behaviour=rows_of(expected, [behaviour]),
        verified=verify(),
        size=size,
        seeds=tuple(seeds),
    )


def rows_of(chosen: Sequence[Fact], values: Sequence[Array]) -> tuple[Row, ...]:
    """The rows of some facts from ``[patients, checks]`` for each seed, the checks in the facts' order."""
    rows, at = [], 0
    for fact in chosen:
        results = tuple(
            result_of(check, [v[:, at + i] for v in values]) for i, check in enumerate(fact.checks)
        )
        at += len(fact.checks)
        by_seed = tuple(all(result.by_seed[i] for result in results) for i in range(len(results[0].by_seed)))
        rows.append(Row(fact, results, _median_verdict([r.verdict for r in results], by_seed), by_seed))
    return tuple(rows)


def result_of(check: Check, values: Sequence[Array]) -> Result:
    """One check from its values ``[patients]`` for each seed; what is shown is the median over seeds."""
    spreads = [spread_of(v) for v in values]
    by_seed = tuple(judge(check.rule, check.reported, spread).inside for spread in spreads)
    found = _median_spread(spreads)
    verdict = judge(check.rule, check.reported, found)
    return Result(check, found, _median_verdict([verdict], by_seed), by_seed)


def _median_verdict(parts: list[Verdict], by_seed: tuple[bool, ...]) -> Verdict:
    """Inside where more than half of the seeds are; marginal where they differ, or where a value is near."""
    shown = together(parts)
    if len(by_seed) == 1:
        return shown
    inside, unanimous = 2 * sum(by_seed) > len(by_seed), len(set(by_seed)) == 1
    return Verdict(inside, not unanimous or shown.marginal)


def _median_spread(spreads: Sequence[Spread]) -> Spread:
    def middle(values: list[float]) -> float:
        known = [value for value in values if not np.isnan(value)]
        return float(np.percentile(known, 50.0, method="inverted_cdf")) if known else np.nan

    return Spread(
        median=middle([spread.median for spread in spreads]),
        low=middle([spread.low for spread in spreads]),
        high=middle([spread.high for spread in spreads]),
        mean=middle([spread.mean for spread in spreads]),
        n=int(middle([spread.n for spread in spreads])),
    )


def _checks(chosen: Sequence[Fact]) -> tuple[Check, ...]:
    return tuple(check for fact in chosen for check in fact.checks)


def _onward(progress: Progress | None, before: int, total: int) -> Progress | None:
    """What one of several populations reports to."""
    if progress is None:
        return None
    return lambda done, size: progress(before + done, total)
