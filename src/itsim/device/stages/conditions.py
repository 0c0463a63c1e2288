"""Stage 7: the patient's own course, as factors on the response."""

from __future__ import annotations

from itsim.arrays import Array, Codes
from itsim.device.codes import Condition, Primitive
from itsim.device.layout import (
    HORIZON_H,
    POTENCY,
    SPASTICITY,
    Work,
)
from itsim.device.pieces import constant_table
from itsim.device.stages.shares import multiply_shares


def set_conditions(codes: Codes, numbers: Array, knots: Array, hardware: Array, work: Work) -> None:
    """The product of all factors of each condition over the run."""
    horizon = hardware[HORIZON_H]
    for code in range(2):
        i = SPASTICITY if code == Condition.SPASTICITY else POTENCY
        table = work.tables[i]
        n = constant_table(table, 1.0, 0.0, horizon)
        n = multiply_shares(codes, numbers, knots, Primitive.CONDITION, code, horizon, table, n, work)
        work.counts[i] = n
