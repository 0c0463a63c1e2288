"""One small function per metric. Each reads a delivery, a solution and what was intended.

One origin for all times: *first loss*, the first instant at which delivery at the tip falls below 99 % of
what is intended (passes 101 % where nothing is ever lost). Values that need no loss (a peak, a baseline) are
taken over the whole run where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from itsim.arrays import Array
from itsim.device.delivery import Delivery, Pieces
from itsim.engine.solution import Solution
from itsim.parameters import read
from itsim.pd.symptoms import rank_of

NOT_WITHIN, NO_LOSS, NO_ALARM = "not within the run", "no loss", "no alarm"
NO_WITHDRAWAL, NO_ARMS = "no withdrawal", "not in this body"
REASONS = ("", NOT_WITHIN, NO_LOSS, NO_ALARM, NO_WITHDRAWAL, NO_ARMS)
"""Why a metric has no value, by its code in tables; the first stands for a value."""
LOSS_FRAC, EXCESS_FRAC = 0.99, 1.01
ONSET_INDEX = read("symptoms")["withdrawal_early"].value
"""Where the first stage of withdrawal begins."""
REBOUND_TONE = read("symptoms")["tone_rebound"].value
"""Tone from which it counts as rebound, as a share of the untreated level."""
NG_PER_UG = 1000.0
N_SAMPLES_PER_PIECE = 17
LEAST_INDEX = 1e-9
"""Numerical: a withdrawal index below this is rounding of zero."""


@dataclass(frozen=True)
class Metric:
    """A value, or the reason why there is none."""

    value: float | None
    unit: str
    censored: str | None = None


@dataclass(frozen=True)
class Course:
    """What metrics are read from: a delivery with its intention, and the solution under it."""

    delivery: Delivery
    solution: Solution

    @property
    def end_h(self) -> float:
        """End of the run."""
        return float(self.solution.edges_h[-1])

    @cached_property
    def first_loss_h(self) -> float | None:
        """First instant below 99 % of the intended dose rate; of more than 101 % where it is never below."""
        return first_loss_h(self.delivery)

    @cached_property
    def first_excess_h(self) -> float | None:
        """First instant above 101 % of the intended dose rate."""
        return _first_excess_h(self.delivery)

    @property
    def origin_h(self) -> float:
        """First loss, or the start of the run where there is none."""
        return self.first_loss_h or 0.0

    @cached_property
    def onset_h(self) -> float | None:
        """When the withdrawal index passes 10, from the start of the run."""
        return self.solution.first_crossing_h("withdrawal_index", ONSET_INDEX, self.origin_h)

    @cached_property
    def restored_h(self) -> float | None:
        """When delivery is back at 99 % of what is intended for good; None where it is not, or never fell."""
        return _last_restored(self.delivery.therapy.catheter, self.delivery.intended.catheter)

    @property
    def alarm_h(self) -> float | None:
        """When the first alarm sounds, from the start of the run."""
        return next((entry.t_h for entry in self.delivery.log if entry.is_alarm), None)


def first_loss_h(delivery: Delivery) -> float | None:
    """First instant below 99 % of the intended dose rate; of more than 101 % where it is never below."""
    below = _first_below(delivery.therapy.catheter, delivery.intended.catheter, LOSS_FRAC, 1.0)
    return below if below is not None else _first_excess_h(delivery)


def _first_excess_h(delivery: Delivery) -> float | None:
    return _first_below(delivery.therapy.catheter, delivery.intended.catheter, EXCESS_FRAC, -1.0)


def _first_below(actual: Pieces, intended: Pieces, share: float, sign: float) -> float | None:
    """First time at which sign · (actual − share · intended) is negative."""
    times, gaps = _sampled_gap(actual, intended, share, sign)
    below = np.flatnonzero(gaps < 0.0)
    if len(below) == 0:
        return None
    i = int(below[0])
    return float(times[i]) if i == 0 else _passing(actual, intended, share, sign, times[i - 1], times[i])


def _last_restored(actual: Pieces, intended: Pieces) -> float | None:
    """First time after the last loss at which something is delivered again."""
    times, gaps = _sampled_gap(actual, intended, LOSS_FRAC, 1.0)
    below = np.flatnonzero(gaps < 0.0)
    if len(below) == 0 or below[-1] == len(times) - 1:
        return None
    i = int(below[-1]) + 1
    given = np.flatnonzero(actual.rate(times[i:]) > 0.0)
    if len(given) == 0:
        return None
    if given[0] > 0:
        return float(times[i + given[0]])
    return _passing(actual, intended, LOSS_FRAC, 1.0, times[i - 1], times[i])


def _sampled_gap(actual: Pieces, intended: Pieces, share: float, sign: float) -> tuple[Array, Array]:
    """Times within pieces and on both sides of every edge, and sign · (actual − share · intended) at each."""
    edges = np.unique(np.concatenate([actual.edges_h, intended.edges_h]))
    times = edges[:-1, None] + np.diff(edges)[:, None] * np.linspace(0.0, 1.0, N_SAMPLES_PER_PIECE)
    times[:, -1] = np.nextafter(edges[1:], -np.inf)
    flat = times.ravel()
    return flat, sign * (actual.rate(flat) - share * intended.rate(flat))


def _passing(
    actual: Pieces, intended: Pieces, share: float, sign: float, left_h: float, right_h: float
) -> float:
    """Where the gap changes its sign between two neighbouring samples; at an edge, the edge."""

    def gap(t_h: float) -> float:
        t = np.array([t_h])
        return float(sign * (actual.rate(t) - share * intended.rate(t))[0])

    if right_h == np.nextafter(left_h, np.inf):
        return float(right_h)
    return float(brentq(gap, left_h, right_h, xtol=1e-10)) if gap(left_h) != 0.0 else float(left_h)


Rule = Callable[[Course], float | str]
"""A value, or the reason why there is none."""


@dataclass(frozen=True)
class MetricKind:
    """A metric: what it is called, what it means, its unit and its rule."""

    name: str
    label: str
    unit: str
    rule: Rule

    def of(self, course: Course) -> Metric:
        """The metric of one course."""
        value = self.rule(course)
        if isinstance(value, str):
            return Metric(None, self.unit, value)
        return Metric(value, self.unit)


def _since_loss(course: Course, t_h: float | None) -> float | str:
    if course.first_loss_h is None:
        return NO_LOSS
    return NOT_WITHIN if t_h is None else t_h - course.first_loss_h


def withdrawal_onset_h(course: Course) -> float | str:
    """From first loss until the withdrawal index passes 10."""
    return _since_loss(course, course.onset_h)


def withdrawal_peak(course: Course) -> float:
    """Largest withdrawal index of the run, also where it comes before any loss."""
    return course.solution.extremum("withdrawal_index", 0.0)[1]


def withdrawal_peak_h(course: Course) -> float | str:
    """From first loss until the largest withdrawal index; none where it never rises above zero, or still does
    at the end of the run."""
    t_h, peak = course.solution.extremum("withdrawal_index", 0.0)
    return _since_loss(course, t_h if peak > LEAST_INDEX and t_h < course.end_h else None)


def withdrawal_stage(course: Course) -> float:
    """Number of the run's worst stage of withdrawal: 0 none, 1 to 3 from mild to severe; a convention."""
    return float(rank_of(withdrawal_peak(course), "withdrawal"))


def relief_after_restoration_h(course: Course) -> float | str:
    """From the last restoration of delivery until the withdrawal index is half of its largest value since.

    "no withdrawal" where there is none, or none left. The half is what B40 tells of, fever gone 4 to 8 h
    after a refill; the fall below 10 comes the later the more severe it was.
    """
    if course.first_loss_h is None:
        return NO_LOSS
    if course.onset_h is None:
        return NO_WITHDRAWAL
    if course.restored_h is None:
        return NOT_WITHIN
    peak_h, peak = course.solution.extremum("withdrawal_index", course.restored_h)
    if peak < ONSET_INDEX:
        return NO_WITHDRAWAL
    half_h = course.solution.first_crossing_h("withdrawal_index", 0.5 * peak, peak_h, rising=False)
    return NOT_WITHIN if half_h is None else half_h - course.restored_h


def tone_peak(course: Course) -> float:
    """Largest tone from first loss on, as a share of the untreated level; above 1 it is rebound."""
    return course.solution.extremum("tone", course.origin_h)[1]


def rebound_h(course: Course) -> float | str:
    """From first loss until tone is above what it is without any drug, by a hundredth."""
    return _since_loss(course, course.solution.first_crossing_h("tone", REBOUND_TONE, course.origin_h))


def effect_baseline_frac(course: Course) -> float:
    """Share of the leg's Ashworth range that is relieved at first loss."""
    return float(course.solution.series("effect_leg", np.array([course.origin_h]))[0])


def effect_nadir_frac(course: Course) -> float:
    """Smallest relief from first loss on."""
    return course.solution.extremum("effect_leg", course.origin_h, highest=False)[1]


def arm_effect_baseline_frac(course: Course) -> float | str:
    """Share of the arms' Ashworth range that is relieved at first loss; not in bodies without arms."""
    if "effect_arm" not in course.solution.names:
        return NO_ARMS
    return float(course.solution.series("effect_arm", np.array([course.origin_h]))[0])


def arm_effect_nadir_frac(course: Course) -> float | str:
    """Smallest relief of the arms from first loss on; not in bodies without arms."""
    if "effect_arm" not in course.solution.names:
        return NO_ARMS
    return course.solution.extremum("effect_arm", course.origin_h, highest=False)[1]


def effect_halved_h(course: Course) -> float | str:
    """From first loss until the relief is half of what it was; never where there was none."""
    half = 0.5 * effect_baseline_frac(course)
    crossing_h = course.solution.first_crossing_h("effect_leg", half, course.origin_h, rising=False)
    return _since_loss(course, crossing_h if half > 0.0 else None)


def csf_lumbar_baseline_ng_mL(course: Course) -> float:
    """Lumbar CSF concentration at first loss."""
    return NG_PER_UG * float(course.solution.series("csf_lumbar", np.array([course.origin_h]))[0])


def csf_lumbar_nadir_ng_mL(course: Course) -> float:
    """Smallest lumbar CSF concentration from first loss on."""
    return NG_PER_UG * course.solution.extremum("csf_lumbar", course.origin_h, highest=False)[1]


def sedation_peak_frac(course: Course) -> float:
    """Largest sedation index of the run."""
    return course.solution.extremum("sedation", 0.0)[1]


def overdose_stage(course: Course) -> float:
    """Number of the run's worst stage of overdose: 0 none, 1 to 4 from drowsiness to coma; a convention."""
    return float(rank_of(sedation_peak_frac(course), "sedation"))


def delivered_frac(course: Course) -> float | str:
    """Delivered over intended dose at the tip, over the whole run."""
    end = np.array([course.end_h])
    intended = float(course.delivery.intended.catheter.integral(end)[0])
    return float(course.delivery.therapy.catheter.integral(end)[0]) / intended if intended > 0.0 else NO_LOSS


def alarm_first_h(course: Course) -> float | str:
    """From first loss until the first alarm sounds; negative where it sounds before."""
    return NO_ALARM if course.alarm_h is None else _since_loss(course, course.alarm_h)


def rescue_window_h(course: Course) -> float | str:
    """From the first alarm to the onset of withdrawal."""
    if course.first_loss_h is None:
        return NO_LOSS
    if course.alarm_h is None:
        return NO_ALARM
    return NOT_WITHIN if course.onset_h is None else course.onset_h - course.alarm_h


def flagged_first_h(course: Course) -> float | str:
    """From first loss until the first visit at which the clinic's rule flags the volume that is found."""
    loss_h = course.origin_h
    flagged = (r.t_h for r in course.delivery.evidence if r.flagged and r.t_h >= loss_h)
    return _since_loss(course, next(flagged, None))


def _kind(rule: Rule, label: str, unit: str) -> MetricKind:
    return MetricKind(rule.__name__, label, unit, rule)


METRICS: dict[str, MetricKind] = {
    kind.name: kind
    for kind in (
        _kind(withdrawal_onset_h, "onset of withdrawal after first loss", "h"),
        _kind(withdrawal_peak, "peak of the withdrawal index", "1"),
        _kind(withdrawal_peak_h, "peak of withdrawal after first loss", "h"),
        _kind(effect_baseline_frac, "relief of spasticity at first loss", "1"),
        _kind(effect_nadir_frac, "least relief after first loss", "1"),
        _kind(effect_halved_h, "relief halved after first loss", "h"),
        _kind(csf_lumbar_baseline_ng_mL, "lumbar CSF baclofen at first loss", "ng/mL"),
        _kind(csf_lumbar_nadir_ng_mL, "least lumbar CSF baclofen after first loss", "ng/mL"),
        _kind(sedation_peak_frac, "peak of the sedation index", "1"),
        _kind(delivered_frac, "delivered over intended dose", "1"),
        _kind(alarm_first_h, "first alarm after first loss", "h"),
        _kind(rescue_window_h, "rescue window: alarm to onset", "h"),
        _kind(withdrawal_stage, "worst stage of withdrawal, 0 to 3", "1"),
        _kind(relief_after_restoration_h, "withdrawal halved after restoration", "h"),
        _kind(tone_peak, "peak of tone against untreated", "1"),
        _kind(rebound_h, "tone above untreated after first loss", "h"),
        _kind(overdose_stage, "worst stage of overdose, 0 to 4", "1"),
        _kind(arm_effect_baseline_frac, "relief of the arms at first loss", "1"),
        _kind(arm_effect_nadir_frac, "least relief of the arms after first loss", "1"),
        _kind(flagged_first_h, "first flagged visit after first loss", "h"),
    )
}


def measure(course: Course) -> dict[str, Metric]:
    """Every metric of one course."""
    return {name: kind.of(course) for name, kind in METRICS.items()}
