"""The JSON Schema of scenario files, generated from the same catalogue that validates them.

Editors use it for completion and a first check; what spans keys or entries only the loader can check.
"""

from __future__ import annotations

from typing import Any

from pydantic.errors import PydanticInvalidForJsonSchema

from itsim import parameters
from itsim.parameters import Parameter
from itsim.scenario.keys import REQUIRED
from itsim.scenario.kinds import Kind
from itsim.scenario.model import Catalogue
from itsim.scenario.quantity import example_of
from itsim.scenario.verbs import CHOSEN
from itsim.units import words

Schema = dict[str, Any]


def json_schema(catalogue: Catalogue) -> Schema:
    """The schema (draft 2020-12) of every scenario file that *catalogue* can resolve."""
    definitions: Schema = {"time": _quantity("h", "")}
    strict = _entry(catalogue, definitions)
    properties = _head(catalogue)
    extending: Schema = {"properties": {"timeline": _listing({"$ref": "#/$defs/change"})}}
    complete: Schema = {
        "required": list(REQUIRED),
        "properties": {"timeline": _listing({"$ref": "#/$defs/entry"}, minItems=1)},
    }
    definitions |= {"entry": strict, "change": _change(catalogue)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "itsim scenario",
        "description": "A patient, a pump and what happens to them. Every quantity carries its unit.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "if": {"required": ["extends"]},
        "then": extending,
        "else": complete,
        "$defs": definitions,
    }


def _head(catalogue: Catalogue) -> Schema:
    bodies = sorted(catalogue.bodies)
    patient = [p for b in bodies for p in parameters.read(f"bodies/{b}", "response", "person").values()]
    parts = [f"{folder}/{name}" for folder in ("pumps", "catheters") for name in parameters.available(folder)]
    device = [p for part in (*parts, "clinic") for p in parameters.read(part).values()]
    return {
        "itsim": {"const": 1, "description": "version of the format"},
        "title": {"type": ["string", "number"], "description": "one line that names the scenario"},
        "topic": {"type": ["string", "number"], "description": "the gallery's chapter, such as catheter"},
        "story": {"type": ["string", "number"], "description": "what happens, for a reader"},
        "sources": _texts("references the story rests on; keys of the package's list"),
        "assumptions": _texts("what the story assumes, in words"),
        "extends": {"type": "string", "pattern": r"\.yaml$", "description": "a file here to begin from"},
        "patient": _group("the patient: a preset, and any of the body's numbers", {
            "preset": _choice(parameters.available("patients"), "typical values to begin from"),
            "tip": _choice(parameters.tips(), "vertebral level of the catheter tip, or the ventricle"),
        } | _overrides(patient) | {"posture": _posture()}),
        "body": _choice(bodies, "the model of the body"),
        "device": _group("pump, catheter and any of their numbers", {
            "pump": _choice(parameters.available("pumps"), "the pump"),
            "catheter": _choice(parameters.available("catheters"), "the catheter"),
        } | _overrides(device)),
        "history": _group("what the patient has lived on before the run begins", {
            "daily_dose": _quantity("ug/h", ""), "lasting": _quantity("h", ""),
        }),
        "timeline": {"type": "array", "description": "what happens, one entry each"},
        "until": {"$ref": "#/$defs/time", "description": "the end of the run, such as 30 day"},
    }  # fmt: skip


def _entry(catalogue: Catalogue, definitions: Schema) -> Schema:
    verbs: Schema = {}
    for verb, (group, selector) in CHOSEN.items():
        known = catalogue.kinds[group]
        refs = [_define(kind, selector, definitions) for _, kind in sorted(known.items())]
        names = {"properties": {selector: _choice(sorted(known), f"which {verb}")}, "required": [selector]}
        verbs[verb] = {"type": "object", "description": f"a {verb}", **names, "oneOf": refs}
    for name, kind in sorted(catalogue.kinds["events"].items()):
        verbs[name] = _define(kind, "", definitions)
    return {
        "type": "object",
        "description": "what happens at one time",
        "properties": {
            "at": {"$ref": "#/$defs/time", "description": "since the start"},
            "id": _id(),
            "reported": {"type": "boolean", "description": "whether a source of the story reports it"},
            **verbs,
        },
        "required": ["at"],
        "additionalProperties": False,
        "oneOf": [{"required": [verb]} for verb in verbs],
    }


def _change(catalogue: Catalogue) -> Schema:
    """An entry of a file that extends another may name only what it changes."""
    verbs: Schema = {verb: {"type": "object"} for verb in CHOSEN}
    verbs |= {name: {"type": ["object", "null"]} for name in sorted(catalogue.kinds["events"])}
    fixed = {
        "at": {"$ref": "#/$defs/time"},
        "id": _id(),
        "reported": {"type": "boolean"},
        "remove": {"type": "boolean"},
    }
    return {"type": "object", "properties": fixed | verbs, "additionalProperties": False}


def _define(kind: Kind, selector: str, definitions: Schema) -> Schema:
    """Add the schema of *kind* to the definitions; the reference to it."""
    name = f"{kind.group}.{kind.name}"
    try:
        schema = kind.parameters.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    except PydanticInvalidForJsonSchema:  # a kind for Python only, whose parameters no file can hold
        schema = {"type": "object", "properties": {}}
    definitions |= {f"{name}.{part}": _bare(inner) for part, inner in schema.pop("$defs", {}).items()}
    schema = _bare(schema)
    required = schema.pop("required", [])
    schema["description"] = kind.summary
    schema["properties"] = dict(schema.get("properties", {}))
    if required:
        schema["properties"]["csv"] = {
            "type": "string",
            "pattern": r"\.csv$",
            "description": "columns from a file",
        }
        schema["anyOf"] = [{"required": required}, {"required": ["csv"]}]
    if selector:
        schema["properties"][selector] = {"const": kind.name}
        schema["required"] = [selector]
    elif not required:
        schema["type"] = ["object", "null"]
    definitions[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def _bare(schema: Schema) -> Schema:
    """Without the titles that pydantic makes of names, which tell a reader nothing."""
    properties = {
        name: {key: value for key, value in inner.items() if key != "title"}
        for name, inner in schema.get("properties", {}).items()
    }
    return {key: value for key, value in schema.items() if key != "title"} | {"properties": properties}


def _overrides(known: list[Parameter]) -> Schema:
    return {p.name: _quantity(p.unit, p.note) for p in sorted(known, key=lambda p: p.name)}


def _posture() -> Schema:
    """A word, or the factor itself."""
    names = list(parameters.read("postures"))
    return {"anyOf": [{"enum": names}, _quantity("1", "factor on the lumbosacral CSF against lying flat")]}


def _quantity(unit: str, note: str) -> Schema:
    text = f"{words(unit)}, for example {example_of(unit)}"
    return {
        "type": ["string", "number"] if unit == "1" else "string",
        "description": f"{note} ({text})" if note else text,
    }


def _choice(names: tuple[str, ...] | list[str], description: str) -> Schema:
    return {"enum": list(names), "description": description}


def _group(description: str, properties: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
    }


def _listing(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _id() -> Schema:
    return {
        "type": "string",
        "pattern": "^[a-z0-9_]+$",
        "description": "a name to vary or extend the entry by",
    }


def _texts(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": description}
