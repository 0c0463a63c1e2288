"""Stage 0: when effects begin and end, and in which order they act."""

from __future__ import annotations

import math

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.codes import Part, Primitive, Skipped
from itsim.device.layout import (
    CODE,
    ENDED_BY,
    ENDS,
    FROM,
    GIVEN,
    HORIZON_H,
    PLACE,
    PRIMITIVE,
    PUMPED,
    RANK,
    SKIPPED_AS,
    SPARE,
    TRIGGER_FROM,
    TRIGGER_VOLUME,
    UNTIL,
    Work,
)
from itsim.device.pieces import START, integrate, piece_at, shift, time_of_integral


def await_triggers(codes: Codes, numbers: Array, work: Work) -> None:
    """Before the first run nothing that waits for a volume has begun."""
    for e in range(codes.shape[0]):
        work.shifts[e] = math.inf if numbers[e, TRIGGER_VOLUME] > 0.0 else 0.0


def fire_next(codes: Codes, numbers: Array, hardware: Array, work: Work) -> bool:
    """Set the beginning of what is triggered next by the volume pumped so far; False where nothing is.

    What is triggered changes nothing before its beginning, so one trigger after the other is exact.
    """
    first = hardware[HORIZON_H]
    for e in range(codes.shape[0]):
        if work.shifts[e] == math.inf:
            first = min(first, _triggered_at(numbers, e, work))
    if first >= hardware[HORIZON_H]:
        return False
    for e in range(codes.shape[0]):
        if work.shifts[e] == math.inf and _triggered_at(numbers, e, work) <= first:
            work.shifts[e] = first - numbers[e, TRIGGER_FROM]
    return True


def _triggered_at(numbers: Array, e: int, work: Work) -> float:
    wanted, n = numbers[e, TRIGGER_VOLUME], work.counts[PUMPED]
    origin = max(numbers[e, TRIGGER_FROM], 0.0)
    row = work.tables[SPARE][0]
    for i in range(piece_at(work.tables[PUMPED], n, origin), n):
        left, right = max(work.tables[PUMPED][i, START], origin), work.tables[PUMPED][i + 1, START]
        if left >= right:
            continue
        shift(work.tables[PUMPED][i], left - work.tables[PUMPED][i, START], row)
        amount = integrate(row, right - left)
        if amount >= wanted:
            return left + time_of_integral(row, right - left, wanted)
        wanted -= amount
    return math.inf


def set_times(codes: Codes, numbers: Array, work: Work) -> None:
    """When each effect begins, if it is not missed, and when it ends: its own end, or that of its part."""
    n = codes.shape[0]
    for e in range(n):
        work.begins[e] = numbers[e, FROM] + work.shifts[e]
    for e in range(n):
        work.ends[e] = numbers[e, UNTIL] + work.shifts[e]
    for s in range(n):
        if codes[s, PRIMITIVE] == Primitive.SKIP:
            _skip(codes, s, work)
    for r in range(n):
        if codes[r, ENDS] == Part.NONE or codes[r, GIVEN] == 0:
            continue
        for e in range(n):
            if is_ended_by(codes, e, r) and work.begins[r] > work.begins[e]:
                work.ends[e] = min(work.ends[e], work.begins[r])


def is_ended_by(codes: Codes, e: int, r: int) -> bool:
    """Whether effect *r* ends what effect *e* belongs to; a new pump is neither latched nor set wrong."""
    part, ends = codes[e, ENDED_BY], codes[r, ENDS]
    of_pump = part == Part.LATCH or part == Part.SETTING
    return bool(part != Part.NONE and (ends == part or (ends == Part.PUMP and of_pump)))


def _skip(codes: Codes, s: int, work: Work) -> None:
    for e in range(codes.shape[0]):
        missed = codes[e, SKIPPED_AS] != Skipped.NOTHING and codes[e, SKIPPED_AS] == codes[s, CODE]
        if missed and work.begins[s] <= work.begins[e] < work.ends[s]:
            work.begins[e] = math.inf


def time_order(codes: Codes, work: Work) -> None:
    """Effects by time, then by rank, then by place in the timeline."""
    by_time, order = np.argsort(work.begins, kind="mergesort"), work.order
    for i in range(codes.shape[0]):
        j, e = i, by_time[i]
        while j > 0 and _before(codes, work.begins, e, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = e


def _before(codes: Codes, begins: Array, a: int, b: int) -> bool:
    if begins[a] != begins[b]:
        return bool(begins[a] < begins[b])
    if codes[a, RANK] != codes[b, RANK]:
        return bool(codes[a, RANK] < codes[b, RANK])
    return bool(codes[a, PLACE] < codes[b, PLACE])


def marks_level(codes: Codes, e: int) -> bool:
    """Whether somebody looks at the volume, or it changes at once: from here both accounts go on."""
    what = codes[e, PRIMITIVE]
    return bool(what == Primitive.FILL or what == Primitive.READ or what == Primitive.BACKFLOW)
