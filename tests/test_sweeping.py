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
