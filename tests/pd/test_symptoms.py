"""Bands of the index: half-open, in order, without a gap."""

from __future__ import annotations

from itertools import pairwise

import pytest

from itsim.parameters import withdrawal_stages
from itsim.pd.symptoms import stage_of


def test_bands_are_those_of_science() -> None:
    """W < 10 none; 10–30 itch, early tone; 30–60 rebound and autonomic; above 60 the severe pattern."""
    stages = withdrawal_stages()
    assert [stage.from_index for stage in stages] == [0.0, 10.0, 30.0, 60.0]
    assert all(a.to_index == b.from_index for a, b in pairwise(stages))


@pytest.mark.parametrize(
    ("index", "band"),
    [(-1e-9, 0), (0.0, 0), (9.999, 0), (10.0, 1), (29.999, 1), (30.0, 2), (60.0, 3), (100.0, 3)],
)
def test_stage_of_an_index(index: float, band: int) -> None:
    assert stage_of(index) == withdrawal_stages()[band]
