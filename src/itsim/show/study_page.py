"""What the pictures of all studies share: the page, names with units, and what becomes of a gap."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.arrays import Array
from itsim.device.delivery import deliver
from itsim.metrics import NOT_WITHIN
from itsim.parameters import safety
from itsim.show import page, style
from itsim.show.about import WIDEST_LINE, version_line
from itsim.show.cautions import outside_lines
from itsim.show.swept import no_band
from itsim.study.columns import CENSORED
from itsim.study.design import Factor
from itsim.study.model import Study
from itsim.units import factor as in_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RIGHT_IN = 0.45
HOURS_UP_TO = 96.0
"""Longer axes are in days."""
DAYS_FROM_H = 48.0
"""Levels from here on are in days, and never rounded to months."""
FAILED = "run could not be made"
MOST_LINES = len(style.RIVALS)
"""Of one picture: more cannot be told apart."""


def begin(study: Study, height_in: float, subtitle: str) -> tuple[Figure, float, float]:
    """A figure with title, subtitle and footer, and the inches that these take above and below."""
    figure = style.new_figure(page.WIDTH_IN, height_in)
    top = page.write_header(figure, study.title, subtitle)
    return figure, top, page.write_footer(figure, footer_lines(study))


def add_axes(
    figure: Figure, left_in: float, bottom_in: float, width_in: float, height_in: float, **more: Any
) -> Axes:
    """Axes at a place in inches from the lower left corner."""
    width, height = figure.get_size_inches()
    box = (left_in / width, bottom_in / height, width_in / width, height_in / height)
    return figure.add_axes(box, **more)


def footer_lines(study: Study) -> list[str]:
    """The lines under a picture of a study, the emergency first."""
    said = safety()
    outside = dict.fromkeys(line for one in study.scenarios for line in outside_lines(one, deliver(one)))
    lines = [said["withdrawal"], said["disclaimer"]]
    lines += [part for line in outside for part in textwrap.wrap(line, WIDEST_LINE)]
    names = ", ".join(scenario.name for scenario in study.scenarios)
    last = f"{version_line()}. {study.n_rows} runs of {names}. {no_band(study)}"
    return [*lines, said["indices"], *textwrap.wrap(last, WIDEST_LINE)]


def scale_of(unit: str, most: float) -> tuple[float, str]:
    """What values are divided by on an axis, and the words for its unit; long times are in days."""
    if unit != "h":
        return 1.0, "" if unit == "1" else unit
    return (24.0, "days") if most > HOURS_UP_TO else (1.0, "hours")


def with_unit(label: str, unit: str) -> str:
    """A label with its unit in brackets."""
    return f"{label} ({unit})" if unit not in ("", "1") else label


def factor_label(factor: Factor) -> str:
    """What varies, in words, with its unit."""
    return with_unit(factor.name.replace("_", " "), plain_unit(factor.unit))


def plain_unit(unit: str) -> str:
    """A unit as people write it."""
    return unit.replace("ug", "µg")


def axis_of(factor: Factor, numbers: Array) -> tuple[Array, str]:
    """What varies as numbers for an axis, and its label; long times are in days."""
    if factor.canonical != "h" or factor.is_word:
        return numbers, factor_label(factor)
    hours = numbers * in_unit(factor.unit, "h")
    size, unit = scale_of("h", float(hours.max()))
    return hours / size, with_unit(factor.name.replace("_", " "), unit)


def level_text(factor: Factor, number: float) -> str:
    """A level as people write it, without its unit; a length of time with it."""
    level = factor.level(number)
    if not isinstance(level, float):
        return str(level)
    if factor.canonical == "h":
        hours = level * in_unit(factor.unit, "h")
        return f"{hours:.4g} h" if hours < DAYS_FROM_H else f"{hours / 24.0:.4g} days"
    return f"{level:.4g}"


def level_words(factor: Factor, number: float) -> str:
    """A level with its name and its unit."""
    unit = "" if factor.unit == "1" or factor.canonical == "h" else f" {plain_unit(factor.unit)}"
    return f"{factor.name.replace('_', ' ')} {level_text(factor, number)}{unit}"


def gap_words(metric: str, reason: str) -> str:
    """What a gap means, for a legend."""
    is_onset = reason == NOT_WITHIN and metric == "withdrawal_onset_h"
    return "no withdrawal within the run" if is_onset else reason


def values_and_gaps(study: Study, rows: Any, metric: str) -> tuple[Array, Any]:
    """A metric and the reasons of its gaps, each ``[scenarios, rows of the design, patients]``.

    What does not come within the run is infinite, later than everything; other gaps are NaN.
    """
    values = np.array(rows[metric].to_pandas().to_numpy(), float)
    reasons = np.array([text or "" for text in rows[metric + CENSORED].to_pylist()], dtype=object)
    failed = np.array(rows["failure"].is_valid().to_pylist(), bool)
    reasons[failed] = FAILED
    values[reasons == NOT_WITHIN] = np.inf
    return values.reshape(study.shape), reasons.reshape(study.shape)


def quantile(values: Array, percent: float) -> Array:
    """A percentile over the last axis, without what cannot be; NaN where there is nothing."""
    found = np.full(values.shape[:-1], np.nan)
    for place in np.ndindex(found.shape):
        known = values[place][~np.isnan(values[place])]
        if len(known):
            found[place] = np.percentile(known, percent, method="inverted_cdf")
    return found


def varied(study: Study) -> list[int]:
    """The places of the factors that have more than one level, or a distribution."""
    return [
        j for j, factor in enumerate(study.design.factors)
        if len(getattr(factor.spread, "values", (0, 1))) > 1
    ]  # fmt: skip


def cases(study: Study) -> Array:
    """The numbers of every row of the design, ``[rows, factors]``."""
    return study.design.rows(np.arange(study.design.n_rows))


def legend(ax: Axes, handles: Sequence[Any], **more: Any) -> None:
    """A legend in the house's size and colours."""
    settings: Mapping[str, Any] = {"fontsize": style.SMALL, "frameon": False, "handlelength": 2.6} | more
    ax.legend(handles=list(handles), **settings)
