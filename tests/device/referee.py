"""The device by brute force: fixed fine steps, a queue of parcels, the true curves; nothing of the stages.

It reads a scenario's entries by their meaning. Every event falls on the nearest step, so it is as
good as its step.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from itsim.arrays import Array
from itsim.device.renewal import switching_times
from itsim.scenario import Scenario
from itsim.scenario.model import Entry

ORDER = {"replace_pump": 0, "fill": 1, "refill": 1, "prime": 2}


@dataclass
class Course:
    times_h: Array
    delivered_ug: Array
    volume_mL: Array


def gain(entry: Entry, t: float) -> float:
    p: Any = entry.parameters
    s = t - entry.at_h
    if entry.kind.name == "motor_stall":
        return 0.0
    if entry.kind.name == "gain_profile":
        return course(p.times_h, p.gains_frac, p.between, s)
    if entry.kind.name == "motor_stall_intermittent":
        return float(s >= p.lasting_h or np.searchsorted(switches(entry), t) % 2 == 0)
    if p.shape == "steps":
        return course([x.after_h for x in p.steps], [x.gain_frac for x in p.steps], "steps", s)
    if p.shape == "exponential":
        return p.end_frac + (1.0 - p.end_frac) * np.exp(-s / p.tau_h)
    x = min(s / p.lasting_h, 1.0)
    if p.shape == "logistic":
        x = (np.tanh(3.0 * (2.0 * x - 1.0)) / np.tanh(3.0) + 1.0) / 2.0
    return 1.0 - (1.0 - p.end_frac) * x


@cache
def switches(entry: Entry) -> Array:
    p: Any = entry.parameters
    numbers = (p.lasting_h, p.mean_on_h, p.mean_off_h, p.growth_per_h, p.shortest_on_h)
    return switching_times(entry.at_h, *numbers, p.silence, p.seed)[:, 0]


def course(times: Any, values: Any, between: str, s: float) -> float:
    if between == "lines":
        return float(np.interp(s, times, values))
    return float(values[np.searchsorted(times, s, side="right") - 1])


def rate(entry: Entry, t: float, claimed: float) -> float:
    p: Any = entry.parameters
    if entry.kind.name == "pump_stop":
        return 0.0
    if entry.kind.name == "time_stepped":
        p = [step for step in p.steps if step.from_h <= t % 24.0][-1]
    if entry.kind.name == "table":
        flow = p.rates_mL_h is not None
        value = course(p.times_h, p.rates_mL_h if flow else p.daily_doses_ug_h, p.between, t - entry.at_h)
        return value if flow else value / claimed
    return p.rate_mL_h if p.rate_mL_h is not None else p.daily_dose_ug_h / claimed


def simulate(scenario: Scenario, step_h: float) -> Course:
    device = scenario.device.numbers
    dead = device["tubing_volume"] + device["volume_per_length"] * device["length"]
    todo = deque(sorted(scenario.timeline, key=lambda e: (e.at_h, ORDER.get(e.kind.name, 3), e.place)))
    strength = next(e.parameters.concentration_ug_mL for e in todo if e.kind.name == "fill")
    line = deque([[dead, strength if scenario.history else 0.0]])
    volume, delivered, programmes, faults = 0.0, 0.0, [], []
    n = round(scenario.until_h / step_h)
    out = np.zeros((n + 1, 2))
    for i in range(n):
        t = (i + 0.5) * step_h
        while todo and todo[0].at_h < t:
            entry = todo.popleft()
            p: Any = entry.parameters
            if entry.kind.group == "programs" or entry.kind.name == "pump_stop":
                programmes.append(entry)
            elif entry.kind.group == "faults":
                faults.append(entry)
            elif entry.kind.name in ("fill", "refill", "replace_pump"):
                volume = device["reservoir_capacity"] if p.volume_mL is None else p.volume_mL
                strength = strength if p.concentration_ug_mL is None else p.concentration_ug_mL
            if entry.kind.name == "replace_pump":
                faults.clear()
                programmes = [known for known in programmes if known.kind.group == "programs"]
                replace_last(line, device["tubing_volume"], strength if p.prime else 0.0)
            if entry.kind.name == "prime":
                replace_last(line, min(p.volume_mL or dead, dead), strength)
        flow = programmed(programmes, t, strength) * (1.0 + device["flow_bias"])
        flow *= math.prod(gain(entry, t) for entry in faults)
        pushed = drawn(flow * step_h, volume - device["unusable_volume"], device["taper_volume"])
        volume -= pushed
        line.append([pushed, strength])
        delivered += take_first(line, pushed)
        out[i + 1] = delivered, volume
    return Course(np.arange(n + 1) * step_h, out[:, 0], out[:, 1])


def programmed(programmes: list[Entry], t: float, claimed: float) -> float:
    running = [e for e in programmes if t < e.at_h + (getattr(e.parameters, "lasting_h", None) or np.inf)]
    return rate(running[-1], t, claimed) if running else 0.0


def drawn(wanted: float, usable: float, taper: float) -> float:
    if taper > 0.0 and usable < taper:
        wanted *= max(usable, 0.0) / taper
    return min(wanted, max(usable, 0.0))


def take_first(line: deque[list[float]], volume: float) -> float:
    amount = 0.0
    while volume > 0.0 and line:
        part = min(volume, line[0][0])
        amount += part * line[0][1]
        volume -= part
        line[0][0] -= part
        if line[0][0] <= 0.0:
            line.popleft()
    return amount


def replace_last(line: deque[list[float]], volume: float, strength: float) -> None:
    line.reverse()
    take_first(line, volume)
    line.reverse()
    line.append([volume, strength])
