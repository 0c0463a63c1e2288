"""No number without its origin: all in ``data/`` are complete, and none with a unit hides in the code."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from itsim import parameters
from itsim.parameters import GRADES, NOT_CITED, ParameterError
from itsim.units import SUFFIX_UNITS

SOURCES = Path(parameters.__file__).parent
DATA = SOURCES / "data"
FACTS = DATA / "qualification"
"""What the model is judged by: no parameters; ``qualify/test_facts.py`` holds them to their own form."""
FILES = sorted(path for path in DATA.rglob("*.toml") if path.parent != FACTS)
KEYS = {reference.key for reference in parameters.references()}
NEEDED = ("value", "unit", "low", "high", "source", "grade", "note")
NUMBERS = {"value", "low", "high", "cv", "tail_df"}

SUFFIXES = tuple(suffix.lower() for suffix, unit in SUFFIX_UNITS.items() if unit != "1")
OTHER_ROOMS = ("units", "arrays", "show")
"""Where a number with a unit is no physics: the units themselves, names of types, sizes of pictures."""

CONVERSIONS = {"DAY_H": 24.0, "WEEK_H": 168.0, "NG_PER_UG": 1000.0}
"""Units in units: true by definition."""

STATED = {
    "device.faults.valve_opening.SAFETY_VALVE_mL": "a limit of one fault, from the source that its kind "
    "names; among the numbers of a pump every other pump would have to carry it",
}
"""Numbers with a unit that stand in the code nevertheless, and why."""


# In the data


def tables(path: Path) -> dict[str, Any]:
    """What a data file holds, without its words."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: table for name, table in found.items() if name != "about"}


EVERY = [(path, name, table) for path in FILES for name, table in tables(path).items()]
IDS = [f"{path.stem}:{name}" for path, name, _ in EVERY]


def complaints(table: dict[str, Any]) -> Iterator[str]:
    """What is missing or wrong in one number, as its file has it."""
    yield from (f"no {key}" for key in NEEDED if table.get(key) in (None, ""))
    if {"low", "value", "high"} <= set(table) and not table["low"] <= table["value"] <= table["high"]:
        yield "the range leaves the value out"
    if table.get("grade") not in GRADES:
        yield "no grade that is known"
    keys = {key.strip() for key in str(table.get("source", "")).split(",")} - set(NOT_CITED)
    yield from (f"{key} is not in references.bib" for key in sorted(keys - KEYS))
    if (table.get("grade") == "X") != (table.get("source") == "assumption"):
        yield "an assumption is graded X, and nothing else is"


@pytest.mark.parametrize(("path", "name", "table"), EVERY, ids=IDS)
def test_a_number_of_the_data_has_everything(path: Path, name: str, table: dict[str, Any]) -> None:
    assert list(complaints(table)) == []


@pytest.mark.parametrize("key", NEEDED)
def test_a_number_that_lacks_something_is_found_and_not_read(key: str) -> None:
    whole = tables(DATA / "response.toml")["leg_ec50"]
    assert list(complaints(whole)) == []
    part = {name: value for name, value in whole.items() if name != key}
    assert list(complaints(part))
    with pytest.raises(ParameterError, match=key):
        parameters._parameter("test", "thing", part)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "nobody1900"}, "nobody1900"),
        ({"low": 200.0}, "range"),
        ({"grade": "C"}, "grade"),
        ({"grade": "X"}, "assumption"),
        ({"grade": "A", "source": "assumption"}, "assumption"),
    ],
)
def test_what_is_wrong_in_a_number_is_found(change: dict[str, Any], said: str) -> None:
    found = list(complaints(tables(DATA / "response.toml")["leg_ec50"] | change))
    assert any(said in line for line in found)


def loose(value: Any, path: str) -> Iterator[str]:
    """Numbers that stand anywhere but under the keys of a number."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not (name in NUMBERS and set(NEEDED) <= set(value)):
                yield from loose(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from loose(inner, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{path} = {value}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_number_stands_outside_a_table_of_its_own(path: Path) -> None:
    assert list(loose(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)) == []


def test_a_loose_number_is_found() -> None:
    assert list(loose({"about": {"weights": [1.5]}, "x": 2}, "f")) == ["f.about.weights = 1.5", "f.x = 2"]


# In the code


def literals(text: str) -> Iterator[str]:
    """Names with a unit that a module sets to a number of its own and does not call numerical."""
    body, lines = ast.parse(text).body, text.splitlines()
    for i, node in enumerate(body):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or value is None or not has_number(value):
            continue
        told = lines[node.lineno - 2 : node.end_lineno] + [docstring(body[i + 1 : i + 2])]
        if "numerical" not in " ".join(told).lower():
            yield from (n for target in targets for n in names(target) if n.lower().endswith(SUFFIXES))


def has_number(value: ast.AST) -> bool:
    """Whether a number is written here, alone or among others; whole ones are counts or slots."""
    calls = any(isinstance(part, (ast.Call, ast.Name, ast.Attribute)) for part in ast.walk(value))
    constants = (part.value for part in ast.walk(value) if isinstance(part, ast.Constant))
    return not calls and any(isinstance(constant, float) for constant in constants)


def docstring(after: list[ast.stmt]) -> str:
    """The text that stands under a constant."""
    for node in after:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    return ""


def names(target: ast.AST | None) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple):
        for part in target.elts:
            yield from names(part)


def test_no_number_with_a_unit_hides_in_the_code() -> None:
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCES).with_suffix("").parts)
        if module.split(".")[0] not in OTHER_ROOMS:
            known = {*CONVERSIONS, *(name.rpartition(".")[2] for name in STATED if module in name)}
            found += [f"{module}.{n}" for n in literals(path.read_text(encoding="utf-8")) if n not in known]
    assert not found, f"put them into data/, or say in their docstring that they are numerical: {found}"


def test_conversions_are_true_wherever_they_stand() -> None:
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for name in names(node.targets[0]):
                    assert node.value.value == CONVERSIONS.get(name, node.value.value), f"{path}: {name}"


@pytest.mark.parametrize("name", sorted(STATED))
def test_stated_exceptions_are_current(name: str) -> None:
    module, _, constant = name.rpartition(".")
    path = SOURCES.joinpath(*module.split(".")).with_suffix(".py")
    assert constant in set(literals(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HALF_LIFE_H = 1.5\n", ["HALF_LIFE_H"]),
        ("A_mL, B = 2.0, 3.0\n", ["A_mL"]),
        ("LOSS_PER_H: float = 0.3\n", ["LOSS_PER_H"]),
        ("TIMES_H = (1.0, 2.0)\n", ["TIMES_H"]),
        ("STEP_H = 1e-6\n'''Numerical: a step past a bend.'''\n", []),
        ("STEP_H = 1e-6  # numerical: a step past a bend\n", []),
        ("STEP_H = 1e-6\n'''A step past a bend.'''\n", ["STEP_H"]),
        ("STEP_H = read('x')['step'].value\nSHARE_FRAC = 0.5\nN_H = 3\n", []),
    ],
)
def test_the_scan_finds_what_it_should(text: str, found: list[str]) -> None:
    assert list(literals(text)) == found
