"""The log: what the pump senses of an effect, after its own latency."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.effects import Primitive, Shape
from itsim.device.layout import (
    FROM,
    HORIZON_H,
    KNOT_COUNT,
    KNOT_FIRST,
    LATENCY,
    LOG_RECOVERED,
    LOG_STALL,
    N_LOG,
    PRIMITIVE,
    SHAPE,
    UNTIL,
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
        if codes[e, PRIMITIVE] != Primitive.ANNOUNCE or numbers[e, FROM] >= horizon:
            continue
        stop = min(work.ends[e], horizon)
        if codes[e, SHAPE] != Shape.TELEGRAPH:
            recovers = work.ends[e] == numbers[e, UNTIL] and stop < horizon
            _announce(numbers[e, FROM], stop, recovers, numbers[e, LATENCY], e, work)
            continue
        first, count = codes[e, KNOT_FIRST], codes[e, KNOT_COUNT]
        for i in range(0, count, 2):
            off = knots[first + i, 0]
            on = knots[first + i + 1, 0] if i + 1 < count else stop
            if off < stop:
                _announce(off, min(on, stop), on < stop, numbers[e, LATENCY], e, work)


def _announce(off: float, on: float, recovers: bool, latency: float, e: int, work: Work) -> None:
    if on - off > latency:
        write_log(work, off + latency, LOG_STALL, e)
        if recovers:
            write_log(work, on, LOG_RECOVERED, e)
