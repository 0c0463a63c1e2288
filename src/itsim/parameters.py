"""Every number of the package, with its unit, range, source and grade; read from ``data/*.toml``.

A grade is A (primary text read), B (quoted elsewhere), M (remembered, not verified), X (an assumption of
this package) or fit (calibrated on the fact that the note names). Show M and X wherever the value is shown.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar, cast

from itsim.units import SUFFIX_UNITS, UnitError, factor, split_suffix

T = TypeVar("T")

GRADES: dict[str, str] = {
    "A": "primary abstract, label or paper text was read",
    "B": "quoted in a secondary text",
    "M": "remembered, not verified",
    "X": "an assumption of this package",
    "fit": "calibrated here on the fact named in the note",
}

NOT_CITED = ("assumption", "fit", "scenario")
"""Sources that are no publication, and so no key of ``references.bib``."""

FOLDERS = ("bodies", "patients", "pumps", "catheters")
"""The folders of ``data/`` that hold presets to choose from by name."""

INTRAVENTRICULAR = "intraventricular"

DATA_VERSION = "1"
"""Raised by hand when the meaning of a key changes; the content hash follows every edit."""

_REQUIRED = ("value", "unit", "low", "high", "source", "grade", "note")
_OPTIONAL = ("cv", "tail_df", "moves_with")
_CANONICAL = tuple(dict.fromkeys(SUFFIX_UNITS.values()))
_LEVEL = re.compile(r"[SLTC]\d+(/[SLTC]?\d+)?")
_BIB_ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)\n\}$", re.DOTALL | re.MULTILINE)
_BIB_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?\s*$", re.MULTILINE)


class ParameterError(ValueError):
    """A number that is missing, malformed or asked for in the wrong unit; the message says what is right."""


@dataclass(frozen=True)
class Parameter:
    """One number in the canonical unit of its dimension, with where it came from and how far to trust it."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str
    grade: str
    note: str
    cv: float = 0.0
    """Between-patient coefficient of variation, log-normal; 0 where none."""
    tail_df: float = 0.0
    """Degrees of freedom of a Student t on the log scale; 0 for the normal."""
    moves_with: str = ""
    """The parameter whose patient factor this one is multiplied by as well."""
    stated_in: str = ""
    """The unit of the data file, for readers; empty where it is the canonical one."""

    @property
    def in_range(self) -> bool:
        """Whether the value lies in its own published or assumed range."""
        return self.low <= self.value <= self.high

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys in ``source``, which may name several, separated by commas."""
        return tuple(key.strip() for key in self.source.split(","))

    def as_stated(self) -> Parameter:
        """The same number in the unit of its data file, for people to read; never to calculate with."""
        size = factor(self.stated_in, self.unit) if self.stated_in else 1.0
        value, low, high = (float(f"{x / size:.12g}") for x in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high, unit=self.stated_in or self.unit, stated_in="")


@dataclass(frozen=True)
class ParameterSet(Mapping[str, Parameter]):
    """A frozen mapping of names to parameters. Raises ParameterError where a name comes twice."""

    entries: tuple[Parameter, ...] = ()

    def __post_init__(self) -> None:
        if len(self._by_name) != len(self.entries):
            names = [parameter.name for parameter in self.entries]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ParameterError(f"{', '.join(twice)}: given twice; merged() lets one replace the other")

    @cached_property
    def _by_name(self) -> dict[str, Parameter]:
        return {parameter.name: parameter for parameter in self.entries}

    def __getitem__(self, name: str) -> Parameter:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def numbers(self) -> dict[str, float]:
        """The values alone, by name, in canonical units."""
        return {parameter.name: parameter.value for parameter in self.entries}

    @property
    def sources(self) -> tuple[str, ...]:
        """The reference keys that these numbers rest on, each once, without assumptions and fits."""
        keys = {key for parameter in self.entries for key in parameter.sources}
        return tuple(sorted(keys.difference(NOT_CITED)))

    def override(self, name: str, value: float, source: str = "scenario", grade: str = "X") -> ParameterSet:
        """A new set with another value (canonical unit) under *name*; its range stays as published.

        Raises ParameterError for an unknown name, a grade that is none, and a value that is not finite.
        """
        old = self._known(name)
        if not math.isfinite(value):
            raise ParameterError(f"{name} = {value}: is not a finite number")
        _check_grade(name, grade)
        return self.merged((replace(old, value=float(value), source=source, grade=grade),))

    def merged(self, other: ParameterSet | Iterable[Parameter]) -> ParameterSet:
        """A new set of both; where a name is in both, *other* has the word."""
        news = other.entries if isinstance(other, ParameterSet) else tuple(other)
        return ParameterSet(tuple((self._by_name | {new.name: new for new in news}).values()))

    def fill(self, cls: type[T]) -> T:
        """Build the dataclass *cls* from the parameters that its fields name with their unit suffix.

        ``csf_loss_per_h`` takes ``csf_loss``; a field without suffix is a plain number and one that begins
        with ``n_`` a whole one. Raises ParameterError for a missing parameter and a suffix that does not fit.
        """
        wanted = filter(self._is_wanted, fields(cast(Any, cls)))
        return cls(**{field.name: self._for_field(field) for field in wanted})

    def _is_wanted(self, field: Field[Any]) -> bool:
        key, _ = _key_of(field.name)
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        return field.init and (key in self or not has_default)

    def _for_field(self, field: Field[Any]) -> float:
        key, unit = _key_of(field.name)
        known = self._known(key)
        if known.unit != unit:
            right = f"it is kept in {known.unit}; name the field {key}{_suffix_of(known.unit)}"
            raise ParameterError(f"field {field.name} reads {key} in {unit}, but {right}")
        if field.name.startswith("n_") and not known.value.is_integer():
            raise ParameterError(f"{key} = {known.value}: must be a whole number")
        return int(known.value) if field.name.startswith("n_") else known.value

    def _known(self, name: str) -> Parameter:
        if name in self._by_name:
            return self._by_name[name]
        from difflib import get_close_matches

        near = get_close_matches(name, self._by_name, n=3) or sorted(self._by_name)
        raise ParameterError(f"{name}: is no parameter here; known are {', '.join(near)}")


class Correlation(NamedTuple):
    """How the logarithms of two parameters move together from patient to patient."""

    a: str
    b: str
    rho: float
    source: str
    grade: str


class Stage(NamedTuple):
    """One band of an index, half-open: ``from_index <= index < to_index``."""

    name: str
    from_index: float
    to_index: float
    signs: tuple[str, ...]


class Reference(NamedTuple):
    """One entry of ``references.bib``."""

    key: str
    kind: str
    fields: dict[str, str]
    text: str

    @property
    def line(self) -> str:
        """The entry as one line of plain text."""
        order = ("author", "title", "journal", "howpublished", "year", "volume", "pages", "note")
        parts = [self.fields[name] for name in order if name in self.fields]
        link = [f"https://doi.org/{self.fields['doi']}"] if "doi" in self.fields else []
        return ". ".join(parts + link)


def read(*parts: str) -> ParameterSet:
    """The parameters of one or more parts of ``data/``, such as ``bodies/neuraxis``.

    Raises ParameterError for an unknown part, a malformed number, and a name that two parts share.
    """
    return ParameterSet(tuple(parameter for part in parts for parameter in _read_part(part).entries))


def about(part: str) -> dict[str, Any]:
    """What *part* says besides numbers: its table ``[about]``. Raises ParameterError for an unknown part."""
    return deepcopy(cast(dict[str, Any], _document(part).get("about", {})))


def available(folder: str) -> tuple[str, ...]:
    """The names of the presets in a folder of ``data/``. Raises ParameterError for an unknown folder."""
    if folder not in FOLDERS:
        raise ParameterError(f"{folder}: is no folder of presets; known are {', '.join(FOLDERS)}")
    return tuple(part.removeprefix(f"{folder}/") for part in parts() if part.startswith(f"{folder}/"))


@lru_cache(maxsize=1)
def parts() -> tuple[str, ...]:
    """Every part of ``data/`` that can be read, general ones first."""
    return tuple(part for folder in ("", *FOLDERS) for part in _stems(folder))


def all_parameters() -> tuple[tuple[str, Parameter], ...]:
    """Every number in ``data/`` with the part it came from."""
    return tuple((part, parameter) for part in parts() for parameter in _read_part(part).entries)


@lru_cache(maxsize=1)
def version() -> str:
    """The parameters version: a number set by hand and a short hash of all data files."""
    names = sorted([f"{part}.toml" for part in parts()] + ["references.bib", "units.txt"])
    content = "".join(f"{name}\0{_text(name)}\0" for name in names)
    return f"{DATA_VERSION}+{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def levels() -> dict[str, float]:
    """Vertebral levels and discs with their height in cm above the sacral end, from below upwards."""
    found = {name: p.value for name, p in read("levels").items() if _LEVEL.fullmatch(name)}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def tips() -> tuple[str, ...]:
    """Where a catheter's tip can be, from above downwards: the ventricle, then the levels and discs."""
    return (INTRAVENTRICULAR, *reversed(levels()))


def correlations() -> tuple[Correlation, ...]:
    """Which parameters are correlated between patients; a table named ``a ~ b`` is one pair."""
    pairs = ((name.split(" ~ "), parameter) for name, parameter in read("correlations").items())
    return tuple(Correlation(a, b, p.value, p.source, p.grade) for (a, b), p in pairs)


def stages(index: str) -> tuple[Stage, ...]:
    """The bands of an index, lowest first, with their signs in clinical order: ``withdrawal``, ``effect`` or
    ``sedation``. A convention, not a diagnosis.

    Raises ParameterError for an index that has no bands.
    """
    bands = about("symptoms").get(index)
    if bands is None:
        raise ParameterError(f"{index}: has no bands; known are withdrawal, effect, sedation")
    numbers = read("symptoms").numbers
    edges = [numbers[band["from"]] if "from" in band else 0.0 for band in bands] + [numbers[f"{index}_top"]]
    pairs = zip(bands, edges, edges[1:], strict=False)
    return tuple(Stage(band["name"], low, high, tuple(band["signs"])) for band, low, high in pairs)


def safety() -> dict[str, str]:
    """The safety wording, by name; ``not_validated`` holds the places ``{inside}`` and ``{total}``."""
    return {name: str(text) for name, text in about("safety").items()}


def references(keys: Iterable[str] | None = None) -> tuple[Reference, ...]:
    """The references with these keys, each once, in the order asked; all of them where no keys are given.

    A key may be a parameter's ``source``: lists are split; assumptions, fits and overrides passed over.
    Raises ParameterError for a key that is not in ``references.bib``.
    """
    known = _bibliography()
    wanted = dict.fromkeys(
        key.strip() for text in (known if keys is None else keys) for key in text.split(",")
    )
    for key in wanted:
        if key not in known and key not in NOT_CITED:
            raise ParameterError(f"{key}: is no key of references.bib")
    return tuple(known[key] for key in wanted if key in known)


def _text(name: str) -> str:
    return files("itsim.data").joinpath(name).read_text(encoding="utf-8")


def _stems(folder: str) -> list[str]:
    place = files("itsim.data").joinpath(folder) if folder else files("itsim.data")
    names = sorted(item.name.removesuffix(".toml") for item in place.iterdir() if item.name.endswith(".toml"))
    return [f"{folder}/{name}" if folder else name for name in names]


@lru_cache(maxsize=256)
def _document(part: str) -> dict[str, Any]:
    if part not in parts():
        raise ParameterError(f"{part}: is no part of the data; known are {', '.join(parts())}")
    try:
        return tomllib.loads(_text(f"{part}.toml"))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{part}: {error}") from error


@lru_cache(maxsize=256)
def _read_part(part: str) -> ParameterSet:
    tables = _document(part).items()
    return ParameterSet(tuple(_parameter(part, name, table) for name, table in tables if name != "about"))


def _parameter(part: str, name: str, table: object) -> Parameter:
    """Check one table and convert it to the canonical unit. Raises ParameterError."""
    where = f"{part}: {name}"
    if not isinstance(table, dict):
        raise ParameterError(f"{where}: is not a table with {', '.join(_REQUIRED)}")
    _check_keys(where, table)
    _check_grade(where, table["grade"])
    try:
        unit, size = _canonical(table["unit"])
    except UnitError as error:
        raise ParameterError(f"{where}: {error}") from None
    value, low, high = (_number(where, table, key) * size for key in ("value", "low", "high"))
    if not low <= value <= high:
        raise ParameterError(f"{where}: the value lies outside its range low to high")
    cv, tail_df = (_number(where, table, key) for key in ("cv", "tail_df"))
    texts = {key: table.get(key, "") for key in ("source", "grade", "note", "moves_with")}
    stated_in = "" if table["unit"] == unit else table["unit"]
    return Parameter(name, value, unit, low, high, cv=cv, tail_df=tail_df, stated_in=stated_in, **texts)


def _check_keys(where: str, table: Mapping[str, object]) -> None:
    missing, unknown = set(_REQUIRED).difference(table), set(table).difference(_REQUIRED + _OPTIONAL)
    if missing or unknown:
        raise ParameterError(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    for key in ("unit", "source", "grade", "note", "moves_with"):
        if not isinstance(table.get(key, ""), str):
            raise ParameterError(f"{where}: {key} is not a text")


def _check_grade(where: str, grade: object) -> None:
    if grade not in GRADES:
        raise ParameterError(f"{where}: grade {grade!r} is none of {', '.join(GRADES)}")


def _number(where: str, table: Mapping[str, object], key: str) -> float:
    value = table.get(key, 0.0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ParameterError(f"{where}: {key} is not a finite number")
    return float(value)


@lru_cache(maxsize=128)
def _canonical(unit_text: str) -> tuple[str, float]:
    """The canonical unit of the dimension of *unit_text*, and its size in it. Raises UnitError."""
    if unit_text in _CANONICAL:
        return unit_text, 1.0
    for unit in _CANONICAL if unit_text.strip() else ():
        try:
            return unit, factor(unit_text, unit)
        except UnitError:
            continue
    raise UnitError(f"has the unit {unit_text!r}, which is none of {', '.join(_CANONICAL)} in other words")


def _key_of(field_name: str) -> tuple[str, str]:
    return (field_name, "1") if field_name.startswith("n_") else split_suffix(field_name)


def _suffix_of(unit: str) -> str:
    return next((suffix for suffix, known in SUFFIX_UNITS.items() if known == unit and unit != "1"), "")


@lru_cache(maxsize=1)
def _bibliography() -> dict[str, Reference]:
    found = (
        Reference(match[2], match[1].lower(), dict(_BIB_FIELD.findall(match[3])), match[0])
        for match in _BIB_ENTRY.finditer(_text("references.bib"))
    )
    return {reference.key: reference for reference in found}
