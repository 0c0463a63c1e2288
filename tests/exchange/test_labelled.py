"""A run as an xarray Dataset."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from itsim import api, run
from itsim.exchange.labelled import to_xarray
from itsim.exchange.trajectory import columns_of, times_of
from itsim.parameters import safety, version
from itsim.run import RunRecord


@cache
def record() -> RunRecord:
    return run.simulate(api.load("abrupt_stop"))


def test_every_series_is_there_with_its_unit() -> None:
    data, columns = to_xarray(record()), columns_of(record(), times_of(record()))
    assert set(data.data_vars) == set(columns)
    for name, (values, unit) in columns.items():
        assert data[name].dims == ("time_h",)
        assert data[name].attrs["units"] == unit
        assert data[name].values == pytest.approx(values), name
    assert data["time_h"].attrs["units"] == "h"


def test_event_instants_are_among_the_times() -> None:
    times = set(to_xarray(record())["time_h"].values.tolist())
    assert {event.t_h for event in record().events} <= times


def test_times_asked_are_the_times_given() -> None:
    times = np.array([0.0, 504.0, 505.5])
    data = to_xarray(record(), times)
    assert data["time_h"].values.tolist() == times.tolist()
    assert data["effect_leg"].values == pytest.approx(record().solution.series("effect_leg", times))


def test_attributes_say_where_it_comes_from_and_what_it_is_not() -> None:
    attributes = to_xarray(record(), np.zeros(1)).attrs
    assert attributes["disclaimer"] == safety()["disclaimer"]
    assert attributes["scenario_sha256"] == record().scenario.sha256
    assert attributes["title"] == record().scenario.title
    assert attributes["engine"] == "exact"
    assert attributes["parameters_version"] == version()
    assert attributes["itsim_version"]


def test_the_table_can_be_made_a_data_frame() -> None:
    frame = to_xarray(record(), np.array([0.0, 1.0])).to_dataframe()
    assert frame.index.tolist() == [0.0, 1.0]
