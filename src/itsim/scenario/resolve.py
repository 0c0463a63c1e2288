"""From a tree of nodes to a validated scenario; everything that is wrong comes in one ScenarioError."""

from __future__ import annotations

from dataclasses import replace

from itsim.scenario.checks import check_device, check_together
from itsim.scenario.digest import digest
from itsim.scenario.entries import Draft, at_common_instants, read_timeline
from itsim.scenario.keys import check_root, read_sources, read_text_key, read_texts
from itsim.scenario.model import Catalogue, Entry, Scenario
from itsim.scenario.nodes import Findings, Table, shown
from itsim.scenario.problems import ScenarioError, in_order
from itsim.scenario.quantity import read_time
from itsim.scenario.sections import read_device, read_history, read_patient


def resolve(tree: Table, name: str, catalogue: Catalogue, findings: Findings) -> Scenario:
    """The scenario that *tree* describes. Raises ScenarioError with all findings, earlier ones too."""
    if not check_root(tree, findings):
        raise_if_any(findings)
    title, topic, story = (read_text_key(tree, name, findings) for name in ("title", "topic", "story"))
    sources, assumptions = read_sources(tree, findings), read_texts(tree, "assumptions", findings)
    until_h = _read_until(tree, findings)
    body, patient, tip, preset = read_patient(tree, catalogue, findings)
    pump, catheter, device = read_device(tree, findings)
    history = read_history(tree, findings)
    drafts = at_common_instants(read_timeline(tree, catalogue.kinds, until_h, findings))
    check_together(drafts, catalogue.kinds, findings)
    if device:
        check_device(drafts, device.numbers, findings)
    raise_if_any(findings)
    assert until_h is not None  # its absence is a finding
    timeline = tuple(_entry(draft) for draft in drafts)
    for place, complaint in catalogue.whole(timeline, device.numbers, until_h):
        draft = next(draft for draft in drafts if draft.place == place)
        kind = draft.kind.name if draft.kind else None
        findings.add(draft.mark, draft.path, kind, complaint.rule, complaint.hint)
    raise_if_any(findings)
    return with_digest(
        Scenario(
            name=name,
            title=title,
            topic=topic,
            story=story,
            sources=sources,
            assumptions=assumptions,
            body=body,
            patient=patient,
            tip=tip,
            preset=preset,
            device=device,
            pump=pump,
            catheter=catheter,
            history=history,
            timeline=timeline,
            until_h=until_h,
            sha256="",
            _tree=tree,
        )
    )


def raise_if_any(findings: Findings) -> None:
    """Raise ScenarioError where something was found."""
    if findings.problems:
        raise ScenarioError(in_order(findings.problems))


def with_digest(scenario: Scenario) -> Scenario:
    """The same scenario with the fingerprint of its content."""
    return replace(scenario, sha256=digest(scenario))


def _read_until(tree: Table, findings: Findings) -> float | None:
    node = tree.get("until")
    until_h = None if node is None else read_time(node, "until", findings)
    if node is not None and until_h == 0.0:
        findings.add(
            node.mark, "until", shown(node), "leaves no time to simulate", "write a later end, such as 30 day"
        )
    return until_h


def _entry(draft: Draft) -> Entry:
    assert draft.at_h is not None  # else there was a finding
    assert draft.kind is not None
    assert draft.parameters is not None
    return Entry(draft.at_h, draft.id, draft.kind, draft.parameters, draft.place, draft.reported)
