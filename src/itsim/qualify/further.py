"""What is read off a patient for published facts outside the table: reflex, arms, tracers, holidays.

Functions as in ``observables.py``, which lists them, and the readings that both share.
"""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array
from itsim.parameters import read
from itsim.qualify.facts import Check
from itsim.qualify.treated import Treated
from itsim.units import convert

LOWEST_ASHWORTH = 1.0
"""No rise in tone: where a full effect ends (the scale of the early studies runs from 1 to 5)."""

Runs = tuple[Treated, ...]


def level(name: str) -> float:
    """A level of an index that the package's symptoms name."""
    return read("symptoms")[name].value


def points(effect: float, check: Check) -> float:
    """Ashworth points that an effect is worth, from the check's baseline."""
    return effect * (check.numbers["baseline"] - LOWEST_ASHWORTH)


def samples_h(check: Check) -> Array:
    """Even times from ``from_h`` to ``until_h``, both among them."""
    n = check.numbers
    return np.arange(n["from_h"], n["until_h"] + 0.5 * n["every_h"], n["every_h"])


def slope_per_h(run: Treated, site: str, times_h: Array) -> float:
    """How fast the logarithm of a read-out falls, by least squares."""
    logs = np.log(run.series(site, times_h))
    centred = times_h - times_h.mean()
    return float(-(centred @ logs) / (centred @ centred))


# Reflex


def start_hreflex_fall(check: Check, runs: Runs) -> float:
    """How much H/M lies below the untreated one in a patient who has lived on a dose."""
    (run,) = runs
    return 100.0 * run.at_start("effect_hreflex")


def mean_hreflex_fall(check: Check, runs: Runs) -> float:
    """How much H/M falls from what it was before, mean over even samples."""
    (run,) = runs
    return 100.0 * _mean_fall(check, run)


def hreflex_peak_fall(check: Check, runs: Runs) -> float:
    """The largest fall of H/M below the untreated one, from an hour on."""
    (run,) = runs
    return 100.0 * _peak_fall(check, run)


def falls_more(check: Check, runs: Runs) -> float:
    """1 where H/M falls more, mean over even samples, under the first protocol than under the second."""
    first, second = runs
    return float(_mean_fall(check, first) > _mean_fall(check, second))


def peaks_deeper(check: Check, runs: Runs) -> float:
    """1 where the largest fall of H/M is larger under the first protocol than under the second."""
    first, second = runs
    return float(_peak_fall(check, first) > _peak_fall(check, second))


def _mean_fall(check: Check, run: Treated) -> float:
    left = 1.0 - run.series("effect_hreflex", samples_h(check))
    return 1.0 - float(left.mean()) / (1.0 - run.at_start("effect_hreflex"))


def _peak_fall(check: Check, run: Treated) -> float:
    return run.solution.extremum("effect_hreflex", check.numbers["from_h"])[1]


# Arms, and the level of the tip


def arm_fall(check: Check, runs: Runs) -> float:
    """Points that arm tone falls from a baseline, at an hour."""
    (run,) = runs
    return points(_arm_at(check, run), check)


def start_arm_fall(check: Check, runs: Runs) -> float:
    """The same for a patient who has lived on a dose, before anything happens."""
    (run,) = runs
    return points(run.at_start("effect_arm"), check)


def arm_relieved(check: Check, runs: Runs) -> float:
    """1 where the arm effect at an hour is more than little."""
    (run,) = runs
    return float(_arm_at(check, run) >= level("effect_partial"))


def arm_stronger(check: Check, runs: Runs) -> float:
    """1 where the arm effect on a dose is larger under the first protocol than under the second."""
    first, second = runs
    return float(first.at_start("effect_arm") > second.at_start("effect_arm"))


def leg_stronger(check: Check, runs: Runs) -> float:
    """The same for the leg effect."""
    first, second = runs
    return float(first.at_start("effect_leg") > second.at_start("effect_leg"))


def _arm_at(check: Check, run: Treated) -> float:
    return float(run.series("effect_arm", np.array([check.numbers["at_h"]]))[0])


# Tracers


def appearance_time(check: Check, runs: Runs) -> float:
    """When a read-out first reaches a share of the highest concentration where the tracer was put in."""
    (run,) = runs
    highest = max(run.solution.extremum(place, 0.0)[1] for place in ("csf_lumbar", "csf_tip"))
    found = run.solution.first_crossing_h(check.site, check.numbers["share"] * highest, 0.0, True)
    return np.inf if found is None else convert(found, "h", "min")


def peak_time(check: Check, runs: Runs) -> float:
    """When a read-out is highest; infinite where it still rises at the end."""
    (run,) = runs
    t_h, _ = run.solution.extremum(check.site, 0.0)
    return t_h if t_h < run.solution.edges_h[-1] else np.inf


def washout_half_life(check: Check, runs: Runs) -> float:
    """What halves: ln 2 over the slope of the logarithm of a read-out at even samples."""
    (run,) = runs
    return float(np.log(2.0)) / slope_per_h(run, check.site, samples_h(check))


# Holidays


def relief_regained(check: Check, runs: Runs) -> float:
    """1 where the leg effect at an hour is larger than it was before anything happened."""
    (run,) = runs
    (later,) = run.series("effect_leg", np.array([check.numbers["at_h"]]))
    return float(later > run.at_start("effect_leg"))
