"""Who is simulated: virtual patients around a typical one, and other values that the typical one may have.

Two questions, kept apart. *Between patients*: people differ, and a number with a coefficient of variation is
log-normal around the patient's value (Student t on the log scale where the data say so), correlated where
that is known. *Uncertainty*: nobody knows the typical value itself. A number that no measurement between
patients fixes is drawn from its stated range: the value is the median, low and high are the 2.5th and the
97.5th percentile of a log-normal with a spread of its own on either side, cut there. A log-normal, because
most of these numbers are positive and their ranges factors; two spreads, because ranges lie unevenly around
values; cut, because a number outside its stated range (a share above 1) means nothing. For a number with a
coefficient of variation that range is the range of patients, as nothing narrower is known of its middle, and
the draws are independent, although a joint fit would tie them: the uncertainty errs on the wide side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from itsim.arrays import Array
from itsim.parameters import Parameter, ParameterSet, correlations

LARGEST_SEED = 2**63 - 1
CENTRAL_SHARE = 0.95
"""What of a number's distribution its stated range holds."""

BETWEEN, UNCERTAINTY, BOTH = "between", "uncertainty", "both"
"""Patients around the typical one; other typical patients; one patient around each of those."""

_STREAMS = {BETWEEN: 0, UNCERTAINTY: 1}
"""Numerical: the two draws of one seed and one k share no random number."""


def draw(typical: ParameterSet, size: int, seed: int, spread: str = BETWEEN) -> tuple[ParameterSet, ...]:
    """*size* patients in one of the spreads. The k-th is the same for every size above k.

    Raises ValueError for a seed below 0 or above 2⁶³ − 1, and for a spread that is none.
    """
    one = drawn(typical, seed, spread)
    return tuple(one(k) for k in range(size))


def drawn(typical: ParameterSet, seed: int, spread: str = BETWEEN) -> Callable[[int], ParameterSet]:
    """What gives the k-th patient of ``draw``. Raises ValueError as ``draw``."""
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed of {seed}: give a whole number from 0 to {LARGEST_SEED}")
    if spread not in (BETWEEN, UNCERTAINTY, BOTH):
        raise ValueError(f"spread {spread!r} is not known; choose one of {BETWEEN}, {UNCERTAINTY}, {BOTH}")
    patients, middles = _between(typical), _uncertain(typical)

    def one(k: int) -> ParameterSet:
        middle = typical if spread == BETWEEN else _moved(typical, middles(_random(seed, k, UNCERTAINTY)))
        return middle if spread == UNCERTAINTY else _moved(middle, patients(_random(seed, k, BETWEEN)))

    return one


def uncertain(typical: ParameterSet) -> tuple[Parameter, ...]:
    """The numbers whose typical value is drawn: fits, assumptions, and what has no variability between
    patients to explain its range.

    Left alone are what a scenario states, counts (numerical: they set the resolution), what is zero (a
    mechanism left out), what lies outside its range, and what only moves with another number.
    """
    return tuple(p for p in typical.values() if _is_open(p) and _has_range(p))


def _is_open(p: Parameter) -> bool:
    stated = p.source == "scenario" or p.name.startswith("n_")
    follows = p.moves_with != "" and p.cv == 0.0
    return not stated and not follows and (p.cv == 0.0 or p.grade in ("fit", "X"))


def _has_range(p: Parameter) -> bool:
    return p.in_range and p.low < p.high and p.value > 0.0


def _random(seed: int, k: int, spread: str) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, k], counter=[0, 0, 0, _STREAMS[spread]]))


Factors = Callable[[np.random.Generator], Mapping[str, float]]
"""Logs of the factors of one draw, by name."""


def _between(typical: ParameterSet) -> Factors:
    varied = [p for p in typical.values() if p.cv > 0.0]
    root = np.linalg.cholesky(_correlation_matrix([p.name for p in varied]))

    def factors(rng: np.random.Generator) -> Mapping[str, float]:
        normal = root @ rng.standard_normal(len(varied))
        spread = rng.chisquare([p.tail_df or 1.0 for p in varied])
        return {p.name: _log_factor(p, z, chi) for p, z, chi in zip(varied, normal, spread, strict=True)}

    return factors


def _correlation_matrix(names: list[str]) -> Array:
    matrix = np.eye(len(names))
    for pair in correlations():
        if pair.a in names and pair.b in names:
            i, j = names.index(pair.a), names.index(pair.b)
            matrix[i, j] = matrix[j, i] = pair.rho
    return matrix


def _log_factor(parameter: Parameter, normal: float, chi_square: float) -> float:
    """Log of a patient's factor; median 1, and for the log-normal the published coefficient of variation."""
    sigma = float(np.sqrt(np.log1p(parameter.cv**2)))
    if parameter.tail_df > 0.0:
        normal = normal / np.sqrt(chi_square / parameter.tail_df)
    return sigma * normal


def _uncertain(typical: ParameterSet) -> Factors:
    drawn = uncertain(typical)

    def factors(rng: np.random.Generator) -> Mapping[str, float]:
        below = 0.5 * (1.0 - CENTRAL_SHARE)
        z = ndtri(rng.uniform(below, 1.0 - below, len(drawn))) / ndtri(1.0 - below)
        return {p.name: _log_within(p, float(way)) for p, way in zip(drawn, z, strict=True)}

    return factors


def _log_within(p: Parameter, way: float) -> float:
    """Log of the factor that is a share *way* from the value to low (−1) or high (1), on the log scale; along
    a straight line where the range begins at zero."""
    if way < 0.0 and p.low <= 0.0:
        return float(np.log1p(way * (1.0 - p.low / p.value)))
    return float(abs(way) * np.log((p.high if way > 0.0 else p.low) / p.value))


def _moved(typical: ParameterSet, logs: Mapping[str, float]) -> ParameterSet:
    return ParameterSet(tuple(_scaled(p, logs) for p in typical.values()))


def _scaled(p: Parameter, logs: Mapping[str, float]) -> Parameter:
    log = logs.get(p.name, 0.0) + logs.get(p.moves_with, 0.0)
    return p if log == 0.0 else replace(p, value=p.value * float(np.exp(log)))
