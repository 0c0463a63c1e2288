"""How much of the receptor is taken (science §2b: O = Ce/(Ce + K))."""

from __future__ import annotations

from itsim.arrays import Number


def occupancy(concentration_ug_mL: Number, constant_ug_mL: Number) -> Number:
    """Share of receptors taken at a concentration, 0 to 1."""
    return concentration_ug_mL / (concentration_ug_mL + constant_ug_mL)
