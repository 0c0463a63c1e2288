"""What is wrong with a scenario file, said so that its author can repair it from the message alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_PREDICATE = re.compile(r"(is|has|holds|lies|needs|must|does|can|cannot|may|comes|begins|ends|leads)\b")
_HINT_STARTS = re.compile(r"; |, (?=for example )")

MOST_LISTED = 40
"""A longer list hides the name that was meant."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was written, which rule it breaks, how to repair it.

    Lines and columns count from 1. ``file``, ``line`` and ``column`` are None for a scenario built in Python.
    With a ``value`` the ``rule`` is a predicate ("has no unit"); without one it is a sentence of its own.
    """

    file: str | None
    line: int | None
    column: int | None
    path: str
    value: str | None
    rule: str
    hint: str

    @property
    def message(self) -> str:
        """The value as written and the rule that it breaks."""
        return self.rule if self.value is None else f"'{shorten(self.value)}' {self.rule}"

    def as_json(self) -> dict[str, str | int | None]:
        """The record that ``--json`` prints."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        place = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        where = ":".join(place) + ": " if place else ""
        field = f"{self.path}: " if self.path else ""
        end = "" if self.hint.endswith("?") else "."
        return f"{where}{field}{self.message}. Repair: {self.hint}{end}"


class ScenarioError(Exception):
    """A scenario that cannot be used; ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order in which a reader of the files meets them."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.file or "", p.line or 0, p.column or 0)))


def shorten(text: str, width: int = 60) -> str:
    """One line of at most *width* characters, unprintable ones made visible."""
    visible = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return visible if len(visible) <= width else visible[: width - 3] + "..."


def split_hint(text: str, fallback: str) -> tuple[str, str]:
    """Split "has no unit; write 40 mL" into rule and repair; *fallback* where the text has no repair."""
    rule, hint = (_HINT_STARTS.split(text, maxsplit=1) + [""])[:2]
    if hint.startswith("for example "):
        hint = f"write {hint}"
    return rule, hint or fallback


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that *name* most likely meant, if any comes close."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    given = name.lower().replace("-", "_").replace(" ", "_")
    found = get_close_matches(given, by_lower, n=1, cutoff=0.6)
    if found:
        return by_lower[found[0]]
    holding = [candidate for candidate in by_lower if given in candidate.split("_")]
    return by_lower[holding[0]] if len(holding) == 1 else None


def suggest(name: str, known: Iterable[str]) -> str:
    """A repair for an unknown name: the nearest one first, then all of them."""
    names = list(known)
    close = nearest(name, names)
    listed = ", ".join(names) if names else "none"
    if close is None:
        return f"choose one of: {listed}"
    return f"did you mean '{close}'?" + (f" Known here: {listed}" if len(names) <= MOST_LISTED else "")


def suggest_key(name: str, known: Iterable[str]) -> str:
    """A repair for an unknown key; one that begins with a digit is the rest of a decimal comma."""
    if name[:1].isdigit():
        return "a comma ends a value between { and }: write decimals with a point, such as 2.5"
    return suggest(name, known)


def about(subject: str, rule: str) -> str:
    """A rule said of *subject*: predicates follow it, sentences of their own stand alone."""
    return f"{subject} {rule}" if _PREDICATE.match(rule) else rule


def of_value(rule: str) -> str:
    """A rule that can follow a value, whether it was a predicate or a sentence of its own."""
    return rule if _PREDICATE.match(rule) else f"does not fit: {rule}"
