"""What exists is found, described as the contract says, and its schema is the one that is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from itsim.catalogue import GROUPS, catalogue, describe, write_schemas
from itsim.metrics import METRICS
from itsim.parameters import references

PROJECT = Path(__file__).resolve().parents[1]
SCHEMA = PROJECT / "schemas" / "scenario.schema.json"
SCENARIOS = sorted((PROJECT / "scenarios").glob("*.yaml"))
BROKEN = PROJECT / "tests" / "scenario" / "broken"

SEEN_BY_THE_SCHEMA = [
    "bad_version",
    "bare_number",
    "bare_until",
    "decimal_comma",
    "empty",
    "fault_as_verb",
    "fault_without_kind",
    "groups_empty",
    "history_without_unit",
    "id_with_spaces",
    "infinity",
    "missing_at",
    "missing_everything",
    "missing_field",
    "missing_unit",
    "missing_until",
    "nested_step",
    "no_space_after_colon",
    "no_verb",
    "only_a_list",
    "several_errors",
    "timeline_not_a_list",
    "two_verbs",
    "unknown_fault",
    "unknown_key",
    "unknown_key_in_entry",
    "unknown_key_in_kind",
    "unknown_level",
    "unknown_mode",
    "unknown_parameter",
    "unknown_pump",
    "unknown_verb",
    "wrong_choice",
]
"""Broken files that an editor marks too; in the others only the loader finds what is wrong."""


def files(kind: str) -> list[str]:
    folder = PROJECT / "src" / "itsim" / kind
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


# The kinds


@pytest.mark.parametrize("group", ["programs", "faults", "events"])
def test_every_file_is_one_kind_of_its_group(group: str) -> None:
    kinds = catalogue().kinds[group]
    assert sorted(kinds) == files(f"device/{group}")
    assert {kind.group for kind in kinds.values()} == {group}
    assert all(kind.name == name for name, kind in kinds.items())


def test_every_file_of_bodies_is_one_body() -> None:
    assert sorted(catalogue().bodies) == files("pk/bodies")
    assert catalogue().metrics == METRICS


def test_the_catalogue_is_made_once_and_cannot_be_changed() -> None:
    assert catalogue() is catalogue()
    with pytest.raises(TypeError):
        catalogue().kinds["faults"]["new"] = None  # type: ignore[index]


@pytest.mark.parametrize("group", GROUPS)
def test_rows_have_the_keys_of_the_contract(group: str) -> None:
    rows = describe(group)
    assert rows
    known = {reference.key for reference in references()} | {"assumption", "fit", "unverified"}
    for row in rows:
        assert set(row) - {"example"} == {"kind", "summary", "parameters", "alarm", "evidence", "sources"}
        assert len(row["summary"]) > 4
        assert row["alarm"]
        assert row["evidence"]
        assert row["sources"]
        assert set(row["sources"]) <= known, row["kind"]
        assert len({row["kind"] for row in rows}) == len(rows)
        for number in row["parameters"]:
            assert set(number) == {"name", "unit", "default", "required", "choices"}
            assert number["unit"]
            assert not (number["required"] and number["default"] is not None)
            assert all(isinstance(word, str) for word in number["choices"])
    json.dumps(rows, allow_nan=False)


def test_parameters_are_named_as_a_file_names_them() -> None:
    (drift,) = [row for row in describe("faults") if row["kind"] == "gain_drift"]
    assert {number["name"]: number["unit"] for number in drift["parameters"]}["lasting"] == "h"
    (program,) = [row for row in describe("programs") if row["kind"] == "simple_continuous"]
    dose = {"name": "daily_dose", "unit": "ug/h", "default": None, "required": False, "choices": []}
    assert dose in program["parameters"]


def test_parameters_say_what_must_be_given_and_what_it_is_chosen_from() -> None:
    rows = {row["kind"]: row for group in ("programs", "faults") for row in describe(group)}
    drift = {number["name"]: number for number in rows["gain_drift"]["parameters"]}
    assert drift["shape"]["required"]
    assert drift["shape"]["choices"] == ["linear", "exponential", "logistic", "steps"]
    assert not drift["lasting"]["required"]
    table = {number["name"]: number for number in rows["table"]["parameters"]}
    assert (table["between"]["default"], table["between"]["choices"]) == ("steps", ["steps", "lines"])
    week = {number["name"]: number for number in rows["day_schedule"]["parameters"]}
    assert week["first_day"]["choices"][0] == "monday"
    assert week["schedules"]["choices"] == []
    assert all(
        number["required"] == (number["name"] in {"daily_dose", "change", "steps"})
        for number in rows["taper"]["parameters"]
    )


def test_another_group_is_refused() -> None:
    with pytest.raises(KeyError):
        describe("nonsense")


# The schema


def test_shipped_schema_is_fresh(tmp_path: Path) -> None:
    """`make schemas` writes it anew."""
    written = write_schemas(tmp_path / "new")
    assert written.name == SCHEMA.name
    assert written.read_bytes() == SCHEMA.read_bytes()


def test_schema_is_a_schema(validator: Any) -> None:
    validator.check_schema(validator.schema)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_schema_accepts_every_shipped_scenario(path: Path, validator: Any) -> None:
    content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(content)] == []


@pytest.mark.parametrize("stem", SEEN_BY_THE_SCHEMA)
def test_schema_refuses_the_broken_files_that_it_can_see(stem: str, validator: Any) -> None:
    content = YAML(typ="safe", pure=True).load((BROKEN / f"{stem}.yaml").read_text(encoding="utf-8"))
    assert not validator.is_valid(content)
