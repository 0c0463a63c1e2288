"""The JSON Schema of study files: current, and it says what the reader says where it can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from itsim.resources import folder
from itsim.study.study_schema import study_schema, write_schema
from study.small import STUDY

SHIPPED = sorted((folder("scenarios") / "studies").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(study_schema())
    return jsonschema.Draft202012Validator(study_schema())


def read(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_the_shipped_schema_is_fresh(tmp_path: Path) -> None:
    """`make schemas` writes it anew."""
    path = write_schema(tmp_path)
    assert path.read_bytes() == (folder("schemas") / path.name).read_bytes()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_studies_fit(path: Path, validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(read(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"design": "latin"},
        {"samples": 0},
        {"metrics": ["onset"]},
        {"scenarios": ["abrupt_stop"]},
        {"vary": {}},
        {"vary": {"until": {"uniform": {"low": "1 day"}}}},
        {"vary": {"until": {"unifrom": {"low": "1 day", "high": "2 day"}}}},
        {"vary": {"until": {"values": ["1 day"], "uniform": {"low": "1 day", "high": "2 day"}}}},
        {"patients": "all"},
        {"worker": 2},
    ],
)
def test_slips_are_refused(change: dict[str, Any], validator: Any) -> None:
    assert validator.is_valid(read(STUDY % 8))
    assert not validator.is_valid(read(STUDY % 8) | change)
