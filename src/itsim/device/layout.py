"""Where things stand in the device's arrays: columns of codes, slots of numbers, the workspace."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.pieces import WIDTH

# integer columns of a plan, one row per effect
PRIMITIVE, RANK, SHAPE, CODE, ENDED_BY, ENDS, INTENDED, GIVEN, SKIPPED_AS = range(9)
KNOT_FIRST, KNOT_COUNT, PLACE = range(9, 12)
N_COLUMNS = 12

# number slots of an effect: the first two and the last two of all, the rest as its constructor says
FROM, UNTIL = 0, 1
RATE = 2
PERIOD, ORIGIN = 2, 3
BEFORE, AFTER, LASTING = 2, 3, 4
BOLUS_SIZE = 2
VOLUME = 2
FILL_VOLUME, FILL_CONCENTRATION, CLAIMED_VOLUME, CLAIMED_CONCENTRATION = 2, 3, 4, 5
LINE_VOLUME, LINE_CONCENTRATION = 2, 3
STORE_CAPACITY, RELEASED, RELEASE_H, STORE_PASSING = 2, 3, 4, 5
LATENCY = 2
READ_ERROR = 2
DOSE_AMOUNT = 2
TRIGGER_VOLUME, TRIGGER_FROM = 6, 7
"""What must have been pumped since when before the effect begins; no volume for most."""

# number slots of the hardware
HORIZON_H, DEAD_VOLUME, UNUSABLE_VOLUME, TAPER_VOLUME, LOW_ALARM_VOLUME, CAPACITY = range(6)
STOPPED_DELAY, BIAS, LINE_START, INTENDED_START = range(6, 10)
ALARMS_LOW, ALARMS_EMPTY, ALARMS_STOPPED, SENSES_STALL, SENSES_BATTERY, SENSES_MEMORY = range(10, 16)
N_HARDWARE = 16

# log rows: time, what, effect
LOG_LOW, LOG_EMPTY, LOG_STOPPED, LOG_STALL, LOG_RECOVERED, LOG_RAN_DRY = range(6)
LOG_ERI, LOG_EOS, LOG_RESET, LOG_MEMORY, LOG_MEMORY_WARNING, LOG_DENIED = range(6, 12)

# visit rows: one per effect, filled where somebody looks
VISIT_TIME, VISIT_EXPECTED, VISIT_FOUND, CALCULATED_AFTER, TRUE_AFTER = range(5)
N_VISIT = 5

# ledger slots: drug in µg, then fluid in mL
FILLED, LINE_AT_START, PRIMED, RESERVOIR_LEFT, LINE_LEFT, DELIVERED, DISCARDED, REMOVED = range(8)
LEAKED, SEQUESTERED, RELIEVED, DRAINED = range(8, 12)
PUMPED_mL, LINE_mL, STORED_mL, RELIEVED_mL, REMOVED_mL, DRAINED_mL = range(12, 18)
N_LEDGER = 18

# what the reservoir walk knows from step to step
NOW_VOLUME, NOW_CONCENTRATION, FILLED_CONCENTRATION, NOW_HELD, RELEASE_RATE, RELEASE_UNTIL = range(6)
STORE_EFFECT, NOW_CAPACITY, NOW_SLIPS, JOINED_UNTIL, DRAWN, DRAINED_NOW = range(6, 12)
N_STATE = 12

# piece tables of the workspace: first those that are results, whose lengths stand in ``counts``
BELIEVED, PROGRAMMED, TWIN, PUMPED, LEAVING, THROUGH, TIP, SPASTICITY, POTENCY, CLAIMED = range(10)
INVERSE, GAINED, PASSING, DRAINING, DRAWN_PIECES, LEFT_PIECES, PASSED_PIECES, FRESH, SPARE = range(10, 19)
N_TABLES = 19

# counts beside the lengths of the results
N_LEFT, N_MARKS, N_LOG, IS_DRY = range(10, 14)
N_COUNTS = 14

DONE, OVERFLOW = 0, 1


class Work(NamedTuple):
    """Everything the stages write. Few arrays, for they are handed from call to call."""

    tables: Array
    """``[N_TABLES, capacity + 2, 7]``, each as in ``device/pieces.py``.

    BELIEVED: flow the pump believes it delivers, mL/h. PROGRAMMED: the same as a dose rate at the
    concentration the pump was told, µg/h. TWIN: dose rate that is intended. PUMPED: flow that leaves the
    pump. LEAVING: flow that leaves the reservoir, through the pump or past it. THROUGH: flow through the
    line, less what is held, with what is let go. TIP: dose rate that reaches the CSF. SPASTICITY, POTENCY:
    the patient's conditions. CLAIMED: concentration the pump was told. The others live between stages.
    """
    marks: Array
    """Composition of the line: (volume that has left the tip when it arrives there, concentration)."""
    log: Array
    visits: Array
    ledger: Array
    state: Array
    begins: Array
    """When each effect begins; infinite for one that never does."""
    ends: Array
    shifts: Array
    """By how much a trigger delays each effect."""
    order: Codes
    counts: Codes


def workspace(n_pieces: int, n_effects: int, n_log: int) -> Work:
    """A workspace for *n_pieces* per table; reused from run to run."""
    return Work(
        tables=np.zeros((N_TABLES, n_pieces + 2, WIDTH)),
        marks=np.zeros((6 * n_effects + 8, 2)),
        log=np.zeros((n_log, 3)),
        visits=np.full((n_effects, N_VISIT), np.nan),
        ledger=np.zeros(N_LEDGER),
        state=np.zeros(N_STATE),
        begins=np.zeros(n_effects),
        ends=np.zeros(n_effects),
        shifts=np.zeros(n_effects),
        order=np.zeros(n_effects, dtype=np.int64),
        counts=np.zeros(N_COUNTS, dtype=np.int64),
    )
