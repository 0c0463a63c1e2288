"""The ways to write how one number varies, and the reading of one of them from a study file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from itsim.scenario.keys import refuse_unknown
from itsim.scenario.model import Scenario
from itsim.scenario.nodes import Findings, Listing, Node, Scalar, Table, join, shown
from itsim.scenario.paths import PathError, Target, target_of
from itsim.scenario.problems import split_hint
from itsim.scenario.quantity import example_of, read_quantity
from itsim.study.distributions import (
    Distribution,
    Level,
    Levels,
    LogNormal,
    LogUniform,
    Normal,
    Triangular,
    Uniform,
    linspace,
    logspace,
)
from itsim.units import parse, unit_text


@dataclass(frozen=True)
class Form:
    """One way to write how a number varies: its keys in the order of the builder's arguments."""

    build: Callable[..., Distribution]
    keys: tuple[str, ...]
    summary: str
    plain: tuple[str, ...] = ()
    """Keys without the unit: counts and shares."""
    optional: tuple[str, ...] = ()


VALUES = "values"
FORMS: dict[str, Form] = {
    "linspace": Form(linspace, ("from", "to", "n"), "n values at even distances", ("n",)),
    "logspace": Form(logspace, ("from", "to", "n"), "n values at even factors", ("n",)),
    "uniform": Form(Uniform, ("low", "high"), "every value between two as likely"),
    "log_uniform": Form(LogUniform, ("low", "high"), "every factor between two as likely"),
    "normal": Form(Normal, ("mean", "sd", "low", "high"), "normal, cut where low and high are given",
                   optional=("low", "high")),
    "log_normal": Form(LogNormal, ("median", "cv", "low", "high"), "log-normal, cut where they are given",
                       ("cv",), ("low", "high")),
    "triangular": Form(Triangular, ("low", "mode", "high"), "rising to the mode, falling from there"),
}  # fmt: skip
BESIDE = ("name", "also")
"""Keys that may stand beside a form: the column's name, and other paths that take the same value."""


@dataclass(frozen=True)
class Reader:
    """Reads the values under one path of a study; ``unit`` becomes that of the first quantity read."""

    path: str
    target: Target
    findings: Findings

    def spread(self, node: Node) -> tuple[Distribution | None, str]:
        """How the number varies, and the unit it is written in; None after noting what is wrong."""
        if isinstance(node, Listing):
            return self._levels(node)
        known = (VALUES, *FORMS, *BESIDE)
        if isinstance(node, Table):
            refuse_unknown(node, known, self.path, "what varies", self.findings)
        given = [name for name in (VALUES, *FORMS) if isinstance(node, Table) and name in node]
        if not isinstance(node, Table) or len(given) != 1:
            if not isinstance(node, Table) or set(node.names) <= set(known):
                rule = "varies in more than one way" if given else "does not say how it varies"
                one_of = ", ".join((VALUES, *FORMS))
                self._note(node, rule, f"write a list such as [1 h, 2 h], or one of: {one_of}")
            return None, ""
        inside = node.get(given[0])
        assert inside is not None
        if given[0] == VALUES:
            return self._levels(inside)
        return self._built(given[0], inside)

    def _levels(self, node: Node) -> tuple[Distribution | None, str]:
        if not isinstance(node, Listing) or not node.items:
            self._note(node, "is not a list of values", "write values in square brackets, such as "
                       f"[{example_of(self.target.unit)}]")  # fmt: skip
            return None, ""
        if self.target.is_word:
            words = [self._word(item) for item in node.items]
            return (None, "") if None in words else (Levels(tuple(w for w in words if w is not None)), "1")
        canonical = [read_quantity(item, self.target.unit, self.path, self.findings) for item in node.items]
        if None in canonical:
            return None, ""
        texts = [item.text for item in node.items if isinstance(item, Scalar)]
        unit = unit_text(texts[0])
        return Levels(tuple(parse(text, unit) for text in texts)), unit

    def _word(self, node: Node) -> Level | None:
        if isinstance(node, Scalar) and node.value is not None:
            return node.value
        self._note(node, "a word belongs here", "write words in square brackets, such as [T6, T10]")
        return None

    def _built(self, name: str, node: Node) -> tuple[Distribution | None, str]:
        form, path = FORMS[name], join(self.path, name)
        if self.target.is_word or not isinstance(node, Table):
            rule = "is not a group of keys" if not self.target.is_word else "holds a word, not a number"
            hint = f"write {sample(name, self.target.unit)}" if not self.target.is_word else "write a list"
            self._note(node, rule, hint)
            return None, ""
        refuse_unknown(node, form.keys, path, name, self.findings)
        for key in form.keys:
            if key not in node and key not in form.optional:
                self.findings.add(node.mark, join(path, key), None, f"the key `{key}` is missing",
                                  f"write {sample(name, self.target.unit)}")  # fmt: skip
        texts = {key: self._text(node, key, form, path) for key in form.keys if key in node}
        if None in texts.values() or not set(form.keys) <= {*texts, *form.optional}:
            return None, ""
        unit = unit_text(next(text for key, text in texts.items() if text and key not in form.plain))
        numbers = {k: _number(text or "", k, "1" if k in form.plain else unit) for k, text in texts.items()}
        return self._made(form, numbers, node), unit

    def _text(self, node: Table, key: str, form: Form, path: str) -> str | None:
        """The text of a quantity that can be read; None after noting why it cannot."""
        item = node.get(key)
        assert item is not None
        unit = "1" if key in form.plain else self.target.unit
        value = read_quantity(item, unit, join(path, key), self.findings)
        if value is not None and key == "n" and value != int(value):
            self.findings.add(item.mark, join(path, key), shown(item), "is not a whole number",
                              "write a whole number, such as `n: 10`")  # fmt: skip
            return None
        return shown(item) if value is not None else None

    def _made(self, form: Form, numbers: dict[str, Any], node: Table) -> Distribution | None:
        renamed = {{"from": "low", "to": "high"}.get(key, key): value for key, value in numbers.items()}
        try:
            return form.build(**renamed)
        except ValueError as error:
            self._note(node, *split_hint(str(error), "write other numbers"))
            return None

    def _note(self, node: Node, rule: str, hint: str) -> None:
        text = shown(node)
        said = rule if text is not None else f"{self.path} {rule}"
        self.findings.add(node.mark, self.path, text, said, hint)


def _number(text: str, key: str, unit: str) -> float | int:
    value = parse(text, unit)
    return int(value) if key == "n" else value


def sample(name: str, unit: str) -> str:
    """A text that could stand in a study file."""
    form = FORMS[name]
    plain = {"n": "10", "cv": "0.3"}
    keys = [key for key in form.keys if key not in form.optional]
    one = example_of(unit).split(" or ")[0]
    return f"`{name}: {{{', '.join(f'{key}: {plain.get(key, one)}' for key in keys)}}}`"


def target_in_all(
    path: str, scenarios: Sequence[Scenario], mark: Scalar, findings: Findings
) -> Target | None:
    """What *path* leads to in every scenario; None after noting in which it leads to nothing."""
    found = []
    for scenario in scenarios:
        try:
            found.append(target_of(scenario, path))
        except PathError as error:
            where = f" (in {scenario.name})" if len(scenarios) > 1 else ""
            findings.add(mark.mark, f"vary.{path}", path, f"{error.rule}{where}", error.hint)
            return None
    if any(target != found[0] for target in found):
        findings.add(mark.mark, f"vary.{path}", path, "is not the same quantity in all scenarios",
                     "write a study for each of them")  # fmt: skip
        return None
    return found[0]
