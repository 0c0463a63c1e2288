from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.show.placing import free_place, rows, spread

places = st.lists(st.floats(0.0, 100.0), min_size=1, max_size=12)


@given(places)
def test_spread_keeps_gap_order_and_bounds(wanted):
    found = spread(wanted, 5.0, 0.0, 100.0)
    ordered = sorted(found)
    assert all(b - a >= 5.0 - 1e-9 for a, b in pairwise(ordered))
    assert ordered[0] >= -1e-9
    assert ordered[-1] <= 100.0 + 1e-9
    for i, a in enumerate(wanted):
        assert all(found[i] <= found[j] for j, b in enumerate(wanted) if a < b)


def test_spread_leaves_free_places_alone():
    assert spread([10.0, 50.0], 5.0, 0.0, 100.0) == [10.0, 50.0]
    assert spread([], 5.0, 0.0, 100.0) == []


@given(places)
def test_texts_in_one_row_never_meet(anchors):
    widths = [15.0] * len(anchors)
    found, left_of = rows(anchors, widths, right=105.0)
    spans = [(x - 15.0, x) if flip else (x, x + 15.0) for x, flip in zip(anchors, left_of, strict=True)]
    for i, a in enumerate(spans):
        for j, b in enumerate(spans):
            if i < j and a[0] < b[1] and b[0] < a[1]:
                assert found[i] != found[j]


def test_a_text_stands_above_the_line_that_would_cross_it():
    found, left_of = rows([0.0, 5.0, 10.0], [20.0, 20.0, 20.0], right=100.0)
    assert found == [2, 1, 0]
    assert left_of == [False, False, False]


def test_no_room_to_the_right_turns_a_text_around():
    assert rows([90.0], [20.0], right=100.0) == ([0], [True])


def test_a_free_place_covers_nothing_that_is_taken():
    """A curve that falls at once leaves the upper right; one that stays above leaves what is below it."""
    assert free_place((0.3, 0.2), [(0.0, 0.2, 0.0, 1.0)], 0.02) == pytest.approx((0.68, 0.78))
    left, bottom = free_place((0.3, 0.2), [(0.0, 1.0, 0.7, 1.0), (0.8, 0.8, 0.0, 1.0)], 0.02)
    assert bottom + 0.2 <= 0.7
    assert left + 0.3 <= 0.8
    full = free_place((0.3, 0.2), [(0.0, 1.0, 0.0, 1.0)], 0.02)
    assert all(0.0 <= edge <= 1.0 for edge in full)
