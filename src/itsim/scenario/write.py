"""A scenario as the text of a file that says the same, complete in itself."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from itsim.scenario.model import Scenario
from itsim.scenario.nodes import plain
from itsim.scenario.vary import varied_tree

_LONG = 2**20
"""Numerical: a width that no line of a scenario reaches, so that none is broken."""


def as_yaml(
    scenario: Scenario, changes: Mapping[str, Any] | None = None, told: Mapping[str, str] | None = None
) -> str:
    """The text of a scenario, or of a copy with *changes*, also one that would be refused when read; *told*
    replaces its title or story.

    What it extends and its csv columns are written out. Raises ValueError for a scenario with entries that
    are Python functions, and ScenarioError for a path that leads nowhere.
    """
    from ruamel.yaml import YAML

    if scenario._added:
        raise ValueError(f"{scenario.name} holds a Python function, which no file can hold")
    content = plain(varied_tree(scenario, changes or {}))
    content |= told or {}
    content["timeline"] = [_named(entry, made.id) for entry, made in _pairs(content, scenario)]
    writer = YAML()
    writer.default_flow_style = None
    writer.width = _LONG
    text = StringIO()
    writer.dump(content, text)
    return text.getvalue()


def _pairs(content: dict[str, Any], scenario: Scenario) -> list[tuple[dict[str, Any], Any]]:
    by_place = sorted(scenario.timeline, key=lambda entry: entry.place)
    return list(zip(content["timeline"], by_place, strict=True))


def _named(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """With the id that the entry goes by, also where the file left it out."""
    return {"at": entry["at"], "id": name} | entry
