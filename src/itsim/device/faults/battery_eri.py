"""The battery comes to its estimated replacement date (ERI), and nobody replaces the pump.

    at           non-critical alarm; the pump runs on
    at + grace   where the pump stops at the end of its service (EOS): Q_pump = 0 and the critical alarm

`grace` [h] is the pump's own `eri_grace` where left out. Source: the maker's page for patients (90 days; an
older model sounds and does not stop).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.codes import Alarm, Shape
from itsim.device.effects import FOREVER_H, Effect, announce, knot_rows, over_variants, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class BatteryEri(Triggered):
    """`grace` is the time from the alarm to the stop."""

    grace_h: Hours | None = None


def effects(p: BatteryEri, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """An alarm now, and the stop with its own alarm after the grace."""
    grace_h = device["eri_grace"] if p.grace_h is None else p.grace_h
    left_h = np.where(device["stops_at_eos"] > 0.0, grace_h, FOREVER_H)
    # counted from the alarm on, so that a replacement within the grace ends the stop too
    knots = knot_rows(over_variants([left_h])[..., None])
    return (
        announce(at_h, Alarm.ERI, 0.0),
        scale(at_h, shape=Shape.TELEGRAPH, knots=knots),
        announce(at_h, Alarm.EOS, 0.0, knots=knots),
    )


def complaints(p: BatteryEri, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a battery."""
    if not device["has_battery"]:
        yield Complaint("", "this pump has no battery", "choose a pump with a battery")


KIND = Kind(
    group="faults",
    name="battery_eri",
    summary="Battery at its replacement date: an alarm, and the pump stops when the grace is over.",
    parameters=BatteryEri,
    effects=effects,
    alarm="non-critical tone at once (ERI), critical tone when the pump stops (EOS)",
    evidence="none until the pump stops; then surplus: programmed flow times the time since",
    sources=("medtronic_patient",),
    complaints=complaints,
    words=lambda p: "battery near its end",
)
