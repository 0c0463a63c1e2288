"""Facts as data: what was published, the rule that decides, the protocol that is simulated.

Read from ``data/qualification``; the numbers and rules there were fixed before anything was simulated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

from itsim.catalogue import catalogue
from itsim.qualify.rules import REPORTED
from itsim.scenario import load
from itsim.scenario.model import Scenario

PUBLISHED, EXPECTED = "facts", "behaviour"
"""The files: published facts, and how the model behaves where nothing was measured or another fact is met."""

CALIBRATION, VALIDATION = "calibration", "validation against published clinical facts"
PLAUSIBILITY, EMERGENT = "plausibility", "emergent behaviour"


@dataclass(frozen=True)
class Check:
    """One reported number, and what it is compared with."""

    name: str
    observable: str
    """A name in ``observables.OBSERVABLES``."""
    protocols: tuple[str, ...]
    """Scenario files beside the facts, in the order that the observable takes them."""
    rule: str
    unit: str
    reported: Mapping[str, float]
    """The numbers of the rule, in *unit*."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What the observable needs besides; names end in their unit."""
    site: str = ""
    """A read-out of the body, where the observable takes one."""
    suited: bool = True
    """Whether patients who have lived on a dose are those whom it suits; else they are drawn as they come."""


@dataclass(frozen=True)
class Fact:
    """One row: a published fact with everything that must hold for it."""

    id: str
    fact: str
    published: str
    protocol: str
    assumed: str
    """What the source does not say and this row assumes."""
    source: str
    """Keys of ``references.bib``, or "assumption"."""
    grade: str
    fitted: tuple[str, ...]
    """Parameters that were set with this fact in view."""
    checks: tuple[Check, ...]
    category: str
    note: str = ""
    reason: str = ""
    """Why it lies outside, where that is known; shown only then."""


@lru_cache(maxsize=2)
def facts(file: str = PUBLISHED) -> tuple[Fact, ...]:
    """Every row of one file, in its order. Raises ValueError for a row that is not whole."""
    text = _place(f"{file}.toml").read_text(encoding="utf-8")
    return tuple(_fact(name, table) for name, table in tomllib.loads(text).items())


def _fact(name: str, table: Mapping[str, object]) -> Fact:
    content = dict(table)
    checks = content.pop("check", [])
    fitted = content.pop("fitted", [])
    if not isinstance(checks, list) or not checks or not isinstance(fitted, list):
        raise ValueError(f"{name}: needs at least one [[{name}.check]], and `fitted` as a list")
    texts = {key: str(value) for key, value in content.items()}
    texts.setdefault("category", CALIBRATION if fitted else VALIDATION)
    try:
        return Fact(
            id=name,
            fitted=tuple(fitted),
            checks=tuple(_check(f"{name}, {check.get('name')}", check) for check in checks),
            **texts,
        )
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from error


def _check(where: str, table: Mapping[str, object]) -> Check:
    content = dict(table)
    rule = str(content.get("rule"))
    if rule not in REPORTED:
        raise ValueError(f"{where}: the rule {rule!r} is none of {', '.join(REPORTED)}")
    given = {key for keys in REPORTED.values() for key in keys if key in content}
    if given != REPORTED[rule]:
        raise ValueError(
            f"{where}: the rule {rule} takes {sorted(REPORTED[rule])} and was given {sorted(given)}"
        )
    reported = {key: _number(where, content.pop(key)) for key in sorted(given)}
    protocols, numbers = content.pop("protocols", None), content.pop("numbers", {})
    suited = content.pop("suited", True)
    if not isinstance(protocols, list) or not isinstance(numbers, dict):
        raise ValueError(f"{where}: `protocols` must be a list and `numbers` a table")
    if not isinstance(suited, bool):
        raise ValueError(f"{where}: `suited` must be true or false")
    return Check(
        protocols=tuple(protocols),
        numbers={key: _number(where, value) for key, value in numbers.items()},
        reported=reported,
        suited=suited,
        **{key: str(value) for key, value in content.items()},
    )


def _number(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{where}: {value!r} is not a number")
    return float(value)


@lru_cache(maxsize=128)
def protocol(name: str) -> Scenario:
    """The scenario of a protocol. Raises ScenarioError for a file that is not there or not right."""
    with as_file(_place(f"{name}.yaml")) as path:
        return load(path, catalogue())


def _place(name: str) -> Traversable:
    return files("itsim.data").joinpath("qualification").joinpath(name)
