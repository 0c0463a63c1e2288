"""The onset of withdrawal in a picture, never without its band; and bold words in a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from itsim.metrics import ONSET_INDEX
from itsim.show import page, style, words
from itsim.show.view import View
from itsim.study.cohort import Band

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT_HEIGHT = 92.0
"""Where the words stand on the scale of the index: no band has been seen to reach so high."""

GAP_IN = 0.07
"""Room between the onset, the words and the edges of the panel."""


def draw_onset(ax: Axes, view: View, text_height: float = TEXT_HEIGHT) -> None:
    """The onset in words, and its band as a bar at the index that defines it."""
    run, window = view.run, view.window
    found, loss = run.metrics["withdrawal_onset_h"], run.course.first_loss_h
    if loss is None:
        return
    around = None if view.cohort is None else view.cohort.band("withdrawal_onset_h")
    onset_h = run.course.onset_h
    seen_h = onset_h if onset_h is not None and window.holds(onset_h) else None
    if around is not None and around.low is not None and loss + around.low < window.until_h:
        _draw_bar(ax, view, around, loss, seen_h)
    if seen_h is not None:
        at = float(window.scaled(seen_h))
        ax.plot([at], [ONSET_INDEX], marker="o", color=style.BLACK, markersize=5.5, zorder=5.0)
    text = words.onset(found.value, found.censored, around)
    x = float(window.scaled(max(loss, window.from_h) if seen_h is None else seen_h))
    draw_words(ax, text, (x, x), text_height)


def _draw_bar(ax: Axes, view: View, around: Band, loss_h: float, seen_h: float | None) -> None:
    """A bar from low to high; dotted with an arrow where the late end does not come within the run."""
    window, y = view.window, ONSET_INDEX
    low_h = loss_h + (around.low or 0.0)
    bar = {"color": style.BLACK, "zorder": 4.0}
    if around.high is not None:
        ends = window.scaled([low_h, min(loss_h + around.high, window.until_h)])  # type: ignore[arg-type]
        ax.plot(ends, [y, y], linewidth=2.4, solid_capstyle="butt", **bar)  # type: ignore[arg-type]
        return
    x = window.scaled([low_h, seen_h or low_h, window.until_h])  # type: ignore[arg-type]
    ax.plot(x[:2], [y, y], linewidth=2.4, solid_capstyle="butt", **bar)  # type: ignore[arg-type]
    ax.plot(x[1:], [y, y], linewidth=1.0, linestyle=":", **bar)  # type: ignore[arg-type]
    ax.plot(x[2:], [y], marker=">", markersize=4.5, clip_on=False, **bar)  # type: ignore[arg-type]


def _width_in(figure: Figure, text: str) -> float:
    return max(page.text_width_in(figure, line, style.NORMAL, bold=True) for line in text.split("\n"))


def draw_words(ax: Axes, text: str, beside: tuple[float, float], y: float) -> None:
    """Bold words before or after the stretch *beside*, on the side with more room and never beyond the
    panel."""
    low, high = ax.get_xlim()
    figure = cast("Figure", ax.figure)
    per_in = (high - low) * figure.dpi / ax.bbox.width
    gap = GAP_IN * per_in
    width = _width_in(figure, text) * per_in
    if width > high - low - 2.0 * gap:
        text = text.replace(" (", "\n(", 1)
        width = _width_in(figure, text) * per_in
    begins, ends = beside
    left = begins - gap - width if begins - low > high - ends else ends + gap
    ax.text(
        max(low + gap, min(left, high - gap - width)),
        y,
        text,
        ha="left",
        va="center",
        fontsize=style.NORMAL,
        fontweight="bold",
        bbox={"boxstyle": "square,pad=0.15", "facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85},
        zorder=6.0,
        gid="onset",
    )
