"""A scenario written out is the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsim import api
from itsim.scenario import ScenarioError
from itsim.scenario.write import as_yaml


@pytest.mark.parametrize(
    "name", ["abrupt_stop", "gradual_linear", "gradual_profile", "vorenkamp_like_linear", "oral_bridge"]
)
def test_what_is_written_is_read_as_the_same(name: str, tmp_path: Path) -> None:
    """Also what extends another file or takes columns from a table."""
    scenario = api.load(name)
    path = tmp_path / f"{name}.yaml"
    path.write_text(as_yaml(scenario), encoding="utf-8")
    again = api.load(path)
    assert again.sha256 == scenario.sha256
    assert [e.id for e in again.timeline] == [e.id for e in scenario.timeline]


def test_changes_and_words_stand_in_the_text(tmp_path: Path) -> None:
    scenario = api.load("abrupt_stop")
    path = tmp_path / "x.yaml"
    path.write_text(as_yaml(scenario, {"timeline.stall.at": "3.5 day"}, {"title": "Other"}), encoding="utf-8")
    again = api.load(path)
    assert again.title == "Other"
    assert again.sha256 == api.vary_scenario(scenario, {"timeline.stall.at": "3.5 day"}).sha256


def test_what_would_be_refused_can_be_written_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(as_yaml(api.load("abrupt_stop"), {"timeline.stall.at": "400 day"}), encoding="utf-8")
    with pytest.raises(ScenarioError, match="is not before the end of the run"):
        api.load(path)


def test_what_no_file_can_hold_is_refused() -> None:
    scenario = api.with_fault(api.load("abrupt_stop"), "2 day", lambda t_h: 0.5, "1 day")
    with pytest.raises(ValueError, match="Python function"):
        as_yaml(scenario)
    with pytest.raises(ScenarioError):
        as_yaml(api.load("abrupt_stop"), {"timeline.x.at": "1 day"})
