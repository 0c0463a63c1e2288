"""Varied copies: anything in a scenario changes by its dotted path, and the copy is checked like a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from itsim.scenario.checks import check_device, check_together
from itsim.scenario.entries import Draft, name_entries
from itsim.scenario.extends import ENTRY_KEYS
from itsim.scenario.keys import ROOT_KEYS
from itsim.scenario.mapping import as_node
from itsim.scenario.model import Catalogue, Entry, Scenario
from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Table, is_null, join
from itsim.scenario.problems import suggest
from itsim.scenario.resolve import raise_if_any, resolve, with_digest
from itsim.units import split_suffix

_NOWHERE = Mark()
_FIXED = ("itsim", "extends")
_GROUPS = ("patient", "device", "history")


def vary(scenario: Scenario, changes: Mapping[str, Any], catalogue: Catalogue) -> Scenario:
    """A copy with other values under dotted paths, such as ``{"timeline.stall.at": "22 day"}``.

    Raises ScenarioError for a path that leads nowhere and for everything that is wrong with the copy.
    """
    tree = varied_tree(scenario, changes)
    copy = resolve(tree, scenario.name, catalogue, Findings())
    return _with_added(copy, scenario._added)


def varied_tree(scenario: Scenario, changes: Mapping[str, Any]) -> Table:
    """What ``vary`` makes a scenario of, before it is checked. Raises ScenarioError for a path to nowhere."""
    findings = Findings()
    tree = scenario._tree
    for path, value in changes.items():
        steps = tuple(path.split("."))
        tree = _changed(scenario, tree, steps, as_node(value, steps, findings), findings)
    raise_if_any(findings)
    return tree


def add_entry(scenario: Scenario, entry: Entry) -> Scenario:
    """A copy with one more entry, whose parameters may be of a kind that no file can hold.

    It comes last in the file's order, and an empty id is filled. Raises ScenarioError where it does not fit.
    """
    return _with_added(scenario, (entry,))


def _changed(
    scenario: Scenario, tree: Table, steps: tuple[str, ...], value: Node, findings: Findings
) -> Table:
    head, *rest = steps
    known = [name for name in ROOT_KEYS if name not in _FIXED]
    if head not in known:
        _no_way(steps, head, suggest(head, known), findings)
        return tree
    if head == "timeline":
        new = _in_timeline(scenario, tree, steps, value, findings)
    else:
        old = tree.get(head) or (Table(_NOWHERE, ()) if head in _GROUPS else None)
        new = _replaced(old, tuple(rest), value, steps, findings)
    return tree if new is None else tree.set(_key(head), new)


def _in_timeline(
    scenario: Scenario, tree: Table, steps: tuple[str, ...], value: Node, findings: Findings
) -> Node | None:
    timeline = tree.get("timeline")
    added = {entry.id for entry in scenario._added}
    ids = {entry.id: entry for entry in scenario.timeline if entry.id not in added}
    if len(steps) < 3:
        name = steps[1] if len(steps) > 1 else "timeline"
        _no_way(
            steps,
            name,
            f"name an entry and one of its keys, such as timeline.{next(iter(ids), 'stall')}.at",
            findings,
        )
        return None
    if steps[1] not in ids or not isinstance(timeline, Listing):
        _no_way(steps, steps[1], suggest(steps[1], ids), findings)
        return None
    place = ids[steps[1]].place
    item = timeline.items[place]
    if isinstance(item, Table) and steps[2] not in (*item.names, *ENTRY_KEYS):
        _no_way(steps, steps[2], _hint_inside(item, ids[steps[1]], steps), findings)
        return None
    new = _replaced(item, steps[2:], value, steps, findings)
    if new is None:
        return None
    return Listing(timeline.mark, (*timeline.items[:place], new, *timeline.items[place + 1 :]))


def _hint_inside(item: Table, entry: Entry, steps: tuple[str, ...]) -> str:
    verb = next((name for name in item.names if name not in ENTRY_KEYS), "")
    keys = [split_suffix(name)[0] for name in type(entry.parameters).model_fields]
    if steps[2] in keys:
        return f"did you mean '{'.'.join((*steps[:2], verb, *steps[2:]))}'?"
    return suggest(steps[2], ("at", "id", *(f"{verb}.{key}" for key in keys)))


def _replaced(
    node: Node | None, rest: tuple[str, ...], value: Node, steps: tuple[str, ...], findings: Findings
) -> Node | None:
    """*node* with *value* where *rest* leads; None after noting that it leads nowhere."""
    if not rest:
        return value
    step, *more = rest
    if node is None or is_null(node):
        node = Table(_NOWHERE, ())
    if isinstance(node, Table) and (step in node or not more):
        new = _replaced(node.get(step), tuple(more), value, steps, findings)
        return None if new is None else node.set(_key(step), new)
    if isinstance(node, Listing) and step.isdecimal() and int(step) < len(node.items):
        place = int(step)
        new = _replaced(node.items[place], tuple(more), value, steps, findings)
        return (
            None if new is None else Listing(node.mark, (*node.items[:place], new, *node.items[place + 1 :]))
        )
    _no_way(steps, step, _hint_below(node, step), findings)
    return None


def _hint_below(node: Node, step: str) -> str:
    if isinstance(node, Listing):
        return f"give a number from 0 to {len(node.items) - 1}"
    return suggest(step, node.names) if isinstance(node, Table) else "end the path before it"


def _no_way(steps: tuple[str, ...], step: str, hint: str, findings: Findings) -> None:
    findings.add(_NOWHERE, join("", *steps), step, "leads to nothing that can be varied here", hint)


def _key(name: str) -> Scalar:
    return Scalar(_NOWHERE, name, name)


def _with_added(scenario: Scenario, added: tuple[Entry, ...]) -> Scenario:
    if not added:
        return scenario
    findings = Findings()
    first = len(scenario.timeline)
    entries = (*scenario.timeline, *(replace(e, place=first + i) for i, e in enumerate(added)))
    drafts = name_entries(
        tuple(Draft(_NOWHERE, "", e.place, e.at_h, e.id, e.kind, e.parameters) for e in entries)
    )
    ids = [draft.id for draft in drafts]
    for draft, entry in zip(drafts[first:], entries[first:], strict=True):
        if ids.count(draft.id) > 1:
            hint = "give the new entry an id of its own, or an empty one"
            findings.add(_NOWHERE, f"{draft.path}.id", draft.id, "is the id of another entry too", hint)
        if not 0.0 <= entry.at_h < scenario.until_h:
            hint = f"write a time in hours from 0 to below {scenario.until_h:g}"
            findings.add(_NOWHERE, f"{draft.path}.at", f"{entry.at_h:g} h", "is not within the run", hint)
    check_together(drafts, {}, findings)
    check_device(drafts[first:], scenario.device.numbers, findings)
    raise_if_any(findings)
    new = tuple(replace(entry, id=name) for entry, name in zip(entries, ids, strict=True))
    return with_digest(replace(scenario, timeline=new, _added=(*scenario._added, *new[first:])))
