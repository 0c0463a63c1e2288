"""A run as plain data: what ``summary.json`` holds. JSON can hold all of it; nothing in it is NaN."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from itsim.metrics import EXCESS_FRAC, LOSS_FRAC, Metric
from itsim.parameters import Parameter, safety
from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version
from itsim.run import Event, RunRecord, sources_of
from itsim.show import words
from itsim.show.about import assumed, warnings
from itsim.show.marks import is_excess
from itsim.show.syndromes import spell_rows
from itsim.study.cohort import Band, Cohort, enough
from itsim.study.survival import OnsetCurve, onset_curve

FIRST_LOSS = "first_loss"
"""Kind of the event from which all times of the metrics count."""

ONSET_SHARES = (0.1, 0.25, 0.5)
"""The shares of patients for whom the time of onset is given."""


def summary(
    run: RunRecord, cohort: Cohort | None = None, uncertainty: Cohort | None = None
) -> dict[str, Any]:
    """The run's summary: ``low``, ``high`` and ``median`` of the patients of *cohort*, ``uncertainty_low``
    and ``uncertainty_high`` of the typical patient; null without them or with too few for a band, and where
    such a patient never gets there.
    """
    return {
        "itsim_version": itsim_version(),
        "parameters_version": parameters_version(),
        "disclaimer": safety()["disclaimer"],
        "emergency": safety()["withdrawal"],
        "warnings": warnings(run),
        "cohort": _size(cohort),
        "uncertainty": _size(uncertainty),
        "scenario": {"name": run.scenario.name, "sha256": run.scenario.sha256},
        "engine": run.solution.engine,
        "metrics": {
            name: _metric(m, _band(cohort, name), _band(uncertainty, name)) for name, m in run.metrics.items()
        },
        "onset_curve": _onset(onset_curve(cohort) if cohort and not is_excess(run) else None),
        "spells": spell_rows(run),
        "events": _events(run),
        "log": _log(run),
        "evidence": _evidence(run),
        "mass": _mass(run),
        "sources": list(sources_of(run.scenario)),
        "assumptions": [_assumption(number) for number in assumed(run.scenario)],
    }


def _size(cohort: Cohort | None) -> dict[str, int] | None:
    return {"size": len(cohort.patients), "seed": cohort.seed} if cohort else None


def _band(cohort: Cohort | None, name: str) -> Band:
    large = enough(cohort)
    return large.band(name) if large else Band(None, None)


def _metric(metric: Metric, between: Band, uncertainty: Band) -> dict[str, Any]:
    return {
        "value": _number(metric.value),
        "unit": metric.unit,
        "low": _number(between.low),
        "high": _number(between.high),
        "median": _number(between.median),
        "uncertainty_low": _number(uncertainty.low),
        "uncertainty_high": _number(uncertainty.high),
        "censored": metric.censored or False,
    }


def _onset(curve: OnsetCurve | None) -> dict[str, Any] | None:
    """When shares of the patients have passed, and how many never do; 95 % intervals for their number."""
    if curve is None:
        return None
    quantiles = [asdict(curve.quantile(share)) for share in ONSET_SHARES]
    never = zip(
        ("never_frac", "never_low", "never_high"), (curve.never_frac, *curve.never_interval), strict=True
    )
    return {"n": curve.n, "until_h": _number(curve.until_h), "quantiles": quantiles, **dict(never)}


def _events(run: RunRecord) -> list[dict[str, Any]]:
    """What happened, in order of time; first loss, the origin of all metrics' times, is one of the events."""
    events = [*run.events]
    loss = run.course.first_loss_h
    if loss is not None:
        share = (
            f"passes {words.percent(EXCESS_FRAC)}"
            if is_excess(run)
            else f"falls below {words.percent(LOSS_FRAC)}"
        )
        events.append(Event(loss, FIRST_LOSS, f"delivery at the tip {share} of what is intended"))
    ordered = sorted(events, key=lambda event: event.t_h)
    return [{"t_h": _number(e.t_h), "kind": e.kind, "detail": e.detail} for e in ordered]


def _log(run: RunRecord) -> list[dict[str, Any]]:
    """Alarms and log: how each sounds, and when an interrogation first shows it (null where none does)."""
    return [
        {"t_h": _number(e.t_h), "kind": e.kind, "tone": e.tone, "shown_h": _number(e.shown_h)}
        for e in run.delivery.log
    ]


def _evidence(run: RunRecord) -> list[dict[str, Any]]:
    return [
        {
            "t_h": _number(reading.t_h),
            "expected_mL": _number(reading.expected_mL),
            "found_mL": _number(reading.found_mL),
            "surplus_mL": _number(reading.surplus_mL),
            "ratio": _number(reading.ratio),
            "limit_mL": _number(reading.limit_mL),
            "flagged": bool(reading.flagged),
        }
        for reading in run.delivery.evidence
    ]


def _mass(run: RunRecord) -> dict[str, Any]:
    terms = asdict(run.mass) | {"error_frac": run.mass.error_frac}
    return {name: _number(value) for name, value in terms.items()}


def _assumption(number: Parameter) -> dict[str, Any]:
    return {
        "name": number.name,
        "value": _number(number.value),
        "unit": number.unit,
        "grade": number.grade,
    }


def _number(value: float | None) -> float | None:
    """A plain float; None for what is no number."""
    return float(value) if value is not None and math.isfinite(value) else None
