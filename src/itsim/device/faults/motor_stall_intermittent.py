"""The rotor stops and starts again, more and more often.

An alternating renewal process: running for a mean of ``m_on(t) = max(m_on0 exp(−growth (t − at)), floor)``
hours, silent for a mean of ``m_off`` hours; off fraction ``m_off / (m_on + m_off)``. Running spells are
exponential, silent ones exponential or all of the mean length. Source: an intermittent stall with recoveries
in the log (Riordan & Murphy 2015); the process itself is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.device.effects import Alarm, Effect, Shape, announce, scale
from itsim.device.renewal import switching_times
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, PerHour


class MotorStallIntermittent(KindModel):
    """Spells of silence and of running, and how fast the running spells shorten."""

    mean_off_h: Hours
    mean_on_h: Hours
    growth_per_h: PerHour = 0.0
    shortest_on_h: Hours = 1.0
    lasting_h: Hours
    silence: Literal["exponential", "fixed"] = "exponential"
    seed: int = 1
    alarm_latency_h: Hours | None = None


def effects(p: MotorStallIntermittent, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Flow on and off at drawn times; a spell longer than the latency leaves a pair of entries in the log."""
    latency_h = device["stall_alarm_latency"] if p.alarm_latency_h is None else p.alarm_latency_h
    until_h = at_h + p.lasting_h
    knots = switching_times(
        at_h, p.lasting_h, p.mean_on_h, p.mean_off_h, p.growth_per_h, p.shortest_on_h, p.silence, p.seed
    )
    return (
        scale(at_h, until_h, shape=Shape.TELEGRAPH, knots=knots),
        announce(at_h, Alarm.STALL, latency_h, until_h, knots=knots),
    )


def complaints(p: MotorStallIntermittent, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Spells that have no length."""
    for field, value in (
        ("mean_off", p.mean_off_h),
        ("mean_on", p.mean_on_h),
        ("shortest_on", p.shortest_on_h),
        ("lasting", p.lasting_h),
    ):
        if value <= 0.0:
            yield Complaint(field, "is not longer than 0 h", "write a time such as 6 h")


KIND = Kind(
    group="faults",
    name="motor_stall_intermittent",
    summary="Intermittent motor stall: spells without flow that come more and more often.",
    parameters=MotorStallIntermittent,
    effects=effects,
    alarm="pairs of stall and recovery in the log, critical tone in every spell longer than the latency",
    evidence="surplus: programmed flow times the time spent silent",
    sources=("riordan2015",),
    complaints=complaints,
    words=lambda p: "intermittent stalls",
)
