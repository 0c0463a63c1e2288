"""The numbers of one entry: the kind's own model reads them, and what it says is put where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from itsim.scenario.kinds import Kind, KindModel
from itsim.scenario.nodes import Findings, Node, Step, Table, descend, join, plain, shown
from itsim.scenario.problems import about, of_value, suggest_key
from itsim.scenario.quantity import wrong_time
from itsim.scenario.words import explain, model_at
from itsim.units import split_suffix, unit_of

MOST_PER_LIST = 3
"""A list with a slip in its unit would else be complained about once a line."""


def read_numbers(kind: Kind, given: Table, path: str, findings: Findings) -> KindModel | None:
    """The parameters of *kind* as written in *given*; None after noting what is wrong with them."""
    try:
        model = kind.parameters.model_validate(plain(given))
    except ValidationError as error:
        _note_all(error.errors(include_url=False), kind, given, path, findings)
        return None
    return None if _note_times(model, given, path, findings) else model


def note_complaints(kind: Kind, model: KindModel, device: Mapping[str, float], node: Node, path: str,
                    findings: Findings) -> None:  # fmt: skip
    """Note what the kind has to say of its numbers on this device."""
    for complaint in kind.complaints(model, device):
        steps: list[Step] = [
            int(part) if part.isdigit() else split_suffix(part)[0]
            for part in complaint.field.split(".")
            if part
        ]
        found, _ = descend(node, steps)
        text = shown(found)
        rule = (
            about(complaint.field or kind.name, complaint.rule) if text is None else of_value(complaint.rule)
        )
        findings.add(found.mark, join(path, *steps), text, rule, complaint.hint)


def _note_all(errors: list[ErrorDetails], kind: Kind, given: Table, path: str, findings: Findings) -> None:
    counts: dict[tuple[Step, ...], int] = {}
    for error in errors:
        head = error["loc"][:1] if len(error["loc"]) > 1 else ()
        counts[head] = counts.get(head, 0) + 1
        if not head or counts[head] <= MOST_PER_LIST:
            _note(error, kind, given, path, findings)


def _note(error: ErrorDetails, kind: Kind, given: Table, path: str, findings: Findings) -> None:
    steps = error["loc"]
    node, taken = descend(given, steps)
    if error["type"] == "extra_forbidden":
        parent, taken = descend(given, steps[:-1])
        key = parent.key(str(steps[-1])) if isinstance(parent, Table) else None
        if key is not None:
            model = model_at(kind.parameters, steps[:-1])
            known = [split_suffix(name)[0] for name in model.model_fields]
            hint = suggest_key(key.text, known) if known else f"remove it; {kind.name} has no keys of its own"
            findings.add(
                key.mark, join(path, *taken, key.text), key.text, f"is not a key of {kind.name}", hint
            )
            return
    rule, hint = explain(error, kind.parameters, shown(node), kind.example)
    if error["type"] == "missing":
        findings.add(node.mark, join(path, *taken, steps[-1]), None, rule, hint)
        return
    text = shown(node)
    said = about(kind.name, rule) if text is None else of_value(rule)
    findings.add(node.mark, join(path, *taken), text, said, hint)


def _note_times(model: BaseModel, given: Table, path: str, findings: Findings) -> bool:
    """Note every time that cannot be; whether there was one."""
    wrong = [(steps, said) for steps, time_h in _times(model, ()) if (said := wrong_time(time_h))]
    for steps, said in wrong[:MOST_PER_LIST]:
        node, taken = descend(given, steps)
        findings.add(node.mark, join(path, *taken), shown(node), *said)
    return bool(wrong)


def _times(model: BaseModel, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], float]]:
    for name in type(model).model_fields:
        yield from _times_in(getattr(model, name), unit_of(name) == "h", (*steps, split_suffix(name)[0]))


def _times_in(
    value: object, is_time: bool, steps: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], float]]:
    if isinstance(value, BaseModel):
        yield from _times(value, steps)
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from _times_in(item, is_time, (*steps, i))
    elif is_time and isinstance(value, float):
        yield steps, value
