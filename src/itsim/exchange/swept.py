"""The rows of a study as a pandas table, and as an xarray Dataset with an axis for each thing that varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.arrays import Array
from itsim.parameters import safety, version
from itsim.resources import itsim_version
from itsim.study.columns import CENSORED, units_of
from itsim.study.design import GRID
from itsim.study.distributions import Levels
from itsim.study.model import Study
from itsim.study.sensitivity import Indices

if TYPE_CHECKING:
    import pandas as pd
    import xarray


def to_pandas(study: Study, rows: Any) -> pd.DataFrame:
    """One row per run, by its number; ``attrs`` holds the units, the paths that vary and the safety wording.

    A value that does not come is NaN, and the column ``…_censored`` beside it says why.
    """
    table = rows.to_pandas().set_index("row")
    table.attrs.update(_attributes(study))
    table.attrs["units"] = units_of(study)
    table.attrs["paths"] = {f.name: list(f.paths) for f in study.design.factors}
    if study.times_h:
        table.attrs["times_h"] = list(study.times_h)
    return table


def indices_to_pandas(study: Study, found: Indices) -> pd.DataFrame:
    """A row for each number that varies, the one that matters most first: every index with its interval and
    its value from half of the sample; ``attrs`` holds units, the rule and the safety wording."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for i, name in enumerate(found.method.indices):
        for ending, values in (("", found.values), ("_low", found.low), ("_high", found.high)):
            columns[name + ending] = values[i]
        columns[f"{name}_half"] = found.half[i]
    table = pd.DataFrame(columns, index=pd.Index(found.factors, name="factor")).iloc[list(found.order)]
    unit = "1" if found.method.is_relative else found.asked.unit
    table.attrs.update(_attributes(study))
    table.attrs |= {"units": dict.fromkeys(table.columns, unit), "metric": found.asked.metric}
    table.attrs |= {"label": found.asked.label, "rule": found.asked.rule, "settled": found.settled}
    return table


def to_dataset(study: Study, rows: Any) -> xarray.Dataset:
    """Every metric over the axes of the study, with units in its attributes.

    A grid has one axis per number that varies; other designs have one, ``sample``, with the numbers along it.
    Several scenarios and crossed virtual patients are axes of their own.
    """
    import xarray

    dims, shape = _axes(study)
    units = units_of(study)
    data: dict[str, Any] = {}
    for name in study.metrics:
        data[name] = (dims, _shaped(rows, name, shape), {"units": units[name]})
        data[name + CENSORED] = (dims, _words(rows, name + CENSORED, shape))
    for name in study.series:
        values = np.array(rows[name].combine_chunks().flatten().to_numpy(zero_copy_only=False), float)
        curve = values.reshape(*shape, len(study.times_h))
        data[name] = ((*dims, "time_h"), curve, {"units": units[name]})
    data["failure"] = (dims, _words(rows, "failure", shape))
    coordinates = _coordinates(study, rows)
    if study.series:
        coordinates["time_h"] = ("time_h", np.array(study.times_h), {"units": "h"})
    return xarray.Dataset(data, coordinates, _attributes(study))


def _axes(study: Study) -> tuple[tuple[str, ...], tuple[int, ...]]:
    scenarios, samples, patients = study.shape
    is_grid = study.design.kind == GRID
    axes = [("scenario", scenarios)] if scenarios > 1 else []
    names = [factor.name for factor in study.design.factors]
    axes += list(zip(names, study.design.shape, strict=True)) if is_grid else [("sample", samples)]
    axes += [("patient", patients)] if study.patients else []
    return tuple(name for name, _ in axes), tuple(size for _, size in axes)


def _coordinates(study: Study, rows: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    scenarios, samples, patients = study.shape
    if scenarios > 1:
        found["scenario"] = [scenario.name for scenario in study.scenarios]
    for factor in study.design.factors:
        about = {"units": factor.unit, "paths": ", ".join(factor.paths)}
        if study.design.kind == GRID:
            assert isinstance(factor.spread, Levels)
            found[factor.name] = (factor.name, list(factor.spread.values), about)
        else:  # the same in every scenario and for every patient
            along = rows[factor.name].slice(0, samples * patients).to_numpy(zero_copy_only=False)
            found[factor.name] = ("sample", along[::patients], about)
    if study.patients:
        found["patient"] = np.arange(patients)
    return found


def _shaped(rows: Any, name: str, shape: tuple[int, ...]) -> Array:
    return np.asarray(rows[name].to_pandas().to_numpy(), float).reshape(shape)


def _words(rows: Any, name: str, shape: tuple[int, ...]) -> Any:
    """Texts, empty where there is none, so that every format can hold them."""
    return np.array([text or "" for text in rows[name].to_pylist()]).reshape(shape)


def _attributes(study: Study) -> dict[str, Any]:
    return {
        "title": study.title,
        "study_sha256": study.sha256,
        "itsim_version": itsim_version(),
        "parameters_version": version(),
        "disclaimer": safety()["disclaimer"],
        "emergency": safety()["withdrawal"],
    }
