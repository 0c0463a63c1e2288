"""Engines: the same problem in, the same solution out. One list drives every comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsim.device.compiled import has_compiler
from itsim.engine import exact, fast, reference
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution

ENGINES: Mapping[str, Callable[[Problem], Solution]] = {
    "exact": exact.solve,
    "reference": reference.solve,
    **({"compiled": fast.solve} if has_compiler() else {}),
}
