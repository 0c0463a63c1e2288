"""The file format: what a scenario says, read with line numbers and checked as a whole."""

from __future__ import annotations

from itsim.scenario.load import from_mapping, load
from itsim.scenario.model import Catalogue, Entry, History, Scenario
from itsim.scenario.problems import Problem, ScenarioError
from itsim.scenario.schema import json_schema
from itsim.scenario.vary import add_entry, vary

__all__ = [
    "load", "from_mapping", "vary", "add_entry", "json_schema",
    "Scenario", "Entry", "History", "Catalogue", "Problem", "ScenarioError",
]  # fmt: skip
