"""What a body model is: a list of transfers made into a matrix, its inlets and its read-outs.

States that hold drug are amounts in µg; effect sites are concentrations in µg/mL that follow the body and
feed nothing back; sinks collect what has left. Mass is conserved by construction: a transfer takes from one
state what it gives to another, and a test adds the columns up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from itsim.arrays import Array, frozen
from itsim.parameters import ParameterSet
from itsim.pk.drainage import drained_shares

ELIMINATED, UNABSORBED, DRAINED = "eliminated", "unabsorbed", "drained"
SINKS = (ELIMINATED, UNABSORBED, DRAINED)


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
class CsfLoss:
    """CSF that leaves the body all the time, with the drug in it: a leak, a shunt, a drain."""

    place: str
    """A vertebral level, or "intraventricular"."""
    flow_mL_h: float


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
    csf_mL: tuple[Mapping[str, float], ...] = ()
    """Where CSF lies that can be let off: regions from the lumbar one upwards, volumes by state."""

    def index(self, state: str) -> int:
        """The place of a state."""
        return self.states.index(state)

    @cached_property
    def regions_mL(self) -> Array:
        """CSF of each region by state, ``[regions, n]``."""
        rows = [[region.get(state, 0.0) for state in self.states] for region in self.csf_mL]
        return frozen(np.array(rows, float).reshape(len(rows), len(self.states)))

    def steady_state(self, inlet: str, rate_ug_h: float) -> Array:
        """The state under a constant rate; the sinks are set to zero."""
        live = np.array([name not in SINKS for name in self.states])
        x = np.zeros(len(self.states))
        if rate_ug_h > 0.0:
            x[live] = np.linalg.solve(
                self.matrix_per_h[np.ix_(live, live)], -rate_ug_h * self.inlets[inlet][live]
            )
        return x

    def drainage(self, volume_mL: float) -> Array:
        """What letting off lumbar CSF does to the state at one instant, as a matrix ``[n, n]``.

        Fluid leaves the lowest region first, in proportion to volume and at the concentrations it has, and
        the next one up only where that is not enough; drug-free CSF takes its place. With V_ri the volume of
        state i in region r, and V_r their sum,

            f_r = min(1, max(0, volume − Σ_{below r} V)/V_r) ;  s_i = Σ_r f_r·V_ri / Σ_r V_ri
            x_i → (1 − s_i)·x_i ;  drained → drained + Σ s_i·x_i

        That a region is well mixed, that nothing moves down while fluid is let off, and that tissue and the
        pocket at the tip keep what they hold are assumptions. Drainage has lowered overdoses (overdose
        series 1991, abstract). A person makes about 0.35 mL of CSF a minute (Nilsson 1992), which limits the
        new fluid: many millilitres at one instant stand for a drainage over hours.
        """
        matrix, shares = np.eye(len(self.states)), np.zeros(len(self.states))
        drained_shares(volume_mL, self.regions_mL, shares)
        for i in np.flatnonzero(shares):
            matrix[i, i], matrix[self.index(DRAINED), i] = 1.0 - shares[i], shares[i]
        return frozen(matrix)


@dataclass(frozen=True)
class BodyModel:
    """A kind of body: what a file of ``pk/bodies`` ends in."""

    name: str
    summary: str
    build: Callable[[ParameterSet, str, Sequence[CsfLoss]], LinearBody]
    """``build(numbers, tip, losses)``: the tip's level or "intraventricular", and the CSF that is being lost.
    States, inlets and read-outs do not depend on the losses."""
    sources: tuple[str, ...]


def assemble(
    name: str,
    states: Sequence[str],
    transfers: Sequence[Transfer],
    sites: Sequence[Site],
    inlets: Mapping[str, Mapping[str, float]],
    readouts: Mapping[str, Mapping[str, float]],
    csf_mL: Sequence[Mapping[str, float]] = (),
) -> LinearBody:
    """Make a body from its lists. Inlets, read-outs and regions of CSF name states with their weights."""
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
        tuple(csf_mL),
    )


def _row(weights: Mapping[str, float], place: Mapping[str, int]) -> Array:
    row = np.zeros(len(place))
    for state, weight in weights.items():
        row[place[state]] += weight
    return frozen(row)


def exchange(a: str, b: str, flow_mL_h: float, a_mL: float, b_mL: float) -> tuple[Transfer, Transfer]:
    """Two-way mixing of two volumes."""
    return Transfer(a, b, flow_mL_h / a_mL), Transfer(b, a, flow_mL_h / b_mL)
