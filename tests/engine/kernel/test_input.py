"""What a piece of input adds to a mode: both forms against the matrix exponential of the exact engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.arrays import Array
from itsim.engine.kernel.input import added_input, input_at, is_cancelling, particular_part
from itsim.engine.kernel.places import N_PARTICULAR
from itsim.engine.modal import Exponentials

RATES = st.sampled_from([-30.0, -1.0, -0.3, -0.03, -1e-3, -1e-7])
LEVEL = st.floats(-20.0, 20.0)
ROWS = st.tuples(st.just(0.0), LEVEL, LEVEL, LEVEL, LEVEL, LEVEL, st.sampled_from([0.0, 0.02, 0.5, 1.0, 4.0]))


def by_matrix(rate: float, row: Array, s_h: float) -> float:
    one = Exponentials(np.array([[rate]]), np.array([1.0]))
    return float(one.states(np.zeros(1), row, np.array([s_h]))[0, 0])


@given(rate=RATES, row=ROWS.map(np.array), s_h=st.sampled_from([1e-3, 0.1, 1.0, 7.0, 40.0]))
def test_integrals_are_right_everywhere(rate: float, row: Array, s_h: float) -> None:
    size = np.sum(np.abs(row[1:6]) * np.maximum(s_h, 1.0) ** np.array([1, 2, 3, 4, 1]))
    assert added_input(rate, row, s_h) == pytest.approx(by_matrix(rate, row, s_h), abs=1e-10 * size)


@given(rate=RATES, row=ROWS.map(np.array), s_h=st.sampled_from([0.1, 1.0, 7.0]))
def test_the_cheap_form_is_the_same_where_it_is_taken(rate: float, row: Array, s_h: float) -> None:
    if is_cancelling(rate, row, 1000.0, 20.0):
        return
    own = np.zeros(N_PARTICULAR)
    particular_part(rate, 1.0, row, own)
    found = input_at(own, s_h, row[6]) - np.exp(rate * s_h) * input_at(own, 0.0, row[6])
    size = 20.0 * max(1.0, s_h**4) * max(1.0, 100.0 / abs(rate))
    assert found == pytest.approx(added_input(rate, row, s_h), abs=1e-10 * size)


def test_a_mode_at_the_rate_of_the_input_is_not_taken_the_cheap_way() -> None:
    row = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.3])
    assert is_cancelling(-0.3, row, 1000.0, 5.0)
    assert not is_cancelling(-0.2, row, 1000.0, 5.0)
