"""Stage 5: plug flow by volume from the pump to the tip, and what is left on the way."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.layout import (
    CODE,
    DEAD_VOLUME,
    DELIVERED,
    HORIZON_H,
    LINE_CONCENTRATION,
    LINE_LEFT,
    LINE_VOLUME,
    N_MARKS,
    PRIMED,
    PUMPED,
    REMOVED,
    TIP,
    PUMPED_mL,
    Work,
)
from itsim.device.pieces import START, close, integrate, put, time_of_integral, total


def mark(work: Work, exit_mL: float, conc: float) -> None:
    """From *exit_mL* of fluid on, what arrives at the tip has this concentration."""
    n = work.counts[N_MARKS]
    while n > 0 and work.marks[n - 1, 0] >= exit_mL:
        n -= 1
    if n == 0 or work.marks[n - 1, 1] != conc:
        work.marks[n, 0], work.marks[n, 1] = exit_mL, conc
        n += 1
    work.counts[N_MARKS] = n


def set_line(
    codes: Codes, numbers: Array, e: int, left_mL: float, dead: float, conc: float, work: Work
) -> None:
    """The part of the line next to the pump gets a new content; what it held is removed."""
    volume = min(numbers[e, LINE_VOLUME], dead)
    fresh = conc if codes[e, CODE] == 1 else numbers[e, LINE_CONCENTRATION]
    end = left_mL + dead
    work.ledger[REMOVED] += line_content(work, end - volume, end)
    work.ledger[PRIMED] += volume * fresh
    mark(work, end - volume, fresh)
    mark(work, end, conc)


def line_content(work: Work, from_mL: float, until_mL: float) -> float:
    """Drug between two exit volumes, µg."""
    n, amount = work.counts[N_MARKS], 0.0
    for k in range(n):
        right = work.marks[k + 1, 0] if k + 1 < n else until_mL
        span = min(right, until_mL) - max(work.marks[k, 0], from_mL)
        if span > 0.0:
            amount += span * work.marks[k, 1]
    return amount


def transport(hardware: Array, work: Work) -> None:
    """Plug flow by volume: the pumped flow times the concentration that arrives at the tip."""
    pumped, marks, tip = work.pumped, work.marks, work.tip
    k, n, left_mL = 0, 0, 0.0
    for i in range(work.counts[PUMPED]):
        row, start = pumped[i], pumped[i, START]
        span = pumped[i + 1, START] - start
        amount, s = integrate(row, span), 0.0
        while k + 1 < work.counts[N_MARKS] and marks[k + 1, 0] < left_mL + amount:
            until = time_of_integral(row, span, max(marks[k + 1, 0] - left_mL, 0.0))
            n = _put_dose(row, start, s, until, marks[k, 1], tip, n)
            s = max(s, until)
            k += 1
        n = _put_dose(row, start, s, span, marks[k, 1], tip, n)
        left_mL += amount
    close(tip, n, hardware[HORIZON_H])
    work.counts[TIP] = n


def _put_dose(
    row: Array, start: float, from_s: float, until_s: float, conc: float, out: Array, n: int
) -> int:
    if from_s >= until_s:
        return n
    return put(out, n, start + from_s, row, from_s, conc)


def close_ledger(hardware: Array, work: Work) -> None:
    """What is left in the line and what has left it."""
    end = work.ledger[PUMPED_mL]
    work.ledger[LINE_LEFT] = line_content(work, end, end + hardware[DEAD_VOLUME])
    work.ledger[DELIVERED] = total(work.tip, work.counts[TIP])
