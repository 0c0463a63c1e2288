"""The onset of withdrawal as a curve over time, where some patients never get there: Kaplan and Meier.

The interval is Greenwood's on the log-log scale (``scipy.stats.ecdf``), which stays between 0 and 1; where
nobody or everybody has passed it has none, and the exact binomial end stands there. It says how far a cohort
of this size may stray from a very large one, and nothing about whether the model is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from scipy.stats import CensoredData, ecdf

from itsim.arrays import Array, Flags, frozen
from itsim.catalogue import catalogue
from itsim.device.delivery import deliver
from itsim.metrics import NO_LOSS, first_loss_h
from itsim.scenario import vary
from itsim.study.chunk import changes_of, ground_of
from itsim.study.cohort import Cohort
from itsim.study.model import Study

CONFIDENCE = 0.95
TAIL = 0.5 * (1.0 - CONFIDENCE)


@dataclass(frozen=True)
class Quantile:
    """When a share of patients has passed; None where that does not come within the run."""

    share: float
    t_h: float | None
    low_h: float | None
    high_h: float | None


@dataclass(frozen=True)
class OnsetCurve:
    """The share of patients still without withdrawal (index below 10), falling at each of *times_h*."""

    times_h: Array
    """Hours from first loss at which a patient passes or leaves, rising."""
    surviving: Array
    """Share still without, from each time on; 1 before the first."""
    low: Array
    high: Array
    """95 % interval of that share for a cohort of this size."""
    at_risk: Array
    """Patients still watched and without, just before each time."""
    n: int
    """Patients counted: those who lose any delivery."""
    until_h: float
    """When those who are still without leave: the end of the run, from first loss."""

    @property
    def never_frac(self) -> float:
        """The share that does not pass within the run."""
        return float(self.surviving[-1])

    @property
    def never_interval(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        return float(self.low[-1]), float(self.high[-1])

    def quantile(self, share: float) -> Quantile:
        """When *share* of the patients has passed, with the times at which the interval's ends reach it."""
        ends = (
            _first_below(self.times_h, edge, 1.0 - share) for edge in (self.surviving, self.low, self.high)
        )
        return Quantile(share, *ends)

    def n_at_risk(self, t_h: float) -> int:
        """How many are still watched and without, just before *t_h*."""
        i = int(np.searchsorted(self.times_h, t_h))
        return int(self.at_risk[i]) if i < len(self.times_h) else 0


def onset_curve(cohort: Cohort) -> OnsetCurve | None:
    """The onset of withdrawal in a cohort; None where nothing is lost, so that nothing can come.

    Who has not passed by the end of the run is censored there.
    """
    onsets = [patient["withdrawal_onset_h"] for patient in cohort.metrics]
    counted = [onset for onset in onsets if onset.censored != NO_LOSS]
    if not counted:
        return None
    observed = np.array([onset.value is not None for onset in counted])
    times_h = np.array([cohort.until_h if o.value is None else o.value for o in counted])
    return kaplan_meier(times_h, observed, cohort.until_h)


@dataclass(frozen=True)
class CaseCurve:
    """The onset in the virtual patients of one case of a study."""

    scenario: int
    place: int
    """Row of the design."""
    curve: OnsetCurve


def case_curves(study: Study, rows: Any) -> tuple[CaseCurve, ...]:
    """The onset of withdrawal in every case of a study, from its Arrow table; cases without a loss are left
    out, and so are patients whose run could not be made.

    How long a case is watched follows from its delivery, which is the same for all its patients.
    """
    onset, failed = rows["withdrawal_onset_h"], rows["failure"].is_valid().to_pylist()
    values = np.array(onset.to_pandas().to_numpy(), float).reshape(study.shape)
    made = ~np.array(failed, bool).reshape(study.shape)
    ground, found = ground_of(study), []
    for s, place in np.ndindex(study.shape[:2]):
        known = values[s, place][made[s, place]]
        block = study.rows(np.array([np.ravel_multi_index((s, place, 0), study.shape)]))
        scenario = vary(study.scenarios[s], changes_of(ground, block, 0), catalogue()) if len(known) else None
        loss_h = first_loss_h(deliver(scenario)) if scenario is not None else None
        if scenario is not None and loss_h is not None:
            until_h, came = scenario.until_h - loss_h, ~np.isnan(known)
            curve = kaplan_meier(np.where(came, known, until_h), came, until_h)
            found.append(CaseCurve(s, place, curve))
    return tuple(found)


def kaplan_meier(times_h: Array, observed: Flags, until_h: float) -> OnsetCurve:
    """The estimate from times that are onsets where *observed*, and departures without one elsewhere."""
    found = ecdf(CensoredData.right_censored(times_h, ~observed)).sf
    with np.errstate(divide="ignore", invalid="ignore"), catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # log-log has no value at shares of 0 and 1, and says so
        interval = found.confidence_interval(CONFIDENCE, method="log-log")
    quantiles, shares = (np.asarray(column, float) for column in (found.quantiles, found.probabilities))
    at_risk = len(times_h) - np.searchsorted(np.sort(times_h), quantiles).astype(float)
    least, most = TAIL ** (1.0 / at_risk), 1.0 - TAIL ** (1.0 / max(1, int(observed.sum())))
    low = np.where(shares >= 1.0, least, np.where(shares <= 0.0, 0.0, interval.low.probabilities))
    high = np.where(shares >= 1.0, 1.0, np.where(shares <= 0.0, most, interval.high.probabilities))
    for column in (quantiles, shares, low, high, at_risk):
        frozen(column)
    return OnsetCurve(quantiles, shares, low, high, at_risk, len(times_h), until_h)


def _first_below(times_h: Array, shares: Array, level: float) -> float | None:
    """The first time from which a falling share is at or below *level*."""
    below = np.flatnonzero(shares <= level + 1e-12)
    return float(times_h[below[0]]) if len(below) else None
