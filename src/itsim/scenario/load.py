"""The ways into a scenario: from a file, and from Python data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsim.scenario.extends import complete, read_merged
from itsim.scenario.folder import place_of_file
from itsim.scenario.mapping import as_node
from itsim.scenario.model import Catalogue, Scenario
from itsim.scenario.nodes import Findings, Table
from itsim.scenario.resolve import raise_if_any, resolve


def load(path: str | Path, catalogue: Catalogue) -> Scenario:
    """The scenario of a file. Raises ScenarioError with everything that is wrong with it."""
    findings = Findings()
    tree = read_merged(place_of_file(path), findings)
    if tree is None:
        raise_if_any(findings)
        raise AssertionError("a file without a tree has a problem")
    return resolve(tree, Path(path).stem, catalogue, findings)


def from_mapping(data: Mapping[str, Any], name: str, catalogue: Catalogue) -> Scenario:
    """The scenario of a dictionary with a file's keys. Raises ScenarioError; its problems name no file."""
    findings = Findings()
    tree = as_node(data, (), findings)
    if not isinstance(tree, Table):
        raise_if_any(findings)
        raise TypeError(f"a scenario is a mapping, not {type(data).__name__}")
    extends = tree.key("extends")
    if extends is not None:
        findings.add(extends.mark, "extends", None, "a scenario built in Python extends no file",
                     "load that file and use vary() on it")  # fmt: skip
    return resolve(complete(tree.without("extends"), None, findings), name, catalogue, findings)
