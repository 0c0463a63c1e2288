"""Metrics along one number that is varied, a line for every other case, with bands of virtual patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.arrays import Array, Codes
from itsim.metrics import METRICS, NOT_WITHIN
from itsim.show import page, style
from itsim.show.study_page import (
    MOST_LINES,
    RIGHT_IN,
    add_axes,
    axis_of,
    begin,
    cases,
    gap_words,
    legend,
    level_words,
    quantile,
    scale_of,
    values_and_gaps,
    varied,
    with_unit,
)
from itsim.study.cohort import HIGH_PERCENT, LEAST_FOR_BAND, LOW_PERCENT
from itsim.study.design import GRID
from itsim.study.model import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 4
PANEL_IN, GAP_IN, BELOW_IN, ABOVE_IN = 1.75, 0.56, 0.58, 0.36
LEGEND_IN = 0.3
GAP_ROW = 1.06
"""Where a gap is marked, as a share of the panel's height; each line a little higher than the one before."""
GAP_STEP, MOST_GAP_STEPS = 0.055, 0.16
NARROWEST = 0.05
"""Levels closer than this share of the axis get no labels of their own."""
FLATTEST = 0.02
"""A panel shows at least this share of its values, so that rounding looks like nothing."""


def plot_lines(study: Study, rows: Any, metrics: Sequence[str]) -> Figure:
    """Up to four metrics over the first number that varies, one line for each level of the others.

    Raises ValueError where there are more lines than can be told apart, or nothing varies in numbers.
    """
    places = [j for j in varied(study) if not study.design.factors[j].is_word]
    if not places:
        raise ValueError("no number varies that could be an axis")
    x = study.design.factors[places[0]]
    numbers = cases(study)
    groups = list(_groups(study, numbers, places[0]))
    if len(groups) > MOST_LINES:
        raise ValueError(f"{len(groups)} lines are more than can be told apart, which are {MOST_LINES}")
    chosen = list(metrics)[:MOST_PANELS]
    whose = f"median of {study.patients} virtual patients" if study.patients else "typical patient"
    band = ", band 5–95 % (at the top: open)" if study.patients >= LEAST_FOR_BAND else ""
    along, label = axis_of(x, numbers[:, places[0]])
    subtitle = f"Along {label}, {whose}{band}. Marks above a panel: no value, for the reason given."
    above = ABOVE_IN + (LEGEND_IN if len(groups) > 1 else 0.0)
    figure, top, bottom = begin(study, 1.7 + above + (PANEL_IN + GAP_IN) * len(chosen), subtitle)
    axes = _panels(figure, len(chosen), top + above, bottom + BELOW_IN)
    for ax, metric in zip(axes, chosen, strict=True):
        _draw(ax, study, rows, metric, along, groups)
        ax.tick_params(labelbottom=ax is axes[-1])
    axes[-1].set_xlabel(label, fontsize=style.NORMAL, color=style.BLACK)
    levels = np.unique(along)
    if len(levels) > 1 and np.diff(levels).min() > NARROWEST * np.ptp(levels):
        for ax in axes:
            ax.set_xticks(levels, [f"{level:.3g}" for level in levels])
    if len(groups) > 1:
        drawn = [line for line in axes[0].get_lines() if line.get_gid() == "line"]
        legend(axes[0], drawn, loc="lower left", bbox_to_anchor=(0.0, GAP_ROW + MOST_GAP_STEPS), ncols=4)
    return figure


def _panels(figure: Figure, n: int, top_in: float, bottom_in: float) -> list[Axes]:
    tall = (figure.get_figheight() - top_in - bottom_in - GAP_IN * (n - 1)) / n
    width = page.WIDTH_IN - page.LEFT_IN - RIGHT_IN
    places = [bottom_in + i * (tall + GAP_IN) for i in reversed(range(n))]
    return [add_axes(figure, page.LEFT_IN, place, width, tall) for place in places]


def _groups(study: Study, numbers: Array, along: int) -> Iterator[tuple[str, int, Codes]]:
    """Words, scenario and rows of each line; numbers of a table that go with the first one part no lines."""
    steps = len(np.unique(numbers[:, along]))
    others = [
        j for j in varied(study)
        if j != along and (study.design.kind == GRID or len(np.unique(numbers[:, j])) < steps)
    ]  # fmt: skip
    levels = np.unique(numbers[:, others], axis=0) if others else np.zeros((1, 0))
    for s, scenario in enumerate(study.scenarios):
        for level in levels:
            mine = np.flatnonzero((numbers[:, others] == level).all(axis=1))
            parts = [scenario.name] if study.shape[0] > 1 else []
            for j, number in zip(others, level, strict=True):
                parts.append(level_words(study.design.factors[j], number))
            yield ", ".join(parts), s, mine[np.argsort(numbers[mine, along], kind="stable")]


def _draw(
    ax: Axes, study: Study, rows: Any, metric: str, x: Array, groups: Sequence[tuple[str, int, Codes]]
) -> None:
    values, gaps = values_and_gaps(study, rows, metric)
    known = values[np.isfinite(values)]
    size, unit = scale_of(METRICS[metric].unit, float(known.max()) if len(known) else 0.0)
    middle = quantile(values, 50.0) / size
    told: dict[str, None] = {}
    step = min(GAP_STEP, MOST_GAP_STEPS / len(groups))
    for i, (words, s, mine) in enumerate(groups):
        look, marker = style.RIVALS[i], style.RIVAL_MARKERS[i]
        y = np.where(np.isfinite(middle[s, mine]), middle[s, mine], np.nan)
        ax.plot(
            x[mine], y, marker=marker, markersize=4.5, color=look.color, linestyle=look.dashes,
            linewidth=look.width, label=words, gid="line",
        )  # fmt: skip
        if study.patients >= LEAST_FOR_BAND:
            low, high = (quantile(values[s, mine], q) / size for q in (LOW_PERCENT, HIGH_PERCENT))
            most = known.max() / size if len(known) else np.nan
            low, high = np.where(np.isinf(low), np.nan, low), np.where(np.isinf(high), most, high)
            ax.fill_between(
                x[mine], low, high, color=look.color, alpha=style.BAND_ALPHA, linewidth=0, gid="band"
            )
        empty = mine[np.isnan(y)]
        ax.plot(
            x[empty],
            np.full(len(empty), GAP_ROW + i * step),
            marker,
            transform=ax.get_xaxis_transform(),
            clip_on=False,
            markerfacecolor=style.PAPER,
            markeredgecolor=look.color,
            markersize=5.0,
            gid="gap",
        )
        told |= dict.fromkeys(_reason(middle[s, row], gaps[s, row]) for row in empty)
    _widen(ax, known / size)
    style.dress(ax, with_unit(_in_two_lines(METRICS[metric].label), unit))
    if told:
        ax.annotate(
            "; ".join(gap_words(metric, reason) for reason in told),
            (1.0, GAP_ROW + MOST_GAP_STEPS),
            (0.0, 2.0),
            ha="right",
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.GREY,
            gid="gap words",
        )


def _reason(middle: float, reasons: Any) -> str:
    """Why a case has no median: it is later than the run, or what is said of the first without one."""
    return NOT_WITHIN if np.isinf(middle) else next(str(reason) for reason in reasons if reason)


def _widen(ax: Axes, values: Array) -> None:
    """Values that are all but the same lie in the middle of the panel."""
    if len(values) and np.ptp(values) < FLATTEST * np.abs(values).max():
        middle, half = float(values.mean()), FLATTEST * float(np.abs(values).max())
        ax.set_ylim(middle - 2.5 * half, middle + 2.5 * half)


def _in_two_lines(label: str) -> str:
    words = label.split()
    half = len(words) // 2
    return f"{' '.join(words[:half])}\n{' '.join(words[half:])}" if len(label) > 24 else label
