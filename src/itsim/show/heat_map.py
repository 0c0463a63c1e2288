"""Two numbers varied against each other: a cell for every combination, hatched where nothing comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.arrays import Array
from itsim.metrics import METRICS, NOT_WITHIN, ONSET_INDEX
from itsim.show import page, style, words
from itsim.show.study_page import (
    RIGHT_IN,
    add_axes,
    begin,
    factor_label,
    gap_words,
    legend,
    level_text,
    quantile,
    scale_of,
    values_and_gaps,
    varied,
    with_unit,
)
from itsim.study.model import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN = 6.0
BAR_IN, BAR_GAP_IN, BAR_LABEL_IN = 0.22, 0.25, 0.62
BELOW_IN, ABOVE_IN = 0.62, 0.32
"""Room for the axis' label below, and for the legend above."""

COLOURS = "cividis"
"""From dark to light without hue alone: the same for the colour-blind and in grey."""
LIGHT_FROM = 0.55
"""Share of the colours from which dark letters are read better than light ones."""
MOST_WRITTEN = 150
"""Cells into which their numbers are written."""
HATCHES = ("///", "...", "xxx", "\\\\\\", "ooo")

THRESHOLDS = {
    "withdrawal_onset_h": 24.0, "rescue_window_h": 24.0, "withdrawal_peak": ONSET_INDEX,
    "effect_nadir_frac": 0.5, "delivered_frac": 0.5,
}  # fmt: skip
"""Where a contour is drawn unless another place is asked for: a day, the first signs, a half."""


def plot_heat_map(study: Study, rows: Any, metric: str, threshold: float | None = None) -> Figure:
    """A metric over the two numbers that a grid varies, the first upwards, with the contour of a threshold.

    With virtual patients a cell is their median. Raises ValueError for a study without two such numbers.
    """
    places = varied(study)
    if len(places) != 2 or study.shape[0] != 1:
        raise ValueError("a heat map needs one scenario and two numbers that vary")
    y, x = (study.design.factors[j] for j in places)
    values, gaps = values_and_gaps(study, rows, metric)
    shape = tuple(study.design.shape[j] for j in places)
    cells, reasons = quantile(values[0], 50.0).reshape(shape), gaps[0, :, 0].reshape(shape)
    reasons = np.where(np.isfinite(cells), "", np.where(np.isinf(cells), NOT_WITHIN, reasons))
    cells = np.where(np.isinf(cells), np.nan, cells)
    level = THRESHOLDS.get(metric) if threshold is None else threshold
    size, unit = scale_of(METRICS[metric].unit, float(np.nanmax(cells)) if np.isfinite(cells).any() else 0.0)
    whose = f"median of {study.patients} virtual patients" if study.patients else "typical patient"
    subtitle = (
        f"{METRICS[metric].label.capitalize()}, {whose}. A cell is a run; its colour is the number in it."
    )
    figure, top, bottom = begin(study, HEIGHT_IN, subtitle)
    height = figure.get_figheight() - top - bottom - BELOW_IN - ABOVE_IN
    width = page.WIDTH_IN - page.LEFT_IN - RIGHT_IN - BAR_IN - BAR_GAP_IN - BAR_LABEL_IN
    ax = add_axes(figure, page.LEFT_IN, bottom + BELOW_IN, width, height)
    bar = add_axes(figure, page.LEFT_IN + width + BAR_GAP_IN, bottom + BELOW_IN, BAR_IN, height)
    _draw_cells(ax, bar, cells / size, with_unit(METRICS[metric].label, unit))
    handles = [*_hatched(ax, reasons, metric), *_contour(ax, cells, level, METRICS[metric].unit == "h")]
    for place, factor, axis in ((0, y, ax.yaxis), (1, x, ax.xaxis)):
        numbers = study.design.rows(np.arange(study.design.n_rows))[:, places[place]]
        numbers = np.moveaxis(numbers.reshape(shape), place, 0)[:, 0]
        axis.set_ticks(range(shape[place]), [level_text(factor, number) for number in numbers])
        name = factor_label(factor) if factor.canonical != "h" else factor.name.replace("_", " ")
        axis.set_label_text(name, fontsize=style.NORMAL, color=style.BLACK)
    ax.tick_params(labelsize=style.SMALL, color=style.GREY, length=3.0)
    if handles:
        legend(ax, handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.3)
    return figure


def _draw_cells(ax: Axes, bar: Axes, cells: Array, label: str) -> None:
    mesh = ax.imshow(cells, origin="lower", aspect="auto", cmap=COLOURS, gid="cells")
    ax.set(xlim=(-0.5, cells.shape[1] - 0.5), ylim=(-0.5, cells.shape[0] - 0.5))
    figure = ax.get_figure(root=True)
    assert figure is not None
    scale = figure.colorbar(mesh, cax=bar)
    scale.set_label(label, fontsize=style.SMALL)
    scale.ax.tick_params(labelsize=style.SMALL, length=3.0)
    if cells.size > MOST_WRITTEN:
        return
    least, most = mesh.get_clim()
    edge = (least or 0.0) + LIGHT_FROM * ((most or 0.0) - (least or 0.0))
    for (i, j), value in np.ndenumerate(cells):
        if np.isfinite(value):
            ink = style.PAPER if value < edge else style.BLACK
            ax.text(
                j,
                i,
                f"{value:.0f}" if abs(value) >= 10.0 else f"{value:.2g}",
                ha="center",
                va="center",
                fontsize=style.SMALL,
                color=ink,
                gid="cell",
            )


def _hatched(ax: Axes, reasons: Any, metric: str) -> list[Any]:
    """A hatch for every reason why a cell has no number, with its words for the legend."""
    from matplotlib.patches import Patch, Rectangle

    handles = []
    for hatch, reason in zip(HATCHES, sorted(set(reasons.ravel()) - {""}), strict=False):
        look: dict[str, Any] = {
            "facecolor": style.PALE,
            "edgecolor": style.GREY,
            "hatch": hatch,
            "linewidth": 0.0,
        }
        for i, j in np.argwhere(reasons == reason):
            ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1.0, 1.0, gid="gap", **look))
        handles.append(Patch(label=gap_words(metric, reason), **look))
    return handles


def _contour(ax: Axes, cells: Array, level: float | None, is_time: bool) -> list[Any]:
    from matplotlib.lines import Line2D

    known = cells[np.isfinite(cells)]
    if level is None or min(cells.shape) < 2 or not len(known) or not known.min() < level < known.max():
        return []
    ax.contour(np.ma.masked_invalid(cells), [level], colors=[style.PAPER], linewidths=3.4)
    ax.contour(np.ma.masked_invalid(cells), [level], colors=[style.VERMILLION], linewidths=1.8)
    told = words.duration(level) if is_time else f"{level:g}"
    return [Line2D([], [], color=style.VERMILLION, linewidth=1.8, label=f"at {told}")]
