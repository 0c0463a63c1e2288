"""Stage 6: what is lost between the line's end and the CSF, and what comes back from tissue."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.codes import Primitive, Station
from itsim.device.layout import (
    DELIVERED,
    DRAWN_PIECES,
    FRESH,
    GAINED,
    HORIZON_H,
    LEAKED,
    PRIMITIVE,
    RATE,
    SEQUESTERED,
    SPARE,
    TIP,
    Work,
)
from itsim.device.pieces import ADD, START, combine, copy, integrate, total
from itsim.device.stages.programme import box
from itsim.device.stages.shares import multiply_shares


def lose_at_tip(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> None:
    """Dose rate at the tip times the shares that do not leak and that reach the CSF, plus releases."""
    horizon = hardware[HORIZON_H]
    tip, before, direct = work.tables[TIP], work.tables[GAINED], work.tables[DRAWN_PIECES]
    m = work.counts[TIP]
    arriving = total(tip, m)
    m = multiply_shares(codes, numbers, knots, Primitive.SCALE, Station.CATHETER, horizon, tip, m, work)
    copy(tip, m, before)
    leaving = total(tip, m)
    work.ledger[LEAKED] = arriving - leaving
    n = multiply_shares(codes, numbers, knots, Primitive.SCALE, Station.TISSUE, horizon, tip, m, work)
    copy(tip, n, direct)
    work.counts[TIP] = _release(codes, numbers, horizon, m, n, work)
    work.ledger[DELIVERED] = total(tip, work.counts[TIP])
    work.ledger[SEQUESTERED] = leaving - work.ledger[DELIVERED]


def _release(codes: Codes, numbers: Array, horizon: float, m: int, n: int, work: Work) -> int:
    """What leaves the tip (*m* pieces) and misses the CSF (all but *n*) is held; a share comes back."""
    tip, before, direct = work.tables[TIP], work.tables[GAINED], work.tables[DRAWN_PIECES]
    n_direct, released = n, 0.0
    for k in range(codes.shape[0]):
        e = work.order[k]
        at = work.begins[e]
        if codes[e, PRIMITIVE] != Primitive.RELEASE or at >= horizon:
            continue
        held = integral_until(before, m, at) - integral_until(direct, n_direct, at) - released
        amount = numbers[e, RATE] * held
        stop = min(work.ends[e], horizon)
        p = box(work.tables[FRESH], at, stop, amount / (work.ends[e] - at), horizon)
        n = combine(ADD, tip, n, work.tables[FRESH], p, work.tables[SPARE])
        copy(work.tables[SPARE], n, tip)
        released += amount
    return n


def integral_until(table: Array, n: int, t: float) -> float:
    """The integral of a table from its start to a time."""
    amount = 0.0
    for i in range(n):
        if table[i, START] >= t:
            break
        amount += integrate(table[i], min(table[i + 1, START], t) - table[i, START])
    return amount
