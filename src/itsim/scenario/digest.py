"""The fingerprint of a scenario: equal where every number that matters is equal, however it was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from itsim.scenario.model import Entry, Scenario


def digest(scenario: Scenario) -> str:
    """The SHA-256 of the resolved content: without name, title, story, ids and order of writing."""
    history = scenario.history
    content = {
        "format": 1,
        "body": scenario.body,
        "patient": scenario.patient.numbers,
        "tip": scenario.tip,
        "pump": scenario.pump,
        "catheter": scenario.catheter,
        "device": scenario.device.numbers,
        "history": None if history is None else [history.dose_rate_ug_h, history.lasting_h],
        "timeline": [_entry(entry) for entry in sorted(scenario.timeline, key=lambda e: (e.at_h, e.place))],
        "until_h": scenario.until_h,
    }
    text = json.dumps(canonical(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _entry(entry: Entry) -> list[Any]:
    return [entry.at_h, entry.kind.group, entry.kind.name, entry.parameters]


def canonical(value: Any) -> Any:
    """*value* out of plain JSON types, the same for equal numbers; functions by their name."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, (int, float)):
        return float(value) + 0.0  # 1 and 1.0 are equal, and so are 0.0 and -0.0
    if isinstance(value, BaseModel):
        return {name: canonical(getattr(value, name)) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: canonical(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    if hasattr(value, "tolist"):  # an array, or one of its numbers
        return canonical(value.tolist())
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    raise TypeError(
        f"{type(value).__name__}: has no canonical form, so a scenario that holds it has no fingerprint"
    )
