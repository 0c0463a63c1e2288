"""Factors: their names, what goes together, and words that no run would know."""

from __future__ import annotations

import pytest

from itsim.scenario import ScenarioError
from study.small import made


def names(**vary: object) -> list[str]:
    return [f.name for f in made(vary={k.replace("__", "."): v for k, v in vary.items()}).design.factors]


def test_a_column_is_named_by_the_end_of_its_path() -> None:
    found = names(timeline__stall__at=["2 day"], patient__csf_loss=["0.2 1/h"], until=["30 day"])
    assert found == ["stall_at", "csf_loss", "until"]
    assert names(timeline__rescue__replace_pump__prime=[True]) == ["rescue_prime"]


def test_names_that_meet_are_written_out() -> None:
    scenario = made().scenarios[0]
    assert "length" in scenario.device
    found = made(
        vary={"history.daily_dose": ["1 ug/day"], "history.lasting": {"values": ["1 day"], "name": "x"}}
    )
    assert [f.name for f in found.design.factors] == ["daily_dose", "x"]


@pytest.mark.parametrize("name", ["row", "withdrawal_peak", "2nd", "a b"])
def test_a_name_that_cannot_be_a_column_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match="name"):
        made(vary={"until": {"values": ["30 day"], "name": name}})


def test_two_columns_of_one_name_are_refused() -> None:
    vary = {
        "until": {"values": ["30 day"], "name": "x"},
        "patient.csf_loss": {"values": ["0.2 1/h"], "name": "x"},
    }
    with pytest.raises(ScenarioError, match="name of two columns"):
        made(vary=vary)


def test_words_are_checked_when_the_study_is_read_and_numbers_when_they_are_run() -> None:
    with pytest.raises(ScenarioError, match="T99"):
        made(vary={"patient.tip": ["T10", "T99"]})
    assert made(vary={"timeline.stall.at": ["400 day"]}).n_rows == 1


def test_what_goes_with_another_path_is_of_its_kind() -> None:
    with pytest.raises(ScenarioError, match="another kind of quantity"):
        made(vary={"until": {"values": ["30 day"], "also": ["patient.csf_loss"]}})
    with pytest.raises(ScenarioError, match="leads to nothing"):
        made(vary={"until": {"values": ["30 day"], "also": ["timeline.x.at"]}})
    with pytest.raises(ScenarioError, match="list of paths"):
        made(vary={"until": {"values": ["30 day"], "also": "history.lasting"}})


def test_a_path_is_varied_once() -> None:
    vary = {"until": ["30 day"], "history.lasting": {"values": ["9 month"], "also": ["until"]}}
    with pytest.raises(ScenarioError, match="varied twice"):
        made(vary=vary)
