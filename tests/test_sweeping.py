"""``itsim.sweep``: from a name, a file, a mapping or a study to rows, and from a row back to its scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import itsim
from itsim import api
from itsim.scenario import ScenarioError
from itsim.study.store import Refused
from study.small import contents, made, written


def test_a_study_may_be_a_name_a_file_a_mapping_or_itself(tmp_path: Path) -> None:
    path = written(tmp_path, 8)
    assert itsim.load_sweep(path).n_rows == 8
    assert itsim.load_sweep("rescue_window").name == "rescue_window"
    mapping = {"scenario": "abrupt_stop", "vary": {"until": ["25 day"]}, "metrics": ["withdrawal_peak"]}
    found = itsim.sweep(mapping, progress=False)
    assert len(found) == 1
    assert found.folder is None
    again = itsim.sweep(found.study, progress=False)
    assert again.table.equals(found.table)


def test_names_of_studies_are_listed_and_slips_mended() -> None:
    assert {"onset_over_decline", "rescue_window", "abrupt_or_gradual"} <= set(itsim.studies())
    with pytest.raises(ScenarioError, match="did you mean 'rescue_window'"):
        itsim.load_sweep("rescue_windows")
    with pytest.raises(ScenarioError, match="does not exist"):
        itsim.load_sweep("nowhere/x.yaml")


def test_nothing_is_left_of_a_sweep_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    itsim.sweep(made(), progress=False)
    assert list(tmp_path.iterdir()) == []


def test_the_scenario_of_a_row_gives_the_row_again(tmp_path: Path) -> None:
    """Also that of a virtual patient, from a file that stands by itself."""
    found = itsim.sweep(made(vary={"timeline.stall.at": ["2 day", "21 day"]}, patients=2), progress=False)
    for row in range(4):
        path = found.write_scenario(row, tmp_path / "row.yaml")
        for scenario in (found.scenario(row), itsim.load(path)):
            metrics = itsim.simulate(scenario).metrics
            for name in found.study.metrics:
                np.testing.assert_allclose(metrics[name].value, found.table.loc[row, name], rtol=1e-7)
    assert "timeline.stall.at = 21.0 day" in itsim.load(path).story
    with pytest.raises(IndexError):
        found.scenario(4)


def test_failures_are_rows_and_their_scenarios_fail_again(tmp_path: Path) -> None:
    found = itsim.sweep(made(patients=2), out=tmp_path / "one", progress=False)
    assert found.failures.index.tolist() == [2, 3]
    assert found.n_failed == 2
    with pytest.raises(ScenarioError, match="is not before the end"):
        found.scenario(2)
    files = sorted((tmp_path / "one" / "failures").iterdir())
    assert [file.name for file in files] == ["row-000002.yaml", "row-000003.yaml"]
    with pytest.raises(ScenarioError, match="is not before the end"):
        itsim.load(files[0])
    before = contents(tmp_path / "one")
    itsim.sweep(made(patients=2), out=tmp_path / "one", progress=False)
    assert contents(tmp_path / "one") == before


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    itsim.sweep(made(), out=tmp_path / "one", progress=False)
    with pytest.raises(Refused):
        itsim.sweep(made(metrics=["withdrawal_peak"]), out=tmp_path / "one", progress=False)


def test_progress_is_a_function_of_ones_own_or_lines(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[int, int]] = []
    itsim.sweep(made(), progress=lambda *now: told.append(now))
    assert told == [(0, 3), (3, 3)]
    assert capsys.readouterr().err == ""
    itsim.sweep(made())
    assert "small: 3 of 3" in capsys.readouterr().err


def test_check_knows_studies_from_scenarios(tmp_path: Path) -> None:
    path = written(tmp_path, 8)
    assert api.check(path) == itsim.load_sweep(path)
    assert api.check("rescue_window").name == "rescue_window"
    assert api.check(tmp_path / "stop.yaml").name == "stop"


RANKED = {
    "scenario": "abrupt_stall",
    "vary": {
        "timeline.dose.program.daily_dose": {
            "uniform": {"low": "250 ug/day", "high": "500 ug/day"},
            "name": "dose",
            "also": ["history.daily_dose"],
        },
        "device.stall_alarm_latency": {"log_uniform": {"low": "0.3 h", "high": "3 h"}},
    },
    "metrics": ["withdrawal_onset_h", "alarm_first_h"],
}


def test_sensitivity_finds_what_the_physics_says_and_what_cannot_matter() -> None:
    """The alarm comes when the pump notices and whatever the dose; the onset whatever the pump notices, and
    sooner on more drug."""
    alarm = itsim.sensitivity(RANKED, "morris", "alarm_first_h", samples=4, seed=1, progress=False)
    assert alarm.indices.factors == ("dose", "stall_alarm_latency")
    table = alarm.table
    assert list(table.index) == ["stall_alarm_latency", "dose"]
    assert table.loc["dose", "mu_star"] < 0.1 * table.loc["stall_alarm_latency", "mu_star"]
    assert table.attrs["units"]["mu_star"] == "h"
    assert "disclaimer" in table.attrs
    onset = itsim.sensitivity(RANKED, "morris", samples=4, seed=1, progress=False)
    assert onset.table.loc["stall_alarm_latency", "mu_star"] == pytest.approx(0.0, abs=1e-6)
    assert onset.table.loc["dose", "mu"] < 0.0
    assert onset.rule == ""
    assert "not a medical device" in str(onset)
    assert "not a medical device" in onset._repr_html_()
    assert onset.plot().axes


def test_sensitivity_is_the_sweep_of_a_study_with_that_design(tmp_path: Path) -> None:
    study = itsim.load_sweep(dict(RANKED) | {"design": "morris", "samples": 4, "seed": 5})
    swept = itsim.sweep(study, out=tmp_path / "one", progress=False)
    found = swept.sensitivity("alarm_first_h")
    again = itsim.sensitivity(study, metric="alarm_first_h", out=tmp_path / "one", progress=False)
    assert again.table.equals(found.table)
    other = itsim.sensitivity(study, samples=5, metric="alarm_first_h", progress=False)
    assert other.indices.samples == 5
    assert swept.summary["sensitivity"][0]["metric"] == "withdrawal_onset_h"
    assert "What matters for" in str(swept)
    assert swept.plot().axes


def test_sensitivity_refuses_what_no_index_can_be_made_of() -> None:
    with pytest.raises(ValueError, match="the design is grid"):
        itsim.sensitivity(made(vary={"timeline.stall.at": ["2 day"]}), progress=False)
    with pytest.raises(ValueError, match="4 samples or more"):
        itsim.sensitivity(made(), "morris", samples=1, progress=False)
    with pytest.raises(ValueError, match="patients of their own"):
        itsim.sensitivity("rescue_window", "morris", samples=4, progress=False)
    late = {"timeline.stall.at": {"uniform": {"low": "20 day", "high": "50 day"}}}
    with pytest.raises(ValueError, match="runs could not be made, and indices need all of them"):
        itsim.sensitivity(made(vary=late, design="morris", samples=4, seed=1), progress=False)
