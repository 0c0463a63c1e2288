"""Trees from Python data, for those who write a scenario as a dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Step, Table, join
from itsim.scenario.text import UNPRINTABLE
from itsim.scenario.tree import MAX_DEPTH

_NOWHERE = Mark()


def as_node(value: Any, path: tuple[Step, ...], findings: Findings) -> Node:
    """The node of a Python value, its marks empty; what a file could not hold is noted."""
    where = join("", *path)
    if hasattr(value, "tolist"):  # an array, or one of its numbers
        value = value.tolist()
    if len(path) > MAX_DEPTH:
        return _refused(where, None, f"groups are nested more than {MAX_DEPTH} deep", "remove some", findings)
    if isinstance(value, Mapping):
        return Table(
            _NOWHERE,
            tuple(_pair(k, v, path, findings) for k, v in value.items() if _is_key(k, where, findings)),
        )
    if isinstance(value, (list, tuple)):
        return Listing(_NOWHERE, tuple(as_node(item, (*path, i), findings) for i, item in enumerate(value)))
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            return _refused(where, value, "holds a control character", "remove it", findings)
        return Scalar(_NOWHERE, value, value)
    return _plain_scalar(value, where, findings)


def _plain_scalar(value: Any, where: str, findings: Findings) -> Scalar:
    if value is None:
        return Scalar(_NOWHERE, "", None)
    if isinstance(value, bool):
        return Scalar(_NOWHERE, str(value).lower(), value)
    if isinstance(value, (int, float)) and math.isfinite(value):
        return Scalar(_NOWHERE, repr(value), value)
    return _refused(where, repr(value), "is neither text, number, true, false, list nor group of keys",
                    "write quantities as text with a unit, such as '10 day'", findings)  # fmt: skip


def _pair(key: str, value: Any, path: tuple[Step, ...], findings: Findings) -> tuple[Scalar, Node]:
    return Scalar(_NOWHERE, key, key), as_node(value, (*path, key), findings)


def _is_key(key: Any, where: str, findings: Findings) -> bool:
    if isinstance(key, str) and not UNPRINTABLE.search(key):
        return True
    _refused(where, repr(key), "is not the name of a key", "write a text such as 'until'", findings)
    return False


def _refused(where: str, value: str | None, rule: str, hint: str, findings: Findings) -> Scalar:
    findings.add(_NOWHERE, where, value, rule, hint)
    return Scalar(_NOWHERE, value or "", None)
