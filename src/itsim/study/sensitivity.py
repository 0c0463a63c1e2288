"""Which of the numbers that vary a metric hangs on: indices with intervals, and whether they have settled.

What does not come within the run has no number, and no index can be made of a gap. The rule: it counts as
long as the horizon, which is the latest that came in any row unless another is given; what came later than a
given horizon is cut to it. That is the time passed without it up to the horizon, for every row alike. Whether
it comes at all is a question of its own (``never``). A row that failed refuses the analysis, and so does a
row in which the metric means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from itsim.arrays import Array, Codes
from itsim.metrics import METRICS, NOT_WITHIN
from itsim.study.columns import CENSORED
from itsim.study.model import Study
from itsim.study.screening import METHODS, Method

DRAWS = 500
"""Numerical: how often the groups are drawn anew for an interval."""
LOW_PERCENT, HIGH_PERCENT = 2.5, 97.5
MOVED_LEAST, WIDTH_LEAST = 0.05, 0.2
"""Conventions: settled is what moves less than this from half of the sample to all of it, and whose widest
interval is narrower than that; as a share of the variance, or of the largest change."""


class NotAnalysable(ValueError):
    """The rows of a study from which no index can be made; the message says why and what to do."""


@dataclass(frozen=True)
class Asked:
    """A metric as the analysis takes it: a number for every row of the design."""

    metric: str
    scenario: str
    values: Array
    """``[rows of the design]``, the mean over virtual patients where there are any."""
    label: str
    unit: str
    rule: str
    """What was done about runs in which the metric does not come; empty where it came in all."""
    censored: int
    """In how many runs it does not come within the run."""


@dataclass(frozen=True)
class Indices:
    """The indices of every factor, ``[indices, factors]``, with 95 % intervals of a bootstrap over groups."""

    method: Method
    asked: Asked
    factors: tuple[str, ...]
    values: Array
    low: Array
    high: Array
    half: Array
    """The same from the first half of the sample; NaN where that has no spread."""
    samples: int
    runs: int

    @property
    def order(self) -> tuple[int, ...]:
        """The places of the factors, the one that matters most first."""
        return tuple(int(j) for j in np.argsort(-self.values[0], kind="stable"))

    @property
    def scale(self) -> float:
        """What a change of an index is measured by: 1, or the largest index where they have a unit."""
        return 1.0 if self.method.is_relative else float(self.values[0].max())

    @property
    def moved(self) -> float:
        """The largest change of the ranking index from half of the sample to all of it, on that scale; NaN
        where the half has no spread."""
        return float(np.abs(self.values[0] - self.half[0]).max()) / self.scale

    @property
    def width(self) -> float:
        """The widest interval of the ranking index, on that scale."""
        return float((self.high[0] - self.low[0]).max()) / self.scale

    @property
    def settled(self) -> bool:
        """Whether more samples are not expected to change the picture, by the conventions above."""
        return self.moved <= MOVED_LEAST and self.width <= WIDTH_LEAST


def indices(
    study: Study, rows: Any, metric: str | None = None, scenario: str | None = None, never: bool = False,
    horizon_h: float | None = None,
) -> Indices:  # fmt: skip
    """The indices of one metric of a study whose design is ``morris`` or ``sobol_indices``.

    *rows* is its Arrow table; *metric* the first of the study by default, *scenario* needed where there are
    several. Raises NotAnalysable.
    """
    method = METHODS.get(study.design.kind)
    if method is None:
        raise NotAnalysable(
            f"the design is {study.design.kind}; write `design: {'` or `design: '.join(METHODS)}`"
        )
    asked = asked_of(study, rows, metric, scenario, never, horizon_h)
    if np.ptp(asked.values) == 0.0:
        raise NotAnalysable(f"{asked.label} is the same in every row; nothing that was varied changes it")
    return _estimated(method, study, asked)


def _estimated(method: Method, study: Study, asked: Asked) -> Indices:
    shares = study.design.shares
    each = method.rows_each(shares.shape[1])
    groups = np.arange(len(shares)).reshape(-1, each)

    def found(chosen: Codes) -> Array:
        rows = chosen.ravel()
        if np.ptp(asked.values[rows]) == 0.0:
            return np.full((len(method.indices), shares.shape[1]), np.nan)
        return method.of(shares[rows], asked.values[rows])

    draw = np.random.Generator(np.random.Philox(key=study.design.seed))
    drawn = [found(groups[draw.integers(len(groups), size=len(groups))]) for _ in range(DRAWS)]
    low, high = np.nanpercentile(np.array(drawn), [LOW_PERCENT, HIGH_PERCENT], axis=0)
    names = tuple(factor.name for factor in study.design.factors)
    half = found(groups[: len(groups) // 2])
    return Indices(method, asked, names, found(groups), low, high, half, len(groups), study.n_rows)


def asked_of(
    study: Study, rows: Any, metric: str | None, scenario: str | None, never: bool, horizon_h: float | None
) -> Asked:
    """A number for every row of the design, by the rule. Raises NotAnalysable."""
    metric = _chosen("metric", metric, study.metrics[:1] if metric is None else study.metrics)
    scenario = _chosen("scenario", scenario, [one.name for one in study.scenarios])
    shape = study.shape
    place = [one.name for one in study.scenarios].index(scenario)
    mine = rows.slice(place * shape[1] * shape[2], shape[1] * shape[2])
    _refuse_failures(mine)
    values = np.asarray(mine[metric].to_pandas().to_numpy(), float)
    absent, kind = np.isnan(values), METRICS[metric]
    if never:
        label = f"share in which there is no value: {kind.label}"
        mean = absent.astype(float).reshape(shape[1:]).mean(axis=1)
        return Asked(metric, scenario, mean, label, "1", "", int(absent.sum()))
    _refuse_reasons(mine, metric)
    rule = ""
    if absent.any() or horizon_h is not None:
        values, rule = _restricted(values, metric, horizon_h)
    mean = values.reshape(shape[1:]).mean(axis=1)
    return Asked(metric, scenario, mean, kind.label, kind.unit, rule, int(absent.sum()))


def _restricted(values: Array, metric: str, horizon_h: float | None) -> tuple[Array, str]:
    """With a number in place of every gap, and the rule in words."""
    absent = np.isnan(values)
    if absent.all():
        raise NotAnalysable(f"{metric} comes in no row; ask for another metric, or vary more widely")
    horizon = float(np.nanmax(values)) if horizon_h is None else horizon_h
    unit = METRICS[metric].unit
    whose = "the latest that came" if horizon_h is None else "as asked"
    rule = (
        f"In {int(absent.sum())} of {len(values)} runs it does not come within the run: these count as "
        f"{horizon:.4g} {unit}, {whose}. Whether it comes at all is a question of its own (never=True)."
    )
    return np.minimum(np.where(absent, horizon, values), horizon), rule


def _chosen(what: str, given: str | None, known: Sequence[str]) -> str:
    if given is None and len(known) == 1:
        return known[0]
    if given is None or given not in known:
        rule = f"name a {what}" if given is None else f"{given!r} is no {what} of this study"
        raise NotAnalysable(f"{rule}: {', '.join(known)}")
    return given


def _refuse_failures(rows: Any) -> None:
    failed = rows.filter(rows["failure"].is_valid())
    if failed.num_rows:
        first = failed.slice(0, 1).to_pylist()[0]
        raise NotAnalysable(
            f"{failed.num_rows} of {rows.num_rows} runs could not be made, and indices need all of them. "
            f"Row {first['row']}: {first['failure']} Vary within what can be run."
        )


def _refuse_reasons(rows: Any, metric: str) -> None:
    """A gap for another reason than the end of the run has no place in any order."""
    found = rows[metric + CENSORED].drop_null().value_counts().to_pylist()
    other = {str(row["values"]): row["counts"] for row in found if row["values"] != NOT_WITHIN}
    if other:
        told = ", ".join(f"{n} × {reason}" for reason, n in other.items())
        raise NotAnalysable(
            f"{metric} means nothing in some runs ({told}); ask for never=True, or vary within what has it"
        )
