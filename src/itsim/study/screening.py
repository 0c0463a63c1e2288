"""The two designs that measure what matters, through SALib: Morris' trajectories and Saltelli's matrices.

Both work on shares in (0, 1), so that any distribution can stand behind a number. Rows come in groups: a
trajectory, or a point with the points that differ from it in one number. A group is what a bootstrap draws
and what half a sample is counted in.

Morris: Technometrics 33, 161 (1991), with the mean of the absolute changes (Campolongo, Environ. Model.
Softw. 22, 1509, 2007). Sobol: first and total order by the estimators of Saltelli, Comput. Phys. Commun.
181, 259 (2010); without interactions of pairs, which would double the runs.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from itsim.arrays import Array

MORRIS, SOBOL_INDICES = "morris", "sobol_indices"

LEAST_SAMPLES = 4
"""Two halves of two groups: fewer have no spread within a half."""

LEVELS = 4
"""Of a Morris grid: each stands in the middle of a quarter of the distribution, never at its end, which may
lie in infinity."""
STEP = LEVELS / (2.0 * (LEVELS - 1.0))
"""A step of a trajectory on SALib's grid from 0 to 1; half of the distribution here."""

_FIXED = 1
"""A seed where SALib would else take numbers from the global state for intervals that are not used."""


@dataclass(frozen=True)
class Method:
    """A design with its indices."""

    name: str
    title: str
    sampled: str
    """What one of its samples is."""
    indices: tuple[str, ...]
    """The names of its indices; the first one ranks."""
    is_relative: bool
    """Whether indices are shares of a variance; else they have the unit of the metric."""
    rows_each: Callable[[int], int]
    """Rows of a group, for so many factors."""
    shares: Callable[[int, int, int], Array]
    """``[rows, factors]`` from factors, samples and seed."""
    of: Callable[[Array, Array], Array]
    """``[indices, factors]`` from shares and values of whole groups."""


def _problem(factors: int) -> dict[str, Any]:
    names = [f"f{j}" for j in range(factors)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}


def _morris_shares(factors: int, samples: int, seed: int) -> Array:
    from SALib.sample import morris

    grid = morris.sample(_problem(factors), samples, num_levels=LEVELS, seed=seed)
    return np.asarray(0.5 / LEVELS + (1.0 - 1.0 / LEVELS) * grid)


def _morris_indices(shares: Array, values: Array) -> Array:
    from SALib.analyze import morris

    found = morris.analyze(
        _problem(shares.shape[1]), shares, values, num_resamples=2, num_levels=LEVELS, seed=_FIXED
    )
    return STEP * np.array([np.asarray(found[name], float) for name in ("mu_star", "mu", "sigma")])


def _saltelli_shares(factors: int, samples: int, seed: int) -> Array:
    from SALib.sample import sobol

    problem = _problem(factors)
    return np.asarray(sobol.sample(problem, samples, calc_second_order=False, seed=seed))


def _sobol_indices(shares: Array, values: Array) -> Array:
    from SALib.analyze import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of parts of a sample in which nothing differs
        found = sobol.analyze(
            _problem(shares.shape[1]), values, calc_second_order=False, num_resamples=2, seed=_FIXED
        )
    return np.array([found["ST"], found["S1"]])


METHODS = {
    method.name: method
    for method in (
        Method(MORRIS, "Morris", "trajectories", ("mu_star", "mu", "sigma"), False, lambda n: n + 1,
               _morris_shares, _morris_indices),
        Method(SOBOL_INDICES, "Sobol", "points", ("total", "first"), True, lambda n: n + 2,
               _saltelli_shares, _sobol_indices),
    )
}  # fmt: skip
