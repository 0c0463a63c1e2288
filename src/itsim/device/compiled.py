"""The same stage functions compiled: for sweeps, where one scenario in plain Python is too slow.

A single run never comes here and needs no compiler at start-up.
"""

from __future__ import annotations

import hashlib
import inspect
import types
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from itsim.device import pieces, stages
from itsim.device.stages import alarms, belief, line, order, programme, pump, reservoir

KERNEL_MODULES = (pieces, order, alarms, line, programme, belief, pump, reservoir, stages)


@lru_cache(maxsize=1)
def compiled_deliver_many() -> Callable[..., None]:
    """``stages.deliver_many`` compiled by numba, together with everything it calls.

    Raises ImportError where numba does not exist. The compiled code is cached on disk under a name that is a
    hash of all kernel sources, because numba's own cache does not see a changed callee in another file.
    """
    import numba

    numba.config.CACHE_DIR = str(_cache_folder())
    space: dict[str, Any] = {}
    for module in KERNEL_MODULES:
        space.update(vars(module))
    for module in KERNEL_MODULES:
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                twin = types.FunctionType(function.__code__, space, name)
                twin.__module__ = module.__name__
                space[name] = numba.njit(cache=True)(twin)
    return space["deliver_many"]  # type: ignore[no-any-return]


def _cache_folder() -> Path:
    sources = "".join(inspect.getsource(module) for module in KERNEL_MODULES)
    name = hashlib.sha256(sources.encode()).hexdigest()[:16]
    return Path.home() / ".cache" / "itsim" / name
