"""A low battery or a short resets the pump: it falls back to its lowest rate.

    Q_pump = rate [mL/h] from `at` for `lasting` [h], or until the pump is programmed again or replaced

`rate` is the pump's own `safe_rate` where left out. The calculated volume counts the programme on. Source: VA
AL09-24 (resets with a critical alarm), NMSS 2011 (a very low level of therapy), FDA 2013 (feedthrough
shorts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.codes import Alarm
from itsim.device.effects import FOREVER_H, Effect, announce, override
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Flow, Hours, Kind


class BatteryReset(Triggered):
    """`lasting` is the time until it recovers by itself; else somebody must program it again."""

    rate_mL_h: Flow | None = None
    lasting_h: Hours | None = None


def effects(p: BatteryReset, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow that the pump does not believe in, and the alarm at once."""
    rate = device["safe_rate"] if p.rate_mL_h is None else p.rate_mL_h
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (override(at_h, rate, until_h), announce(at_h, Alarm.RESET, 0.0, until_h))


def complaints(p: BatteryReset, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a battery, a rate it cannot run, or no time."""
    if not device["has_battery"]:
        yield Complaint("", "this pump has no battery", "choose a pump with a battery")
    if p.rate_mL_h is not None and not 0.0 <= p.rate_mL_h <= device["maximum_rate"]:
        most = device["maximum_rate"] * 24.0
        rule = f"is not between 0 and the {most:g} mL/day of this pump"
        yield Complaint("rate", rule, "write the rate after the reset, such as 0.006 mL/day")
    yield from time_complaints("lasting", p.lasting_h, "3 day")


KIND = Kind(
    group="faults",
    name="battery_reset",
    summary="Low-battery reset: the pump runs at its lowest rate until it is programmed again.",
    parameters=BatteryReset,
    effects=effects,
    alarm="critical tone at once",
    evidence="surplus: programmed flow less the lowest rate, times the time since the reset",
    sources=("va_al09_24", "nmss2011", "fda_2013"),
    complaints=complaints,
    words=lambda p: "pump reset",
)
