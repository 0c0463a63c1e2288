"""The stages of the device, in order: one scenario from effects to the dose at the tip."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.effects import Amount
from itsim.device.layout import (
    BELIEVED,
    DONE,
    HORIZON_H,
    INTENDED_START,
    N_LOG,
    OVERFLOW,
    PROGRAMMED,
    TWIN,
    Work,
)
from itsim.device.pieces import empty, is_full
from itsim.device.stages.alarms import announcements
from itsim.device.stages.belief import count_volume
from itsim.device.stages.line import close_ledger, transport
from itsim.device.stages.order import end_times, time_order
from itsim.device.stages.programme import claimed_concentration, paint
from itsim.device.stages.pump import apply_gains
from itsim.device.stages.reservoir import walk_reservoir


def deliver(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> int:
    """Run all stages for one scenario; results stand in *work*. Returns DONE or OVERFLOW."""
    horizon = hardware[HORIZON_H]
    start_afresh(work)
    end_times(codes, numbers, work.ends)
    time_order(codes, numbers, work.order)
    n_claimed = claimed_concentration(codes, numbers, horizon, work)
    paint(codes, numbers, knots, n_claimed, Amount.FLOW, False, 0.0, work.believed, BELIEVED, work)
    paint(codes, numbers, knots, n_claimed, Amount.DOSE, False, 0.0, work.programmed, PROGRAMMED, work)
    intended = hardware[INTENDED_START]
    paint(codes, numbers, knots, n_claimed, Amount.DOSE, True, intended, work.twin, TWIN, work)
    count_volume(codes, numbers, hardware, work)
    n_gained = apply_gains(codes, numbers, knots, hardware, work)
    walk_reservoir(codes, numbers, hardware, n_gained, work)
    transport(hardware, work)
    announcements(codes, numbers, knots, hardware, work)
    close_ledger(hardware, work)
    return status(work)


def status(work: Work) -> int:
    """OVERFLOW where any table, those between the stages too, or the log was too small; DONE else."""
    for table in tables(work):
        if is_full(table):
            return OVERFLOW
    if work.counts[N_LOG] >= work.log.shape[0]:
        return OVERFLOW
    return DONE


def start_afresh(work: Work) -> None:
    """Forget the run before: a workspace is used again and again."""
    work.counts[:] = 0
    work.ledger[:] = 0.0
    work.visits[:] = np.nan
    for table in tables(work):
        empty(table)


def tables(work: Work) -> tuple[Array, ...]:
    """Every table of pieces."""
    return (
        work.believed,
        work.programmed,
        work.twin,
        work.pumped,
        work.tip,
        work.claimed,
        work.inverse,
        work.gained,
        work.fresh,
        work.spare,
    )


def deliver_many(
    codes: Codes,
    numbers: Array,
    knots: Array,
    hardware: Array,
    work: Work,
    ledgers: Array,
    visits: Array,
    statuses: Codes,
) -> None:
    """Run all stages for every variant; only ledgers, visits and statuses survive."""
    for i in range(numbers.shape[0]):
        statuses[i] = deliver(codes, numbers[i], knots[i % knots.shape[0]], hardware[i], work)
        for j in range(ledgers.shape[1]):
            ledgers[i, j] = work.ledger[j]
        for e in range(visits.shape[1]):
            for j in range(visits.shape[2]):
                visits[i, e, j] = work.visits[e, j]
