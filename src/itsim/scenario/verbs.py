"""The verbs of the timeline: which kind an entry means, and what to say where it means none."""

from __future__ import annotations

from collections.abc import Mapping

from itsim.scenario.extends import ENTRY_KEYS
from itsim.scenario.kinds import Kind
from itsim.scenario.nodes import Findings, Node, Scalar, Table, join, shown
from itsim.scenario.problems import nearest, suggest, suggest_key

Kinds = Mapping[str, Mapping[str, Kind]]

CHOSEN = {"program": ("programs", "mode"), "fault": ("faults", "kind")}
"""Verbs whose group of keys says by one of them which kind is meant; each event is a verb of its own."""


def verbs(item: Table, kinds: Kinds) -> list[tuple[Scalar, Node]]:
    """The keys of an entry that say what happens, with what they hold."""
    return [(key, value) for key, value in item if key.text in CHOSEN or key.text in kinds["events"]]


def kind_of(verb: str, body: Node, kinds: Kinds) -> Kind | None:
    """The kind that a verb and its group of keys mean, if they mean one."""
    if verb not in CHOSEN:
        return kinds["events"][verb]
    group, selector = CHOSEN[verb]
    chosen = body.get(selector) if isinstance(body, Table) else None
    return kinds[group].get(chosen.text) if isinstance(chosen, Scalar) else None


def check_keys(item: Table, path: str, kinds: Kinds, findings: Findings) -> None:
    """Note unknown keys, a second verb, and the lack of any."""
    present = verbs(item, kinds)
    known = (*CHOSEN, *sorted(kinds["events"]))
    others = [key for key, _ in item if key.text not in ENTRY_KEYS and key.text not in known]
    for key in others:
        rule = "is not a key of a timeline entry" if present else "is nothing that can happen in a timeline"
        findings.add(
            key.mark, join(path, key.text), key.text, rule, _hint_for_verb(key, known, bool(present), kinds)
        )
    for key, _ in present[1:]:
        findings.add(
            key.mark,
            join(path, key.text),
            key.text,
            f"stands beside `{present[0][0].text}` in one entry",
            "give each its own entry: a line that begins with `- {at:`",
        )
    if not present and not others:
        findings.add(
            item.mark,
            path,
            None,
            "the entry does not say what happens",
            f"add one of: {', '.join(known)}",
        )


def _hint_for_verb(key: Scalar, known: tuple[str, ...], has_verb: bool, kinds: Kinds) -> str:
    for verb, (group, selector) in CHOSEN.items():
        if key.text in kinds[group]:
            return f"write `{verb}: {{{selector}: {key.text}}}`"
    if not has_verb:
        chosen = {name: verb for verb, (group, _) in CHOSEN.items() for name in kinds[group]}
        close = nearest(key.text, chosen)
        if close and not nearest(key.text, known):
            return f"did you mean `{chosen[close]}: {{{CHOSEN[chosen[close]][1]}: {close}}}`?"
        return suggest(key.text, known)
    close = nearest(key.text, ("at", "id"))
    inside = "put what belongs to the event between its own curly brackets"
    if close:
        return f"did you mean '{close}'?"
    return suggest_key(key.text, ("at", "id")) if key.text[:1].isdigit() else inside


def refuse_kind(verb: str, body: Node, path: str, kinds: Kinds, findings: Findings) -> None:
    """Note why a verb that chooses a kind has chosen none."""
    group, selector = CHOSEN[verb]
    known = sorted(kinds[group]) or ["..."]
    if not isinstance(body, Table):
        name = f"{selector}: {shown(body) if shown(body) in known else known[0]}"
        findings.add(
            body.mark,
            path,
            shown(body),
            "is not a group of keys" if shown(body) else f"the {verb} is not named",
            f"write `{verb}: {{{name}}}`; known are {', '.join(known)}",
        )
        return
    chosen = body.get(selector)
    if chosen is None:
        findings.add(
            body.mark,
            join(path, selector),
            None,
            f"the key `{selector}` is missing, so the {verb} has no name",
            f"add one, such as `{selector}: {known[0]}`; known are {', '.join(known)}",
        )
        return
    findings.add(
        chosen.mark,
        join(path, selector),
        shown(chosen),
        f"is not a known {selector} of a {verb}"
        if shown(chosen)
        else f"the {selector} of the {verb} is not named",
        suggest(shown(chosen) or "", known),
    )
