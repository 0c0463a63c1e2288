"""effect = Ce^g / (Ce^g + EC50^g)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.pd.effect import hill


@given(c=st.floats(0.0, 10.0), ec50=st.floats(0.01, 1.0), g=st.floats(0.5, 6.0))
def test_is_the_equation_of_science(c: float, ec50: float, g: float) -> None:
    assert hill(c, ec50, g) == pytest.approx(c**g / (c**g + ec50**g), rel=1e-12, abs=1e-300)
    assert 0.0 <= hill(c, ec50, g) <= 1.0


@given(ec50=st.floats(0.01, 1.0), g=st.floats(0.5, 6.0))
def test_half_at_the_ec50(ec50: float, g: float) -> None:
    assert hill(ec50, ec50, g) == pytest.approx(0.5, rel=1e-14)


def test_rounding_below_zero_counts_as_no_drug() -> None:
    np.testing.assert_array_equal(hill(np.array([-1e-18, 0.0]), 0.1, 2.25), [0.0, 0.0])
