"""The JSON Schema that editors use."""

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from itsim.scenario import json_schema


@pytest.fixture(scope="module")
def validator(catalogue):
    schema = json_schema(catalogue)
    jsonschema.Draft202012Validator.check_schema(schema)
    json.dumps(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture
def data(sketch):
    return YAML(typ="safe", pure=True).load(sketch.read_text(encoding="utf-8"))


def test_a_valid_file_is_accepted(validator, data):
    data["timeline"] += [
        {"at": "24 day", "interrogate": None},
        {"at": "25 day", "interrogate": {}, "id": "look"},
        {"at": "26 day", "fault": {"kind": "gain_profile", "csv": "gains.csv"}},
        {
            "at": "27 day",
            "program": {"mode": "time_stepped", "steps": [{"from": "0 h", "rate": "0.2 mL/day"}]},
        },
    ]
    assert [error.message for error in validator.iter_errors(data)] == []


def test_a_file_that_extends_may_name_only_changes(validator):
    timeline = [
        {"id": "stall", "at": "3 day"},
        {"id": "drift", "remove": True},
        {"id": "x", "fault": {"end": 0.5}},
    ]
    assert validator.is_valid({"extends": "base.yaml", "timeline": timeline})


@pytest.mark.parametrize(
    "change",
    [
        {"untill": "3 day"},
        {"until": 30},
        {"itsim": 2},
        {"body": "neuroaxis"},
        {"device": {"pump": "syncromed"}},
        {"patient": {"tip": "T13"}},
        {"patient": {"csf_loss": 0.3}},
        {"timeline": []},
        {"timeline": [{"at": "1 day"}]},
        {"timeline": [{"at": "1 day", "fault": {"kind": "motor_stal"}}]},
        {"timeline": [{"at": "1 day", "fault": {"kind": "motor_stall", "lasting": "1 h"}}]},
        {"timeline": [{"at": "1 day", "fault": {"kind": "pump_stop"}}]},
        {"timeline": [{"at": "1 day", "fault": {"kind": "motor_stall"}, "interrogate": {}}]},
        {"timeline": [{"at": "1 day", "fill": None}]},
    ],
)
def test_a_wrong_file_is_refused(change, validator, data):
    assert not validator.is_valid(data | change)
