"""One visual language for every picture: colours that stay apart for the colour-blind and in grey, sizes.

Every line that can meet another differs in its dashes too, so that a grey print says the same as the screen.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLACK, GREY, PALE, PAPER = "#1a1a1a", "#767676", "#d9d9d9", "#ffffff"
BLUE, ORANGE, GREEN, VERMILLION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, PURPLE, YELLOW = "#56b4e9", "#cc79a7", "#f0e442"
"""The palette of Okabe and Ito."""

TINY, SMALL, NORMAL, TITLE = 7.2, 8.8, 9.8, 13.5
"""Sizes of text in points on a page 10 inches wide."""

DPI = 120
BAND_ALPHA = 0.22

Dashes = Literal["solid"] | tuple[float, tuple[float, ...]]


@dataclass(frozen=True)
class Line:
    """How one quantity is drawn everywhere."""

    color: str
    dashes: Dashes = "solid"
    width: float = 1.6
    z: float = 3.0
    alpha: float = 1.0
    marker: str = ""
    """In a label, drawn instead of the dashes."""

    def thin(self) -> Line:
        """The same line in the background, for a comb under its mean."""
        return replace(self, dashes="solid", width=0.7, z=self.z - 1.0, alpha=0.6)


DELIVERED = Line(BLUE, width=1.8)
PROGRAMMED = Line(BLACK, (0.0, (5.0, 2.5)), 1.2, 3.5)
CALCULATED = Line(BLACK, (0.0, (5.0, 2.5)), 1.2, 3.5)
TRUE = Line(BLUE, width=1.8)
TIP = Line(SKY, (0.0, (7.0, 2.0, 1.5, 2.0)), 1.3)
LUMBAR = Line(BLUE, width=1.8)
CISTERNAL = Line(GREEN, (0.0, (3.0, 1.5)), 1.5)
RELIEF = Line(BLUE, width=2.0)
ARM = Line(GREEN, (0.0, (7.0, 2.0, 1.5, 2.0)), 1.6)
HREFLEX = Line(SKY, (0.0, (4.0, 1.5)), 1.1)
SEDATION = Line(PURPLE, width=1.5)
SEDATION_MAIN = Line(PURPLE, width=2.0)
WITHDRAWAL = Line(VERMILLION, width=2.0)
TWIN = Line(GREY, (0.0, (1.0, 1.6)), 1.6, 2.5)

RIVALS = (
    Line(BLUE, width=1.8),
    Line(VERMILLION, (0.0, (6.0, 2.0)), 1.8),
    Line(GREEN, (0.0, (2.5, 1.5)), 1.8),
    Line(PURPLE, (0.0, (7.0, 2.0, 1.5, 2.0)), 1.8),
    Line(ORANGE, (0.0, (1.0, 1.4)), 2.0),
    Line(BLACK, (0.0, (9.0, 3.0)), 1.4),
    Line(SKY, (0.0, (4.0, 1.5, 1.0, 1.5, 1.0, 1.5)), 1.6),
)
"""For several runs in one picture, in order."""

RIVAL_MARKERS = ("o", "s", "^", "D", "v", "P", "X")

STAGE_SHADES = ("#ffffff", "#f4f4f4", "#e6e6e6", "#d6d6d6", "#c6c6c6")
"""Grey grounds for the stages of an index, lowest first."""


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure with its own canvas, outside the state of pyplot; a notebook shows it as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    setattr(figure, "_repr_png_", partial(png, figure))  # noqa: B010 - IPython asks for this name
    return figure


def png(figure: Figure) -> bytes:
    """The figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def save(figure: Figure, path: Path, form: Literal["png", "svg"]) -> None:
    """Write the figure; the same figure gives the same bytes on every day."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "itsim"}):
        figure.savefig(path, format=form, dpi=DPI, metadata={"Date": None} if form == "svg" else None)


def dress(ax: Axes, y_label: str) -> None:
    """Quiet axes: two spines, small ticks, a light grid across."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(GREY)
    ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=BLACK, length=3.0)
    ax.grid(axis="y", color=PALE, linewidth=0.5)
    ax.set_axisbelow(True)
    ax.set_ylabel(y_label, fontsize=SMALL, color=BLACK, linespacing=1.15)
