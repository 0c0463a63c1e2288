"""A scenario may name other files, but only inside the folder tree of the file that names them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from itsim.scenario.nodes import Findings, Node, Scalar, shown
from itsim.scenario.problems import nearest, shorten

MOST_NAMES = 8


@dataclass(frozen=True)
class Place:
    """A file of a scenario: where it really is, and the name under which messages show it."""

    path: Path
    shown: str


def place_of_file(path: str | Path) -> Place:
    """The place of a file that a user named. Never raises; what does not exist is found when it is opened."""
    try:
        return Place(Path(path).resolve(), str(path))
    except (OSError, ValueError, RuntimeError):  # names that no file can have, links in a circle
        return Place(Path(path), str(path))


def named(node: Node, suffix: str, by: Place | None, path: str, findings: Findings) -> Place | None:
    """The file that *node* names in the file *by*; None after noting why it may not or cannot be used."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        findings.add(
            node.mark,
            path,
            shown(node),
            "is not the name of a file" if shown(node) else "the name of a file is missing",
            f"write a name such as other{suffix}",
        )
        return None
    if by is None:
        findings.add(
            node.mark,
            path,
            node.text,
            "names a file, but this scenario has no folder to find it in",
            "write the values out, or load the scenario from a file",
        )
        return None
    rule, hint, found = _find(node.text, suffix, by)
    if found is None:
        findings.add(node.mark, path, node.text, rule, hint)
    return found


def _find(name: str, suffix: str, by: Place) -> tuple[str, str, Place | None]:
    if not name.endswith(suffix):
        return f"is not the name of a {suffix} file", f"write a name such as other{suffix}", None
    if "\\" in name:
        return "holds a backslash", f"separate folders by /, as in shared/other{suffix}", None
    folder = by.path.parent
    try:
        target = (folder / name).resolve()
        inside, exists = target.is_relative_to(folder), target.is_file()
    except (OSError, ValueError, RuntimeError):
        inside, exists = True, False
    if not inside:
        return (
            "lies outside the folder of the file that names it",
            f"copy that file beside this one and write its name alone, such as other{suffix}",
            None,
        )
    if not exists:
        return (
            "does not exist beside the file that names it",
            _hint_missing(folder / name, name, suffix),
            None,
        )
    return "", "", Place(target, os.path.join(os.path.dirname(by.shown), name))


def _hint_missing(target: Path, name: str, suffix: str) -> str:
    try:
        stems = sorted(item.stem for item in target.parent.iterdir() if item.suffix == suffix)
    except (OSError, ValueError):
        stems = []
    close = nearest(target.stem, stems)
    if close is not None:
        return f"did you mean '{shorten(name.removesuffix(target.name))}{close}{suffix}'?"
    few = ", ".join(stem + suffix for stem in stems[:MOST_NAMES]) + (" and more" * (len(stems) > MOST_NAMES))
    return f"check the spelling; there are {few}" if stems else f"there is no {suffix} file there"
