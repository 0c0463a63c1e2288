"""What a written value means by the core schema of YAML 1.2: ``yes`` and ``2026-01-02`` are texts."""

from __future__ import annotations

import math
import re

from itsim.scenario.nodes import Plain

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read_scalar(text: str, *, is_plain: bool) -> tuple[Plain, bool]:
    """The value of *text*, and whether it is not an infinity or NaN; quoted text is always text."""
    if not is_plain:
        return text, True
    if text in _NULL:
        return None, True
    if text in _BOOL:
        return _BOOL[text], True
    if _INT.fullmatch(text):
        return int(text), True
    if _FLOAT.fullmatch(text):
        return float(text), math.isfinite(float(text))
    return text, not _NOT_FINITE.fullmatch(text)
