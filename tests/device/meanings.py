"""What each kind of entry means for a pump, at one time: the words of the kinds' own pages, nothing more.

The referee (``referee.py``) asks of everything that acts: how much is pumped, drained, held, lost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from itsim.arrays import Array
from itsim.device.renewal import switching_times
from itsim.device.trigger import stream_of
from itsim.scenario.model import Entry

DAY_H = 24.0
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WRONG_PROGRAMMES = {"pump_stop", "programming_error", "bridge_bolus_wrong", "explant"}
OF_THE_PUMP = WRONG_PROGRAMMES | {
    "stopped",
    *("motor_stall", "motor_stall_intermittent", "mri_stall", "valve_opening", "overinfusion", "free_flow"),
    *("battery_eri", "battery_eos", "battery_reset", "memory_error", "gain_drift", "gain_profile"),
    "septum_leak",
}
OF_THE_CATHETER = {"occlusion", "occlusion_positional", "leak", "disconnection", "migration", "granuloma"}


@dataclass(eq=False)
class Acting:
    """An entry that has begun."""

    entry: Entry
    start: float
    step_start: float
    """The step in which it begins: a bolus is given from here on, so that nothing of it is lost."""
    device: Mapping[str, float]
    dead: float
    freed: float = math.inf
    """When somebody has read a latched pump."""
    swaps: list[float] = field(default_factory=list)
    """When the pump was exchanged: a bolus that runs then ends."""

    @property
    def name(self) -> str:
        return self.entry.kind.name

    @property
    def parameters(self) -> Any:
        return self.entry.parameters

    @property
    def is_programme(self) -> bool:
        return self.entry.kind.group == "programs" or self.name in WRONG_PROGRAMMES

    @property
    def ends_with_pump(self) -> bool:
        return self.name in OF_THE_PUMP

    @property
    def ends_with_catheter(self) -> bool:
        return self.name in OF_THE_CATHETER

    @cached_property
    def switches(self) -> Array:
        """Hours after the start at which something comes (first, third, …) and goes."""
        p = self.parameters
        if self.name == "leak":
            means, stream = (p.mean_tight_h, p.mean_leaking_h, 0.0, 0.0, "exponential"), stream_of("leak")
        elif self.name == "occlusion_positional":
            means, stream = (p.mean_free_h, p.mean_blocked_h, 0.0, 0.0, "exponential"), stream_of("posture")
        else:
            means, stream = (p.mean_on_h, p.mean_off_h, p.growth_per_h, p.shortest_on_h, p.silence), 0
        return np.asarray(switching_times(0.0, p.lasting_h, *means, p.seed, stream)[:, 0])

    def is_in_a_spell(self, s: float) -> bool:
        """Whether what comes and goes is there, *s* hours after the start."""
        return bool(s < self.parameters.lasting_h and np.searchsorted(self.switches, s, side="right") % 2)


# ---- the pump


def wanted_mL(acting: Sequence[Acting], told: float, t0: float, h: float) -> float:
    """What the rotor is to push in a step: programme and boluses, or a flow it does not believe in."""
    t = t0 + 0.5 * h
    resets = [it for it in acting if it.name == "battery_reset" and _lasts(it, t)]
    if resets:
        p = resets[-1].parameters
        return h * float(p.rate_mL_h if p.rate_mL_h is not None else resets[-1].device["safe_rate"])
    running = [it for it in acting if it.is_programme and t < programme_ends(it)]
    believed = 0.0
    if running:
        latest = max(running, key=lambda it: (it.start, it.name in WRONG_PROGRAMMES))
        ties = [it for it in running if (it.start, it.name in WRONG_PROGRAMMES) == _tie(latest)]
        believed = h * rate_mL_h(ties[-1], t, told)
    return believed + sum(bolus_mL(it, told, t0, h) for it in acting)


def _tie(it: Acting) -> tuple[float, bool]:
    return it.start, it.name in WRONG_PROGRAMMES


def _lasts(it: Acting, t: float) -> bool:
    return t < it.start + (getattr(it.parameters, "lasting_h", None) or math.inf)


def programme_ends(it: Acting) -> float:
    p = it.parameters
    if it.name == "bridge_bolus":
        volume = it.dead if p.volume_mL is None else p.volume_mL
        return it.start + float(volume / (p.daily_dose_ug_h / p.old_concentration_ug_mL))
    if it.name == "bridge_bolus_wrong":
        return it.start + float(p.bridge_volume_mL / (p.daily_dose_ug_h / p.old_concentration_ug_mL))
    if it.name in ("pump_stop", "programming_error", "stopped", "minimum_rate"):
        return it.start + float(p.lasting_h or math.inf)
    return math.inf


def rate_mL_h(it: Acting, t: float, told: float) -> float:
    """The flow that a programme asks for at *t*, when the pump believes in *told* µg/mL."""
    p, s = it.parameters, t - it.start
    per_ug = 1.0 / told if told > 0.0 else 0.0
    if it.name in ("pump_stop", "explant", "stopped"):
        return 0.0
    if it.name == "minimum_rate":
        return it.device["safe_rate"]
    if it.name == "constant_flow":
        return it.device["minimum_rate"]
    if it.name in ("bridge_bolus", "bridge_bolus_wrong"):
        return float(p.daily_dose_ug_h / p.old_concentration_ug_mL)
    if it.name == "table":
        rates, doses = p.rates_mL_h, p.daily_doses_ug_h
        return course(p.times_h, doses if rates is None else rates, p.between, s) * (
            per_ug if rates is None else 1.0
        )
    if it.name == "taper":
        n = math.floor(s / p.every_h) + 1
        dose = p.daily_dose_ug_h * (1.0 - p.change_frac) ** min(n, p.steps)
        return 0.0 if p.stop and n > p.steps else float(dose * per_ug)
    if it.name == "titration":
        dose = p.daily_dose_ug_h
        for _ in range(min(math.floor(s / p.every_h), p.steps)):
            dose = min(dose * (1.0 + p.change_frac), p.most_ug_h or math.inf)
        return float(dose * per_ug)
    if it.name == "periodic_bolus":
        on = s % p.every_h < p.lasting_h
        if p.dose_ug is not None:
            return ((p.daily_dose_ug_h or 0.0) + on * p.dose_ug / p.lasting_h) * per_ug
        return float((p.rate_mL_h or 0.0) + on * p.volume_mL / p.lasting_h)
    if it.name == "day_schedule":
        day = WEEK[(math.floor(t / DAY_H) + WEEK.index(p.first_day)) % 7]
        p = next(schedule for schedule in p.schedules if day in schedule.days)
    if getattr(p, "steps", None):
        p = [step for step in p.steps if step.from_h <= t % DAY_H][-1]
    return float(p.rate_mL_h if p.rate_mL_h is not None else p.daily_dose_ug_h * per_ug)


def bolus_mL(it: Acting, told: float, t0: float, h: float) -> float:
    """What boluses give in a step, on top of the programme, each until its end or a new pump."""
    if it.name not in ("bolus", "patient_bolus", "priming_bolus", "prime_wrong"):
        return 0.0
    p = it.parameters
    if it.name == "prime_wrong":
        size = p.given_mL
    elif it.name == "priming_bolus":
        size = it.dead if p.volume_mL is None else p.volume_mL
    else:
        size = p.volume_mL if p.dose_ug is None else (p.dose_ug / told if told > 0.0 else 0.0)
    hours = 0.0
    for after in answered(p) if it.name == "patient_bolus" else [0.0]:
        start = it.step_start + after
        ends = [start + p.lasting_h, *(swap for swap in it.swaps if swap > start)]
        hours += overlap(start, min(ends) - start, t0, h)
    return float(size) / p.lasting_h * hours


def answered(p: Any) -> list[float]:
    """The requests that are granted: none within the lock-out, no more than allowed within a day."""
    given: list[float] = []
    for request in p.requests_h:
        locked = given and request - given[-1] < p.lockout_h - 1e-9
        today = [s for s in given if request - s < DAY_H - 1e-9]
        if not locked and len(today) < p.most_per_day:
            given.append(request)
    return given


def burst_mL(it: Acting, t0: float, h: float) -> float:
    """What runs out through the pump in a step, unasked."""
    p = it.parameters
    if it.name == "free_flow":
        return overlap(it.step_start, p.lasting_h, t0, h) * float(p.volume_mL) / p.lasting_h
    if it.name != "valve_opening":
        return 0.0
    most = 0.01 if p.safety_valve else it.device["reservoir_capacity"]
    volume = most if p.volume_mL is None else p.volume_mL
    return overlap(it.step_start, p.lasting_h, t0, h) * float(volume) / p.lasting_h


def gain(it: Acting, t: float) -> float:
    """The share of what it is to push that the rotor pushes."""
    p, s = it.parameters, t - it.start
    if it.name in ("motor_stall", "battery_eos"):
        return 0.0
    if it.name == "memory_error":
        return 0.0 if p.critical else 1.0
    if it.name == "battery_eri":
        grace = it.device["eri_grace"] if p.grace_h is None else p.grace_h
        return 0.0 if it.device["stops_at_eos"] and s >= grace else 1.0
    if it.name == "mri_stall":
        freed = it.freed if p.latched else it.start + p.scan_h + p.delay_h
        return 0.0 if s < p.scan_h or t < freed else 1.0
    if it.name == "valve_opening":
        return 0.0 if p.safety_valve and s < p.reset_after_h else 1.0
    if it.name == "motor_stall_intermittent":
        return 0.0 if it.is_in_a_spell(s) else 1.0
    if it.name == "gain_profile":
        return course(p.times_h, p.gains_frac, p.between, s)
    if it.name == "overinfusion":
        jumps = math.prod(jump.factor_frac for jump in p.jumps if jump.after_h <= s)
        return min(p.gain_frac * (1.0 + p.drift_per_h * s) * jumps, p.most_frac or math.inf)
    if it.name != "gain_drift":
        return 1.0
    if p.shape == "steps":
        return course([x.after_h for x in p.steps], [x.gain_frac for x in p.steps], "steps", s)
    return decline(p.shape, p.end_frac, p.tau_h if p.shape == "exponential" else p.lasting_h, s)


def drain_mL(it: Acting, t0: float, h: float) -> float:
    """What leaks out of the reservoir past the pump in a step."""
    return (
        float(h * it.parameters.rate_mL_h) if it.name == "septum_leak" and _lasts(it, t0 + 0.5 * h) else 0.0
    )


# ---- the catheter


def passing(it: Acting, t: float) -> float:
    """The share of what is pumped that a block lets pass at once."""
    p = it.parameters
    if it.name == "occlusion" and _lasts(it, t):
        if p.onset == "abrupt":
            return float(1.0 - p.block_frac)
        return decline(p.onset, 1.0 - p.block_frac, p.onset_lasting_h, t - it.start)
    if it.name != "occlusion_positional":
        return 1.0
    if p.posture == "random":
        blocked = it.is_in_a_spell(t - it.start)
    else:
        first = it.start + (p.from_h - it.start) % DAY_H
        blocked = t >= first and (t - first) % DAY_H < p.lasting_h and (t - first) // DAY_H < p.days
    return float(1.0 - p.block_frac) if blocked else 1.0


def capacity_mL(it: Acting) -> float:
    """What the line takes up before it gives way."""
    p, device = it.parameters, it.device
    compliance = device["compliance"] if p.compliance_mL_mmHg is None else p.compliance_mL_mmHg
    pressure = device["relief_pressure"] if p.relief_pressure_mmHg is None else p.relief_pressure_mmHg
    return float(compliance * pressure)


def tight(it: Acting, t: float) -> float:
    """The share that does not leak on the way to the tip."""
    p, s = it.parameters, t - it.start
    if it.name == "disconnection":
        return 0.0
    if it.name != "leak":
        return 1.0
    left = float(1.0 - p.end_frac)
    if p.onset == "abrupt":
        return left
    if p.onset == "intermittent":
        return left if it.is_in_a_spell(s) else 1.0
    return decline(p.onset, left, p.tau_h if p.onset == "exponential" else p.lasting_h, s)


def reaches(it: Acting, t: float) -> float:
    """The share of what leaves the tip that reaches the CSF."""
    p, s = it.parameters, t - it.start
    if it.name == "granuloma":
        return decline(p.shape, p.end_frac, p.lasting_h, s)
    if it.name != "migration":
        return 1.0
    return float(p.reached_frac) if p.lasting_h is None else decline("linear", p.reached_frac, p.lasting_h, s)


# ---- courses


def decline(shape: str, end: float, lasting_h: float, s: float) -> float:
    """From 1 to *end*: a line, an S, or an exponential with the time constant *lasting_h*."""
    if shape == "exponential":
        return end + (1.0 - end) * math.exp(-s / lasting_h)
    x = min(s / lasting_h, 1.0)
    if shape == "logistic":
        x = (math.tanh(3.0 * (2.0 * x - 1.0)) / math.tanh(3.0) + 1.0) / 2.0
    return 1.0 - (1.0 - end) * x


def course(times: Any, values: Any, between: str, s: float) -> float:
    if between == "lines":
        return float(np.interp(s, times, values))
    return float(values[np.searchsorted(times, s, side="right") - 1])


def overlap(start: float, lasting: float, t0: float, h: float) -> float:
    """Hours that a span shares with a step."""
    return max(0.0, min(start + lasting, t0 + h) - max(start, t0))
