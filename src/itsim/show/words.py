"""Numbers in words: lengths of time in the unit a reader would choose, bands, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from itsim.metrics import NO_LOSS, NOT_WITHIN
from itsim.study.cohort import LEAST_FOR_BAND, Band

MONTH_H = 30.4375 * 24.0

_UNITS = ((MONTH_H, "month", 60 * 24.0), (24.0, "day", 48.0), (1.0, "h", 1.0), (1.0 / 60.0, "min", 0.0))
"""Size in hours, name, and the length from which the unit is used."""


def duration(hours: float) -> str:
    """A length of time in minutes, hours, days or months, whichever reads best."""
    size, name, _ = next(unit for unit in _UNITS if abs(hours) >= unit[2])
    amount = hours / size
    text = f"{amount:.0f}" if abs(amount) >= 10 else f"{amount:.1f}".removesuffix(".0")
    plural = "s" if name in ("day", "month") and text not in ("1", "-1") else ""
    return f"{text} {name}{plural}"


def moment(hours: float) -> str:
    """A point in time from the start of the run: "day 21", "month 10.2" or "hour 5"."""
    for size, name, least in ((MONTH_H, "month", 120 * 24.0), (24.0, "day", 48.0)):
        if hours >= least:
            return f"{name} {f'{hours / size:.1f}'.removesuffix('.0')}"
    return f"hour {f'{hours:.1f}'.removesuffix('.0')}"


def plain(number: float, digits: int = 3) -> str:
    """A number with so many significant digits, never with an exponent: "7200", "0.5"."""
    return np.format_float_positional(float(f"{number:.{digits}g}"), trim="-")


def span(from_h: float, until_h: float | None) -> str:
    """A stretch of the run: "from day 21.6 to day 23.9 (54 h)", or to its end where *until_h* is None."""
    if until_h is None:
        return f"from {moment(from_h)} to the end of the run"
    return f"from {moment(from_h)} to {moment(until_h)} ({duration(until_h - from_h)})"


def spans(stretches: Sequence[tuple[float, float | None]], end_h: float) -> str:
    """Stretches of a run that ends at *end_h*: how many, between which ends, how long together."""
    if len(stretches) == 1:
        return span(*stretches[0])
    ends_h = [end_h if until_h is None else until_h for _, until_h in stretches]
    total_h = sum(until_h - from_h for (from_h, _), until_h in zip(stretches, ends_h, strict=True))
    is_open = any(until_h is None for _, until_h in stretches)
    last = "the end of the run" if is_open else moment(max(ends_h))
    first = moment(min(from_h for from_h, _ in stretches))
    return f"{len(stretches)} times between {first} and {last}, {duration(total_h)} in all"


def band(low_h: float | None, high_h: float | None) -> str:
    """A band of times in words; an end that never comes says so."""
    ends = [NOT_WITHIN if end is None else duration(end) for end in (low_h, high_h)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def around(found: Band) -> str:
    """A band of times after its median, for brackets: "median 14 h; 7.3 h to not within the run"."""
    if found.low is None:
        return band(found.low, found.high)
    if found.median is None:
        return f"median {NOT_WITHIN}; from {duration(found.low)} on"
    return f"median {duration(found.median)}; {band(found.low, found.high)}"


def shares_around(found: Band) -> str:
    """A band of shares after its median; empty where there is none."""
    if found.low is None or found.high is None:
        return ""
    middle = "" if found.median is None else f"median {percent(found.median)}; "
    return f"{middle}{percent_band(found.low, found.high)}"


def band_of(metric: Mapping[str, Any]) -> Band:
    """The band of a metric in a summary."""
    return Band(metric["low"], metric["high"], metric["median"])


def is_banded(size: Mapping[str, int] | None) -> bool:
    """Whether a summary's cohort is large enough for a band."""
    return size is not None and size["size"] >= LEAST_FOR_BAND


def percent(share: float) -> str:
    """A share as a percentage without false digits."""
    return f"{100.0 * share:.0f} %"


def percent_band(low: float, high: float) -> str:
    """A band of shares as percentages."""
    return f"{100.0 * low:.0f} to {100.0 * high:.0f} %"


def onset(value_h: float | None, censored: str | None, patients: Band | None) -> str:
    """The onset of withdrawal in words, always with its band; where there is no band, no number."""
    if value_h is None and censored == NO_LOSS:
        return "no loss of delivery, so no onset"
    if patients is None:
        return (
            "onset not within the run"
            if value_h is None
            else "onset: its time is given only with a band (cohort)"
        )
    if value_h is not None:
        return f"onset {duration(value_h)} after first loss ({around(patients)})"
    if patients.low is None:
        return "onset not within the run, nor in 95 % of virtual patients"
    return f"onset not within the run (virtual patients: {around(patients)})"
