"""What a dotted path of a scenario leads to: a number of which unit, a word, or nothing that can vary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from itsim.scenario.extends import ENTRY_KEYS
from itsim.scenario.model import Entry, Scenario
from itsim.scenario.nodes import Listing, Step, Table
from itsim.scenario.problems import ScenarioError, suggest
from itsim.scenario.vary import varied_tree
from itsim.scenario.verbs import CHOSEN
from itsim.scenario.words import field_of, model_at
from itsim.units import split_suffix, unit_of

_WORDS = ("body", "patient.preset", "patient.tip", "device.pump", "device.catheter")
_HISTORY = {"daily_dose": "ug/h", "lasting": "h"}


@dataclass(frozen=True)
class Target:
    """What stands under a path: a quantity in *unit* (canonical, "1" for a plain number), or a word."""

    unit: str
    is_word: bool = False


class PathError(ValueError):
    """A path that leads to nothing that can be varied; ``rule`` and ``hint`` say why and what would."""

    def __init__(self, rule: str, hint: str) -> None:
        super().__init__(f"{rule}; {hint}")
        self.rule, self.hint = rule, hint


def target_of(scenario: Scenario, path: str) -> Target:
    """What *path* leads to in *scenario*. Raises PathError."""
    try:
        varied_tree(scenario, {path: None})
    except ScenarioError as error:
        raise PathError(error.problems[0].rule, error.problems[0].hint) from None
    head, *rest = path.split(".")
    if path in _WORDS:
        return Target("1", is_word=True)
    if path == "until":
        return Target("h")
    if head == "timeline":
        return _in_entry(next(e for e in scenario.timeline if e.id == rest[0]), scenario, rest[1:])
    known = {"patient": scenario.patient, "device": scenario.device}.get(head)
    units = _HISTORY if known is None else {name: p.unit for name, p in known.items()}
    if head in ("patient", "device", "history") and len(rest) == 1 and rest[0] in units:
        return Target(units[rest[0]])
    if head in ("patient", "device", "history"):
        raise PathError(f"is no number of the {head}", suggest(".".join(rest), units))
    raise PathError("holds no number", "name a number of the patient, the device, the timeline, or until")


def _in_entry(entry: Entry, scenario: Scenario, rest: list[str]) -> Target:
    if rest == ["at"]:
        return Target("h")
    if rest[0] in ENTRY_KEYS or len(rest) < 2:
        raise PathError("holds no number", f"end it in `at`, or in {_keys_hint(entry, scenario)}")
    steps: tuple[Step, ...] = tuple(int(s) if s.isdecimal() else s for s in rest[1:])
    name, annotation = field_of(type(entry.parameters), steps)
    if not name:
        model = model_at(type(entry.parameters), steps[:-1])
        known = [split_suffix(field)[0] for field in model.model_fields]
        if rest[0] in CHOSEN and steps == (CHOSEN[rest[0]][1],):
            raise PathError("chooses the kind itself", "write a scenario for each kind and name both")
        raise PathError(f"is not a key of {entry.kind.name}", suggest(str(steps[-1]), known))
    if _holds_more(annotation, steps):
        raise PathError("holds more than one number", f"add the place in the list, such as {name}.0")
    return Target(unit_of(name), is_word=_is_word(annotation))


def _keys_hint(entry: Entry, scenario: Scenario) -> str:
    timeline = scenario._tree.get("timeline")
    item = timeline.items[entry.place] if isinstance(timeline, Listing) else None
    names = item.names if isinstance(item, Table) else ()
    verb = next((name for name in names if name not in ENTRY_KEYS), "fault")
    keys = [split_suffix(name)[0] for name in type(entry.parameters).model_fields]
    return ", ".join(f"{verb}.{key}" for key in keys) or "nothing else: this entry has no numbers"


def _is_word(annotation: Any) -> bool:
    if annotation in (str, bool) or get_origin(annotation) is Literal:
        return True
    return any(_is_word(part) for part in get_args(annotation) if isinstance(part, type) or get_args(part))


def _holds_more(annotation: Any, steps: tuple[Step, ...]) -> bool:
    """Whether a list or a group stands there, of which no place or key is named."""
    parts = (annotation, *get_args(annotation))
    return not isinstance(steps[-1], int) and any(get_origin(part) in (tuple, list) for part in parts)
