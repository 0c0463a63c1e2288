"""A simulated scenario as users hold it: with its bands, in words, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from itsim import run as pipeline
from itsim.arrays import Array
from itsim.study.cohort import DEFAULT_SIZE, MOST_DRAWS, Cohort, cohorts
from itsim.study.cohort import cohort as make_cohort
from itsim.study.draws import BETWEEN, BOTH, UNCERTAINTY
from itsim.study.survival import OnsetCurve, onset_curve
from itsim.study.workers import Progress

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Run(pipeline.RunRecord):
    """A simulated scenario: ``.metrics``, ``.plot()``, ``.to_xarray()``, ``.twin``, ``.delivery``."""

    cohort_size: int = DEFAULT_SIZE
    """How many virtual patients stand behind every band."""
    cohort_seed: int | None = None
    """Their seed; from the scenario's content where None."""
    progress: Progress | None = None
    """Called with (done, size) while they are solved."""
    draws: int | None = None
    """How often the typical patient's own numbers are drawn; as often as there are virtual patients, at most
    40, where None; 0 for never."""
    workers: int = 1
    """Processes that may share the work; more than one needs a script that guards its main part."""

    @cached_property
    def _cohorts(self) -> Mapping[str, Cohort]:
        draws = min(self.cohort_size, MOST_DRAWS) if self.draws is None else self.draws
        sizes = {BETWEEN: self.cohort_size} | ({UNCERTAINTY: draws} if draws else {})
        return cohorts(self, sizes, self.cohort_seed, self.progress, self.workers)

    @property
    def band(self) -> Cohort:
        """Virtual patients around this one, for the bands of everything shown; computed once."""
        return self._cohorts[BETWEEN]

    @property
    def uncertainty(self) -> Cohort | None:
        """What this typical patient may be, given how little is known; computed with the band."""
        return self._cohorts.get(UNCERTAINTY)

    @cached_property
    def both(self) -> Cohort:
        """Patients around typical patients that are drawn anew: both spreads in one; only on demand."""
        return make_cohort(
            self, self.cohort_size, self.cohort_seed, self.progress, spread=BOTH, workers=self.workers
        )

    @cached_property
    def onset(self) -> OnsetCurve | None:
        """How many virtual patients are still without withdrawal, over time; None where nothing is lost."""
        from itsim.show.marks import is_excess

        return None if is_excess(self) else onset_curve(self.band)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The summary that ``itsim run --json`` prints."""
        from itsim.show.summary import summary

        return summary(self, self.band, self.uncertainty)

    def plot(self, from_h: float | None = None, until_h: float | None = None) -> Figure:
        """The picture: dose, volume, CSF, relief and withdrawal on one time axis, with bands."""
        from itsim.show import plot_run

        return plot_run(self, self.band, from_h=from_h, until_h=until_h)

    def plot_case(self) -> Figure:
        """The case's timeline in phases, as a case report would draw it."""
        from itsim.show import plot_case_timeline

        return plot_case_timeline(self, self.band)

    def plot_onset(self) -> Figure:
        """The onset of withdrawal over time in the virtual patients, with its interval.

        Raises ValueError where nothing is lost.
        """
        from itsim.show import plot_onset_curve

        return plot_onset_curve(self, self.band)

    def to_xarray(self, times_h: Array | None = None) -> xarray.Dataset:
        """Every series with units, on an even grid with all event instants, or at *times_h*."""
        from itsim.exchange.labelled import to_xarray

        return to_xarray(self, times_h)

    def __str__(self) -> str:
        from itsim.show import summary_text

        return summary_text(self.summary, self)

    def _repr_html_(self) -> str:
        from itsim.show import run_html

        return run_html(self, self.summary)
