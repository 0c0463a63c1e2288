"""A study: scenarios, what varies in them, and what is asked of every run; resolved, frozen, in order.

Its rows are numbered: scenario by scenario, in each the rows of the design, and in each of those the virtual
patients. A row, and so every chunk of rows, follows from the study alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np

from itsim.arrays import Array, Codes
from itsim.metrics import METRICS
from itsim.scenario.digest import canonical
from itsim.scenario.model import Scenario
from itsim.study.design import Design
from itsim.study.screening import METHODS

LEAST_CHUNK, MOST_CHUNK, CHUNKS = 8, 2000, 64
"""Rows of a chunk: a 64th of a study, within these. It follows from the study and never from the workers, and
bounds what a stop can cost, what is held in memory, and how finely the progress is told."""

RESERVED = ("row", "scenario", "patient", "failure")


@dataclass(frozen=True)
class Block:
    """Some rows of a study, as arrays over them."""

    row: Codes
    scenario: Codes
    """Place in the study's scenarios."""
    patient: Codes
    """Number of the virtual patient; −1 for the scenario's own."""
    numbers: Array
    """``[n, factors]`` in the factors' units; for words the place in their list."""

    def some(self, rows: Codes) -> Block:
        """Some of the rows, by their place in this block."""
        return Block(self.row[rows], self.scenario[rows], self.patient[rows], self.numbers[rows])


@dataclass(frozen=True)
class Study:
    """What is run and what is asked. Raises ValueError where every row has another patient and rows are
    compared."""

    name: str
    title: str
    story: str
    scenarios: tuple[Scenario, ...]
    design: Design
    metrics: tuple[str, ...]
    series: tuple[str, ...] = ()
    """Read-outs and responses that are kept at *times_h*."""
    times_h: tuple[float, ...] = ()
    patients: int = 0
    """Virtual patients crossed with every row of the design; 0 for the scenario's own patient."""
    one_patient_each: bool = False
    """A virtual patient of its own for every row of the design, instead."""
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What the study was read from, for those who want to see it."""

    def __post_init__(self) -> None:
        if self.one_patient_each and self.design.kind in METHODS:
            raise ValueError(
                f"{self.design.kind} compares neighbouring rows, which must not have patients of their own: "
                "give `patients: 20`, or none"
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Scenarios, rows of the design, virtual patients of each."""
        return len(self.scenarios), self.design.n_rows, max(1, self.patients)

    @property
    def n_rows(self) -> int:
        """How many runs there are."""
        scenarios, rows, patients = self.shape
        return scenarios * rows * patients

    @property
    def chunk_rows(self) -> int:
        """Rows of a chunk; the last may have fewer."""
        return min(max(-(-self.n_rows // CHUNKS), LEAST_CHUNK), MOST_CHUNK)

    @property
    def n_chunks(self) -> int:
        """How many chunks there are."""
        return -(-self.n_rows // self.chunk_rows)

    def block(self, chunk: int) -> Block:
        """The rows of one chunk."""
        first = chunk * self.chunk_rows
        return self.rows(np.arange(first, min(first + self.chunk_rows, self.n_rows)))

    def rows(self, row: Codes) -> Block:
        """Chosen rows, ascending. Raises IndexError for a row that does not exist."""
        if len(row) and not (row[0] >= 0 and row[-1] < self.n_rows):
            raise IndexError(f"rows are numbered from 0 to {self.n_rows - 1}")
        scenario, place, patient = np.unravel_index(row, self.shape)
        numbers = np.empty((len(row), len(self.design.factors)))
        for one in np.unique(scenario):  # in one scenario the places ascend
            mine = scenario == one
            numbers[mine] = self.design.rows(place[mine])
        if self.one_patient_each:
            patient = place
        elif self.patients == 0:
            patient = np.full(len(row), -1)
        return Block(row, scenario.astype(np.int64), patient.astype(np.int64), numbers)

    @cached_property
    def sha256(self) -> str:
        """Of the content that decides every number: equal studies have equal rows and equal chunks."""
        text = json.dumps(self.identity, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def identity(self) -> dict[str, Any]:
        """The content that decides every number, as plain JSON types."""
        design = self.design
        factors = [
            asdict(f) | {"spread": {type(f.spread).__name__: canonical(_finite(asdict(f.spread)))}}
            for f in design.factors
        ]
        return {
            "format": 1,
            "scenarios": [_identity(scenario) for scenario in self.scenarios],
            "design": {"kind": design.kind, "samples": design.samples, "seed": design.seed} | _maker(design),
            "factors": canonical(factors),
            "patients": "sampled" if self.one_patient_each else self.patients,
            "metrics": list(self.metrics),
            "series": list(self.series),
            "times_h": list(self.times_h),
            "chunk_rows": self.chunk_rows,
        }

    @property
    def units(self) -> dict[str, str]:
        """The unit of every column of numbers."""
        return {f.name: f.unit for f in self.design.factors if not f.is_word} | {
            name: METRICS[name].unit for name in self.metrics
        }


def _maker(design: Design) -> dict[str, str]:
    """The version of the library that makes a design's rows, where one does."""
    return {"SALib": version("SALib")} if design.kind in METHODS else {}


def _finite(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Without the ends that a distribution does not have."""
    return {
        name: value
        for name, value in numbers.items()
        if not (isinstance(value, float) and not np.isfinite(value))
    }


def _identity(scenario: Scenario) -> dict[str, Any]:
    """The fingerprint of a scenario leaves out the ids of its entries, by which a study varies it."""
    in_order = sorted(scenario.timeline, key=lambda entry: (entry.at_h, entry.place))
    ids = [entry.id for entry in in_order]
    return {"name": scenario.name, "sha256": scenario.sha256, "ids": ids}
