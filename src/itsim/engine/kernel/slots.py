"""One point of a panel as the chain reads it."""

from __future__ import annotations

from itsim.arrays import Array

Point = tuple[float, float, float, float, float, float, float, float, float, float, float]


def at_point(values: Array, j: int) -> Point:
    """The chain's slots at point *j* of a panel's rows ``[N_ROWS, N_COLUMNS]``; written out, so that compiled
    loops keep them in registers and read only what is used."""
    return (
        values[0, j], values[1, j], values[2, j], values[3, j], values[4, j], values[5, j],
        values[6, j], values[7, j], values[8, j], values[9, j], values[10, j],
    )  # fmt: skip
