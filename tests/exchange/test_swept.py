"""A study as a table and as a Dataset: the same numbers, at their places, with their units."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itsim import api
from itsim.exchange.swept import indices_to_pandas
from itsim.study.sensitivity import indices
from study.small import faked, made

CASES: dict[str, dict[str, Any]] = {
    "grid": {"vary": {"timeline.stall.at": ["2 day", "40 day"], "patient.tip": ["T6", "T10"]}, "patients": 2},
    "sampled": {
        "scenario": None,
        "scenarios": ["abrupt_stop", "abrupt_stall"],
        "vary": {"patient.csf_loss": {"uniform": {"low": "0.2 1/h", "high": "0.4 1/h"}}},
        "design": "latin_hypercube",
        "samples": 3,
        "trajectories": {"of": ["csf_lumbar"], "at": ["1 day", "22 day"]},
    },
}


@cache
def swept(name: str) -> api.Sweep:
    return api.sweep(made(**CASES[name]), workers=1, progress=False)


def test_the_table_has_a_row_per_run_and_knows_its_units() -> None:
    table = swept("grid").table
    assert table.index.name == "row"
    assert len(table) == 8
    assert table.attrs["units"]["stall_at"] == "day"
    assert table.attrs["paths"]["tip"] == ["patient.tip"]
    assert "not a medical device" in table.attrs["disclaimer"]
    assert "emergency" in table.attrs["emergency"]
    assert table["failure"].notna().tolist() == [False] * 4 + [True] * 4


def test_a_grid_has_an_axis_per_number() -> None:
    sweep = swept("grid")
    data = sweep.dataset
    assert dict(data.sizes) == {"stall_at": 2, "tip": 2, "patient": 2}
    for _, row in sweep.table.iterrows():
        here = data.sel(stall_at=row["stall_at"], tip=row["tip"], patient=row["patient"])
        np.testing.assert_equal(float(here["delivered_frac"]), row["delivered_frac"])
        assert bool(str(here["failure"].values)) == (row["stall_at"] == 40.0)
    assert data["withdrawal_onset_h"].attrs["units"] == "h"
    assert data["stall_at"].attrs == {"units": "day", "paths": "timeline.stall.at"}


def test_samples_lie_along_one_axis_and_scenarios_along_another() -> None:
    sweep = swept("sampled")
    data = sweep.dataset
    assert dict(data.sizes) == {"scenario": 2, "sample": 3, "time_h": 2}
    table = sweep.table
    np.testing.assert_array_equal(data["csf_loss"], table["csf_loss"][:3])
    np.testing.assert_array_equal(
        data["delivered_frac"].sel(scenario="abrupt_stall"),
        table.loc[table["scenario"] == "abrupt_stall", "delivered_frac"],
    )
    np.testing.assert_array_equal(data["csf_lumbar"].values[1, 2], table["csf_lumbar"].iloc[-1])
    assert data["csf_lumbar"].attrs["units"] == "ng/mL"
    assert table.attrs["times_h"] == [24.0, 528.0]


@pytest.mark.parametrize("name", CASES)
def test_a_dataset_can_be_kept_in_a_file(name: str, tmp_path: Path) -> None:
    import xarray

    path = tmp_path / "x.nc"
    swept(name).dataset.to_netcdf(path, engine="scipy")
    with xarray.open_dataset(path, engine="scipy") as again:
        np.testing.assert_array_equal(again["delivered_frac"], swept(name).dataset["delivered_frac"])


def test_indices_are_a_table_with_their_intervals_units_and_rule() -> None:
    vary = {"timeline.stall.at": {"uniform": {"low": "1 day", "high": "5 day"}}, "until": ["60 day"]}
    study = made(vary=vary, design="morris", samples=8, seed=1, metrics=["withdrawal_onset_h"])
    rows = faked(study, lambda day, until: 10.0 * day if day < 4.0 else "not within the run")
    found = indices(study, rows)
    table = indices_to_pandas(study, found)
    assert list(table.index) == ["stall_at", "until"]
    assert list(table.columns[:4]) == ["mu_star", "mu_star_low", "mu_star_high", "mu_star_half"]
    assert table.loc["stall_at", "mu_star"] == found.values[0, 0]
    assert (table["mu_star_low"] <= table["mu_star_high"]).all()
    assert set(table.attrs["units"].values()) == {"h"}
    assert table.attrs["rule"] == found.asked.rule != ""
    assert "disclaimer" in table.attrs
