"""The rotor stops turning for good.

    Q_pump = 0 for t >= at; the programme and the calculated volume run on.

Source: permanent motor stall, FDA and Hong Kong safety notices (survival 97.3 % at 6 years on labelled drug).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.codes import Alarm
from itsim.device.effects import Effect, announce, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class MotorStall(Triggered):
    """`alarm_latency` overrides the pump's own delay until the stall is logged and sounds."""

    alarm_latency_h: Hours | None = None


def effects(p: MotorStall, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """No flow until the pump is replaced; the stall is announced after the latency."""
    latency_h = device["stall_alarm_latency"] if p.alarm_latency_h is None else p.alarm_latency_h
    return (scale(at_h, after=0.0), announce(at_h, Alarm.STALL, latency_h))


def complaints(p: MotorStall, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a rotor."""
    if not device["has_rotor"]:
        yield Complaint("", "this pump has no rotor that could stall", "choose a pump with a rotor")


KIND = Kind(
    group="faults",
    name="motor_stall",
    summary="Permanent motor stall: no flow from one moment on, while the programme runs on.",
    parameters=MotorStall,
    effects=effects,
    alarm="critical tone and a log entry after the pump's detection latency",
    evidence="surplus: programmed flow times the time since the stall",
    sources=("hk_mdd_2017",),
    complaints=complaints,
    words=lambda p: "motor stall",
)
