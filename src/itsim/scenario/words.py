"""What the kinds' own checks say, in words that repair a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from itsim.scenario.nodes import Step
from itsim.scenario.problems import split_hint, suggest
from itsim.scenario.quantity import example_of, unit_words
from itsim.units import split_suffix, unit_of

_QUOTED = re.compile(r"'([^']*)'")
_PLAIN: tuple[tuple[str, str, str], ...] = (
    ("bool_", "is neither true nor false", "write `{key}: true` or `{key}: false`"),
    ("int_", "is not a whole number", "write a whole number, such as `{key}: 3`"),
    ("float_", "is not a number", "write a number, such as `{key}: 0.5`"),
    ("finite_number", "is not a finite number", "write a number that can be measured"),
    ("string_", "is not a text as asked for here", "write a text, such as `{key}: {example}`"),
    ("list_type", "is not a list", "write the values in square brackets, such as `{key}: {example}`"),
    ("tuple_type", "is not a list", "write the values in square brackets, such as `{key}: {example}`"),
    ("model_", "is not a group of keys", "write keys and values, such as `{key}: {example}`"),
    ("dict_", "is not a group of keys", "write keys and values, such as `{key}: {example}`"),
)
_BOUNDS = {
    "greater_than": ("gt", "is not above {}", "write more than {}"),
    "greater_than_equal": ("ge", "is below {}", "write {} or more"),
    "less_than": ("lt", "is not below {}", "write less than {}"),
    "less_than_equal": ("le", "is above {}", "write {} or less"),
    "too_short": ("min_length", "holds fewer than {} values", "write {} values or more"),
    "too_long": ("max_length", "holds more than {} values", "write {} values or fewer"),
}


def explain(
    error: ErrorDetails, model: type[BaseModel], text: str | None, example: Mapping[str, object] | None = None
) -> tuple[str, str]:
    """Rule and repair for one pydantic error of *model*; *text* is the value as written, None for a group.

    A repair takes its value from *example*, the kind's own, where that holds the key.
    """
    steps, kind, context = error["loc"], error["type"], error.get("ctx", {})
    name, annotation = field_of(model, steps)
    key, unit = split_suffix(name)
    own = _in_example(example or {}, steps)
    sample = sample_of(annotation, unit) if own is None else own
    if kind == "missing":
        return f"the key `{key}` is missing", f"add `{key}: {sample}`"
    if kind in ("value_error", "assertion_error"):
        said = str(context.get("error", error["msg"]))
        if text and unit != "1":
            return unit_words(said, text, unit, own or "")
        return split_hint(
            said, f"write for example `{key}: {sample}`" if text else "change its keys accordingly"
        )
    if kind in ("literal_error", "enum"):
        return "is not one of the choices", suggest(text or "", _choices(context))
    if kind in _BOUNDS:
        bound, rule, hint = _BOUNDS[kind]
        limit = _with_unit(context.get(bound), unit if "too" not in kind else "1")
        return rule.format(limit), hint.format(limit)
    for prefix, rule, hint in _PLAIN:
        if kind.startswith(prefix):
            return rule, hint.format(key=key, example=sample)
    said = error["msg"]
    return said[:1].lower() + said[1:], f"write for example `{key}: {sample}`"


def _in_example(example: object, steps: Sequence[Step]) -> str | None:
    """The value at *steps* of an example, as text; None where it holds no plain value there."""
    found = example
    for step in steps:
        if isinstance(step, int) and isinstance(found, Sequence) and not isinstance(found, str) and found:
            found = found[min(step, len(found) - 1)]
        elif isinstance(found, Mapping) and step in found:
            found = found[step]
        else:
            return None
    return found if isinstance(found, str) else None


def _choices(context: Mapping[str, Any]) -> Sequence[str]:
    expected = str(context.get("expected", ""))
    return _QUOTED.findall(expected) or re.split(r", | or ", expected)


def _with_unit(limit: object, unit: str) -> str:
    number = f"{limit:g}" if isinstance(limit, (int, float)) else str(limit)
    return number if unit == "1" else f"{number} {unit}"


def field_of(model: type[BaseModel], steps: Sequence[Step]) -> tuple[str, Any]:
    """Name and annotation of the field that *steps* lead to; empty where they lead to none."""
    name, annotation = "", None
    inside: type[BaseModel] | None = model
    for step in steps:
        field = None if inside is None or isinstance(step, int) else _by_key(inside, step)
        if field is not None:
            name, annotation = field, inside.model_fields[field].annotation if inside else None
            inside = _model_in(annotation)
    return name, annotation


def model_at(model: type[BaseModel], steps: Sequence[Step]) -> type[BaseModel]:
    """The model of the group that *steps* lead to; *model* itself where they lead to none."""
    return _model_in(field_of(model, steps)[1]) or model


def _by_key(model: type[BaseModel], key: str) -> str | None:
    return next((name for name, field in model.model_fields.items() if key in (field.alias, name)), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def sample_of(annotation: Any, unit: str) -> str:
    """A value that could stand in a file for a field of this annotation and unit."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return str(parts[0])
    if origin in (list, tuple):
        one = sample_of(parts[0], unit) if parts else example_of(unit)
        return f"[{one}, {one}]"
    if parts and annotation is not None:
        return sample_of(parts[0], unit)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "{" + ", ".join(_sample_items(annotation)) + "}"
    return {bool: "true", int: "3", str: "text"}.get(annotation, example_of(unit))


def _sample_items(model: type[BaseModel]) -> list[str]:
    required = [(n, f) for n, f in model.model_fields.items() if f.is_required()]
    return [f"{split_suffix(name)[0]}: {sample_of(f.annotation, unit_of(name))}" for name, f in required]
