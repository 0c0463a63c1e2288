"""What a body model is: a list of transfers made into a matrix, its inlets and its read-outs.

States that hold drug are amounts in µg; effect sites are concentrations in µg/mL that follow the body and
feed nothing back; sinks collect what has left. Mass is conserved by construction: a transfer takes from one
state what it gives to another, and a test adds the columns up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array, frozen
from itsim.parameters import ParameterSet

ELIMINATED, UNABSORBED = "eliminated", "unabsorbed"
SINKS = (ELIMINATED, UNABSORBED)


@dataclass(frozen=True)
class Transfer:
    """Drug moves from one state to another at a first-order rate."""

    source: str
    target: str
    rate_per_h: float


@dataclass(frozen=True)
class Site:
    """An effect site: ``d site/dt = rate · (Σ weight · amount − site)``, in µg/mL."""

    name: str
    rate_per_h: float
    weights_per_mL: Mapping[str, float]


@dataclass(frozen=True)
class LinearBody:
    """``dx/dt = matrix x + inlet · rate``; ``n`` states."""

    name: str
    states: tuple[str, ...]
    matrix_per_h: Array
    """``[n, n]``"""
    inlets: Mapping[str, Array]
    """Where a microgram goes that enters there, ``[n]`` each; the amounts add up to one."""
    readouts: Mapping[str, Array]
    """Concentrations in µg/mL as rows on the states, ``[n]`` each."""
    holds_drug: Array
    """``[n]``: 1 for an amount in the body, 0 for effect sites and sinks."""

    def index(self, state: str) -> int:
        """The place of a state."""
        return self.states.index(state)

    def steady_state(self, inlet: str, rate_ug_h: float) -> Array:
        """The state under a constant rate; the sinks are set to zero."""
        live = np.array([name not in SINKS for name in self.states])
        x = np.zeros(len(self.states))
        if rate_ug_h > 0.0:
            x[live] = np.linalg.solve(
                self.matrix_per_h[np.ix_(live, live)], -rate_ug_h * self.inlets[inlet][live]
            )
        return x


@dataclass(frozen=True)
class BodyModel:
    """A kind of body: what a file of ``pk/bodies`` ends in."""

    name: str
    summary: str
    build: Callable[[ParameterSet, float], LinearBody]
    """``build(numbers, tip_cm)``"""
    sources: tuple[str, ...]


def assemble(
    name: str,
    states: Sequence[str],
    transfers: Sequence[Transfer],
    sites: Sequence[Site],
    inlets: Mapping[str, Mapping[str, float]],
    readouts: Mapping[str, Mapping[str, float]],
) -> LinearBody:
    """Make a body from its lists. Inlets and read-outs name states with their weights."""
    names = (*states, *(site.name for site in sites), *SINKS)
    place = {state: i for i, state in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for move in transfers:
        matrix[place[move.source], place[move.source]] -= move.rate_per_h
        matrix[place[move.target], place[move.source]] += move.rate_per_h
    for site in sites:
        matrix[place[site.name], place[site.name]] -= site.rate_per_h
        for state, weight in site.weights_per_mL.items():
            matrix[place[site.name], place[state]] += site.rate_per_h * weight
    holds = np.array([1.0 if state in states else 0.0 for state in names])
    return LinearBody(
        name,
        names,
        frozen(matrix),
        {key: _row(weights, place) for key, weights in inlets.items()},
        {key: _row(weights, place) for key, weights in readouts.items()},
        frozen(holds),
    )


def _row(weights: Mapping[str, float], place: Mapping[str, int]) -> Array:
    row = np.zeros(len(place))
    for state, weight in weights.items():
        row[place[state]] += weight
    return frozen(row)


def exchange(a: str, b: str, flow_mL_h: float, a_mL: float, b_mL: float) -> tuple[Transfer, Transfer]:
    """Two-way mixing of two volumes."""
    return Transfer(a, b, flow_mL_h / a_mL), Transfer(b, a, flow_mL_h / b_mL)
