"""A sampled study as points: one metric against each number that was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.metrics import METRICS
from itsim.show import page, style
from itsim.show.study_page import (
    RIGHT_IN,
    add_axes,
    axis_of,
    begin,
    cases,
    gap_words,
    level_text,
    scale_of,
    values_and_gaps,
    varied,
    with_unit,
)
from itsim.study.distributions import Levels, LogUniform
from itsim.study.model import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN, BELOW_IN, ABOVE_IN, GAP_IN = 5.4, 0.6, 0.34, 0.28
MOST_PANELS = 4
GAP_ROW = 1.035
"""Where a run without a value is marked, as a share of the panel's height."""


def plot_points(study: Study, rows: Any, metric: str) -> Figure:
    """A point for every run, in a panel for each of the first four numbers; runs without a value above it."""
    places = varied(study)[:MOST_PANELS]
    values, gaps = (found.ravel() for found in values_and_gaps(study, rows, metric))
    per_case = np.tile(np.repeat(cases(study), study.shape[2], axis=0), (study.shape[0], 1))
    known = np.isfinite(values)
    size, unit = scale_of(METRICS[metric].unit, float(values[known].max()) if known.any() else 0.0)
    reasons = [gap_words(metric, str(reason)) for reason in sorted(set(gaps[~known]))]
    marks = f" Marks above: {'; '.join(reasons)} ({int((~known).sum())} runs)." if reasons else ""
    label = METRICS[metric].label.capitalize()
    subtitle = f"{label} in {int(known.sum())} runs, over each number that varies.{marks}"
    figure, top, bottom = begin(study, HEIGHT_IN, subtitle)
    free = page.WIDTH_IN - page.LEFT_IN - RIGHT_IN - GAP_IN * (len(places) - 1)
    width, height = free / len(places), figure.get_figheight() - top - bottom - BELOW_IN - ABOVE_IN
    for i, j in enumerate(places):
        factor = study.design.factors[j]
        x, named = axis_of(factor, per_case[:, j])
        ax = add_axes(figure, page.LEFT_IN + i * (width + GAP_IN), bottom + BELOW_IN, width, height)
        style.dress(ax, with_unit(METRICS[metric].label, unit) if i == 0 else "")
        ax.plot(x[known], values[known] / size, "o", color=style.BLUE, markersize=4.0, alpha=0.6, gid="run")
        ax.plot(
            x[~known], np.full(int((~known).sum()), GAP_ROW), "|", transform=ax.get_xaxis_transform(),
            clip_on=False, color=style.VERMILLION, markersize=7.0, gid="gap",
        )  # fmt: skip
        if isinstance(factor.spread, LogUniform):
            _in_factors(ax)
        if isinstance(factor.spread, Levels):
            ends, which = np.unique(per_case[:, j], return_index=True)
            ax.set_xticks(x[which], [level_text(factor, end) for end in ends])
        ax.tick_params(labelleft=i == 0)
        ax.set_xlabel(named, fontsize=style.NORMAL, color=style.BLACK)
    return figure


def _in_factors(ax: Axes) -> None:
    """A logarithmic axis with plain numbers at 1 and 3 of each ten."""
    from matplotlib.ticker import LogLocator, NullLocator

    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(lambda x, place: f"{x:g}")
