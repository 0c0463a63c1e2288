"""Stage 2: the calculated volume and the alarms that follow from it alone."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.codes import Part, Primitive
from itsim.device.layout import (
    ALARMS_EMPTY,
    ALARMS_LOW,
    ALARMS_STOPPED,
    BELIEVED,
    CALCULATED_AFTER,
    CLAIMED_VOLUME,
    ENDS,
    GIVEN,
    HORIZON_H,
    LOG_EMPTY,
    LOG_LOW,
    LOG_STOPPED,
    LOW_ALARM_VOLUME,
    PRIMITIVE,
    STOPPED_DELAY,
    VISIT_EXPECTED,
    VISIT_TIME,
    Work,
)
from itsim.device.pieces import C0, START, WIDTH, integrate, is_constant, piece_at, shift, time_of_integral
from itsim.device.stages.alarms import write_log
from itsim.device.stages.order import marks_level

SAME_VOLUME_mL = 1e-9
"""Numerical: volumes that differ by less are one."""


def count_volume(codes: Codes, numbers: Array, hardware: Array, work: Work) -> None:
    """The calculated volume from visit to visit, and the alarms that follow from it alone."""
    horizon = hardware[HORIZON_H]
    volume, t = 0.0, 0.0
    for k in range(codes.shape[0]):
        e = work.order[k]
        if not marks_level(codes, e) or work.begins[e] >= horizon:
            continue
        volume = _count_down(t, work.begins[e], volume, hardware, work)
        t = work.begins[e]
        work.visits[e, VISIT_TIME] = t
        work.visits[e, VISIT_EXPECTED] = volume
        if codes[e, PRIMITIVE] == Primitive.FILL:
            volume = numbers[e, CLAIMED_VOLUME]
            if volume <= hardware[LOW_ALARM_VOLUME] and hardware[ALARMS_LOW] > 0.0:
                write_log(work, t, LOG_LOW, e)
        work.visits[e, CALCULATED_AFTER] = volume
    _count_down(t, horizon, volume, hardware, work)
    if hardware[ALARMS_STOPPED] > 0.0:
        _stopped_alarm(codes, _first_programme(codes, horizon, work), hardware, work)


def _count_down(start: float, stop: float, volume: float, hardware: Array, work: Work) -> float:
    """Calculated volume after *stop*; it may pass below zero, for it is a belief."""
    if start >= stop:
        return volume
    low = hardware[LOW_ALARM_VOLUME]
    table, n = work.tables[BELIEVED], work.counts[BELIEVED]
    row = np.zeros(WIDTH)
    for i in range(piece_at(table, n, start), n):
        left, right = max(table[i, START], start), min(table[i + 1, START], stop)
        if left >= right:
            break
        shift(table[i], left - table[i, START], row)
        amount = integrate(row, right - left)
        if hardware[ALARMS_LOW] > 0.0 and _passes(volume, amount, low):
            write_log(work, left + time_of_integral(row, right - left, volume - low), LOG_LOW, -1)
        if hardware[ALARMS_EMPTY] > 0.0 and _passes(volume, amount, 0.0):
            write_log(work, left + time_of_integral(row, right - left, volume), LOG_EMPTY, -1)
        volume -= amount
    return volume


def _passes(volume: float, amount: float, level: float) -> bool:
    """Whether *amount* takes the volume to *level*; one that rests there but for rounding has come to it."""
    return volume > level + SAME_VOLUME_mL and volume - amount <= level + SAME_VOLUME_mL


def _first_programme(codes: Codes, horizon: float, work: Work) -> float:
    first = horizon
    for e in range(codes.shape[0]):
        if codes[e, PRIMITIVE] == Primitive.PROGRAM and codes[e, GIVEN] == 1:
            first = min(first, work.begins[e])
    return first


def _stopped_alarm(codes: Codes, first_programme: float, hardware: Array, work: Work) -> None:
    """A pump that was never programmed is not stopped: it waits in silence. A new pump counts anew."""
    table, n = work.tables[BELIEVED], work.counts[BELIEVED]
    for i in range(n):
        if not is_constant(table[i]) or table[i, C0] != 0.0:
            continue
        since, stop = max(table[i, START], first_programme), table[i + 1, START]
        for k in range(codes.shape[0]):
            e = work.order[k]
            if codes[e, ENDS] == Part.PUMP and since < work.begins[e] < stop:
                _stopped_between(since, work.begins[e], hardware, work)
                since = work.begins[e]
        _stopped_between(since, stop, hardware, work)


def _stopped_between(since: float, stop: float, hardware: Array, work: Work) -> None:
    if stop - since > hardware[STOPPED_DELAY]:
        write_log(work, since + hardware[STOPPED_DELAY], LOG_STOPPED, -1)
