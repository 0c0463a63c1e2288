"""What a kind of timeline entry is: a name, its parameters, its text and one pure function to effects.

A programme, a fault and an event are the same thing to the loader. Each lives in one file of
``device/programs``, ``device/faults`` or ``device/events`` that ends in ``KIND = Kind(...)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from itsim.units import UnitError, example, parse, split_suffix


def _reader(unit: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError(f"is not a number with a unit; write for example {example(unit)}")
        try:
            return parse(value if isinstance(value, str) else repr(value), unit)
        except UnitError as error:
            raise ValueError(str(error)) from None

    return read


def _schema(unit: str) -> dict[str, Any]:
    if unit == "1":
        return {"type": ["number", "string"], "description": "a plain number, or text with %"}
    return {"type": "string", "description": f"a number with a unit, for example {example(unit)}"}


Hours = Annotated[float, BeforeValidator(_reader("h")), WithJsonSchema(_schema("h"))]
Millilitres = Annotated[float, BeforeValidator(_reader("mL")), WithJsonSchema(_schema("mL"))]
Micrograms = Annotated[float, BeforeValidator(_reader("ug")), WithJsonSchema(_schema("ug"))]
Centimetres = Annotated[float, BeforeValidator(_reader("cm")), WithJsonSchema(_schema("cm"))]
Flow = Annotated[float, BeforeValidator(_reader("mL/h")), WithJsonSchema(_schema("mL/h"))]
DoseRate = Annotated[float, BeforeValidator(_reader("ug/h")), WithJsonSchema(_schema("ug/h"))]
Concentration = Annotated[float, BeforeValidator(_reader("ug/mL")), WithJsonSchema(_schema("ug/mL"))]
PerHour = Annotated[float, BeforeValidator(_reader("1/h")), WithJsonSchema(_schema("1/h"))]
Pressure = Annotated[float, BeforeValidator(_reader("mmHg")), WithJsonSchema(_schema("mmHg"))]
Compliance = Annotated[float, BeforeValidator(_reader("mL/mmHg")), WithJsonSchema(_schema("mL/mmHg"))]
Fraction = Annotated[float, BeforeValidator(_reader("1")), WithJsonSchema(_schema("1"))]


class KindModel(BaseModel):
    """Base of every parameters model: frozen, closed, and its file keys are the field names without
    the unit suffix (``lasting_h`` is written ``lasting`` in a scenario file)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        alias_generator=lambda name: split_suffix(name)[0],
        populate_by_name=False,
    )


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field of an entry, in the words of its kind."""

    field: str
    rule: str
    hint: str


def _no_complaints(parameters: Any, device: Mapping[str, float]) -> Iterable[Complaint]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of timeline entry. ``effects`` turns its numbers into effects and knows nothing else."""

    group: str
    """"programs", "faults" or "events"."""
    name: str
    summary: str
    parameters: type[KindModel]
    effects: Callable[..., Any]
    """``effects(parameters, at_h, device) -> tuple[Effect, ...]``; numbers may be arrays over variants."""
    example: Mapping[str, object] = field(default_factory=dict)
    """Numbers as a file would give them, for help, tests and the teaching matrix."""
    alarm: str = "none"
    evidence: str = "none"
    sources: tuple[str, ...] = ("assumption",)
    intended: bool = False
    """Whether the entry changes what is intended, and so acts on the fault-free twin too."""
    sets: str = ""
    """What the entry sets outright; two entries at one instant that set the same thing contradict."""
    unsets: str = ""
    """What the entry takes away; what needs it must then wait until it is renewed."""
    renews: bool = False
    """Whether the entry sets anew what was taken away."""
    needs: tuple[str, ...] = ()
    """What an entry before it, or at the same instant, must have set."""
    complaints: Callable[[Any, Mapping[str, float]], Iterable[Complaint]] = field(default=_no_complaints)
    """Checks the numbers against the pump: capacity, rates, steps."""
    words: Callable[[Any], str] | None = None
    """A few words for a mark in a picture, such as "stall" or "350 µg/day"; the name where None."""

    def label(self, parameters: Any) -> str:
        """What a picture or a log writes beside an entry of this kind."""
        return self.words(parameters) if self.words else self.name.replace("_", " ")
