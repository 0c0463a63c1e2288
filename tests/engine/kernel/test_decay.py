"""Tables of what decays: right, kept, extended, and forgotten with their body."""

from __future__ import annotations

import numpy as np

from itsim.engine.kernel.decay import forget_tables, table_of_level, table_of_width, width_of
from itsim.engine.kernel.places import LEVEL_OF_AN_HOUR, N_CLOCKS, N_LEVELS, N_POINTS, N_RAGGED, desk
from itsim.engine.panels import POINTS

RATES = np.array([-900.0, -33.0, -0.5, -0.002])
CLOCKS = np.linspace(0.001, 0.2, N_CLOCKS)


def test_a_table_holds_the_powers_at_the_points() -> None:
    work = desk(len(RATES), 1)
    i = table_of_level(LEVEL_OF_AN_HOUR + 1, RATES, CLOCKS, 0, work)
    expected = np.exp(2.0 * np.outer(np.concatenate([RATES, -CLOCKS]), POINTS))
    np.testing.assert_allclose(work.tables[i, :, :N_POINTS], expected, rtol=1e-12)
    assert width_of(LEVEL_OF_AN_HOUR + 1) == 2.0


def test_modes_that_had_died_are_added_when_they_live_again() -> None:
    work = desk(len(RATES), 1)
    i = table_of_width(0.3, RATES, CLOCKS, 2, work)
    assert not work.tables[i, 0].any()
    assert table_of_width(0.3 + 1e-13, RATES, CLOCKS, 0, work) == i, "the same width"
    np.testing.assert_allclose(work.tables[i, 0, :N_POINTS], np.exp(-270.0 * POINTS), rtol=1e-12)


def test_the_oldest_width_gives_way() -> None:
    work = desk(len(RATES), 1)
    first = table_of_width(0.3, RATES, CLOCKS, 0, work)
    for k in range(N_RAGGED):
        assert table_of_width(0.4 + k, RATES, CLOCKS, 0, work) >= N_LEVELS
    assert work.widths_h[first] == 0.4 + N_RAGGED - 1


def test_another_body_has_other_tables() -> None:
    work = desk(len(RATES), 1)
    forget_tables(0, 0, work)
    i = table_of_level(4, RATES, CLOCKS, 0, work)
    forget_tables(0, 0, work)
    assert work.widths_h[i] > 0.0
    forget_tables(0, 1, work)
    assert (work.widths_h < 0.0).all()
