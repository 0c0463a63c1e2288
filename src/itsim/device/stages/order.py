"""Stage 0: when effects end and in which order they act."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.effects import Part, Primitive
from itsim.device.layout import ENDED_BY, ENDS, FROM, PLACE, PRIMITIVE, RANK, UNTIL


def end_times(codes: Codes, numbers: Array, ends: Array) -> None:
    """When each effect ends: its own end, or the replacement of the part it belongs to."""
    n = codes.shape[0]
    for e in range(n):
        ends[e] = numbers[e, UNTIL]
        for r in range(n):
            replaced = codes[e, ENDED_BY] != Part.NONE and codes[r, ENDS] == codes[e, ENDED_BY]
            if replaced and numbers[r, FROM] > numbers[e, FROM]:
                ends[e] = min(ends[e], numbers[r, FROM])


def time_order(codes: Codes, numbers: Array, order: Codes) -> None:
    """Effects by time, then by rank, then by place in the timeline."""
    for i in range(codes.shape[0]):
        j = i
        while j > 0 and _before(codes, numbers, i, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


def _before(codes: Codes, numbers: Array, a: int, b: int) -> bool:
    if numbers[a, FROM] != numbers[b, FROM]:
        return bool(numbers[a, FROM] < numbers[b, FROM])
    if codes[a, RANK] != codes[b, RANK]:
        return bool(codes[a, RANK] < codes[b, RANK])
    return bool(codes[a, PLACE] < codes[b, PLACE])


def is_visit(codes: Codes, e: int) -> bool:
    """Whether somebody looks at the volume."""
    return bool(codes[e, PRIMITIVE] == Primitive.FILL or codes[e, PRIMITIVE] == Primitive.READ)
