"""What no entry shows by itself: two that contradict, one that comes too early, one said twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsim.scenario.digest import canonical
from itsim.scenario.entries import SAME_INSTANT_H, Draft
from itsim.scenario.nodes import Findings, Table, join
from itsim.scenario.numbers import note_complaints
from itsim.scenario.verbs import CHOSEN, Kinds


def check_together(drafts: Sequence[Draft], kinds: Kinds, findings: Findings) -> None:
    """Note what is wrong between entries."""
    timed = sorted((d for d in drafts if d.at_h is not None), key=lambda d: (d.at_h or 0.0, d.place))
    for i, later in enumerate(timed):
        for earlier in reversed(timed[:i]):
            if not _at_once(earlier, later):
                break
            _check_pair(earlier, later, findings)
    if all(draft.kind is not None for draft in drafts):  # one not understood may be what is needed
        setters = _setters(drafts)
        for draft in timed:
            _check_needs(draft, setters, kinds, findings)
            _check_taken_away(draft, timed, findings)


def _setters(drafts: Sequence[Draft]) -> Mapping[str, list[Draft]]:
    """Who sets what, earliest first; an entry without a readable time gets the benefit of the doubt."""
    found: dict[str, list[Draft]] = {}
    for draft in sorted(drafts, key=lambda d: 0.0 if d.at_h is None else d.at_h):
        if draft.kind is not None and draft.kind.sets:
            found.setdefault(draft.kind.sets, []).append(draft)
    return found


def _at_once(one: Draft, two: Draft) -> bool:
    return one.at_h is None or two.at_h is None or abs(one.at_h - two.at_h) <= SAME_INSTANT_H


def check_device(drafts: Sequence[Draft], device: Mapping[str, float], findings: Findings) -> None:
    """Note what the kinds have to say of their numbers on this device, and what the reservoir then holds."""
    numbers = dict(device)
    for draft in sorted(drafts, key=lambda d: (d.at_h or 0.0, not (d.kind and d.kind.sets), d.place)):
        concentration = getattr(draft.parameters, "concentration_ug_mL", None)
        if draft.kind is not None and draft.kind.sets and concentration is not None:
            numbers["concentration"] = concentration
            _check_programme_in_force(draft, drafts, numbers, findings)
        if draft.kind is not None and draft.parameters is not None:
            given = draft.body or Table(draft.mark, ())
            path = join(draft.path, draft.verb) if draft.verb else draft.path
            note_complaints(draft.kind, draft.parameters, numbers, given, path, findings)


def _check_programme_in_force(
    fill: Draft, drafts: Sequence[Draft], numbers: Mapping[str, float], findings: Findings
) -> None:
    """A dose that goes on at another concentration is another flow; the pump must be able to run it."""
    known = [d for d in drafts if d.kind is not None and d.kind.group == "programs" and d.at_h is not None]
    before = [d for d in known if (d.at_h or 0.0) <= (fill.at_h or 0.0) + SAME_INSTANT_H]
    last = max(before, key=lambda d: (d.at_h or 0.0, d.place), default=None)
    if last is None or last.kind is None or last.parameters is None or _at_once(last, fill):
        return
    for complaint in last.kind.complaints(last.parameters, numbers):
        rule = (
            f"leaves the programme in force ({_place(last)}) impossible: {complaint.field} {complaint.rule}"
        )
        hint = "program another dose at the same time, or fill at another concentration"
        findings.add(fill.mark, fill.path, fill.kind.name if fill.kind else None, rule, hint)


def _check_pair(earlier: Draft, later: Draft, findings: Findings) -> None:
    one, two = earlier.kind, later.kind
    if one is None or two is None:
        return
    if one.sets and one.sets == two.sets:
        rule = f"contradicts {one.name} ({_place(earlier)}), which sets up the {two.sets} at the same time"
        hint = "keep one of the two, or give them different times"
        findings.add(later.mark, later.path, two.name, rule, hint)
    elif one is two and None not in (earlier.parameters, later.parameters):
        if canonical(earlier.parameters) == canonical(later.parameters):
            rule = f"happens twice at the same time (also {_place(earlier)})"
            findings.add(later.mark, later.path, two.name, rule, "remove one of the two")


def _check_needs(draft: Draft, setters: Mapping[str, list[Draft]], kinds: Kinds, findings: Findings) -> None:
    if draft.kind is None or draft.at_h is None:
        return
    for need in draft.kind.needs:
        first = next((other for other in setters.get(need, ()) if other is not draft), None)
        ways = _ways_to_set(need, kinds)
        if first is None:
            rule = f"needs the {need} to be set up first, and nothing does"
            hint = f"add an entry with {ways} at the same time or earlier"
        elif first.at_h is not None and first.at_h > draft.at_h + SAME_INSTANT_H:
            rule = f"happens before the {need} is set up ({_place(first)})"
            hint = f"exchange their times, or add an entry with {ways} at the same time or earlier"
        else:
            continue
        findings.add(draft.mark, draft.path, draft.kind.name, rule, hint)


def _check_taken_away(draft: Draft, timed: Sequence[Draft], findings: Findings) -> None:
    """What was taken out must be put in again before it is used."""
    if draft.kind is None or draft.kind.renews or not draft.kind.needs:
        return
    for need in draft.kind.needs:
        taken = [d for d in timed if d.kind and d.kind.unsets == need and _is_before(d, draft)]
        renewed = [d for d in timed if d.kind and d.kind.renews and d.kind.sets == need and _is_by(d, draft)]
        if taken and not any(_is_before(taken[-1], again) for again in renewed):
            rule = f"has no {need}: it was taken out ({_place(taken[-1])}) and not put in again"
            hint = "implant a pump first: `replace_pump` at the same time or earlier"
            findings.add(draft.mark, draft.path, draft.kind.name, rule, hint)


def _is_before(one: Draft, two: Draft) -> bool:
    return one is not two and (one.at_h or 0.0) < (two.at_h or 0.0) - SAME_INSTANT_H


def _is_by(one: Draft, two: Draft) -> bool:
    return (one.at_h or 0.0) <= (two.at_h or 0.0) + SAME_INSTANT_H


def _place(draft: Draft) -> str:
    return f"line {draft.mark.line}" if draft.mark.line else draft.path


def _ways_to_set(need: str, kinds: Kinds) -> str:
    verbs = {group: f"{verb}: {{{selector}: " for verb, (group, selector) in CHOSEN.items()}
    ways = [
        f"`{verbs[group]}{name}}}`" if group in verbs else f"`{name}`"
        for group, known in kinds.items()
        for name, kind in sorted(known.items())
        if kind.sets == need and need not in kind.needs
    ]
    return " or ".join(ways) or f"a kind that sets the {need}"
