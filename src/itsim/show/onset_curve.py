"""The onset of withdrawal over time: how many virtual patients are still without it, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.arrays import Array
from itsim.metrics import ONSET_INDEX
from itsim.run import RunRecord
from itsim.show import page, placing, style, words
from itsim.show.about import footer_lines
from itsim.show.marks import is_excess
from itsim.show.style import Line
from itsim.study.cohort import Cohort
from itsim.study.survival import OnsetCurve, onset_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN = 5.6
RIGHT_IN = 0.45
BELOW_AXIS_IN = 0.9
"""Room under the axis for its label and the numbers at risk."""

SHOWN_AFTER_LAST = 1.3
"""The axis goes this many times as far as the last onset, and no farther than the run."""

SHORTEST_H = 24.0
AT_RISK_PT = -42.0
"""Where the numbers at risk stand, in points from the axis."""

ROOM = 0.02
"""Room around the words in the panel, as a share of it."""

ONSET_SHARES = (0.1, 0.25, 0.5)
"""The shares of patients for whom the time of onset is told."""

HOURS_UP_TO = 96.0
"""Longer axes are in days."""

MARKS = ("typical patient's onset", "delivery restored")
"""What is marked, the lower row of words first."""

LOOKS = {
    MARKS[0]: Line(style.BLACK, (0.0, (6.0, 2.0)), 1.3),
    MARKS[1]: Line(style.BLUE, (0.0, (1.5, 1.5)), 1.5),
}
ROW_IN = 0.19
"""Height of a row of those words."""

STRETCH, SHOWN_AFTER_MARK = 2.0, 1.05
"""The axis is made up to so many times longer for a mark; a later one is told at its end."""


def plot_onset_curve(run: RunRecord, cohort: Cohort) -> Figure:
    """Share of virtual patients still without withdrawal since first loss: steps, 95 % interval, numbers at
    risk. Raises ValueError where nothing is lost, so that no withdrawal is counted.
    """
    curve = None if is_excess(run) else onset_curve(cohort)
    if curve is None:
        raise ValueError("no loss of delivery in this run: there is no onset to draw")
    figure = style.new_figure(page.WIDTH_IN, HEIGHT_IN)
    top = page.write_header(figure, run.scenario.title, _subtitle(curve)) + ROW_IN * len(MARKS) + 0.06
    bottom = page.write_footer(figure, footer_lines(run)) + BELOW_AXIS_IN
    width, height = figure.get_size_inches()
    box = (
        page.LEFT_IN / width,
        bottom / height,
        1 - (page.LEFT_IN + RIGHT_IN) / width,
        1 - (top + bottom) / height,
    )
    ax = figure.add_axes(box)
    marks = _marks(run)
    end_h = _end_h(curve, marks)
    name, size_h = ("hours", 1.0) if end_h <= HOURS_UP_TO else ("days", 24.0)
    _draw_steps(ax, curve, end_h, size_h)
    style.dress(ax, "still without withdrawal\n% of virtual patients")
    ax.set(xlim=(0.0, end_h / size_h), ylim=(0.0, 103.0))
    ax.set_xticks([x for x in ax.get_xticks() if 0.0 <= x <= end_h / size_h])
    ax.set_xlabel(f"{name} since first loss of delivery", fontsize=style.NORMAL, color=style.BLACK)
    _draw_marks(ax, marks, end_h, size_h)
    _write_quantiles(ax, curve, [t_h / size_h for _, t_h in marks if t_h <= end_h], size_h)
    _write_at_risk(ax, curve, size_h)
    return figure


def _subtitle(curve: OnsetCurve) -> str:
    return (
        f"Onset: the withdrawal index of the model passes {ONSET_INDEX:g}. {curve.n} virtual patients, "
        f"watched for {words.duration(curve.until_h)}. Band: 95 % interval for their number, not the model."
    )


def _marks(run: RunRecord) -> list[tuple[str, float]]:
    """The typical patient's onset and the end of the loss, in hours from first loss, where they come."""
    course, loss_h = run.course, run.course.origin_h
    found = zip(MARKS, (course.onset_h, course.restored_h), strict=True)
    return [(words, t_h - loss_h) for words, t_h in found if t_h is not None and t_h >= loss_h]


def _end_h(curve: OnsetCurve, marks: Sequence[tuple[str, float]]) -> float:
    passes = curve.times_h[np.diff(curve.surviving, prepend=1.0) < 0.0]
    last = float(passes[-1]) if len(passes) else curve.until_h
    end_h = min(curve.until_h, max(SHOWN_AFTER_LAST * last, SHORTEST_H))
    near = [SHOWN_AFTER_MARK * t_h for _, t_h in marks if t_h <= STRETCH * end_h]
    return min(curve.until_h, max(end_h, *near)) if near else end_h


def _draw_marks(ax: Axes, marks: Sequence[tuple[str, float]], end_h: float, size_h: float) -> None:
    """Lines through the panel with words above it, each mark in a row of its own; one that lies beyond the
    axis is told at its end."""
    for words_of, t_h in marks:
        row, look = MARKS.index(words_of), LOOKS[words_of]
        inside, x = t_h <= end_h, min(t_h, end_h) / size_h
        if inside:
            ax.axvline(
                x, color=look.color, linestyle=look.dashes, linewidth=look.width, zorder=2.5, gid="mark"
            )
        left = x > 0.5 * end_h / size_h
        told = f"{words_of}: {words.duration(t_h)}"
        ax.annotate(
            told if inside else f"{told} →",
            (x, 1.0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-4.0 if left else 4.0, 72.0 * (0.02 + ROW_IN * (row + 0.5))),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=style.SMALL,
            fontweight="bold",
            color=look.color,
            annotation_clip=False,
            gid="mark words",
        )
        if inside:
            stem = (1.0, 1.0 + (0.04 + ROW_IN * (row + 0.5)) * 72.0 / page.height_pt(ax))
            ax.plot(
                [x, x],
                stem,
                transform=ax.get_xaxis_transform(),
                clip_on=False,
                color=look.color,
                linestyle=look.dashes,
                linewidth=look.width,
            )


def _draw_steps(ax: Axes, curve: OnsetCurve, end_h: float, size_h: float) -> None:
    def stepped(values: Array) -> Array:
        return 100.0 * np.concatenate([[1.0], values, values[-1:]])

    x = np.concatenate([[0.0], curve.times_h, [max(end_h, float(curve.times_h[-1]))]]) / size_h
    ax.fill_between(
        x,
        stepped(curve.low),
        stepped(curve.high),
        step="post",
        color=style.WITHDRAWAL.color,
        alpha=style.BAND_ALPHA,
        linewidth=0,
        gid="interval",
    )
    ax.plot(
        x,
        stepped(curve.surviving),
        drawstyle="steps-post",
        color=style.WITHDRAWAL.color,
        linewidth=style.WITHDRAWAL.width,
        gid="steps",
    )


def _write_quantiles(ax: Axes, curve: OnsetCurve, marked: Sequence[float], size_h: float) -> None:
    """The times by which shares have passed, where neither the curve nor its interval nor a mark is."""
    lines = [_told(curve, share) for share in ONSET_SHARES]
    never = f"{words.percent(curve.never_frac)} ({words.percent_band(*curve.never_interval)})"
    lines.append(f"never within the run: {never}")
    text = ax.text(
        0.0,
        0.0,
        "\n".join(lines),
        transform=ax.transAxes,
        ha="left",
        va="bottom",
        fontsize=style.SMALL,
        bbox={"boxstyle": "square,pad=0.3", "facecolor": style.PAPER, "edgecolor": "none"},
        gid="quantiles",
    )
    box, panel = text.get_window_extent(), ax.get_window_extent()
    size = (box.width / panel.width, box.height / panel.height)
    text.set_position(placing.free_place(size, _taken(ax, curve, marked, size_h), ROOM))


def _taken(ax: Axes, curve: OnsetCurve, marked: Sequence[float], size_h: float) -> list[placing.Box]:
    """What must not be covered, as shares of the panel: the band under each step, and the marks."""
    end, top = ax.get_xlim()[1], 0.01 * ax.get_ylim()[1]
    edges = np.append(np.concatenate([[0.0], curve.times_h]) / size_h, end) / end
    low, high = (np.concatenate([[1.0], edge]) / top for edge in (curve.low, curve.high))
    steps = zip(edges[:-1], edges[1:], low, high, strict=True)
    bands = [(left, right, min(below, 1.0), above) for left, right, below, above in steps if left < 1.0]
    return [*bands, *((x / end, x / end, 0.0, 1.0) for x in marked)]


def _told(curve: OnsetCurve, share: float) -> str:
    q = curve.quantile(share)
    if q.t_h is None:
        return f"{words.percent(share)} have passed: not within the run"
    return (
        f"{words.percent(share)} have passed after {words.duration(q.t_h)} ({words.band(q.low_h, q.high_h)})"
    )


def _write_at_risk(ax: Axes, curve: OnsetCurve, size_h: float) -> None:
    """How many are still watched and without, under every label of the axis."""
    under: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points", "va": "top"}
    ax.annotate("at risk", (0.0, 0.0), (-16.0, AT_RISK_PT), ha="right", fontsize=style.SMALL, **under)
    for x in ax.get_xticks():
        n = str(curve.n_at_risk(x * size_h))
        ax.annotate(n, (x, 0.0), (0.0, AT_RISK_PT), ha="center", fontsize=style.SMALL, gid="at risk", **under)
