"""Reads YAML 1.2 text into nodes that know their line and column, and refuses what scenarios do not use.

It builds from the reader's events and not from its composed nodes: so one repeated key or anchor does not
hide the problems after it, and neither depth nor references of a text can exhaust the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Step, Table, join
from itsim.scenario.problems import shorten
from itsim.scenario.scalars import read_scalar
from itsim.scenario.syntax import in_plain_words, place_of
from itsim.scenario.text import UNPRINTABLE

MAX_NODES = 20_000
MAX_DEPTH = 20

_GLUED = re.compile(r"([A-Za-z_][\w-]*):(\S.*)", re.DOTALL)
_FIRST_LINE = "begin the file with the line `itsim: 1`"


class _Unreadable(Exception):
    """The text cannot be read on; the problem is already noted."""


def read_tree(text: str, file: str, findings: Findings) -> Table | None:
    """The nodes of a scenario text; None after noting why it has none."""
    try:
        return _Builder(text, file, findings).document()
    except _Unreadable:
        return None


class _Builder:
    """Turns the reader's events into nodes, noting what is refused."""

    def __init__(self, text: str, file: str, findings: Findings) -> None:
        self.text, self.file, self.findings = text, file, findings
        self.events = self._events()
        self.count = 0

    def _events(self) -> Iterator[Any]:
        from ruamel.yaml import YAML

        try:
            yield from YAML(typ="safe", pure=True).parse(self.text)
        except Exception as error:  # besides its own errors the reader lets ValueError and the like through
            self._stop(Mark(self.file, *place_of(error, self.text)), *in_plain_words(error))

    def document(self) -> Table:
        if self._skip_to("DocumentStartEvent", "StreamEndEvent")[0] == "StreamEndEvent":
            self._stop(Mark(self.file, 1, 1), "the file is empty", _FIRST_LINE)
        root = self._node(next(self.events), (), 0)
        if isinstance(root, Scalar) and root.value is None:
            self._stop(Mark(self.file, 1, 1), "the file is empty", _FIRST_LINE)
        if not isinstance(root, Table):
            self._stop(root.mark, "the file is not made of lines `key: value`", _FIRST_LINE)
        name, event = self._skip_to("DocumentStartEvent", "StreamEndEvent")
        if name == "DocumentStartEvent":
            self._stop(
                self._mark(event),
                "a second document begins here",
                "remove the line `---`, or move what follows into a file of its own",
            )
        return root

    def _skip_to(self, *names: str) -> tuple[str, Any]:
        return next((type(e).__name__, e) for e in self.events if type(e).__name__ in names)

    def _node(self, event: Any, path: tuple[Step, ...], depth: int) -> Node:
        mark, kind = self._mark(event), type(event).__name__
        self._limit(mark, depth)
        self._refuse_references(event, mark, path)
        if kind == "MappingStartEvent":
            return Table(mark, self._pairs(mark, path, depth))
        if kind == "SequenceStartEvent":
            return Listing(mark, self._items(path, depth))
        if kind == "AliasEvent":
            return Scalar(mark, f"*{event.anchor}", None)
        return self._scalar(event, mark, path)

    def _items(self, path: tuple[Step, ...], depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self._node(event, (*path, len(items)), depth + 1))
        return tuple(items)

    def _pairs(self, mark: Mark, path: tuple[Step, ...], depth: int) -> tuple[tuple[Scalar, Node], ...]:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            written = self._node(event, path, depth + 1)
            name = written.text if isinstance(written, Scalar) else ""
            value = self._node(next(self.events), (*path, name), depth + 1)
            key = self._checked_key(written, event, value, path)
            if key is None:
                self.findings.hold(mark)
                continue
            if key.text in pairs:
                first = pairs[key.text][0].mark.line
                self.findings.add(
                    key.mark,
                    join("", *path, key.text),
                    key.text,
                    "is written twice in one group",
                    f"keep one of the two; the first is in line {first}",
                )
                continue
            pairs[key.text] = (key, value)
        return tuple(pairs.values())

    def _checked_key(self, key: Node, event: Any, value: Node, path: tuple[Step, ...]) -> Scalar | None:
        where = join("", *path)
        if not isinstance(key, Scalar) or not isinstance(key.value, str):
            text = key.text if isinstance(key, Scalar) else None
            self.findings.add(
                key.mark,
                where,
                text or None,
                "is not the name of a key" if text else "a key without a name stands here",
                "write a name and a colon, such as `until: 30 day`",
            )
            return None
        if UNPRINTABLE.search(key.text):  # noted when it was read
            return None
        bare = event.style is None and isinstance(value, Scalar) and value.text == ""
        if key.text == "<<":
            self._refuse(key.mark, where, "<<", "merges another group in, which is not done here")
            return None
        if bare and key.text.endswith(":"):  # the reader takes `{name:}` for a key that ends in a colon
            return Scalar(key.mark, key.text[:-1], key.text[:-1])
        if bare and (glued := _GLUED.fullmatch(key.text)):
            self.findings.add(
                key.mark,
                where,
                key.text,
                "has no space after its colon",
                f"write `{glued.group(1)}: {shorten(glued.group(2))}`",
            )
            return None
        return key

    def _scalar(self, event: Any, mark: Mark, path: tuple[Step, ...]) -> Scalar:
        where = join("", *path)
        if UNPRINTABLE.search(event.value):  # only an escape in double quotes can bring one in
            self.findings.add_unusable(
                mark,
                where,
                event.value,
                "holds a control character",
                "remove the backslash and what belongs to it",
            )
        value, finite = read_scalar(event.value, is_plain=event.style is None)
        if not finite:
            self.findings.add_unusable(
                mark, where, event.value, "is not a finite number", "write an ordinary number"
            )
        return Scalar(mark, event.value, value)

    def _refuse_references(self, event: Any, mark: Mark, path: tuple[Step, ...]) -> None:
        where = join("", *path)
        if type(event).__name__ == "AliasEvent":
            self._refuse(
                mark, where, f"*{event.anchor}", "points to another place of the file, which is not done here"
            )
        elif event.anchor is not None:
            self._refuse(mark, where, f"&{event.anchor}", "names a place of the file, which is not done here")
        if getattr(event, "tag", None) is not None:
            self.findings.add_unusable(
                mark,
                where,
                str(event.tag),
                "is a type tag, which is not used here",
                "remove the word that begins with `!`",
            )

    def _refuse(self, mark: Mark, path: str, value: str, rule: str) -> None:
        hint = "write the value out; to share whole scenarios use `extends: other.yaml`"
        self.findings.add_unusable(mark, path, value, rule, hint)

    def _limit(self, mark: Mark, depth: int) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            self._stop(
                mark, f"the file holds more than {MAX_NODES} values", "move long lists into a csv file"
            )
        if depth > MAX_DEPTH:
            self._stop(mark, f"brackets or indentation are nested more than {MAX_DEPTH} deep", "remove some")

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, mark: Mark, rule: str, hint: str) -> NoReturn:
        self.findings.add(mark, "", None, rule, hint)
        raise _Unreadable
