"""The JSON Schema of study files, generated from the forms and names that the reader knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from itsim.metrics import METRICS
from itsim.study.design import DESIGNS
from itsim.study.draws import LARGEST_SEED
from itsim.study.forms import FORMS, VALUES, Form
from itsim.study.study_file import EACH, MOST_PATIENTS

Schema = dict[str, Any]

_QUANTITY: Schema = {
    "type": ["string", "number", "boolean"],
    "description": "a number with its unit, or a word",
}
_PLAIN: Schema = {"type": ["number", "string"]}
_NAME: Schema = {"type": "string", "pattern": r"^[A-Za-z]\w*$", "description": "name of the column"}
_PATHS: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}


def study_schema() -> Schema:
    """The schema (draft 2020-12) of every study file; paths and units only the reader can check."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "itsim study",
        "description": "Many variants of one or more scenarios. Every quantity carries its unit.",
        "type": "object",
        "properties": _properties(),
        "additionalProperties": False,
        "allOf": [
            {"oneOf": [{"required": ["scenario"]}, {"required": ["scenarios"]}]},
            {"oneOf": [{"required": ["vary"]}, {"required": ["table"]}]},
        ],
        "$defs": {"values": _listing(_QUANTITY), "varied": _varied()},
    }


def write_schema(folder: str | Path) -> Path:
    """Write the schema that gives editors completion; returns its path."""
    path = Path(folder) / "study.schema.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(study_schema(), indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _properties() -> Schema:
    text: Schema = {"type": ["string", "number"]}
    return {
        "itsim": {"const": 1, "description": "version of the format"},
        "title": text | {"description": "one line that names the study"},
        "story": text | {"description": "what is asked, for a reader"},
        "scenario": {"type": "string", "description": "a shipped scenario, or a .yaml file beside this one"},
        "scenarios": _listing({"type": "string"}) | {"description": "several; each runs every row"},
        "vary": {
            "type": "object",
            "description": "what varies, by its dotted path in the scenario, and how",
            "additionalProperties": {"$ref": "#/$defs/varied"},
            "minProperties": 1,
        },
        "table": {
            "type": "string",
            "pattern": r"\.csv$",
            "description": "rows from a file, a column per path",
        },
        "design": {"enum": list(DESIGNS), "description": "which combinations are run; grid by default"},
        "samples": {"type": "integer", "minimum": 1, "description": "rows of a design that samples"},
        "seed": {
            "type": "integer",
            "minimum": 0,
            "maximum": LARGEST_SEED,
            "description": "else from the content",
        },
        "patients": {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_PATIENTS}, {"const": EACH}],
            "description": "virtual patients for every row, or one of its own for each",
        },
        "metrics": _listing({"enum": list(METRICS)}) | {"description": "what is asked; all by default"},
        "trajectories": {
            "type": "object",
            "description": "curves that are kept, at chosen times",
            "properties": {"of": _listing({"type": "string"}), "at": {"$ref": "#/$defs/varied"}},
            "required": ["of", "at"],
            "additionalProperties": False,
        },
    }


def _varied() -> Schema:
    forms = {name: _form(form) for name, form in FORMS.items()}
    properties: Schema = {VALUES: {"$ref": "#/$defs/values"}, **forms, "name": _NAME, "also": _PATHS}
    one = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in (VALUES, *FORMS)],
    }
    return {"anyOf": [{"$ref": "#/$defs/values"}, one]}


def _form(form: Form) -> Schema:
    return {
        "type": "object",
        "description": form.summary,
        "properties": {key: _PLAIN if key in form.plain else _QUANTITY for key in form.keys},
        "required": [key for key in form.keys if key not in form.optional],
        "additionalProperties": False,
    }


def _listing(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}
