"""A resolved scenario: validated, in canonical units, frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from itsim.parameters import ParameterSet
from itsim.scenario.kinds import Complaint, Kind, KindModel
from itsim.scenario.nodes import Mark, Table


class Catalogue(Protocol):
    """What the loader is told of the kinds that exist; it knows none by name."""

    @property
    def kinds(self) -> Mapping[str, Mapping[str, Kind]]:
        """The groups "programs", "faults" and "events", each by name."""

    @property
    def bodies(self) -> Mapping[str, object]:
        """The body models by name."""

    def whole(
        self, timeline: Sequence[Entry], device: Mapping[str, float], until_h: float
    ) -> Iterable[tuple[int, Complaint]]:
        """What is wrong with a timeline as a whole, each with the place of the entry."""


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at_h: float
    id: str
    """As given, or made: ``<kind>_<n>``."""
    kind: Kind
    parameters: KindModel
    place: int
    """Position in the file; breaks ties last."""
    reported: bool = False
    """Whether a source of the story reports this entry; the others are assumptions."""


@dataclass(frozen=True)
class History:
    """What the patient has lived on before the run begins."""

    dose_rate_ug_h: float
    lasting_h: float


@dataclass(frozen=True)
class Scenario:
    """A patient, a device and what happens to them, ready to run."""

    name: str
    """The file's stem."""
    title: str
    topic: str
    """The chapter of the gallery that it belongs to; empty where none is named."""
    story: str
    sources: tuple[str, ...]
    """References that the story itself rests on."""
    assumptions: tuple[str, ...]
    """What the story assumes, in words."""
    body: str
    patient: ParameterSet
    """Body and response, overridden by the preset and then by the file."""
    tip: str
    """Vertebral level of the catheter tip."""
    preset: str
    """Name of the patient's preset; the numbers are in ``patient``."""
    device: ParameterSet
    """Pump, catheter and clinic, overridden by the file."""
    pump: str
    catheter: str
    history: History | None
    timeline: tuple[Entry, ...]
    """In the order of the file."""
    until_h: float
    sha256: str
    """Of the resolved content, not of the text."""
    _tree: Table = field(default=Table(Mark(), ()), repr=False, compare=False)
    """What the scenario was made from, for varied copies."""
    _added: tuple[Entry, ...] = field(default=(), repr=False, compare=False)
    """Entries that came from Python and are in no tree; varied copies keep them."""
