"""A run as an xarray Dataset with units and provenance in its attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from itsim.arrays import Array
from itsim.exchange.trajectory import columns_of, times_of
from itsim.parameters import safety, version
from itsim.resources import itsim_version
from itsim.run import RunRecord

if TYPE_CHECKING:
    import xarray


def to_xarray(run: RunRecord, times_h: Array | None = None) -> xarray.Dataset:
    """Every series over ``time_h``; at *times_h*, or on an even grid with every event instant."""
    import xarray

    times = times_of(run) if times_h is None else np.asarray(times_h, float)
    variables = {
        name: ("time_h", values, {"units": unit}) for name, (values, unit) in columns_of(run, times).items()
    }
    attributes = {
        "title": run.scenario.title,
        "scenario_sha256": run.scenario.sha256,
        "engine": run.solution.engine,
        "itsim_version": itsim_version(),
        "parameters_version": version(),
        "disclaimer": safety()["disclaimer"],
    }
    return xarray.Dataset(variables, {"time_h": ("time_h", times, {"units": "h"})}, attributes)
