"""Numbers and verdicts in words, the same in text, JSON and page."""

from __future__ import annotations

import math

from itsim.qualify.facts import Check
from itsim.qualify.qualification import Result, Row
from itsim.qualify.rules import Spread, limits

NOT_WITHIN = "not within the run"
SHARE = "share"


def number(value: float) -> str:
    """Three digits that matter, never in powers of ten."""
    if math.isnan(value):
        return "none"
    if math.isinf(value):
        return NOT_WITHIN
    if value == 0.0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share in per cent, small ones with a digit."""
    return "none" if math.isnan(share) else f"{number(round(100.0 * share, 1))} %"


def unit(name: str) -> str:
    """A unit as a reader expects it; nothing for a plain number."""
    said = {"1": "", "ug/day": "µg/day", "ng h/mL": "ng·h/mL", "month": "months"}.get(name, name)
    return f" {said}" if said else ""


def reported(check: Check) -> str:
    """What was published, as the rule reads it."""
    r, u = check.reported, unit(check.unit)
    if check.rule == "mean":
        low, high = limits(check.rule, r)
        return f"{number(r['mean'])}{u} (30 % either way: {number(low)} to {number(high)})"
    if check.rule == "upper_bound":
        return f"not more than {number(r['high'])}{u}"
    if check.rule == "case":
        return f"{number(r['value'])}{u} in one patient"
    if check.rule == SHARE:
        return _share_limits(r["low"], r["high"])
    over = " over patients" if check.rule == "range_over_patients" else ""
    return f"{number(r['low'])} to {number(r['high'])}{u}{over}"


def _share_limits(low: float, high: float) -> str:
    if low <= 0.0:
        return f"at most {percent(high)} of patients"
    if high >= 1.0:
        return f"at least {percent(low)} of patients"
    return f"{percent(low)} to {percent(high)} of patients"


def simulated(check: Check, found: Spread) -> str:
    """What the population gave: a share, or the median with its band."""
    if found.n == 0:
        return "in no patient"
    if check.rule == SHARE:
        return percent(found.mean)
    median = f"{number(found.median)}{unit(check.unit) if math.isfinite(found.median) else ''}"
    return f"{median} ({number(found.low)} to {number(found.high)})"


def row_simulated(row: Row) -> str:
    """All checks of a row in one line."""
    if len(row.results) == 1:
        return simulated(row.results[0].check, row.results[0].found)
    return "; ".join(f"{r.check.name}: {simulated(r.check, r.found)}" for r in row.results)


def verdict(result: Result | Row) -> str:
    """Inside or outside, with a word where it hangs by a thread."""
    said = side(result)
    return f"{said}, marginal" if result.verdict.marginal else said


def side(result: Result | Row) -> str:
    """The bare verdict: inside or outside."""
    return "inside" if result.verdict.inside else "outside"
