"""What all panels of a run's picture share: run, cohort, window, and how a curve and its band are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from itsim.arrays import Array
from itsim.run import RunRecord
from itsim.show import curves, style
from itsim.show.style import Line
from itsim.show.window import Window, sample_times
from itsim.study.cohort import Cohort

if TYPE_CHECKING:
    from matplotlib.axes import Axes

N_BAND, N_MEAN = 320, 4000
RESTLESS_JUMPS = 40
"""More jumps of the delivered rate than this make a comb: its mean is drawn over it."""

MEAN_SHARE = 1.0 / 24.0
"""Stretch of that mean, as a share of the window."""

MAX_MEAN_DAYS = 7

SAME_AS_TWIN = 0.005
"""Closer than this share of its highest value, two lines cannot be told apart."""


@dataclass(frozen=True)
class View:
    """A run, its cohort and the window that all panels share."""

    run: RunRecord
    cohort: Cohort | None
    window: Window

    @cached_property
    def times_h(self) -> Array:
        """Where the curves are asked for."""
        return sample_times(self.run.solution, self.window)

    @cached_property
    def x(self) -> Array:
        """The same in the unit of the axis."""
        return self.window.scaled(self.times_h)

    def twin(self, name: str) -> Array | None:
        """The twin's series; None where its line would hide under the patient's own."""
        ours, twin = (s.series(name, self.times_h) for s in (self.run.solution, self.run.twin))
        apart = np.abs(twin - ours).max() > SAME_AS_TWIN * np.abs(twin).max()
        return twin if apart else None

    @cached_property
    def mean_over_h(self) -> float:
        """The stretch that means are taken over where the delivered rate is a comb; 0 where it is not."""
        if len(self.jumps_h) <= RESTLESS_JUMPS:
            return 0.0
        days = MEAN_SHARE * (self.window.until_h - self.window.from_h) / 24.0
        return 24.0 * min(MAX_MEAN_DAYS, max(1, round(days)))

    @cached_property
    def jumps_h(self) -> Array:
        """When the delivered rate jumps."""
        return curves.jumps_h(self.run.delivery.therapy.catheter, self.window)

    @property
    def mean_words(self) -> str:
        """What the means are taken over."""
        return f"{self.mean_over_h / 24.0:.0f}-day mean"

    def draw(self, ax: Axes, values: Array, line: Line) -> float:
        """One curve, thin where it is a comb; returns its last value."""
        plot(ax, self.x, values, line.thin() if self.mean_over_h else line)
        return float(values[-1])

    def draw_mean(self, ax: Axes, name: str, scale: float, line: Line) -> float:
        """The moving mean of a series; returns its last value."""
        times = np.linspace(self.window.from_h, self.window.until_h, N_MEAN)
        values = self.run.solution.series(name, times)
        steps = 0.5 * (values[1:] + values[:-1]) * np.diff(times)
        total = np.concatenate([[0.0], np.cumsum(steps)])
        left, right = curves.mean_bounds(times, self.jumps_h, self.mean_over_h)
        wide = right > left
        mean = values.copy()
        whole = np.interp(right[wide], times, total) - np.interp(left[wide], times, total)
        mean[wide] = whole / (right - left)[wide]
        plot(ax, self.window.scaled(times), scale * mean, line)
        return float(scale * mean[-1])

    def band(self, ax: Axes, name: str, scale: float, line: Line, shared_by: int = 1) -> None:
        """The 5–95 % band of a series where there is a cohort; paler where several bands overlap."""
        if self.cohort is None:
            return
        times = np.linspace(self.window.from_h, self.window.until_h, N_BAND)
        low, high = (scale * edge for edge in self.cohort.series_band(name, times))
        x = self.window.scaled(times)
        ax.fill_between(
            x,
            low,
            high,
            color=line.color,
            alpha=style.BAND_ALPHA / max(1.0, 0.6 * shared_by),
            linewidth=0,
            zorder=1.0,
        )
        for edge in (low, high) if not self.mean_over_h and shared_by <= 2 else ():
            ax.plot(x, edge, color=line.color, linewidth=0.6, alpha=0.8, zorder=1.2)


def plot(ax: Axes, x: Array, values: Array, line: Line) -> None:
    """A curve in one of the styles."""
    ax.plot(
        x,
        values,
        color=line.color,
        linestyle=line.dashes,
        linewidth=line.width,
        zorder=line.z,
        alpha=line.alpha,
    )
