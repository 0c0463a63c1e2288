"""itsim: what happens when a spinal pump fails.

An educational and research simulator of intrathecal baclofen: pump faults, reservoir, catheter, CSF, effect
and withdrawal. It is not a medical device and no clinical advice.
"""

from __future__ import annotations

from typing import Any

_OFFERED = {
    "load": "load",
    "simulate": "simulate",
    "sweep": "sweep",
    "sensitivity": "sensitivity",
    "load_sweep": "load_sweep",
    "studies": "studies",
    "cohort": "cohort",
    "compare": "compare",
    "scenarios": "scenarios",
    "scenario_from": "scenario_from",
    "vary": "vary_scenario",
    "with_fault": "with_fault",
    "with_program": "with_program",
    "teaching_matrix": "teaching_matrix",
    "Run": "Run",
    "Sweep": "Sweep",
    "Sensitivity": "Sensitivity",
}

__all__ = [
    "Run", "Sensitivity", "Sweep", "cohort", "compare", "load", "load_sweep", "scenario_from", "scenarios",
    "sensitivity", "simulate", "studies", "sweep", "teaching_matrix", "vary", "with_fault", "with_program",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loaded when first used, so that ``import itsim`` costs next to nothing."""
    if name == "__version__":
        from itsim.resources import itsim_version

        return itsim_version()
    if name in _OFFERED:
        from itsim import api

        return getattr(api, _OFFERED[name])
    raise AttributeError(f"module 'itsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
