"""A simulated scenario and a study as users hold them: with bands, in words, as pictures and as tables."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itsim import run as pipeline
from itsim.arrays import Array
from itsim.scenario import Scenario, ScenarioError
from itsim.scenario.write import as_yaml
from itsim.study.chunk import changes_of, ground_of, patient_changes, scenario_of
from itsim.study.cohort import DEFAULT_SIZE, MOST_DRAWS, Cohort, cohorts
from itsim.study.cohort import cohort as make_cohort
from itsim.study.draws import BETWEEN, BOTH, UNCERTAINTY
from itsim.study.model import Study
from itsim.study.sensitivity import Indices, indices
from itsim.study.store import Store
from itsim.study.survival import OnsetCurve, onset_curve
from itsim.study.workers import Progress

if TYPE_CHECKING:
    import pandas as pd
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


@dataclass(frozen=True)
class Sweep:
    """A study with all its rows: ``.table``, ``.dataset``, ``.failures``, ``.scenario(row)``."""

    study: Study
    folder: Path | None = None
    """Where the parts are; None where they are in memory alone."""
    kept: Any = field(default=None, repr=False)
    """The rows as an Arrow table where they are in memory."""

    def __len__(self) -> int:
        return self.study.n_rows

    @cached_property
    def rows(self) -> Any:
        """An Arrow table, one row per run; read when first asked for."""
        return self.kept if self.folder is None else Store(self.folder, self.study).read()

    @cached_property
    def _without_curves(self) -> Any:
        """The rows without trajectories, which may be too many to hold."""
        if self.folder is None:
            return self.kept.drop_columns(list(self.study.series))
        return Store(self.folder, self.study).read(without=self.study.series)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per run; ``attrs["units"]`` says the unit of each column."""
        from itsim.exchange.swept import to_pandas

        return to_pandas(self.study, self.rows)

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Every metric over the axes of the study; a grid has one per number that varies."""
        from itsim.exchange.swept import to_dataset

        return to_dataset(self.study, self.rows)

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of runs that could not be made; ``failure`` says why."""
        from itsim.exchange.swept import to_pandas

        rows = self._without_curves
        return to_pandas(self.study, rows.filter(rows["failure"].is_valid()))

    @cached_property
    def n_failed(self) -> int:
        """How many runs could not be made."""
        return len(self) - int(self._without_curves["failure"].null_count)

    def sensitivity(
        self, metric: str | None = None, scenario: str | None = None, never: bool = False,
        horizon_h: float | None = None,
    ) -> Sensitivity:  # fmt: skip
        """What a metric (the first by default) hangs on, for a design ``morris`` or ``sobol_indices``.

        Runs in which it does not come within the run count as long as the latest that came, or as
        *horizon_h*, to which longer ones are cut then; *never* asks instead for the share in which there is
        no value. Raises NotAnalysable, a ValueError, where a run failed, a metric means nothing in some, or
        the design compares no rows.
        """
        found = indices(self.study, self._without_curves, metric, scenario, never, horizon_h)
        return Sensitivity(self.study, found)

    def plot(self, metric: str | None = None) -> Figure:
        """The picture that fits the design; *metric* is the first of the study by default.

        Raises ValueError where no picture fits.
        """
        from itsim.show import plot_study

        return plot_study(self.study, self._without_curves, metric)

    def scenario(self, row: int) -> Scenario:
        """The scenario of a row, with its virtual patient, ready to simulate.

        Raises IndexError for a row that does not exist, and ScenarioError where that is why the row failed.
        """
        return scenario_of(ground_of(self.study), self.study.rows(np.array([row])), 0)

    def scenario_text(self, row: int) -> str:
        """The scenario of a row as a file that stands by itself, also where it cannot be simulated.

        Raises IndexError for a row that does not exist, and ValueError for one that holds Python functions.
        """
        ground, block = ground_of(self.study), self.study.rows(np.array([row]))
        base = self.study.scenarios[int(block.scenario[0])]
        changes: dict[str, Any] = dict(changes_of(ground, block, 0))
        with suppress(ScenarioError):  # the text then says of itself what is wrong with it
            changes |= patient_changes(ground, block, 0)
        varied = ", ".join(f"{path} = {value}" for path, value in changes_of(ground, block, 0).items())
        story = f"Row {row} of the study {self.study.name}, which varies {base.name}: {varied}."
        return as_yaml(base, changes, {"title": f"{base.title}, row {row}", "story": story})

    def write_scenario(self, row: int, path: str | Path) -> Path:
        """Write the scenario of a row as a file. Raises as ``scenario_text``, and OSError."""
        Path(path).write_text(self.scenario_text(row), encoding="utf-8", newline="\n")
        return Path(path)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The summary that ``itsim sweep --json`` prints."""
        from itsim.show.ranking import rankings
        from itsim.show.swept import sweep_summary

        told = sweep_summary(self.study, self._without_curves)
        ranked = rankings(self.study, self._without_curves)
        return told | ({"sensitivity": ranked} if ranked else {})

    def __str__(self) -> str:
        from itsim.show.swept import sweep_text

        return sweep_text(self.summary, self.study)

    def _repr_html_(self) -> str:
        from itsim.show.swept import sweep_html

        return sweep_html(self.summary, self.study)


@dataclass(frozen=True)
class Sensitivity:
    """What a metric hangs on: ``.table``, ``.plot()``, ``.settled``, ``.rule``."""

    study: Study
    indices: Indices

    @property
    def settled(self) -> bool:
        """Whether more samples are not expected to change the picture: little moves from half of the sample
        to all of it, and no interval is wide."""
        return self.indices.settled

    @property
    def rule(self) -> str:
        """What was done about runs in which the metric does not come; empty where it came in all."""
        return self.indices.asked.rule

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each number that varies, the one that matters most first; ``attrs["units"]``."""
        from itsim.exchange.swept import indices_to_pandas

        return indices_to_pandas(self.study, self.indices)

    def plot(self) -> Figure:
        """The tornado: a bar for each number, with 95 % intervals."""
        from itsim.show import plot_tornado

        return plot_tornado(self.study, self.indices)

    def __str__(self) -> str:
        from itsim.show.ranking import sensitivity_text

        return sensitivity_text(self.study, self.indices)

    def _repr_html_(self) -> str:
        from itsim.show.ranking import sensitivity_html

        return sensitivity_html(self.study, self.indices)
