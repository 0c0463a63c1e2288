"""The picture of a study, chosen by its design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itsim.show.heat_map import plot_heat_map
from itsim.show.lines import plot_lines
from itsim.show.onset_curves import plot_onset_curves
from itsim.show.points import plot_points
from itsim.show.study_page import MOST_LINES, varied
from itsim.show.tornado import plot_tornado
from itsim.study.cohort import LEAST_FOR_BAND
from itsim.study.design import GRID, TABLE
from itsim.study.model import Study
from itsim.study.screening import METHODS
from itsim.study.sensitivity import indices

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ONSET = "withdrawal_onset_h"


def plot_study(study: Study, rows: Any, metric: str | None = None) -> Figure:
    """The picture that fits: a tornado where rows are compared, onset curves for a few cases with many
    virtual patients, a heat map of two numbers, lines along one, points where numbers were drawn.

    *metric* is the first of the study by default. Raises ValueError for one that the study has not, and where
    no picture fits.
    """
    if metric is not None and metric not in study.metrics:
        raise ValueError(f"{metric!r} is no metric of this study, which has {', '.join(study.metrics)}")
    chosen = study.metrics[0] if metric is None else metric
    kind = study.design.kind
    if kind in METHODS:
        first = study.scenarios[0].name
        return plot_tornado(study, indices(study, rows, chosen, first))
    if _is_cohort(study, chosen):
        return plot_onset_curves(study, rows)
    if kind not in (GRID, TABLE):
        return plot_points(study, rows, chosen)
    numbers = [j for j in varied(study) if not study.design.factors[j].is_word]
    if kind == GRID and len(varied(study)) == 2 and len(numbers) == 2 and study.shape[0] == 1:
        return plot_heat_map(study, rows, chosen)
    if not numbers:
        return plot_points(study, rows, chosen)
    asked = study.metrics if metric is None else [metric]
    return plot_lines(study, rows, asked)


def _is_cohort(study: Study, metric: str) -> bool:
    scenarios, rows, patients = study.shape
    few = scenarios * rows <= MOST_LINES
    return metric == ONSET and patients >= LEAST_FOR_BAND and few and study.design.kind in (GRID, TABLE)
