"""The dose that holds a relief over the years, while tolerance grows.

The concentration that gives a relief E is Ce = m·EC50·(E/(1−E))^(1/g), with m from fast and slow tolerance;
these follow dF/dt = (O − F)/τF and dS/dt = (O − S)/τS with O = Ce/(Ce + K) (science §2b). The body is taken
to follow each dose at once, which is right to about a day in months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array, frozen
from itsim.pd.occupancy import occupancy
from itsim.pd.response import Numbers
from itsim.pd.tolerance import shift_of_potency

FIRST_STEP_H, LONGEST_STEP_H, GROWTH = 1.0, 7.0 * 24.0, 1.2
"""Numerical: steps that grow; finer ones change no dose by more than 0.2 %."""


@dataclass(frozen=True)
class Titration:
    """Doses over time."""

    times_h: Array
    doses_ug_h: Array

    def dose_at(self, t_h: float) -> float:
        """The dose rate at a time, µg/h."""
        return float(np.interp(t_h, self.times_h, self.doses_ug_h))

    def first_reaching_h(self, dose_ug_h: float) -> float:
        """When a dose rate is first reached; infinite where it never is."""
        above = np.flatnonzero(self.doses_ug_h >= dose_ug_h)
        if len(above) == 0:
            return np.inf
        i = int(above[0])
        if i == 0:
            return float(self.times_h[0])
        return float(np.interp(dose_ug_h, self.doses_ug_h[i - 1 : i + 1], self.times_h[i - 1 : i + 1]))


def hold_relief(p: Numbers, relief_frac: float, cord_per_rate: float, until_h: float) -> Titration:
    """Doses for one patient from the first day on; *cord_per_rate* is the leg cord's µg/mL per µg/h.

    Raises ValueError for a relief that no dose gives.
    """
    if not 0.0 < relief_frac < 1.0:
        raise ValueError(f"a relief of {relief_frac}: give a share between 0 and 1")
    naive_ug_mL = p.leg_ec50_ug_mL * (relief_frac / (1.0 - relief_frac)) ** (1.0 / p.effect_hill)
    times_h = _times(until_h)
    doses, fast, slow = np.zeros(len(times_h)), 0.0, 0.0

    def needed_ug_mL(fast: float, slow: float) -> float:
        return naive_ug_mL * shift_of_potency(fast, slow, p.slow_tolerance_gain, p.receptor_loss_frac)

    for i, step_h in enumerate(np.diff(times_h)):
        doses[i] = needed_ug_mL(fast, slow) / cord_per_rate
        taken = occupancy(needed_ug_mL(fast, slow), p.occupancy_constant_ug_mL)
        half = needed_ug_mL(*_moved(p, fast, slow, taken, 0.5 * step_h))
        fast, slow = _moved(p, fast, slow, occupancy(half, p.occupancy_constant_ug_mL), step_h)
    doses[-1] = needed_ug_mL(fast, slow) / cord_per_rate
    return Titration(frozen(times_h), frozen(doses))


def _moved(p: Numbers, fast: float, slow: float, taken: float, step_h: float) -> tuple[float, float]:
    """Both tolerances after a step at one occupancy, in closed form."""
    slow_h = p.slow_tolerance_time_h if taken > slow else p.slow_recovery_time_h
    return (
        taken + (fast - taken) * float(np.exp(-step_h / p.fast_tolerance_time_h)),
        taken + (slow - taken) * float(np.exp(-step_h / slow_h)),
    )


def _times(until_h: float) -> Array:
    times, step_h = [0.0], FIRST_STEP_H
    while times[-1] + step_h < until_h:
        times.append(times[-1] + step_h)
        step_h = min(GROWTH * step_h, LONGEST_STEP_H)
    return np.array([*times, until_h])
