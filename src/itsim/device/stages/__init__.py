"""The stages of the device, in order: one scenario from effects to the dose at the tip."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.codes import Amount, Primitive
from itsim.device.layout import (
    BELIEVED,
    DONE,
    GIVEN,
    HORIZON_H,
    INTENDED,
    INTENDED_START,
    N_LOG,
    N_TABLES,
    OVERFLOW,
    PASSING,
    PROGRAMMED,
    TWIN,
    Work,
)
from itsim.device.pieces import constant_table, empty, is_full
from itsim.device.stages.alarms import announcements, keep_silent
from itsim.device.stages.belief import count_volume
from itsim.device.stages.conditions import set_conditions
from itsim.device.stages.line import close_ledger, transport
from itsim.device.stages.order import await_triggers, fire_next, set_times, time_order
from itsim.device.stages.programme import claimed_concentration, paint
from itsim.device.stages.pump import apply_gains
from itsim.device.stages.reservoir import walk_reservoir
from itsim.device.stages.shares import multiply_shares
from itsim.device.stages.tip import lose_at_tip


def deliver(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> int:
    """Run all stages for one scenario; results stand in *work*. Returns DONE or OVERFLOW.

    What waits for a pumped volume begins one after the other, and the stages run again for each.
    """
    await_triggers(codes, numbers, work)
    while True:
        _run_stages(codes, numbers, knots, hardware, work)
        if status(work) != DONE or not fire_next(codes, numbers, hardware, work):
            return status(work)


def _run_stages(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> None:
    horizon = hardware[HORIZON_H]
    start_afresh(work)
    set_times(codes, numbers, work)
    time_order(codes, work)
    claimed_concentration(codes, numbers, horizon, work)
    paint(codes, numbers, knots, Amount.FLOW, GIVEN, 0.0, work.tables[BELIEVED], BELIEVED, work)
    paint(codes, numbers, knots, Amount.DOSE, GIVEN, 0.0, work.tables[PROGRAMMED], PROGRAMMED, work)
    intended = hardware[INTENDED_START]
    paint(codes, numbers, knots, Amount.DOSE, INTENDED, intended, work.tables[TWIN], TWIN, work)
    count_volume(codes, numbers, hardware, work)
    n_gained = apply_gains(codes, numbers, knots, hardware, work)
    n_passing = constant_table(work.tables[PASSING], 1.0, 0.0, horizon)
    n_passing = multiply_shares(
        codes, numbers, knots, Primitive.HOLD, 0, horizon, work.tables[PASSING], n_passing, work
    )
    walk_reservoir(codes, numbers, knots, hardware, n_gained, n_passing, work)
    transport(hardware, work)
    close_ledger(hardware, work)
    lose_at_tip(codes, numbers, knots, hardware, work)
    set_conditions(codes, numbers, knots, hardware, work)
    announcements(codes, numbers, knots, hardware, work)
    keep_silent(codes, work)


def status(work: Work) -> int:
    """OVERFLOW where any table, those between the stages too, or the log was too small; DONE else."""
    for i in range(N_TABLES):
        if is_full(work.tables[i]):
            return OVERFLOW
    if work.counts[N_LOG] >= work.log.shape[0]:
        return OVERFLOW
    return DONE


def start_afresh(work: Work) -> None:
    """Forget the run before: a workspace is used again and again."""
    work.counts[:] = 0
    work.ledger[:] = 0.0
    work.visits[:] = np.nan
    for i in range(N_TABLES):
        empty(work.tables[i])


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
