"""Stages of withdrawal and of overdose, and when a run is in which; a convention of this package.

A stage is entered where its index reaches the threshold and left where the index has fallen below it by the
margin. Thresholds, margins and signs are data (``data/symptoms.toml``); the signs stand in clinical order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from itsim.parameters import Stage, read, stages

SERIES = {"withdrawal": "withdrawal_index", "sedation": "sedation"}
"""The series whose stages are told, by the name of its bands."""


class Crossings(Protocol):
    """A solved run, as far as stages ask it."""

    def first_crossing_h(self, name: str, level: float, from_h: float, rising: bool = True) -> float | None:
        """The first instant at or after *from_h* at which a series is at or beyond *level*."""
        ...


@dataclass(frozen=True)
class Spell:
    """One stay in a stage; while a worse stage lasts, the milder ones last too."""

    stage: Stage
    from_h: float
    until_h: float | None
    """None where the stage lasts to the end of the run."""


def rank_of(index: float, bands: str) -> int:
    """Number of the stage that an index lies in: 0 none, 1 the mildest.

    *bands* is ``withdrawal`` (index 0 to 100) or ``sedation`` (0 to 1). Raises ParameterError for others.
    """
    return max(sum(index >= stage.from_index for stage in stages(bands)) - 1, 0)


def spells_of(run: Crossings, bands: str, from_h: float = 0.0) -> tuple[Spell, ...]:
    """The staged course of a run from *from_h* on, in order of time, milder stages first.

    *bands* is ``withdrawal`` or ``sedation``. Raises KeyError for others.
    """
    series, margin = SERIES[bands], read("symptoms")[f"{bands}_margin"].value
    found = [spell for stage in stages(bands)[1:] for spell in _spells_in(run, series, stage, margin, from_h)]
    return tuple(sorted(found, key=lambda spell: (spell.from_h, spell.stage.from_index)))


def _spells_in(run: Crossings, series: str, stage: Stage, margin: float, from_h: float) -> Iterator[Spell]:
    entered = run.first_crossing_h(series, stage.from_index, from_h)
    while entered is not None:
        left = run.first_crossing_h(series, stage.from_index - margin, entered, rising=False)
        yield Spell(stage, entered, left)
        entered = None if left is None else run.first_crossing_h(series, stage.from_index, left)
