"""Event marks: lines through all panels and short words above them that never cover one another.

Words stand in rows beside their lines. Where that would need too many rows, the marks are numbered and a key
in columns says what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsim.show import page, placing, style
from itsim.show.marks import Mark
from itsim.show.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_IN, FOOT_IN, SIGN_IN, MAX_ROWS, KEY_COLUMNS = 0.165, 0.06, 0.13, 6, 3
PAD_IN, NUMBER_IN = 0.075, 0.2


@dataclass(frozen=True)
class Look:
    """How marks of one tone are drawn."""

    color: str
    dashes: style.Dashes
    width: float
    marker: str
    filled: bool
    bold: bool = False


LOOKS = {
    "event": Look(style.GREY, "solid", 0.7, "|", True),
    "log": Look(style.GREY, (0.0, (1.0, 2.0)), 0.7, "|", True),
    "silent": Look(style.GREY, (0.0, (1.0, 2.0)), 0.9, "o", False),
    "fault": Look(style.BLACK, (0.0, (6.0, 2.0)), 1.1, "X", True, True),
    "loss": Look(style.BLACK, (0.0, (6.0, 2.0)), 1.1, "v", True, True),
    "critical": Look(style.VERMILLION, (0.0, (2.0, 1.5)), 1.1, "^", True, True),
    "non-critical": Look(style.VERMILLION, (0.0, (2.0, 1.5)), 0.9, "^", False),
    "known": Look(style.GREY, "solid", 0.6, "", True),
    "assumed": Look(style.BLACK, (0.0, (2.0, 2.0)), 0.9, "", False),
    "phase": Look(style.GREY, (0.0, (1.0, 1.0)), 0.0, "", True, True),
}
"""Alarms are triangles, filled when critical; faults are crosses; what nobody notices is hollow and round."""


@dataclass(frozen=True)
class Strip:
    """Marks with their places: rows of words, or numbers with a key."""

    marks: Sequence[Mark]
    rows: Sequence[int]
    left_of: Sequence[bool]
    numbered: bool

    @property
    def height_in(self) -> float:
        """What the strip needs above the panels."""
        if not self.marks:
            return 0.05
        if self.numbered:
            return SIGN_IN + 0.30 + ROW_IN * -(-len(self.marks) // KEY_COLUMNS)
        return FOOT_IN + ROW_IN * (max(self.rows) + 1)


def plan_strip(figure: Figure, marks: Sequence[Mark], window: Window) -> Strip:
    """Find a row for every word, or fall back to numbers."""
    anchors = [_x_in(mark.t_h, window) for mark in marks]
    widths = [_width_in(figure, mark) + 2.0 * PAD_IN for mark in marks]
    rows, left_of = placing.rows(anchors, widths, page.PLOT_IN + page.RIGHT_IN - 0.1)
    return Strip(marks, rows, left_of, numbered=max(rows, default=0) >= MAX_ROWS)


def draw_strip(figure: Figure, strip: Strip, panels: Sequence[Axes], window: Window) -> None:
    """Lines and shades through the panels, words or numbers above the first."""
    for mark in strip.marks:
        _draw_through(mark, panels, window)
    pen = _Pen(figure, panels[0])
    if strip.numbered:
        _draw_numbers(pen, strip, window)
    else:
        _draw_words(pen, strip, window)


def _x_in(t_h: float, window: Window) -> float:
    return page.PLOT_IN * (t_h - window.from_h) / (window.until_h - window.from_h)


def _width_in(figure: Figure, mark: Mark) -> float:
    return page.text_width_in(figure, mark.words, style.SMALL, LOOKS[mark.tone].bold)


def _draw_through(mark: Mark, panels: Sequence[Axes], window: Window) -> None:
    look = LOOKS[mark.tone]
    x = float(window.scaled(mark.t_h))
    for ax in panels:
        ax.axvline(x, color=look.color, linestyle=look.dashes, linewidth=look.width, alpha=0.75, zorder=1.5)
        if mark.until_h is not None:
            until = float(window.scaled(mark.until_h))
            ax.axvspan(x, until, color=look.color, alpha=0.09, linewidth=0, zorder=0.5)


@dataclass(frozen=True)
class _Pen:
    """Draws in inches from the upper left corner of the first panel, whatever the resolution."""

    figure: Figure
    panel: Axes

    def _place(self, x_in: float, y_in: float) -> tuple[float, float]:
        box = self.panel.get_position()
        return box.x0 + x_in / self.figure.get_figwidth(), box.y1 + y_in / self.figure.get_figheight()

    def stem(self, look: Look, points: Sequence[tuple[float, float]], sign_at: tuple[float, float]) -> None:
        """A thin line and the sign of its tone."""
        from matplotlib.lines import Line2D

        face = look.color if look.filled else style.PAPER
        where = self.figure.transFigure
        xs, ys = zip(*(self._place(*point) for point in points), strict=True)
        x, y = self._place(*sign_at)
        line = Line2D(xs, ys, transform=where, color=look.color, linewidth=0.7, alpha=0.75)
        sign = Line2D([x], [y], transform=where, color=look.color, marker=look.marker, markerfacecolor=face)
        self.figure.add_artist(line)
        self.figure.add_artist(sign)

    def write(self, look: Look, words: str, x_in: float, y_in: float, side: str) -> None:
        """Words in the colour of their tone."""
        x, y = self._place(x_in, y_in)
        self.figure.text(
            x,
            y,
            words,
            ha=side,
            va="center_baseline",
            fontsize=style.SMALL,
            fontweight="bold" if look.bold else "normal",
            color=look.color if look.color != style.GREY else style.BLACK,
            parse_math=False,
            gid="event",
        )


def _draw_words(pen: _Pen, strip: Strip, window: Window) -> None:
    for mark, row, flip in zip(strip.marks, strip.rows, strip.left_of, strict=True):
        x, look = _x_in(mark.t_h, window), LOOKS[mark.tone]
        middle = FOOT_IN + (row + 0.5) * ROW_IN
        pen.stem(look, [(x, 0.0), (x, middle)], (x, middle))
        side = "right" if flip else "left"
        pen.write(look, mark.words, x - PAD_IN if flip else x + PAD_IN, middle, side)


def _draw_numbers(pen: _Pen, strip: Strip, window: Window) -> None:
    wanted = [_x_in(mark.t_h, window) for mark in strip.marks]
    places = placing.spread(wanted, NUMBER_IN, 0.0, page.PLOT_IN)
    n_rows = -(-len(strip.marks) // KEY_COLUMNS)
    column_in = (page.PLOT_IN + page.RIGHT_IN - 0.15) / KEY_COLUMNS
    for i, (mark, x, head) in enumerate(zip(strip.marks, wanted, places, strict=True)):
        look = LOOKS[mark.tone]
        pen.stem(look, [(x, 0.0), (x, 0.03), (head, SIGN_IN)], (head, SIGN_IN))
        pen.write(look, f"{i + 1}", head, SIGN_IN + 0.12, "center")
        column, row = divmod(i, n_rows)
        y_key = SIGN_IN + 0.30 + ROW_IN * (n_rows - row - 0.5)
        pen.write(look, f"{i + 1}  {mark.words}", column * column_in, y_key, "left")
