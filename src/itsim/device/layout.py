"""Where things stand in the device's arrays: columns of codes, slots of numbers, the workspace."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from itsim.arrays import Array, Codes
from itsim.device.pieces import WIDTH

# integer columns of a plan, one row per effect
PRIMITIVE, RANK, SHAPE, CODE, ENDED_BY, ENDS, INTENDED, KNOT_FIRST, KNOT_COUNT, PLACE = range(10)
N_COLUMNS = 10

# number slots of an effect: the first two of all, the rest as its constructor says
FROM, UNTIL = 0, 1
RATE = 2
BEFORE, AFTER, LASTING = 2, 3, 4
BOLUS_VOLUME = 2
FILL_VOLUME, FILL_CONCENTRATION, CLAIMED_VOLUME, CLAIMED_CONCENTRATION = 2, 3, 4, 5
LINE_VOLUME, LINE_CONCENTRATION = 2, 3
LATENCY = 2
READ_ERROR = 2
DOSE_AMOUNT = 2

# number slots of the hardware
HORIZON_H, DEAD_VOLUME, UNUSABLE_VOLUME, TAPER_VOLUME, LOW_ALARM_VOLUME = range(5)
STOPPED_DELAY, BIAS, LINE_START, INTENDED_START = range(5, 9)
N_HARDWARE = 9

# log rows: time, what, effect
LOG_LOW, LOG_EMPTY, LOG_STOPPED, LOG_STALL, LOG_RECOVERED, LOG_RAN_DRY = range(6)

# visit rows: one per effect, filled where somebody looks
VISIT_TIME, VISIT_EXPECTED, VISIT_FOUND, CALCULATED_AFTER, TRUE_AFTER = range(5)
N_VISIT = 5

# ledger slots, µg but for the last two in mL
FILLED, LINE_AT_START, PRIMED, RESERVOIR_LEFT, LINE_LEFT, DELIVERED, DISCARDED, REMOVED, PUMPED_mL = range(9)
N_LEDGER = 9

# piece tables of the workspace that are results, by their place in ``counts``
BELIEVED, PROGRAMMED, TWIN, PUMPED, TIP, N_MARKS, N_LOG, IS_DRY = range(8)
N_COUNTS = 8

DONE, OVERFLOW = 0, 1


class Work(NamedTuple):
    """Everything the stages write. Piece tables are ``[capacity + 2, 7]``; see ``device/pieces.py``."""

    believed: Array
    """Flow the pump believes it delivers, mL/h."""
    programmed: Array
    """The same as a dose rate at the concentration the pump was told, µg/h."""
    twin: Array
    """Dose rate that is intended, µg/h."""
    pumped: Array
    """Flow that leaves the pump, mL/h."""
    tip: Array
    """Dose rate that leaves the catheter tip, µg/h."""
    claimed: Array
    inverse: Array
    gained: Array
    fresh: Array
    spare: Array
    marks: Array
    """Composition of the line: (volume that has left the tip when it arrives there, concentration)."""
    log: Array
    visits: Array
    ledger: Array
    ends: Array
    order: Codes
    counts: Codes


def workspace(n_pieces: int, n_effects: int, n_log: int) -> Work:
    """A workspace for *n_pieces* per table; reused from run to run."""
    believed, programmed, twin, pumped, tip, claimed, inverse, gained, fresh, spare = (
        np.zeros((n_pieces + 2, WIDTH)) for _ in range(10)
    )
    return Work(
        believed=believed,
        programmed=programmed,
        twin=twin,
        pumped=pumped,
        tip=tip,
        claimed=claimed,
        inverse=inverse,
        gained=gained,
        fresh=fresh,
        spare=spare,
        marks=np.zeros((4 * n_effects + 8, 2)),
        log=np.zeros((n_log, 3)),
        visits=np.full((n_effects, N_VISIT), np.nan),
        ledger=np.zeros(N_LEDGER),
        ends=np.zeros(n_effects),
        order=np.zeros(n_effects, dtype=np.int64),
        counts=np.zeros(N_COUNTS, dtype=np.int64),
    )
