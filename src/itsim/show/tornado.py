"""What a metric hangs on, the number that matters most on top, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.show import page, style
from itsim.show.ranking import settled_words
from itsim.show.study_page import RIGHT_IN, add_axes, begin, factor_label, legend, plain_unit, with_unit
from itsim.study.model import Study
from itsim.study.sensitivity import Indices

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR_IN, LEAST_IN = 0.42, 1.6
LEFT_IN, BELOW_IN, ABOVE_IN = 2.3, 0.62, 0.32
THICK = 0.62

LABELS = {
    "total": "alone and together with others (total)",
    "first": "alone (first order)",
    "mu_star": "mean size of the change",
    "mu": "mean change with its sign",
}


def plot_tornado(study: Study, found: Indices) -> Figure:
    """A bar for every number that varies: its total share of the variance with the share it has alone, or the
    mean change for a step over half of its distribution. Whiskers are 95 % intervals; a tick on a bar is the
    index from half of the sample."""
    asked = found.asked
    subtitle = " ".join(
        part for part in (
            f"{asked.label.capitalize()}: {found.method.title}, {found.samples} {found.method.sampled}, "
            f"{found.runs} runs. Whiskers: 95 % intervals.",
            settled_words(found),
            asked.rule,
        ) if part
    )  # fmt: skip
    middle = max(LEAST_IN, BAR_IN * len(found.factors))
    figure, top, bottom = begin(study, 3.0 + middle, subtitle)
    height = figure.get_figheight() - top - bottom - BELOW_IN - ABOVE_IN
    ax = add_axes(figure, LEFT_IN, bottom + BELOW_IN, page.WIDTH_IN - LEFT_IN - RIGHT_IN, height)
    handles = _draw_bars(ax, found)
    _dress(ax, study, found)
    legend(ax, handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2)
    return figure


def _draw_bars(ax: Axes, found: Indices) -> list[Any]:
    """The bars from below upwards, and what the legend shows."""
    order = list(found.order[::-1])
    y = np.arange(len(order))
    main, second = found.values[0][order], found.values[1][order]
    low, high = found.low[0][order], found.high[0][order]
    name, other = found.method.indices[:2]
    bars = ax.barh(y, main, THICK, color=style.SKY, label=LABELS[name], gid="bar")
    handles: list[Any] = [bars]
    if found.method.is_relative:
        handles.append(
            ax.barh(
                y, np.maximum(second, 0.0), 0.5 * THICK, color=style.BLUE, label=LABELS[other], gid="second"
            )
        )
    else:
        handles += ax.plot(
            second, y, "D", color=style.BLACK, markersize=5.0, label=LABELS[other], gid="second"
        )
    ax.hlines(y, low, high, color=style.BLACK, linewidth=1.3, gid="interval")
    for end in (low, high):
        ax.plot(end, y, "|", color=style.BLACK, markersize=7.0)
    half = found.half[0][order]
    handles += ax.plot(
        half, y, "|", color=style.VERMILLION, markersize=17.0, markeredgewidth=2.0,
        label="from half of the sample", gid="half",
    )  # fmt: skip
    return handles


def _dress(ax: Axes, study: Study, found: Indices) -> None:
    names = [factor_label(study.design.factors[j]) for j in found.order[::-1]]
    style.dress(ax, "")
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.5)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.axvline(0.0, color=style.GREY, linewidth=0.8)
    label = (
        "share of the variance" if found.method.is_relative
        else with_unit("change for a step over half of the distribution", plain_unit(found.asked.unit))
    )  # fmt: skip
    ax.set_xlabel(label, fontsize=style.NORMAL, color=style.BLACK)
