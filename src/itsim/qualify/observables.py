"""What is read off a simulated patient: one small function each, with unit and words.

A function takes a check and the patient under each of its protocols. It returns NaN where the patient does
not have the thing (no withdrawal, so no peak of it), and infinity where it does not come within the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.metrics import NG_PER_UG
from itsim.pd.response import Numbers
from itsim.qualify import further
from itsim.qualify.facts import Check
from itsim.qualify.further import LOWEST_ASHWORTH, Runs, samples_h, slope_per_h
from itsim.qualify.further import level as _level
from itsim.qualify.further import points as _points
from itsim.qualify.titration import Titration, hold_relief
from itsim.qualify.treated import Treated
from itsim.units import convert

Rule = Callable[[Check, Runs], float]


@dataclass(frozen=True)
class Observable:
    """A name, a unit, what it is in words, and its function."""

    name: str
    unit: str
    words: str
    rule: Rule


# CSF and plasma


def infusion_clearance(check: Check, runs: Runs) -> float:
    """Dose rate over lumbar CSF concentration."""
    (run,) = runs
    return run.history_rate_ug_h / run.at_start("csf_lumbar")


def start_concentration(check: Check, runs: Runs) -> float:
    """A read-out at steady state, before anything happens."""
    (run,) = runs
    return NG_PER_UG * run.at_start(check.site)


def lumbar_to_cisternal(check: Check, runs: Runs) -> float:
    """Ratio of two read-outs at steady state."""
    (run,) = runs
    return run.at_start("csf_lumbar") / run.at_start("csf_cisternal")


def time_to_steady(check: Check, runs: Runs) -> float:
    """When a read-out first reaches a share of its steady state under the rate of the infusion."""
    (run,) = runs
    end = run.solution.edges_h[-1:]
    level = check.numbers["share"] * run.steady(check.site, float(run.therapy.catheter.rate_before(end)[0]))
    return _first(run, check.site, level)


def half_life(check: Check, runs: Runs) -> float:
    """What halves: ln 2 over the slope of the logarithm of lumbar CSF at even samples, by least squares."""
    (run,) = runs
    return float(np.log(2.0)) / _slope_per_h(check, run)


def bolus_clearance(check: Check, runs: Runs) -> float:
    """Dose over area."""
    (run,) = runs
    return run.dose_ug / run.area("csf_lumbar")


def bolus_volume(check: Check, runs: Runs) -> float:
    """Clearance (dose over area) over the slope of the logarithm."""
    (run,) = runs
    return bolus_clearance(check, runs) / _slope_per_h(check, run)


def plasma_peak(check: Check, runs: Runs) -> float:
    """Largest plasma concentration."""
    (run,) = runs
    return NG_PER_UG * run.solution.extremum("plasma", 0.0)[1]


def plasma_peak_time(check: Check, runs: Runs) -> float:
    """When plasma is highest."""
    (run,) = runs
    return run.solution.extremum("plasma", 0.0)[0]


def plasma_area(check: Check, runs: Runs) -> float:
    """Area under the plasma concentration, to infinity."""
    (run,) = runs
    return NG_PER_UG * run.area("plasma")


def plasma_ratio(check: Check, runs: Runs) -> float:
    """Mean plasma on a tablet every so often, over plasma under an infusion: area over interval."""
    tablet, infusion = runs
    return tablet.area("plasma") / check.numbers["every_h"] / infusion.at_start("plasma")


def _slope_per_h(check: Check, run: Treated) -> float:
    return slope_per_h(run, "csf_lumbar", samples_h(check))


# Effect


def effect_onset(check: Check, runs: Runs) -> float:
    """When the leg effect becomes more than little."""
    (run,) = runs
    return _first(run, "effect_leg", _level("effect_partial"))


def effect_peak_time(check: Check, runs: Runs) -> float:
    """When the leg effect is largest."""
    (run,) = runs
    return run.solution.extremum("effect_leg", 0.0)[0]


def effect_maximum_time(check: Check, runs: Runs) -> float:
    """When the leg effect first reaches a share of its largest value."""
    (run,) = runs
    return _first(run, "effect_leg", check.numbers["share"] * run.solution.extremum("effect_leg", 0.0)[1])


def effect_duration(check: Check, runs: Runs) -> float:
    """How long the leg effect is more than little; none where it never is."""
    (run,) = runs
    level = _level("effect_partial")
    begins_h = _first(run, "effect_leg", level)
    if not np.isfinite(begins_h):
        return np.nan
    peak_h = run.solution.extremum("effect_leg", 0.0)[0]
    return _first(run, "effect_leg", level, from_h=peak_h, rising=False) - begins_h


def ashworth_fall(check: Check, runs: Runs) -> float:
    """Points that leg tone falls from a baseline: effect x (baseline − 1)."""
    (run,) = runs
    (effect,) = run.series("effect_leg", np.array([check.numbers["at_h"]]))
    return _points(float(effect), check)


def start_ashworth_fall(check: Check, runs: Runs) -> float:
    """The same for a patient who has lived on a dose, before anything happens."""
    (run,) = runs
    return _points(run.at_start("effect_leg"), check)


def hreflex_fall(check: Check, runs: Runs) -> float:
    """How much H/M falls."""
    (run,) = runs
    (effect,) = run.series("effect_hreflex", np.array([check.numbers["at_h"]]))
    return 100.0 * float(effect)


# Dose over the years


def dose_rises(check: Check, runs: Runs) -> float:
    """1 where holding the relief takes more in the last month than in the first."""
    months = check.numbers
    course = _titration(check, runs, months["last_month"])
    return float(course.dose_at(_hours(months["last_month"])) > course.dose_at(_hours(months["first_month"])))


def dose_at(check: Check, runs: Runs) -> float:
    """The dose that holds the relief in a month."""
    month = check.numbers["month"]
    return convert(_titration(check, runs, month).dose_at(_hours(month)), "ug/h", "ug/day")


def rise_over(check: Check, runs: Runs) -> float:
    """The month by which a share of the way from the first dose to the last is done."""
    last_month, share = check.numbers["last_month"], check.numbers["share"]
    course = _titration(check, runs, last_month)
    first, last = float(course.doses_ug_h[0]), float(course.doses_ug_h[-1])
    return convert(course.first_reaching_h(first + share * (last - first)), "h", "month")


def titrated_concentration(check: Check, runs: Runs) -> float:
    """A read-out at steady state on a patient's own dose; none where that is far from the dose asked for."""
    (run,) = runs
    n = check.numbers
    dose_ug_h = _titration(check, runs, n["month"]).dose_at(_hours(n["month"]))
    away = convert(dose_ug_h, "ug/h", "ug/day") / n["dose_ug_day"]
    near = 1.0 / n["within"] <= away <= n["within"]
    return NG_PER_UG * run.steady(check.site, dose_ug_h) if near else np.nan


def _titration(check: Check, runs: Runs, months: float) -> Titration:
    (run,) = runs
    relief = check.numbers["fall"] / (check.numbers["baseline"] - LOWEST_ASHWORTH)
    return hold_relief(run.patient.fill(Numbers), relief, run.steady("cord_leg", 1.0), until_h=_hours(months))


def _hours(months: float) -> float:
    return convert(months, "month", "h")


# Sedation and withdrawal


def sedated(check: Check, runs: Runs) -> float:
    """1 where the sedation index reaches the level that counts as sedated."""
    (run,) = runs
    return float(run.solution.extremum("sedation", 0.0)[1] >= _level("sedation_deep"))


def sedated_from(check: Check, runs: Runs) -> float:
    """When the sedation index reaches that level, from an hour on; none where it never does."""
    (run,) = runs
    from_h = check.numbers["back_h"]
    return _nan_if_never(_first(run, "sedation", _level("sedation_deep"), from_h) - from_h)


def sedated_at_start(check: Check, runs: Runs) -> float:
    """1 where a patient who has lived on a dose counts as sedated."""
    (run,) = runs
    return float(run.at_start("sedation") >= _level("sedation_deep"))


def withdrawal_onset(check: Check, runs: Runs) -> float:
    """When the withdrawal index passes the level of first signs."""
    (run,) = runs
    return _first(run, "withdrawal_index", _level("withdrawal_early"))


def withdraws(check: Check, runs: Runs) -> float:
    """1 where the withdrawal index passes the level of first signs."""
    (run,) = runs
    return float(_peak(run) >= _level("withdrawal_early"))


def withdrawal_peak(check: Check, runs: Runs) -> float:
    """The largest withdrawal index."""
    (run,) = runs
    return _peak(run)


def withdrawal_peak_time(check: Check, runs: Runs) -> float:
    """When the index is largest, in those who withdraw; infinite where it still rises at the end."""
    (run,) = runs
    t_h, peak = run.solution.extremum("withdrawal_index", 0.0)
    if peak < _level("withdrawal_early"):
        return np.nan
    return t_h if t_h < run.solution.edges_h[-1] else np.inf


def severe_from(check: Check, runs: Runs) -> float:
    """When the severe pattern begins, in those who get it."""
    (run,) = runs
    return _nan_if_never(_first(run, "withdrawal_index", _level("withdrawal_severe")))


def severe(check: Check, runs: Runs) -> float:
    """1 where the severe pattern comes, of those who withdraw."""
    return _of_those_who_withdraw(runs, lambda peak: peak >= _level("withdrawal_severe"))


def mild(check: Check, runs: Runs) -> float:
    """1 where the index stays below rebound, of those who withdraw."""
    return _of_those_who_withdraw(runs, lambda peak: peak < _level("withdrawal_rebound"))


def worse(check: Check, runs: Runs) -> float:
    """1 where the second protocol gives the higher index, of those who withdraw under it."""
    first, second = runs
    return np.nan if _peak(second) < _level("withdrawal_early") else float(_peak(second) > _peak(first))


def fever_gone(check: Check, runs: Runs) -> float:
    """From the hour at which drug comes back until the index is below rebound, in those who were above it."""
    (run,) = runs
    back_h, level = check.numbers["back_h"], _level("withdrawal_rebound")
    if run.series("withdrawal_index", np.array([back_h]))[0] < level:
        return np.nan
    return _first(run, "withdrawal_index", level, back_h, rising=False) - back_h


def tone_first(check: Check, runs: Runs) -> float:
    """1 where relief is halved before the first signs of withdrawal, of those who withdraw."""
    (run,) = runs
    onset_h = _first(run, "withdrawal_index", _level("withdrawal_early"))
    halved_h = _first(run, "effect_leg", 0.5 * run.at_start("effect_leg"), rising=False)
    return float(halved_h < onset_h) if np.isfinite(onset_h) else np.nan


def _peak(run: Treated) -> float:
    return run.solution.extremum("withdrawal_index", 0.0)[1]


def _of_those_who_withdraw(runs: Runs, so: Callable[[float], bool]) -> float:
    (run,) = runs
    return np.nan if _peak(run) < _level("withdrawal_early") else float(so(_peak(run)))


def _first(run: Treated, series: str, level: float, from_h: float = 0.0, rising: bool = True) -> float:
    found = run.solution.first_crossing_h(series, level, from_h, rising)
    return np.inf if found is None else found


def _nan_if_never(t_h: float) -> float:
    return t_h if np.isfinite(t_h) else np.nan


def _observable(rule: Rule, unit: str, words: str) -> Observable:
    return Observable(rule.__name__, unit, words, rule)


OBSERVABLES: Mapping[str, Observable] = {
    o.name: o
    for o in (
        _observable(infusion_clearance, "mL/h", "dose rate over lumbar CSF concentration"),
        _observable(start_concentration, "ng/mL", "concentration at steady state"),
        _observable(lumbar_to_cisternal, "1", "lumbar over cisternal concentration"),
        _observable(time_to_steady, "h", "time to a share of the steady state"),
        _observable(half_life, "h", "half-life in lumbar CSF over a span"),
        _observable(bolus_clearance, "mL/h", "dose over area in lumbar CSF"),
        _observable(bolus_volume, "mL", "volume from area and slope in lumbar CSF"),
        _observable(plasma_peak, "ng/mL", "highest plasma concentration"),
        _observable(plasma_peak_time, "h", "time of the highest plasma concentration"),
        _observable(plasma_area, "ng h/mL", "area under the plasma concentration"),
        _observable(plasma_ratio, "1", "plasma on tablets over plasma on infusion"),
        _observable(effect_onset, "h", "onset of the leg effect"),
        _observable(effect_peak_time, "h", "peak of the leg effect"),
        _observable(effect_maximum_time, "h", "time to nearly the largest leg effect"),
        _observable(effect_duration, "h", "duration of the leg effect"),
        _observable(ashworth_fall, "points", "fall of leg Ashworth at an hour"),
        _observable(start_ashworth_fall, "points", "fall of leg Ashworth on a dose"),
        _observable(hreflex_fall, "%", "fall of H/M at an hour"),
        _observable(dose_rises, "1", "share in whom the dose rises"),
        _observable(dose_at, "ug/day", "dose that holds relief"),
        _observable(titrated_concentration, "ng/mL", "concentration in those whom the dose suits"),
        _observable(rise_over, "month", "end of the dose's rise"),
        _observable(sedated, "1", "share sedated"),
        _observable(sedated_from, "h", "time to sedation after drug comes back"),
        _observable(sedated_at_start, "1", "share sedated on a dose"),
        _observable(withdrawal_onset, "h", "onset of withdrawal"),
        _observable(withdraws, "1", "share with withdrawal"),
        _observable(withdrawal_peak, "points of the index", "peak of the withdrawal index"),
        _observable(withdrawal_peak_time, "h", "time of the peak of withdrawal"),
        _observable(severe_from, "h", "time to the severe pattern"),
        _observable(severe, "1", "share severe, of those who withdraw"),
        _observable(mild, "1", "share mild, of those who withdraw"),
        _observable(worse, "1", "share in whom the second course is worse"),
        _observable(fever_gone, "h", "time until fever is gone"),
        _observable(tone_first, "1", "share in whom tone comes first"),
        _observable(further.start_hreflex_fall, "%", "fall of H/M on a dose"),
        _observable(further.mean_hreflex_fall, "%", "mean fall of H/M from before"),
        _observable(further.hreflex_peak_fall, "%", "largest fall of H/M"),
        _observable(further.falls_more, "1", "share in whom the first course lowers H/M more"),
        _observable(further.peaks_deeper, "1", "share in whom H/M falls deeper in the first course"),
        _observable(further.arm_fall, "points", "fall of arm Ashworth at an hour"),
        _observable(further.start_arm_fall, "points", "fall of arm Ashworth on a dose"),
        _observable(further.arm_relieved, "1", "share with an arm effect"),
        _observable(further.arm_stronger, "1", "share in whom the first course helps the arms more"),
        _observable(further.leg_stronger, "1", "share in whom the first course helps the legs more"),
        _observable(further.appearance_time, "min", "time until the tracer is seen"),
        _observable(further.peak_time, "h", "time of the highest concentration"),
        _observable(further.washout_half_life, "h", "half-life over a span"),
        _observable(further.relief_regained, "1", "share with more relief than before"),
    )
}


def measure(check: Check, runs: Runs) -> float:
    """One check in one patient. Raises KeyError for an observable that is none."""
    return float(OBSERVABLES[check.observable].rule(check, runs))


def values_of(checks: tuple[Check, ...], treated: Mapping[str, Treated]) -> Array:
    """Every check in one patient, ``[checks]``; *treated* holds the patient under each protocol by name."""
    return np.array([measure(check, tuple(treated[name] for name in check.protocols)) for check in checks])
