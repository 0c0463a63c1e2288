"""Effect of a concentration on muscle tone, H-reflex or wakefulness (science §2b)."""

from __future__ import annotations

import numpy as np

from itsim.arrays import Number


def hill(concentration_ug_mL: Number, ec50_ug_mL: Number, exponent: float) -> Number:
    """c^g / (c^g + EC50^g), 0 to 1. A concentration that rounding has put below zero counts as zero."""
    ratio = np.maximum(concentration_ug_mL, 0.0) / ec50_ug_mL
    raised = ratio**exponent
    return raised / (1.0 + raised)
