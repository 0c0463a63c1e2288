"""Reads one quantity of a scenario, or says what is wrong with it."""

from __future__ import annotations

import re

from itsim.scenario.nodes import Findings, Node, Scalar, shown
from itsim.scenario.problems import split_hint
from itsim.units import MAX_TIME_H, UnitError, example, parse, words

_COMMA = re.compile(r"\s*[+-]?\d[\d.]*,\d")


def example_of(unit: str) -> str:
    """A text that could stand in a file where *unit* is asked for."""
    return "0.5" if unit == "1" else example(unit)


def read_quantity(node: Node, unit: str, path: str, findings: Findings, sample: str = "") -> float | None:
    """The number in *unit* that *node* holds; None after noting why it holds none. *sample* stands in the
    repair where any quantity of that unit would mislead."""
    hint = f"write {words(unit)}, for example {sample or example_of(unit)}"
    if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
        rule = "is not a number with a unit" if shown(node) else "a number with its unit belongs here"
        findings.add(node.mark, path, shown(node), rule, hint)
        return None
    try:
        return parse(node.text, unit)
    except UnitError as error:
        rule, repair = unit_words(str(error), node.text, unit, sample)
        findings.add(node.mark, path, node.text, rule, repair)
        return None


def unit_words(said: str, text: str, unit: str, sample: str = "") -> tuple[str, str]:
    """Rule and repair for what the units module *said* of *text*; *sample* stands in the repair where any
    quantity of that unit would mislead."""
    fitting = sample or example_of(unit)
    said = said.replace(example_of(unit), fitting)
    if _COMMA.match(text):
        return "has a comma in its number", "write 2.5 for two and a half and 2000 for two thousand"
    if said.startswith("has the unit"):
        rule, known = split_hint(said, "")
        return rule, f"write for example {fitting}; {known}"
    return split_hint(said, f"write {words(unit)}, for example {fitting}")


def read_time(node: Node, path: str, findings: Findings) -> float | None:
    """A time of at least 0 and at most a century, in hours; None after noting why not."""
    time_h = read_quantity(node, "h", path, findings)
    if time_h is None:
        return None
    wrong = wrong_time(time_h)
    if wrong is None:
        return time_h
    findings.add(node.mark, path, shown(node), *wrong)
    return None


def wrong_time(time_h: float) -> tuple[str, str] | None:
    """Rule and repair for a time that cannot be, or None."""
    if time_h < 0.0:
        return "is negative, and no time may be", "write a time of 0 or more, such as 10 day"
    if time_h > MAX_TIME_H:
        return "is longer than 100 years", "check the unit: min, h, day, week, month or year"
    return None
