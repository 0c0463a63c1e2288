"""Which combinations of numbers a study runs: row i of a design, computed chunk by chunk.

The rows are the same however the study is cut into chunks. Grids and tables are arithmetic; a Monte Carlo row
has a place of its own in one counter-based stream (Philox); Sobol points (scrambled, Owen) are reached by
skipping. A Latin hypercube is a permutation of all rows and is held whole: 8 bytes a number; so are the
designs of ``study/screening.py``, whose rows come in groups.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from scipy.stats import qmc

from itsim.arrays import Array, Codes, frozen
from itsim.study.distributions import SMALLEST_SHARE, Distribution, Level, Levels
from itsim.study.screening import LEAST_SAMPLES, METHODS, SOBOL_INDICES

GRID, TABLE = "grid", "table"
LATIN_HYPERCUBE, SOBOL, MONTE_CARLO = "latin_hypercube", "sobol", "monte_carlo"
SAMPLED = (LATIN_HYPERCUBE, SOBOL, MONTE_CARLO, *METHODS)
"""Designs that draw from distributions, and so need a number of samples and have a seed."""
DESIGNS = (GRID, TABLE, *SAMPLED)

MOST_ROWS = 100_000_000
_PHILOX_BLOCK = 4
"""Numerical: numbers that Philox makes at one step of its counter."""


def _is_paired(kind: str, samples: int) -> bool:
    """Whether a sample has two halves of its own kind, which intervals and convergence need."""
    return samples >= LEAST_SAMPLES and (kind != SOBOL_INDICES or samples & (samples - 1) == 0)


@dataclass(frozen=True)
class Factor:
    """One thing that varies, under one or more paths of the scenario."""

    name: str
    """Of its column in the table."""
    paths: tuple[str, ...]
    unit: str
    """As written in the study; "1" for plain numbers and for words."""
    canonical: str
    """The unit inside: hours, mL, µg, cm."""
    spread: Distribution

    @property
    def is_word(self) -> bool:
        """Whether the levels are words or true and false."""
        return isinstance(self.spread, Levels) and self.spread.are_words

    def level(self, number: float) -> Level:
        """What a number of the design stands for: itself, or the word at that place."""
        if self.is_word:
            assert isinstance(self.spread, Levels)
            return self.spread.values[int(number)]
        return float(number)

    def written(self, number: float) -> Level:
        """What stands in a scenario file for a number of the design."""
        level = self.level(number)
        return level if self.is_word or self.unit == "1" else f"{level!r} {self.unit}"


@dataclass(frozen=True)
class Design:
    """Rows of numbers, one column for each factor.

    Raises ValueError for a design that is none, levels that a grid or a table lacks, columns of a table that
    differ in length, and samples too few or uneven for rows that are compared.
    """

    kind: str
    factors: tuple[Factor, ...]
    samples: int = 0
    """Rows of a sampled design, or groups of rows where they are compared; grids and tables know their own
    number."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in DESIGNS:
            raise ValueError(f"{self.kind!r} is not a design; choose one of {', '.join(DESIGNS)}")
        if self.kind in (GRID, TABLE) and not all(isinstance(f.spread, Levels) for f in self.factors):
            raise ValueError(f"a {self.kind} needs values, linspace or logspace for each number")
        if self.kind in METHODS and not _is_paired(self.kind, self.samples):
            raise ValueError(
                f"{self.kind} needs {LEAST_SAMPLES} samples or more, and {SOBOL_INDICES} a power of two"
            )
        if self.kind == TABLE and len(set(self.shape)) > 1:
            raise ValueError("the columns of a table are of one length")

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of levels of each factor; empty for sampled designs."""
        return tuple(len(f.spread.values) for f in self.factors if isinstance(f.spread, Levels))

    @property
    def n_rows(self) -> int:
        """How many combinations there are."""
        if self.kind in METHODS:
            return self.samples * METHODS[self.kind].rows_each(len(self.factors))
        if self.kind in SAMPLED:
            return self.samples
        return prod(self.shape) if self.kind == GRID else self.shape[0]

    def rows(self, places: Codes) -> Array:
        """The numbers of the rows at *places* ``[n]``, ascending, as ``[n, factors]``, in the factors' units;
        for words the place in their list."""
        if self.kind == GRID:
            return self._levels(np.unravel_index(places, self.shape))
        if self.kind == TABLE:
            return self._levels([places] * len(self.factors))
        first, last = int(places[0]), int(places[-1]) + 1
        shares = self._shares(first, last)[places - first]
        shares = np.clip(shares, SMALLEST_SHARE, 1.0 - SMALLEST_SHARE)
        return np.column_stack([f.spread.at(shares[:, j]) for j, f in enumerate(self.factors)])

    def _levels(self, places: tuple[Codes, ...] | list[Codes]) -> Array:
        spreads = [f.spread for f in self.factors if isinstance(f.spread, Levels)]
        return np.column_stack([s.at_places(place) for s, place in zip(spreads, places, strict=True)])

    def _shares(self, first: int, last: int) -> Array:
        if self.kind in METHODS:
            return self.shares[first:last]
        if self.kind == LATIN_HYPERCUBE:
            return self._hypercube[first:last]
        if self.kind == SOBOL:
            return self._sobol(first, last)
        width = -(-len(self.factors) // _PHILOX_BLOCK) * _PHILOX_BLOCK
        stream = np.random.Philox(key=self.seed).advance(first * width // _PHILOX_BLOCK)
        drawn = np.random.Generator(stream).random((last - first, width))
        return drawn[:, : len(self.factors)]

    def _sobol(self, first: int, last: int) -> Array:
        points = qmc.Sobol(len(self.factors), rng=np.random.default_rng(self.seed))
        points.fast_forward(first) if first else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a chunk is no power of two; the whole design is
            return np.asarray(points.random(last - first))

    @cached_property
    def shares(self) -> Array:
        """``[rows, factors]``: the shares of a design whose rows are compared, all of them."""
        return frozen(METHODS[self.kind].shares(len(self.factors), self.samples, self.seed))

    @cached_property
    def _hypercube(self) -> Array:
        points = qmc.LatinHypercube(len(self.factors), rng=np.random.default_rng(self.seed))
        return frozen(np.asarray(points.random(self.samples)))
