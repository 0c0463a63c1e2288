"""The log: what the pump senses of an effect, after its own latency."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.codes import Alarm, Part, Primitive, Shape
from itsim.device.layout import (
    CODE,
    ENDS,
    HORIZON_H,
    KNOT_COUNT,
    KNOT_FIRST,
    LATENCY,
    LOG_DENIED,
    LOG_EOS,
    LOG_ERI,
    LOG_MEMORY,
    LOG_MEMORY_WARNING,
    LOG_RECOVERED,
    LOG_RESET,
    LOG_STALL,
    N_LOG,
    PRIMITIVE,
    SENSES_BATTERY,
    SENSES_MEMORY,
    SENSES_STALL,
    SHAPE,
    Work,
)


def write_log(work: Work, t: float, what: int, e: int) -> None:
    """Append to the log; one that is full stays so, and the run says OVERFLOW."""
    n = work.counts[N_LOG]
    if n < work.log.shape[0]:
        work.log[n, 0], work.log[n, 1], work.log[n, 2] = t, what, e
        work.counts[N_LOG] = n + 1


def announcements(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> None:
    """What the pump can sense of an effect: its own alarm, after its own latency."""
    horizon = hardware[HORIZON_H]
    for k in range(codes.shape[0]):
        e = work.order[k]
        if codes[e, PRIMITIVE] != Primitive.ANNOUNCE or work.begins[e] >= horizon:
            continue
        if not is_sensed(codes[e, CODE], hardware):
            continue
        start, stop = work.begins[e], min(work.ends[e], horizon)
        recovers = stop < horizon and not _with_new_pump(codes, e, work)
        if codes[e, SHAPE] != Shape.TELEGRAPH:
            _announce(codes, start, stop, recovers, numbers[e, LATENCY], e, work)
            continue
        first, count = codes[e, KNOT_FIRST], codes[e, KNOT_COUNT]
        for i in range(0, count, 2):
            off = start + knots[first + i, 0]
            on = start + knots[first + i + 1, 0] if i + 1 < count else stop
            if off < stop:
                _announce(codes, off, min(on, stop), on < stop or recovers, numbers[e, LATENCY], e, work)


def is_sensed(alarm: int, hardware: Array) -> bool:
    """Whether this pump can say it."""
    if alarm == Alarm.STALL or alarm == Alarm.STALL_AFTER_FIELD:
        return bool(hardware[SENSES_STALL] > 0.0)
    if alarm == Alarm.ERI or alarm == Alarm.EOS or alarm == Alarm.RESET:
        return bool(hardware[SENSES_BATTERY] > 0.0)
    return bool(alarm == Alarm.DENIED or hardware[SENSES_MEMORY] > 0.0)


def log_code(alarm: int) -> int:
    """What the log writes of an alarm."""
    if alarm == Alarm.ERI:
        return LOG_ERI
    if alarm == Alarm.EOS:
        return LOG_EOS
    if alarm == Alarm.RESET:
        return LOG_RESET
    if alarm == Alarm.MEMORY:
        return LOG_MEMORY
    if alarm == Alarm.MEMORY_WARNING:
        return LOG_MEMORY_WARNING
    return LOG_DENIED if alarm == Alarm.DENIED else LOG_STALL


def _announce(
    codes: Codes, off: float, on: float, recovers: bool, latency: float, e: int, work: Work
) -> None:
    if on - off <= latency:
        return
    what = log_code(codes[e, CODE])
    if what != LOG_STALL:
        write_log(work, off + latency, what, e)
        return
    if not _stands_already(codes, off, e, work):
        write_log(work, off + latency, LOG_STALL, e)
    if recovers and not _stands_already(codes, on, e, work):
        write_log(work, on, LOG_RECOVERED, e)


def _with_new_pump(codes: Codes, e: int, work: Work) -> bool:
    """Whether an effect ends because the pump is another one: nothing recovers then."""
    new = False
    for r in range(codes.shape[0]):
        new |= codes[r, ENDS] == Part.PUMP and work.begins[r] == work.ends[e]
    return bool(new)


def _stands_already(codes: Codes, t: float, e: int, work: Work) -> bool:
    """Whether the rotor stands at a time for another reason that lasts: a stall, the end of service."""
    for r in range(codes.shape[0]):
        alarm = codes[r, CODE]
        lasting = alarm == Alarm.STALL or alarm == Alarm.STALL_AFTER_FIELD or alarm == Alarm.EOS
        if r == e or codes[r, PRIMITIVE] != Primitive.ANNOUNCE or not lasting:
            continue
        if codes[r, SHAPE] != Shape.TELEGRAPH and work.begins[r] < t < work.ends[r]:
            return True
    return False


def keep_silent(codes: Codes, work: Work) -> None:
    """Strike out of the log what no pump was there to say."""
    for e in range(codes.shape[0]):
        if codes[e, PRIMITIVE] != Primitive.SILENCE:
            continue
        n = 0
        for i in range(work.counts[N_LOG]):
            if not work.begins[e] <= work.log[i, 0] < work.ends[e]:
                for c in range(work.log.shape[1]):
                    work.log[n, c] = work.log[i, c]
                n += 1
        work.counts[N_LOG] = n
