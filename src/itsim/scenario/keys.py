"""The keys of a scenario file: which there are, which must be, and what may stand under them."""

from __future__ import annotations

from collections.abc import Sequence

from itsim.parameters import references
from itsim.scenario.nodes import Findings, Listing, Node, Scalar, Table, join, shown
from itsim.scenario.problems import suggest, suggest_key

FORMAT_VERSION = "1"
ROOT_KEYS = {
    "itsim": "itsim: 1",
    "title": "title: A name for the case",
    "topic": "topic: catheter",
    "story": "story: What happens, in a sentence",
    "sources": "sources: [vorenkamp2023]",
    "assumptions": "assumptions: [the course of the flow]",
    "extends": "extends: other.yaml",
    "patient": "patient: {preset: adult}",
    "body": "body: neuraxis",
    "device": "device: {pump: synchromed_ii_40, catheter: ascenda}",
    "history": "history: {daily_dose: 300 ug/day, lasting: 10 month}",
    "timeline": "timeline:` and below it lines such as `- {at: 21 day, fault: {kind: ...}}",
    "until": "until: 30 day",
}
"""Every key of a file, in its natural order, with an example."""

_NOUNS = {"tip": "vertebral level"}
REQUIRED = ("itsim", "title", "device", "timeline", "until")


def check_root(tree: Table, findings: Findings) -> bool:
    """Note unknown and missing keys; False where the file is of a format that is not read here."""
    version = tree.get("itsim")
    if version is not None and not (isinstance(version, Scalar) and version.text == FORMAT_VERSION):
        findings.add(
            version.mark,
            "itsim",
            shown(version),
            "is not a version of the scenario format that is read here",
            f"write `itsim: {FORMAT_VERSION}`",
        )
        return False
    refuse_unknown(tree, tuple(ROOT_KEYS), "", "a scenario", findings)
    for name in REQUIRED:
        if name not in tree:
            findings.add(tree.mark, name, None, f"the key `{name}` is missing", f"add `{ROOT_KEYS[name]}`")
    return True


def refuse_unknown(table: Table, known: Sequence[str], path: str, owner: str, findings: Findings) -> None:
    """Note every key of *table* that is not among *known*."""
    for key, _ in table:
        if key.text not in known:
            findings.add(
                key.mark,
                join(path, key.text),
                key.text,
                f"is not a key of {owner}",
                suggest_key(key.text, known),
            )


def read_text_key(tree: Table, name: str, findings: Findings) -> str:
    """The text under *name*, empty where there is none."""
    node = tree.get(name)
    if node is None:
        return ""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if not text:
        findings.add(
            node.mark, name, None, f"`{name}` holds no text", f"write a sentence, such as `{ROOT_KEYS[name]}`"
        )
    return text


def read_texts(tree: Table, name: str, findings: Findings) -> tuple[str, ...]:
    """The list of texts under *name*, empty where there is none."""
    node = tree.get(name)
    items = node.items if isinstance(node, Listing) else ()
    texts = tuple(item.text.strip() for item in items if isinstance(item, Scalar))
    if node is not None and (not items or len(texts) < len(items) or not all(texts)):
        findings.add(
            node.mark, name, shown(node), f"`{name}` is a list of texts", f"write `{ROOT_KEYS[name]}`"
        )
    return texts


def read_sources(tree: Table, findings: Findings) -> tuple[str, ...]:
    """The references a story rests on, each a key of the package's own list."""
    keys, known = read_texts(tree, "sources", findings), [r.key for r in references()]
    node = tree.get("sources")
    for key in keys:
        if key not in known and node is not None:
            findings.add(node.mark, "sources", key, "is not a known reference", suggest(key, known))
    return keys


def read_name(
    table: Table, name: str, known: Sequence[str], path: str, default: str, findings: Findings
) -> str | None:
    """One of the *known* names under *name*; None after noting what is wrong with it."""
    node = table.get(name)
    if node is None:
        if not default:
            findings.add(
                table.mark,
                join(path, name),
                None,
                f"the key `{name}` is missing",
                f"add `{name}: {known[0] if known else '...'}`, or {suggest('', known)}",
            )
        return default or None
    if isinstance(node, Scalar) and node.value in known:
        return node.text
    noun = _NOUNS.get(name, name)
    findings.add(
        node.mark,
        join(path, name),
        shown(node),
        f"is not a known {noun}" if shown(node) else f"the name of a {noun} belongs here",
        suggest(shown(node) or "", known),
    )
    return None


def read_table(tree: Table, name: str, findings: Findings) -> Table:
    """The group of keys under *name*; an empty one where there is none, noting what stands there instead."""
    node = tree.get(name)
    if isinstance(node, Table):
        return node
    if node is not None:
        findings.add(
            node.mark,
            name,
            shown(node),
            "is not a group of keys" if shown(node) else f"`{name}` holds nothing",
            f"write `{ROOT_KEYS[name]}`" + ("" if name in REQUIRED else ", or remove the key"),
        )
    return Table(tree.mark, ())


def is_empty(node: Node | None) -> bool:
    """Whether a group of keys was asked for and something else found, which is noted already."""
    return not isinstance(node, Table)
