"""The page a picture stands on: title, axes stacked on one axis of time, footer; sizes in inches."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsim.show import placing, style
from itsim.show.style import Line
from itsim.show.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 10.0, 9.0
LEFT_IN, RIGHT_IN = 0.82, 1.62
GAP_IN, AXIS_IN, FOOTER_LINE_IN = 0.13, 0.46, 0.15
LABEL_GAP_PT = 11.5
FOOTER_LEFT_IN, LONG_TITLE, LONG_SUBTITLE = 0.3, 78, 148


@dataclass(frozen=True)
class EndLabel:
    """A word at the right end of a line, with a sample of it."""

    value: float
    words: str
    line: Line


PLOT_IN = WIDTH_IN - LEFT_IN - RIGHT_IN
"""Width of the panels."""


def text_width_in(figure: Figure, words: str, size_pt: float, bold: bool = False) -> float:
    """How wide a text will be."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.font_manager import FontProperties

    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(size=size_pt, weight="bold" if bold else "normal")
    width, _, _ = renderer.get_text_width_height_descent(words, font, ismath=False)
    return float(width) / figure.dpi


def write_header(figure: Figure, title: str, subtitle: str) -> float:
    """Title and subtitle from the top; returns the inches that they take."""
    height = figure.get_figheight()
    size = style.TITLE if len(title) <= LONG_TITLE else 0.85 * style.TITLE
    lines = textwrap.wrap(title, LONG_TITLE if size == style.TITLE else 92) or [""]
    y = 0.14
    for line in lines[:2]:
        figure.text(
            LEFT_IN / WIDTH_IN,
            1.0 - y / height,
            line,
            fontsize=size,
            fontweight="bold",
            va="top",
            parse_math=False,
        )
        y += 0.25
    for line in textwrap.wrap(subtitle, LONG_SUBTITLE):
        figure.text(
            LEFT_IN / WIDTH_IN,
            1.0 - y / height,
            line,
            fontsize=8.2,
            color=style.GREY,
            va="top",
            gid="subtitle",
        )
        y += 0.17
    return y + 0.03


def write_footer(figure: Figure, lines: Sequence[str]) -> float:
    """Lines of small print at the bottom, the first one emphasised; returns the inches that they take."""
    height = figure.get_figheight()
    y = 0.08
    for i, line in reversed(list(enumerate(lines))):
        figure.text(
            FOOTER_LEFT_IN / WIDTH_IN,
            y / height,
            line,
            fontsize=8.0 if i == 0 else style.TINY,
            fontweight="bold" if i == 0 else "normal",
            color=style.BLACK if i == 0 else style.GREY,
            va="bottom",
            gid="footer",
        )
        y += FOOTER_LINE_IN
    return y + 0.02


def stack(
    figure: Figure, window: Window, top_in: float, bottom_in: float, heights: Sequence[float]
) -> list[Axes]:
    """Axes from top to bottom on one axis of time, in the given proportions."""
    height = figure.get_figheight()
    free = height - top_in - bottom_in - AXIS_IN - GAP_IN * (len(heights) - 1)
    axes: list[Axes] = []
    y = height - top_in
    for share in heights:
        tall = free * share / sum(heights)
        y -= tall
        box = (LEFT_IN / WIDTH_IN, y / height, PLOT_IN / WIDTH_IN, tall / height)
        axes.append(figure.add_axes(box, sharex=axes[0] if axes else None))
        y -= GAP_IN
    low, high = window.scaled(window.from_h), window.scaled(window.until_h)
    axes[0].set_xlim(float(low), float(high))
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel(window.label, fontsize=style.NORMAL, color=style.BLACK)
    return axes


def height_pt(ax: Axes) -> float:
    """How tall a panel is."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return 72.0 * ax.get_position().height * figure.get_figheight()


def end_labels(ax: Axes, labels: Sequence[EndLabel]) -> None:
    """Words beside the right end of the lines, moved apart where they would meet."""
    tall_pt = height_pt(ax)
    low, high = ax.get_ylim()
    gap = LABEL_GAP_PT
    wanted = [tall_pt * (min(max(label.value, low), high) - low) / (high - low) for label in labels]
    places = placing.spread(wanted, gap, 0.35 * gap, tall_pt - 0.35 * gap)
    for label, place in zip(labels, places, strict=True):
        y, line = place / tall_pt, label.line
        ax.plot(
            [1.025] if line.marker else [1.008, 1.042],
            [y] if line.marker else [y, y],
            marker=line.marker or None,
            transform=ax.transAxes,
            clip_on=False,
            color=line.color,
            linestyle=line.dashes,
            linewidth=line.width,
        )
        ax.text(
            1.05,
            y,
            label.words,
            transform=ax.transAxes,
            fontsize=style.SMALL,
            color=style.BLACK,
            va="center_baseline",
            gid="end label",
        )
