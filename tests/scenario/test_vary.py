"""Varied copies and added entries."""

import dataclasses
import pickle

import numpy as np
import pytest

from itsim.scenario import Entry, ScenarioError, add_entry, load, vary
from itsim.scenario.kinds import Kind, KindModel


class Pieces(KindModel):
    table: np.ndarray


KIND = Kind("faults", "fitted", "a fitted decline", Pieces, lambda *_: ())


@pytest.fixture
def scenario(sketch, catalogue):
    return load(sketch, catalogue)


def said(scenario, changes, catalogue):
    with pytest.raises(ScenarioError) as caught:
        vary(scenario, changes, catalogue)
    return str(caught.value)


def test_anything_can_be_varied_by_its_path(scenario, catalogue):
    copy = vary(
        scenario,
        {
            "timeline.stall.at": "22 day",
            "patient.csf_loss": "0.4 1/h",
            "patient.leg_ec50": "0.2 ug/mL",
            "until": "40 day",
            "history.daily_dose": "300 ug/day",
            "device.length": "70 cm",
            "timeline.fill_1.fill.volume": "20 mL",
        },
        catalogue,
    )
    assert copy.timeline[2].at_h == 528.0
    assert copy.timeline[0].parameters.volume_mL == 20.0
    assert copy.patient["csf_loss"].value == pytest.approx(0.4)
    assert copy.patient["leg_ec50"].value == pytest.approx(0.2)
    assert copy.history.dose_rate_ug_h == pytest.approx(12.5)
    assert copy.device["length"].value == 70.0
    assert copy.until_h == 960.0
    assert copy.sha256 != scenario.sha256
    assert scenario.timeline[2].at_h == 504.0


def test_the_same_value_is_the_same_scenario(scenario, catalogue):
    assert vary(scenario, {"timeline.stall.at": "504 h"}, catalogue) == scenario
    assert vary(scenario, {}, catalogue).sha256 == scenario.sha256


def test_a_copy_can_be_varied_again(scenario, catalogue):
    once = vary(scenario, {"timeline.stall.at": "22 day"}, catalogue)
    twice = vary(once, {"until": "31 day"}, catalogue)
    assert (twice.timeline[2].at_h, twice.until_h) == (528.0, 744.0)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("timeline.stal.at", "did you mean 'stall'?"),
        ("patient.csf_los", "did you mean 'csf_loss'?"),
        ("devise.length", "did you mean 'device'?"),
        ("timeline.fill_1.volume", "did you mean 'timeline.fill_1.fill.volume'?"),
        ("timeline.stall.fault.kin.x", "did you mean 'kind'?"),
        ("timeline", "such as timeline.fill_1.at"),
        ("title.x", "end the path before it"),
    ],
)
def test_a_path_that_leads_nowhere(path, hint, scenario, catalogue):
    assert hint in said(scenario, {path: "1 day"}, catalogue)


def test_a_copy_is_checked_like_a_file(scenario, catalogue):
    assert "is not before the end" in said(scenario, {"timeline.stall.at": "40 day"}, catalogue)
    assert "has no unit" in said(scenario, {"patient.csf_loss": 0.3}, catalogue)


def test_scenarios_travel_to_workers(scenario, catalogue):
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def fitted(at_h=24.0, name="", scale=1.0):
    return Entry(at_h, name, KIND, Pieces(table=scale * np.eye(3)), 0)


def test_an_entry_of_any_kind_can_be_added(scenario, catalogue):
    more = add_entry(scenario, fitted())
    assert more.timeline[-1].id == "fitted_1"
    assert more.timeline[-1].place == 4
    assert more.sha256 != scenario.sha256
    assert more.sha256 == add_entry(scenario, fitted()).sha256
    assert more.sha256 != add_entry(scenario, fitted(scale=2.0)).sha256
    with pytest.raises(dataclasses.FrozenInstanceError):
        more.title = "x"


def test_varied_copies_keep_what_was_added(scenario, catalogue):
    copy = vary(add_entry(scenario, fitted(name="loss")), {"until": "40 day"}, catalogue)
    assert copy.timeline[-1].id == "loss"
    assert "did you mean" not in said(copy, {"timeline.loss.at": "1 day"}, catalogue)


@pytest.mark.parametrize(
    "entry", [fitted(at_h=-1.0), fitted(at_h=720.0), fitted(at_h=np.nan), fitted(name="stall")]
)
def test_an_entry_that_does_not_fit(entry, scenario):
    with pytest.raises(ScenarioError):
        add_entry(scenario, entry)


def test_the_same_fault_is_not_added_twice(scenario):
    with pytest.raises(ScenarioError, match="happens twice"):
        add_entry(add_entry(scenario, fitted()), fitted())
