"""The table of a study: one row per run, in columns whose order, types and bytes follow from the study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from itsim.arrays import Array
from itsim.metrics import REASONS
from itsim.run import series_of
from itsim.study.chunk import Outcome
from itsim.study.design import Factor
from itsim.study.model import Block, Study

CENSORED = "_censored"
"""Ends the name of the column that says why a metric has no value."""


def table_of(study: Study, block: Block, outcome: Outcome) -> Any:
    """The rows of a chunk as an Arrow table. A value that does not come is null, its reason beside it."""
    import pyarrow as pa

    columns: dict[str, Any] = {"row": pa.array(block.row, pa.int64())}
    names = [scenario.name for scenario in study.scenarios]
    columns["scenario"] = pa.array([names[i] for i in block.scenario], pa.string())
    if has_patients(study):
        columns["patient"] = pa.array(block.patient, pa.int64())
    for j, factor in enumerate(study.design.factors):
        columns[factor.name] = _levels(factor, block.numbers[:, j])
    for j, name in enumerate(study.metrics):
        columns[name] = _numbers(outcome.values[:, j])
        reasons = [REASONS[code] or None for code in outcome.reasons[:, j]]
        columns[name + CENSORED] = pa.array(reasons, pa.string())
    for j, name in enumerate(study.series):
        columns[name] = _curves(outcome.series[:, j, :])
    columns["failure"] = pa.array([text or None for text in outcome.failures], pa.string())
    return pa.table(columns)


def has_patients(study: Study) -> bool:
    """Whether rows have virtual patients, and so a column that numbers them."""
    return study.patients > 0 or study.one_patient_each


def units_of(study: Study) -> dict[str, str]:
    """The unit of every column of numbers; "1" for plain ones."""
    shown = series_of(study.scenarios[0]) if study.series else {}
    return study.units | {name: shown[name] for name in study.series}


def words_in(study: Study) -> list[str]:
    """The columns of words, of which few differ."""
    factors = [f.name for f in study.design.factors if f.is_word and _kind(f) is str]
    return ["scenario", *factors, *(name + CENSORED for name in study.metrics), "failure"]


def _numbers(values: Array) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.float64(), from_pandas=True)  # NaN is null


def _curves(values: Array) -> Any:
    import pyarrow as pa

    return pa.FixedSizeListArray.from_arrays(_numbers(values.ravel()), max(1, values.shape[1]))


def _levels(factor: Factor, numbers: Sequence[float] | Array) -> Any:
    import pyarrow as pa

    if not factor.is_word:
        return pa.array(np.asarray(numbers), pa.float64())
    words = [factor.level(number) for number in numbers]
    if _kind(factor) is bool:
        return pa.array(words, pa.bool_())
    return pa.array([str(word) for word in words], pa.string())


def _kind(factor: Factor) -> type:
    """Truth values where all levels are; texts else."""
    levels = getattr(factor.spread, "values", ())
    return bool if all(isinstance(level, bool) for level in levels) else str
