"""Text with a unit in, plain floats out: hours, millilitres, micrograms, centimetres, mmHg inside.

This is the only module that knows two units. Everywhere else a dimensional name ends in its unit
(``at_h``, ``volume_mL``, ``csf_loss_per_h``); the table below says which suffix stands for which unit.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

SUFFIX_UNITS: dict[str, str] = {
    "_mL_h_kg": "mL/h/kg",
    "_mL_mmHg": "mL/mmHg",
    "_mL_kg": "mL/kg",
    "_ug_mL": "ug/mL",
    "_mL_cm": "mL/cm",
    "_cm2_h": "cm**2/h",
    "_per_h": "1/h",
    "_mL_h": "mL/h",
    "_ug_h": "ug/h",
    "_cm_h": "cm/h",
    "_mmHg": "mmHg",
    "_frac": "1",
    "_mL": "mL",
    "_ug": "ug",
    "_cm": "cm",
    "_kg": "kg",
    "_h": "h",
}
"""Longest first, so that ``rate_mL_h`` is a flow and not a time."""

MAX_TIME_H = 100 * 365.25 * 24.0
"""No time in a scenario may pass a century: it is a slip of the unit."""

_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*\Z", re.DOTALL)

_UNIT = re.compile(r"1|[^\W\d_]+(?:(?:\*\*|\^)-?\d)?|%")
"""One factor of a unit: 1, %, or a name with at most one digit of power."""
_FACTORS = re.compile(r"\s*[/·]\s*|\s*(?<!\*)\*(?!\*)\s*")

_EXAMPLES = {
    "h": "10 day",
    "mL": "40 mL",
    "ug": "50 ug",
    "cm": "80 cm",
    "mL/h": "0.15 mL/day",
    "ug/h": "300 ug/day",
    "ug/mL": "2000 ug/mL",
    "1/h": "0.3 1/h",
    "mL/cm": "0.0022 mL/cm",
    "cm**2/h": "220 cm**2/h",
    "cm/h": "1.5 cm/year",
    "mmHg": "500 mmHg",
    "mL/mmHg": "0.0001 mL/mmHg",
    "kg": "70 kg",
    "mL/kg": "0.7 mL/kg",
    "mL/h/kg": "0.3 L/h/kg",
    "1": "0.5 or 50 %",
}

_DIMENSION_WORDS = {
    "cm/h": "a growth of length",
    "h": "a time",
    "mL": "a volume",
    "ug": "an amount of drug",
    "cm": "a length",
    "mL/h": "a flow",
    "ug/h": "a dose rate",
    "ug/mL": "a concentration",
    "1/h": "a rate constant",
    "mL/cm": "a volume per length",
    "cm**2/h": "a dispersion",
    "mmHg": "a pressure",
    "mL/mmHg": "a compliance",
    "kg": "a body weight",
    "mL/kg": "a volume per body weight",
    "mL/h/kg": "a clearance per body weight",
    "1": "a plain number",
}


class UnitError(ValueError):
    """A text that is not a finite number followed by a fitting unit. The message says what would be."""


def example(unit: str) -> str:
    """A text that would be read as *unit*."""
    return _EXAMPLES.get(unit, f"1 {unit}")


def words(unit: str) -> str:
    """What *unit* measures, in words: "a time", "a dose rate"."""
    return _DIMENSION_WORDS.get(unit, f"a quantity in {unit}")


def split_suffix(name: str) -> tuple[str, str]:
    """Split ``csf_loss_per_h`` into its file key and its unit: ``("csf_loss", "1/h")``."""
    for suffix, unit in SUFFIX_UNITS.items():
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], unit
    return name, "1"


def unit_of(name: str) -> str:
    """The unit that the suffix of *name* stands for; "1" where it has none."""
    return split_suffix(name)[1]


def parse(text: str, unit: str) -> float:
    """Read ``"350 ug/day"`` as a float in *unit*.

    Raises UnitError for a bare number where a unit belongs, an unknown unit, a wrong dimension,
    and for anything that is not a finite number.
    """
    if not isinstance(text, str):
        raise UnitError(f"{text!r} is not a text with a unit; write for example {example(unit)}")
    match = _NUMBER.match(text)
    if match is None:
        raise UnitError(f"is not a number with a unit; write for example {example(unit)}")
    number, unit_text = float(match.group(1)), match.group(2)
    if not unit_text and unit != "1":
        raise UnitError(f"has no unit; {words(unit)} needs one, for example {example(unit)}")
    value = number * factor(unit_text or "1", unit)
    if not math.isfinite(value):
        raise UnitError("is too large to be a number")
    return value


@lru_cache(maxsize=512)
def factor(unit_text: str, unit: str) -> float:
    """How many *unit* one *unit_text* is. Raises UnitError for unknown units and wrong dimensions."""
    if unit_text == unit:
        return 1.0
    written, wanted = _parse_unit(unit_text), _parse_unit(unit)
    if written.dimensionality != wanted.dimensionality:
        raise UnitError(f"is in {unit_text}, but {words(unit)} belongs here, for example {example(unit)}")
    return float((written / wanted).to_base_units().magnitude)


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """The same quantity in another unit of the same dimension."""
    return value * factor(from_unit, to_unit)


@lru_cache(maxsize=512)
def _parse_unit(text: str) -> pint.Quantity[float]:
    registry = _registry()
    if text == "1":
        return registry.Quantity(1.0)
    unknown = UnitError(f"has the unit {text!r}, which is not known here; known are {known_units()}")
    if not all(_UNIT.fullmatch(part) for part in _FACTORS.split(text.strip())):
        raise unknown
    try:
        return registry.Quantity(1.0, registry.parse_units(text))
    except Exception as error:  # pint raises a dozen unrelated types for unit texts it cannot read
        raise unknown from error


def known_units() -> str:
    """The units a user may write, for messages."""
    times, amounts = "min, h, day (d), week, month, year", "ug (mcg, µg), ng, mg"
    return f"{times}, mL, L, {amounts}, cm, mm, mmHg, kg (of a body), 1/h, % and their quotients"


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[float]:
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None)
    for line in files("itsim.data").joinpath("units.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            registry.define(line)
    return registry
