"""The factors of a study: each path with its unit, its column's name and how it varies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from itsim.metrics import METRICS
from itsim.scenario import ScenarioError, vary
from itsim.scenario.model import Catalogue, Scenario
from itsim.scenario.nodes import Findings, Listing, Node, Scalar, Table, join, shown
from itsim.scenario.paths import Target
from itsim.study.design import GRID, TABLE, Factor
from itsim.study.distributions import Levels
from itsim.study.forms import VALUES, Reader, target_in_all
from itsim.study.model import RESERVED

_NAME = re.compile(r"[A-Za-z]\w*")


def read_factors(
    columns: Table, kind: str, scenarios: Sequence[Scenario], catalogue: Catalogue, findings: Findings
) -> tuple[Factor, ...]:
    """Every key of *columns* as a factor; what is wrong with them is noted, and those are left out."""
    found: list[tuple[Scalar, Factor]] = []
    for key, node in columns:
        factor = _read(key, node, scenarios, catalogue, findings)
        if factor is not None:
            found.append((key, factor))
            if kind in (GRID, TABLE) and not isinstance(factor.spread, Levels):
                rule = f"is a distribution, of which a {kind} has none"
                hint = "write values, linspace or logspace, or `design: latin_hypercube`"
                findings.add(key.mark, join("vary", key.text), key.text, rule, hint)
    _check_lengths(found, kind, findings)
    _check_paths(found, findings)
    return _named(found, findings)


def _read(
    key: Scalar, node: Node, scenarios: Sequence[Scenario], catalogue: Catalogue, findings: Findings
) -> Factor | None:
    target = target_in_all(key.text, scenarios, key, findings)
    others = _also(node, scenarios, target, findings)
    if target is None:
        return None
    spread, unit = Reader(f"vary.{key.text}", target, findings).spread(node)
    if spread is None:
        return None
    if target.is_word:
        _check_words(key.text, node, scenarios, catalogue, findings)
    return Factor(_own_name(node, findings), (key.text, *others), unit, target.unit, spread)


def _also(
    node: Node, scenarios: Sequence[Scenario], target: Target | None, findings: Findings
) -> tuple[str, ...]:
    """The other paths that take the same value."""
    also = node.get("also") if isinstance(node, Table) else None
    if also is None:
        return ()
    paths = [item for item in also.items if isinstance(item, Scalar)] if isinstance(also, Listing) else []
    if not paths:
        findings.add(also.mark, "also", shown(also), "`also` is a list of paths",
                     "write `also: [history.daily_dose]`")  # fmt: skip
    for item in paths:
        other = target_in_all(item.text, scenarios, item, findings)
        if None not in (other, target) and other != target:
            rule = "is another kind of quantity than the path it goes with"
            findings.add(item.mark, "also", item.text, rule, "give it an entry of its own")
    return tuple(item.text for item in paths)


def _check_words(
    path: str, node: Node, scenarios: Sequence[Scenario], catalogue: Catalogue, findings: Findings
) -> None:
    """A word that no run would know is a slip of the file; a number that none can use is a result."""
    listed = node.get(VALUES) if isinstance(node, Table) else node
    for i, item in enumerate(listed.items if isinstance(listed, Listing) else ()):
        try:
            vary(scenarios[0], {path: item.value if isinstance(item, Scalar) else None}, catalogue)
        except ScenarioError as error:
            for problem in error.problems:
                if problem.path == path:
                    findings.add(item.mark, f"vary.{path}[{i}]", shown(item), problem.rule, problem.hint)


def _own_name(node: Node, findings: Findings) -> str:
    given = node.get("name") if isinstance(node, Table) else None
    if given is None:
        return ""
    if isinstance(given, Scalar) and _NAME.fullmatch(given.text) and given.text not in _taken():
        return given.text
    rule = "is the name of another column" if shown(given) in _taken() else "is not a simple name"
    findings.add(
        given.mark, "name", shown(given), rule, "use letters, digits and _, such as `name: residual`"
    )
    return ""


def _taken() -> tuple[str, ...]:
    return (*RESERVED, *METRICS)


def _check_lengths(found: list[tuple[Scalar, Factor]], kind: str, findings: Findings) -> None:
    if kind != TABLE:
        return
    lengths = [(key, len(f.spread.values)) for key, f in found if isinstance(f.spread, Levels)]
    for key, n in lengths:
        if n != lengths[0][1]:
            rule = f"has {n} values, but {lengths[0][0].text} has {lengths[0][1]}"
            findings.add(
                key.mark, join("vary", key.text), key.text, rule, "give all columns of a table one length"
            )


def _check_paths(found: list[tuple[Scalar, Factor]], findings: Findings) -> None:
    seen: set[str] = set()
    for key, factor in found:
        for path in factor.paths:
            if path in seen:
                findings.add(key.mark, join("vary", key.text), path, "is varied twice", "keep one of the two")
            seen.add(path)


def _named(found: list[tuple[Scalar, Factor]], findings: Findings) -> tuple[Factor, ...]:
    """The factors with a name each: the given one, or the end of the path, or as much as tells it apart."""
    short = [factor.name or _short(factor.paths[0]) for _, factor in found]
    named = []
    for (key, factor), name in zip(found, short, strict=True):
        if short.count(name) > 1 or name in _taken():
            if factor.name and short.count(name) > 1:
                findings.add(key.mark, join("vary", key.text, "name"), name, "is the name of two columns",
                             "give each a name of its own")  # fmt: skip
            name = factor.name or factor.paths[0].replace(".", "_")
        named.append(Factor(name, factor.paths, factor.unit, factor.canonical, factor.spread))
    return tuple(named)


def _short(path: str) -> str:
    """``decline_end`` of ``timeline.decline.fault.end``; ``csf_loss`` of ``patient.csf_loss``."""
    head, *rest = path.split(".")
    if head == "timeline":
        return "_".join((rest[0], *rest[2:])) if len(rest) > 2 else "_".join(rest)
    return "_".join(rest) or head
