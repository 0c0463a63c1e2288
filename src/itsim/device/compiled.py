"""The same stage functions compiled: for sweeps, where one scenario in plain Python is too slow.

A single run never comes here and needs no compiler at start-up.
"""

from __future__ import annotations

import hashlib
import inspect
import types
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from itsim.device import codes, layout, pieces, stages
from itsim.device.stages import (
    alarms,
    belief,
    conditions,
    draw,
    line,
    order,
    programme,
    pump,
    reservoir,
    shares,
    store,
    tip,
)

KERNEL_MODULES = (
    *(pieces, order, alarms, line, programme, shares, belief, pump, draw, store, reservoir, tip, conditions),
    stages,
)
"""Every module whose functions are compiled."""

CONSTANTS = (layout, codes)
"""Modules whose numbers are compiled in."""


@lru_cache(maxsize=1)
def compiled_deliver_many() -> Callable[..., None]:
    """``stages.deliver_many`` compiled by numba, together with everything it calls.

    Raises ImportError where numba does not exist. The compiled code is cached on disk under a name that is a
    hash of all kernel sources, because numba's own cache does not see a changed callee in another file.
    Nothing is inlined by force: it would make a run a fifth faster and take twice as long to compile.
    """
    import numba

    space = one_namespace(KERNEL_MODULES)
    kernels = {module.__name__ for module in KERNEL_MODULES}
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(cache_folder())
    for name, function in list(space.items()):
        if inspect.isfunction(function) and function.__module__ in kernels:
            twin = types.FunctionType(function.__code__, space, name)
            twin.__module__ = function.__module__
            space[name] = numba.njit(cache=True)(twin)
    config.CACHE_DIR = before
    return cast(Callable[..., None], space["deliver_many"])


def one_namespace(modules: Sequence[types.ModuleType]) -> dict[str, Any]:
    """The names of all kernels side by side. Raises ValueError where one name means two things."""
    space: dict[str, Any] = {}
    for module in modules:
        for name, value in vars(module).items():
            if name.startswith("__"):
                continue
            if space.setdefault(name, value) is not value and space[name] != value:
                raise ValueError(f"{module.__name__}.{name} is also the name of something else in a kernel")
    return space


def cache_folder() -> Path:
    """Where the compiled code of exactly these sources is kept."""
    sources = "".join(inspect.getsource(module) for module in (*KERNEL_MODULES, *CONSTANTS))
    name = hashlib.sha256(sources.encode()).hexdigest()[:16]
    return Path.home() / ".cache" / "itsim" / name
