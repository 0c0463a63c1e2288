"""A scenario may begin from another: mappings merge key by key, timeline entries by their ``id``."""

from __future__ import annotations

from itsim.scenario.columns import with_columns
from itsim.scenario.folder import Place, named
from itsim.scenario.nodes import Findings, Listing, Node, Scalar, Table, join, plain
from itsim.scenario.problems import suggest
from itsim.scenario.text import read_text
from itsim.scenario.tree import read_tree

MAX_DEPTH = 10
ENTRY_KEYS = ("at", "id", "reported", "remove")
SELECTORS = ("mode", "kind", "shape")
"""The keys that say which kind a mapping holds; another kind or shape keeps none of the parent's numbers."""


def read_merged(place: Place, findings: Findings, chain: tuple[Place, ...] = ()) -> Table | None:
    """The tree of a file, merged over what it extends; None after noting why there is none."""
    text = read_text(place.path, place.shown, findings)
    tree = None if text is None else read_tree(text, place.shown, findings)
    if tree is None:
        return None
    tree = complete(tree, place, findings)
    name = tree.get("extends")
    if name is None:
        _refuse_remove(tree, findings)
        return tree
    tree = tree.without("extends")
    above = _parent(name, place, chain, findings)
    parent = None if above is None else read_merged(above, findings, (*chain, place))
    return None if parent is None else merge(parent, tree, findings)


def complete(tree: Table, place: Place | None, findings: Findings) -> Table:
    """The tree of one file with its csv columns read; an id that comes twice is noted."""
    timeline, key = tree.get("timeline"), tree.key("timeline")
    if timeline is None or key is None:
        return tree
    timeline = with_columns(timeline, place, "timeline", findings)
    _check_ids(timeline, findings)
    return tree.set(key, timeline)


def _parent(name: Node, place: Place, chain: tuple[Place, ...], findings: Findings) -> Place | None:
    above = named(name, ".yaml", place, "extends", findings)
    if above is None:
        return None
    if above.path in [link.path for link in (*chain, place)]:
        files = " > ".join(link.path.name for link in (*chain, place, above))
        findings.add(
            name.mark,
            "extends",
            above.path.name,
            f"leads back to a file already on the way ({files})",
            "remove one of these `extends`, so that the last file stands by itself",
        )
        return None
    if len(chain) >= MAX_DEPTH:
        findings.add(
            name.mark,
            "extends",
            above.path.name,
            f"is more than {MAX_DEPTH} files away from the first",
            "extend a file nearer to the base",
        )
        return None
    return above


def merge(parent: Table, child: Table, findings: Findings) -> Table:
    """*child* over *parent*; every node keeps the mark of the file it came from."""
    merged = Table(child.mark, parent.items)
    for key, value in child:
        old = parent.get(key.text)
        if key.text == "timeline" and isinstance(old, Listing) and isinstance(value, Listing):
            value = _merge_timeline(old, value, findings)
        merged = merged.set(key, _merge_values(old, value))
    return merged


def _merge_values(old: Node | None, new: Node) -> Node:
    if not isinstance(old, Table) or not isinstance(new, Table):
        return new
    for selector in SELECTORS:
        before, after = old.get(selector), new.get(selector)
        if before is not None and after is not None and plain(before) != plain(after):
            return new
    merged = Table(new.mark, old.items)
    for key, value in new:
        merged = merged.set(key, _merge_values(old.get(key.text), value))
    return merged


def _merge_timeline(parent: Listing, child: Listing, findings: Findings) -> Listing:
    merged: dict[str, Node] = {_id_of(entry) or f"#{i}": entry for i, entry in enumerate(parent.items)}
    for i, entry in enumerate(child.items):
        name = _id_of(entry)
        if _is_removal(entry):
            _remove(merged, name, entry, findings)
        elif name in merged:
            merged[name] = _merge_entries(merged[name], entry)
        else:
            merged[name or f"#{i + len(parent.items)}"] = entry
    return Listing(child.mark, tuple(merged.values()))


def _merge_entries(old: Node, new: Node) -> Node:
    if isinstance(old, Table) and isinstance(new, Table):
        verbs = [name for name in new.names if name not in ENTRY_KEYS]
        if any(verb not in old for verb in verbs):
            old = old.without(*(name for name in old.names if name not in ENTRY_KEYS))
        new = new.without("remove")
    return _merge_values(old, new)


def _remove(merged: dict[str, Node], name: str, entry: Node, findings: Findings) -> None:
    if name and merged.pop(name, None) is not None:
        return
    known = [known for known in merged if not known.startswith("#")]
    hint = suggest(name, known) if known else "the file that this one extends gives none of its entries an id"
    findings.add(
        entry.mark,
        join("timeline", name) if name else "timeline",
        name or None,
        "is removed, but the extended file has no entry of this id"
        if name
        else "an entry is removed without saying which",
        hint if name else f"add its `id`; {hint}",
    )


def _is_removal(entry: Node) -> bool:
    remove = entry.get("remove") if isinstance(entry, Table) else None
    return isinstance(remove, Scalar) and remove.value is True


def _id_of(entry: Node) -> str:
    name = entry.get("id") if isinstance(entry, Table) else None
    return name.text if isinstance(name, Scalar) else ""


def _check_ids(timeline: Node, findings: Findings) -> None:
    seen: dict[str, Node] = {}
    for entry in timeline.items if isinstance(timeline, Listing) else ():
        name = entry.get("id") if isinstance(entry, Table) else None
        if not isinstance(name, Scalar) or not name.text:
            continue
        first = seen.setdefault(name.text, name)
        if first is not name:
            where = "" if first.mark.line is None else f"; the other stands in line {first.mark.line}"
            findings.add(
                name.mark,
                f"timeline.{name.text}.id",
                name.text,
                "is the id of another entry too",
                f"give each entry an id of its own{where}",
            )


def _refuse_remove(tree: Table, findings: Findings) -> None:
    timeline = tree.get("timeline")
    for i, entry in enumerate(timeline.items if isinstance(timeline, Listing) else ()):
        key = entry.key("remove") if isinstance(entry, Table) else None
        if key is not None:
            findings.add_unusable(
                key.mark,
                f"timeline[{i}].remove",
                key.text,
                "stands in a file that extends no other, so there is nothing to remove",
                "delete the entry, or add `extends: other.yaml` at the top",
            )
