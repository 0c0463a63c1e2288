"""What a scenario text is made of: scalars, listings and tables that remember where they were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from itsim.scenario.problems import Problem, shorten

Plain: TypeAlias = str | int | float | bool | None
Step: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, counted from 1; all None for what was built in Python."""

    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value: the text as written, and what YAML 1.2 reads it as."""

    mark: Mark
    text: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of nodes."""

    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names to nodes; its keys are scalars with marks of their own."""

    mark: Mark
    items: tuple[tuple[Scalar, Node], ...]

    def get(self, name: str) -> Node | None:
        """The value of *name*, or None where the key is missing."""
        return next((value for key, value in self.items if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """The key *name* itself, for its mark."""
        return next((key for key, _ in self.items if key.text == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys in the order of the file."""
        return tuple(key.text for key, _ in self.items)

    def __contains__(self, name: str) -> bool:
        return any(key.text == name for key, _ in self.items)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.items)

    def set(self, key: Scalar, value: Node) -> Table:
        """The same table with *key* replaced in its place, or appended."""
        if key.text not in self:
            return Table(self.mark, (*self.items, (key, value)))
        return Table(
            self.mark, tuple((key, value) if old.text == key.text else (old, v) for old, v in self.items)
        )

    def without(self, *names: str) -> Table:
        """The same table without the keys *names*."""
        return Table(self.mark, tuple(item for item in self.items if item[0].text not in names))


Node: TypeAlias = Scalar | Listing | Table


def plain(node: Node) -> Any:
    """The node as Python data, without marks."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.items}


def is_null(node: Node) -> bool:
    """Whether nothing is written where a value could stand."""
    return isinstance(node, Scalar) and node.value is None


def shown(node: Node) -> str | None:
    """The text as written, for a message; None for tables, listings and empty values."""
    return node.text if isinstance(node, Scalar) and node.text else None


def child(node: Node, step: Step) -> Node | None:
    """What stands under *step* in a table or listing, if anything."""
    if isinstance(node, Table) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Listing) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def descend(node: Node, steps: Sequence[Step]) -> tuple[Node, tuple[Step, ...]]:
    """Follow *steps* as far as they exist, over those that do not; the last node and the steps taken."""
    taken: tuple[Step, ...] = ()
    for step in steps:
        below = child(node, step)
        if below is not None:
            node, taken = below, (*taken, step)
    return node, taken


def join(path: str, *steps: Step) -> str:
    """A dotted path: ``timeline.stall.at``, ``steps[2].rate``."""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" if path else shorten(step)
    return path


class Findings:
    """Problems on their way to one ScenarioError; a node found unusable is not complained about twice."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._unusable: set[Mark] = set()

    def add(self, mark: Mark, path: str, value: str | None, rule: str, hint: str) -> None:
        """Note a problem, unless the node at *mark* is known to be unusable."""
        if mark.file is None or mark not in self._unusable:
            self.problems.append(Problem(mark.file, mark.line, mark.column, path, value, rule, hint))

    def add_unusable(self, mark: Mark, path: str, value: str | None, rule: str, hint: str) -> None:
        """Note a problem of the text itself and hold back what its meaning would raise."""
        self.add(mark, path, value, rule, hint)
        self.hold(mark)

    def hold(self, mark: Mark) -> None:
        """Hold back what the meaning of the node at *mark* would raise: part of it could not be read."""
        self._unusable.add(mark)
