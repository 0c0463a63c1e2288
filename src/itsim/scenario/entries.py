"""The timeline: what each entry is, when it happens, and its numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from itsim.scenario.keys import ROOT_KEYS
from itsim.scenario.kinds import Kind, KindModel
from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Table, is_null, join, shown
from itsim.scenario.numbers import read_numbers
from itsim.scenario.problems import shorten
from itsim.scenario.quantity import read_time
from itsim.scenario.verbs import CHOSEN, Kinds, check_keys, kind_of, refuse_kind, verbs

_SIMPLE = re.compile(r"[a-z0-9_]+")
SAME_INSTANT_H = 1e-9
"""Numerical: two ways to write one time, such as 1 day and 1440 min, may differ by rounding."""


@dataclass(frozen=True)
class Draft:
    """An entry as far as it could be read; None stands where something is wrong with it."""

    mark: Mark
    path: str
    place: int
    at_h: float | None
    id: str
    kind: Kind | None
    parameters: KindModel | None
    verb: str = ""
    body: Table | None = None
    reported: bool = False


def read_timeline(tree: Table, kinds: Kinds, until_h: float | None, findings: Findings) -> tuple[Draft, ...]:
    """All entries of the file; what is wrong with them is noted."""
    node = tree.get("timeline")
    if node is None:
        return ()
    if not isinstance(node, Listing) or not node.items:
        rule = (
            "the timeline is not a list of entries"
            if isinstance(node, Table)
            else "the timeline has no entry"
        )
        rule = "is not a list of entries" if shown(node) else rule
        findings.add(node.mark, "timeline", shown(node), rule, f"write `{ROOT_KEYS['timeline']}`")
        return ()
    named = name_entries(tuple(_begin(item, i, kinds) for i, item in enumerate(node.items)))
    until = tree.get("until")
    limit = None if until_h is None or until is None else (until_h, shorten(shown(until) or ""))
    return tuple(
        _finish(draft, item, kinds, limit, findings) for draft, item in zip(named, node.items, strict=True)
    )


def at_common_instants(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts with one float for one instant: 0.3 day and 432 min differ by rounding and mean the same."""
    taken: list[float] = []
    for at_h in sorted(draft.at_h for draft in drafts if draft.at_h is not None):
        if not taken or at_h - taken[-1] > SAME_INSTANT_H:
            taken.append(at_h)

    def nearest(at_h: float | None) -> float | None:
        return None if at_h is None else min(taken, key=lambda t: abs(t - at_h))

    return tuple(replace(draft, at_h=nearest(draft.at_h)) for draft in drafts)


def name_entries(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts with an id and a path each: the given id, or ``<kind>_<n>``, or the position."""
    taken = {draft.id for draft in drafts if draft.id}
    counts: dict[str, int] = {}
    named = []
    for draft in drafts:
        if draft.kind is not None:
            counts[draft.kind.name] = counts.get(draft.kind.name, 0) + 1
        if not draft.id and draft.kind is not None:
            draft = replace(draft, id=_free(draft.kind.name, counts[draft.kind.name], taken))
            taken.add(draft.id)
        named.append(replace(draft, path=join("timeline", draft.id or draft.place)))
    return tuple(named)


def _free(name: str, n: int, taken: set[str]) -> str:
    while f"{name}_{n}" in taken:
        n += 1
    return f"{name}_{n}"


def _begin(item: Node, place: int, kinds: Kinds) -> Draft:
    """Kind and given id only, which the path of every later message needs."""
    given = item.get("id") if isinstance(item, Table) else None
    name = given.text if isinstance(given, Scalar) and _SIMPLE.fullmatch(given.text) else ""
    verb = verbs(item, kinds)[0] if isinstance(item, Table) and verbs(item, kinds) else None
    kind = None if verb is None else kind_of(verb[0].text, verb[1], kinds)
    return Draft(
        verb[0].mark if verb else item.mark, "", place, None, name, kind, None, verb[0].text if verb else ""
    )


def _finish(
    draft: Draft, item: Node, kinds: Kinds, limit: tuple[float, str] | None, findings: Findings
) -> Draft:
    if not isinstance(item, Table):
        findings.add(
            item.mark,
            draft.path,
            shown(item),
            "is not an entry of a timeline" if shown(item) else "an entry of the timeline holds nothing",
            "write `- {at: 10 day, fault: {kind: ...}}`",
        )
        return draft
    check_keys(item, draft.path, kinds, findings)
    _check_id(item, draft.path, findings)
    at_h = _read_at(item, draft.path, limit, findings)
    reported = _read_reported(item, draft.path, findings)
    draft, body = replace(draft, at_h=at_h, reported=reported), item.get(draft.verb) if draft.verb else None
    if body is None:
        return draft
    path = join(draft.path, draft.verb)
    if draft.kind is None:
        refuse_kind(draft.verb, body, path, kinds, findings)
        return draft
    given = _group(body, path, draft.verb, findings)
    if given is None:
        return draft
    if draft.verb in CHOSEN:
        given = given.without(CHOSEN[draft.verb][1])
    return replace(draft, body=given, parameters=read_numbers(draft.kind, given, path, findings))


def _group(body: Node, path: str, verb: str, findings: Findings) -> Table | None:
    if isinstance(body, Table):
        return body
    if is_null(body) and not shown(body):
        return Table(body.mark, ())
    findings.add(
        body.mark,
        path,
        shown(body),
        "is not a group of keys" if shown(body) else "is a list where a group of keys belongs",
        f"write keys in curly brackets, or `{verb}: {{}}` for none",
    )
    return None


def _read_reported(item: Table, path: str, findings: Findings) -> bool:
    node = item.get("reported")
    if node is None:
        return False
    if not (isinstance(node, Scalar) and isinstance(node.value, bool)):
        rule = "says whether a source reports the entry, with true or false"
        findings.add(node.mark, join(path, "reported"), shown(node), rule, "write `reported: true`")
        return False
    return node.value


def _check_id(item: Table, path: str, findings: Findings) -> None:
    given = item.get("id")
    if given is not None and not (isinstance(given, Scalar) and _SIMPLE.fullmatch(given.text)):
        findings.add(
            given.mark,
            join(path, "id"),
            shown(given),
            "is not a simple name" if shown(given) else "the id is empty",
            "use small letters, digits and _ only, such as `id: first_stall`",
        )


def _read_at(item: Table, path: str, limit: tuple[float, str] | None, findings: Findings) -> float | None:
    node = item.get("at")
    if node is None:
        findings.add(
            item.mark,
            join(path, "at"),
            None,
            "the entry does not say when it happens",
            "add the time since the start of the run, such as `at: 10 day`",
        )
        return None
    at_h = read_time(node, join(path, "at"), findings)
    if at_h is not None and limit is not None and at_h >= limit[0]:
        findings.add(
            node.mark,
            join(path, "at"),
            shown(node),
            f"is not before the end of the run (until: {limit[1]})",
            "write an earlier time, or make `until` longer",
        )
    return at_h
