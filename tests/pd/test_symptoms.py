"""Bands of the indices, and the spells of a course made by hand of straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import problem_for, stopped
from itsim.engine import exact
from itsim.parameters import ParameterError, about, read, references, stages
from itsim.pd.symptoms import SERIES, Spell, rank_of, spells_of

DAY_H = 24.0


@dataclass(frozen=True)
class Lines:
    """A course that goes in straight lines from point to point, ``(t_h, value)``."""

    points: tuple[tuple[float, float], ...]

    def first_crossing_h(self, name: str, level: float, from_h: float, rising: bool = True) -> float | None:
        sign = 1.0 if rising else -1.0
        times, values = np.array(self.points).T
        if from_h > times[-1]:
            return None
        if sign * (np.interp(from_h, times, values) - level) >= 0.0:
            return from_h
        for (a, va), (b, vb) in pairwise(self.points):
            if b > from_h and sign * (va - level) < 0.0 <= sign * (vb - level):
                t_h = a + (level - va) / (vb - va) * (b - a)
                if t_h >= from_h:
                    return t_h
        return None


def told(spells: tuple[Spell, ...]) -> list[tuple[str, float, float | None]]:
    return [(spell.stage.name, spell.from_h, spell.until_h) for spell in spells]


def test_bands_are_those_of_science() -> None:
    """W < 10 none; 10–30 itch, early tone; 30–60 rebound and autonomic; above 60 the severe pattern."""
    bands = stages("withdrawal")
    assert [stage.from_index for stage in bands] == [0.0, 10.0, 30.0, 60.0]
    assert all(a.to_index == b.from_index for a, b in pairwise(bands))


def test_signs_of_overdose_come_in_clinical_order_and_say_where_they_are_from() -> None:
    """Drowsiness, then confusion, then breathing, then coma with areflexia and bradycardia."""
    bands = stages("sedation")
    first = ("drowsiness", "confusion", "respiratory depression", "coma")
    assert len(bands) == 5
    assert all(sign in band.signs for sign, band in zip(first, bands[1:], strict=True))
    assert {"areflexia", "bradycardia"} <= set(bands[-1].signs)
    signs = [sign for band in bands for sign in band.signs]
    assert len(set(signs)) == len(signs)
    assert len(references([about("symptoms")["overdose_signs_source"]])) == 3


@pytest.mark.parametrize("bands", SERIES)
def test_margin_is_narrower_than_every_band(bands: str) -> None:
    margin = read("symptoms")[f"{bands}_margin"].value
    assert 0.0 < margin < min(stage.to_index - stage.from_index for stage in stages(bands))


@pytest.mark.parametrize(
    ("index", "rank"),
    [(-1e-9, 0), (0.0, 0), (9.999, 0), (10.0, 1), (29.999, 1), (30.0, 2), (60.0, 3), (100.0, 3)],
)
def test_rank_of_withdrawal(index: float, rank: int) -> None:
    assert rank_of(index, "withdrawal") == rank


@pytest.mark.parametrize(
    ("index", "rank"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.5, 2), (0.7, 3), (0.89, 3), (0.9, 4), (1.0, 4)]
)
def test_rank_of_sedation(index: float, rank: int) -> None:
    assert rank_of(index, "sedation") == rank


def test_what_has_no_stages_is_refused() -> None:
    with pytest.raises(ParameterError, match="mood"):
        rank_of(1.0, "mood")
    with pytest.raises(KeyError):
        spells_of(Lines(((0.0, 0.0), (1.0, 0.0))), "effect")


def test_a_stage_is_entered_at_its_threshold_and_left_below_it_by_the_margin() -> None:
    """One per hour up to 40 and down again: at 10 and 8, at 30 and 28."""
    tent = Lines(((0.0, 0.0), (40.0, 40.0), (80.0, 0.0)))
    early, rebound = (stages("withdrawal")[i].name for i in (1, 2))
    assert told(spells_of(tent, "withdrawal")) == [(early, 10.0, 72.0), (rebound, 30.0, 52.0)]
    assert told(spells_of(tent, "withdrawal", from_h=50.0)) == [(early, 50.0, 72.0), (rebound, 50.0, 52.0)]


def test_what_trembles_within_the_margin_is_one_spell_and_what_leaves_it_two() -> None:
    trembling = Lines(((0.0, 0.0), (10.0, 11.0), (20.0, 8.5), (30.0, 11.0), (40.0, 8.5), (50.0, 0.0)))
    assert [spell.until_h for spell in spells_of(trembling, "withdrawal")] == [
        pytest.approx(40.0 + 5.0 / 8.5)
    ]
    again = Lines(((0.0, 0.0), (10.0, 20.0), (20.0, 0.0), (30.0, 20.0)))
    assert told(spells_of(again, "withdrawal")) == [
        ("itch / early tone", 5.0, 16.0),
        ("itch / early tone", 25.0, None),
    ]


def test_nobody_is_in_a_stage_who_never_reaches_it() -> None:
    assert spells_of(Lines(((0.0, 0.0), (50.0, 9.99))), "withdrawal") == ()


@given(heights=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=9))
def test_worse_stages_lie_within_milder_ones(heights: list[float]) -> None:
    """At every instant a person is in every stage up to their worst one, in all that the index has reached,
    and in none that it has left by more than the margin."""
    run = Lines(tuple((10.0 * i, height) for i, height in enumerate(heights)))
    spells, thresholds = spells_of(run, "withdrawal"), [s.from_index for s in stages("withdrawal")[1:]]
    for t_h in np.linspace(0.0, run.points[-1][0], 97):
        index = float(np.interp(t_h, *np.array(run.points).T))
        inside = {s.stage.from_index for s in spells if s.from_h <= t_h < (s.until_h or np.inf)}
        assert inside == {level for level in thresholds if level <= max(inside, default=0.0)}
        assert inside >= {level for level in thresholds if level < index - 1e-9}
        assert all(index > level - 2.0 - 1e-9 for level in inside)


def test_the_course_of_a_run_is_told_by_its_own_crossings() -> None:
    """Three days without drug at 520 µg/day: early signs before rebound, and rebound over first."""
    run = exact.solve(
        problem_for("neuraxis", stopped(DAY_H, 4.0 * DAY_H, 10.0 * DAY_H, 520.0 / DAY_H), 520.0 / DAY_H)
    )
    early, rebound = spells_of(run, "withdrawal")
    assert DAY_H < early.from_h < rebound.from_h < rebound.until_h < early.until_h < 10.0 * DAY_H
    for spell in (early, rebound):
        seen = run.series("withdrawal_index", np.array([spell.from_h, spell.until_h]))
        np.testing.assert_allclose(seen, spell.stage.from_index - np.array([0.0, 2.0]), atol=1e-7)
