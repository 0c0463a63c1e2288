"""The array types that the numeric rooms share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floats of any shape."""
Codes = NDArray[np.int64]
"""Integer columns: the structure of a plan."""
Flags = NDArray[np.bool_]
"""Yes or no, element by element."""
Number = Any
"""A float, or an array over the variants of a sweep: a kind's author never needs to know which."""


def frozen(values: Array) -> Array:
    """The same array, made read-only."""
    values.flags.writeable = False
    return values
