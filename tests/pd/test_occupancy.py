"""O = Ce/(Ce + K)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.pd.occupancy import occupancy

POSITIVE = st.floats(1e-6, 1e3)


@given(c=st.floats(0.0, 1e3), k=POSITIVE)
def test_is_the_equation_of_science(c: float, k: float) -> None:
    assert occupancy(c, k) == pytest.approx(c / (c + k), rel=1e-15)
    assert 0.0 <= occupancy(c, k) <= 1.0


def test_half_at_the_constant_and_none_without_drug() -> None:
    assert occupancy(0.222, 0.222) == 0.5
    assert occupancy(0.0, 0.222) == 0.0
    np.testing.assert_array_equal(occupancy(np.array([0.0, 1.0]), 1.0), [0.0, 0.5])
