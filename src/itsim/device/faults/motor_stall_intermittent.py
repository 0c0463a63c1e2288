"""The rotor stops and starts again, more and more often.

An alternating renewal process: running for a mean of ``m_on(t) = max(m_on0 exp(−growth (t − at)), floor)``
hours, silent for a mean of ``m_off`` hours; off fraction ``m_off / (m_on + m_off)``. Running spells are
exponential, silent ones exponential or all of the mean length. Source: an intermittent stall with recoveries
in the log (Riordan & Murphy 2015); the process itself is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.device.checks import time_complaints
from itsim.device.codes import Alarm, Shape
from itsim.device.effects import Effect, announce, scale
from itsim.device.renewal import switching_times
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind, PerHour


class MotorStallIntermittent(Triggered):
    """Spells of silence and of running, and how fast the running spells shorten; `seed` draws them all."""

    mean_off_h: Hours
    mean_on_h: Hours
    growth_per_h: PerHour = 0.0
    shortest_on_h: Hours = 1.0
    lasting_h: Hours
    silence: Literal["exponential", "fixed"] = "exponential"
    alarm_latency_h: Hours | None = None


def effects(p: MotorStallIntermittent, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Flow on and off at drawn times; a spell longer than the latency leaves a pair of entries in the log."""
    latency_h = device["stall_alarm_latency"] if p.alarm_latency_h is None else p.alarm_latency_h
    until_h = at_h + p.lasting_h
    knots = switching_times(
        0.0, p.lasting_h, p.mean_on_h, p.mean_off_h, p.growth_per_h, p.shortest_on_h, p.silence, p.seed
    )
    return (
        scale(at_h, until_h, shape=Shape.TELEGRAPH, knots=knots),
        announce(at_h, Alarm.STALL, latency_h, until_h, knots=knots),
    )


def complaints(p: MotorStallIntermittent, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a rotor, and spells that have no length."""
    if not device["has_rotor"]:
        yield Complaint("", "this pump has no rotor that could stall", "choose a pump with a rotor")
    for field, value in (
        ("mean_off", p.mean_off_h),
        ("mean_on", p.mean_on_h),
        ("shortest_on", p.shortest_on_h),
        ("lasting", p.lasting_h),
    ):
        yield from time_complaints(field, value, "6 h")


KIND = Kind(
    group="faults",
    name="motor_stall_intermittent",
    summary="Intermittent motor stall: spells without flow that come more and more often.",
    parameters=MotorStallIntermittent,
    effects=effects,
    example={"mean_on": "30 h", "mean_off": "8 h", "growth": "0.02 1/day", "lasting": "20 day", "seed": 3},
    alarm="pairs of stall and recovery in the log, critical tone in every spell longer than the latency",
    evidence="surplus: programmed flow times the time spent silent",
    sources=("riordan2015",),
    complaints=complaints,
    words=lambda p: "intermittent stalls",
)
