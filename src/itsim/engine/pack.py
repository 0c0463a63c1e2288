"""Bodies and responses as the kernel's arrays, and what the kernel cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.engine.kernel.places import CLOCK_OF, N_CLOCKS, Bodies
from itsim.engine.modal import Modes, propagator
from itsim.pd.response import Response
from itsim.pk.body import SINKS, LinearBody

INLETS = ("catheter", "lumbar_puncture", "gut", "pump_pocket")
READ = ("cord_leg", "brain", "csf_lumbar")


@dataclass(frozen=True)
class Responses:
    """The chain of ``p`` patients in numbers."""

    laws: Array
    """``[p, numbers]``, the fields of ``pd.chain.Law``."""
    stage_rates_per_h: Array
    """Rising and falling, ``[p, stages, 2]``."""
    clocks_per_h: Array
    """Every rate once, ``[p, N_CLOCKS]``."""


def pack_bodies(bodies: Sequence[LinearBody]) -> Bodies | None:
    """Bodies of equal states in modes, fastest first; None where one of them is not safe in real modes."""
    found = [pack_body(body) for body in bodies]
    packed = [one for one in found if one is not None]
    if len(packed) < len(found):
        return None
    return Bodies(*(np.ascontiguousarray(np.stack(arrays)) for arrays in zip(*packed, strict=True)))


def pack_body(body: LinearBody) -> tuple[Array, ...] | None:
    """One body: rates, residues, inlets, vectors, inverse, regions; None where the kernel cannot have it."""
    by = propagator(body)
    if not isinstance(by, Modes) or np.iscomplexobj(by.rates_per_h):
        return None
    live = np.array([name not in SINKS for name in body.states])
    moving = np.flatnonzero(by.rates_per_h < 0.0)
    if len(moving) != np.count_nonzero(live):
        return None
    order = moving[np.argsort(by.rates_per_h[moving])]
    vectors, inverse = by.vectors[np.ix_(live, order)], by.inverse[np.ix_(order, live)]
    inlets = np.stack([body.inlets.get(name, np.zeros(len(live)))[live] for name in INLETS])
    readouts = np.stack([body.readouts.get(name, np.zeros(len(live)))[live] for name in READ])
    return (
        by.rates_per_h[order],
        readouts @ vectors,
        inlets @ inverse.T,
        vectors,
        inverse,
        body.regions_mL[:, live],
    )


def pack_responses(responses: Sequence[Response]) -> Responses | None:
    """Chains in numbers; None where one of them is wired otherwise."""
    laws, rates, clocks = [], [], []
    for response in responses:
        stage_rates = np.array([[s.rising_per_h, s.falling_per_h] for s in response.stages])
        if response.law is None or stage_rates.shape != CLOCK_OF.shape:
            return None
        own = np.zeros(N_CLOCKS)
        own[CLOCK_OF] = stage_rates
        if np.any(own[CLOCK_OF] != stage_rates):
            return None
        laws.append(np.array(response.law))
        rates.append(stage_rates)
        clocks.append(own)
    return Responses(np.stack(laws), np.stack(rates), np.stack(clocks))
