"""Plain functions compiled as they stand: the one place that calls the compiler.

The device's stages are compiled here; whoever has more to compile on top of them (``engine/kernel``) names
its modules to ``compiled``. A single run never comes here and needs no compiler at start-up.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import types
from collections.abc import Callable, Mapping, Sequence
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
"""Every module of the device whose functions are compiled."""

CONSTANTS = (layout, codes)
"""Modules whose numbers are compiled in."""


def has_compiler() -> bool:
    """Whether numba exists here; it is not imported."""
    return importlib.util.find_spec("numba") is not None


@lru_cache(maxsize=1)
def compiled_device() -> Mapping[str, Any]:
    """The names of the device's kernels, their functions compiled. Raises ImportError without numba."""
    return compiled(KERNEL_MODULES, CONSTANTS)


def compiled_deliver_many() -> Callable[..., None]:
    """``stages.deliver_many`` compiled, with everything it calls. Raises ImportError without numba."""
    return cast(Callable[..., None], compiled_device()["deliver_many"])


def compiled(
    modules: Sequence[types.ModuleType],
    constants: Sequence[types.ModuleType],
    beneath: Mapping[str, Any] | None = None,
    inlined: Sequence[types.ModuleType] = (),
) -> Mapping[str, Any]:
    """The names of *modules* side by side, their functions compiled by numba; those of *beneath*, which are
    compiled already, as they are; those of *inlined*, a few lines each, into whoever calls them.

    Raises ImportError where numba does not exist. The compiled code is cached on disk under a name that is a
    hash of all sources, because numba's own cache does not see a changed callee in another file. Nothing of
    the device is inlined: it would make its run a fifth faster and take twice as long to compile.
    """
    import numba

    space = one_namespace(modules)
    kernels, small = ({module.__name__ for module in some} for some in (modules, inlined))
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(cache_folder(modules, constants))
    for name, function in list(space.items()):
        if not inspect.isfunction(function) or function.__module__ not in kernels:
            continue
        if beneath is not None and name in beneath and not inspect.isfunction(beneath[name]):
            space[name] = beneath[name]
            continue
        twin = types.FunctionType(function.__code__, space, name)
        twin.__module__ = function.__module__
        space[name] = numba.njit(cache=True, nogil=True, forceinline=function.__module__ in small)(twin)
    config.CACHE_DIR = before
    return space


def one_namespace(modules: Sequence[types.ModuleType]) -> dict[str, Any]:
    """The names of all kernels side by side. Raises ValueError where one name means two things."""
    space: dict[str, Any] = {}
    for module in modules:
        for name, value in vars(module).items():
            if name.startswith("__"):
                continue
            if space.setdefault(name, value) is not value and not _is_same(space[name], value):
                raise ValueError(f"{module.__name__}.{name} is also the name of something else in a kernel")
    return space


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def cache_folder(
    modules: Sequence[types.ModuleType] = KERNEL_MODULES, constants: Sequence[types.ModuleType] = CONSTANTS
) -> Path:
    """Where the compiled code of exactly these sources is kept."""
    sources = "".join(inspect.getsource(module) for module in (*modules, *constants))
    name = hashlib.sha256(sources.encode()).hexdigest()[:16]
    return Path.home() / ".cache" / "itsim" / name
