"""The panel of the reservoir: calculated against true volume, and what was found at visits."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from itsim.device.delivery import Reading
from itsim.show import curves, page, placing, style
from itsim.show.page import EndLabel, end_labels
from itsim.show.view import View, plot
from itsim.show.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORTH_TEXT_ML = 0.1
SAME_SURPLUS_ML = 0.15
READING_TEXT_IN = 0.6


def draw_reservoir(ax: Axes, view: View) -> None:
    """Calculated and true volume, mL, and what was found at visits."""
    delivery, window = view.run.delivery, view.window
    times, calculated, true = curves.volume_curves(delivery, window)
    x = window.scaled(times)
    style.dress(ax, "reservoir\nmL")
    ax.fill_between(x, calculated, true, color=style.ORANGE, alpha=0.45, linewidth=0, zorder=1.0)
    plot(ax, x, true, style.TRUE)
    plot(ax, x, calculated, style.CALCULATED)
    found = [reading.found_mL for reading in delivery.evidence]
    low = min(0.0, float(calculated.min()))
    ax.set_ylim(low, 1.15 * max([float(true.max()), float(calculated.max()), *found, 1.0]))
    _draw_readings(ax, [r for r in delivery.evidence if window.holds(r.t_h)], window)
    labels = [
        EndLabel(calculated[-1], "calculated", style.CALCULATED),
        EndLabel(true[-1], "true", style.TRUE),
    ]
    end_labels(ax, labels)


def _draw_readings(ax: Axes, readings: list[Reading], window: Window) -> None:
    told = [r for r in readings if abs(r.surplus_mL) >= WORTH_TEXT_ML]
    near_h = READING_TEXT_IN / page.PLOT_IN * (window.until_h - window.from_h)
    telling = [r for r, after in zip_longest(told, told[1:]) if not _repeats(r, after, near_h)]
    span = float(window.scaled(window.until_h) - window.scaled(window.from_h))
    per_in = span / page.PLOT_IN
    low = float(window.scaled(window.from_h)) + 0.5 * READING_TEXT_IN * per_in
    high = float(window.scaled(window.until_h)) - 0.5 * READING_TEXT_IN * per_in
    wanted = [float(window.scaled(r.t_h)) for r in telling]
    places = placing.spread(wanted, READING_TEXT_IN * per_in, low, high)
    for reading in readings:
        color = style.VERMILLION if reading.flagged else style.BLACK
        face = color if reading.flagged else style.PAPER
        ax.plot(
            [float(window.scaled(reading.t_h))],
            [reading.found_mL],
            marker="D",
            markersize=6.0 if reading.flagged else 4.5,
            color=color,
            markerfacecolor=face,
            zorder=5.0,
        )
    top = ax.get_ylim()[1]
    for reading, place in zip(telling, places, strict=True):
        below = reading.found_mL > 0.4 * top
        ax.annotate(
            f"{reading.surplus_mL:+.1f} mL".replace("-", "−"),
            (place, reading.found_mL),
            xytext=(0.0, -6.0 if below else 5.0),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=style.SMALL,
            fontweight="bold" if reading.flagged else "normal",
            color=style.VERMILLION if reading.flagged else style.BLACK,
            bbox={"boxstyle": "square,pad=0.08", "facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.8},
            zorder=6.0,
            gid="reading",
        )


def _repeats(reading: Reading, after: Reading | None, near_h: float) -> bool:
    """Whether the next reading says nearly the same at nearly the same time."""
    if after is None or after.t_h - reading.t_h > near_h:
        return False
    return abs(reading.surplus_mL - after.surplus_mL) < SAME_SURPLUS_ML
