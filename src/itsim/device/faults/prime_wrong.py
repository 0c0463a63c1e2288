"""The prime was of a wrong volume: more than the line needs is a burst, less leaves a gap.

    drug-free fluid in the `volume` [mL] next to the pump, then a bolus of `given` [mL] in `lasting` [h]
    burst = (given − volume) × concentration  [µg] where more is given than needed
    gap   = (volume − given) / flow  [h] where less is given

The pump believes the bolus; nobody intends it, so the fault-free twin goes without. An excess of 0.1 mL at
2000 µg/mL is 200 µg. The line is in plug flow: that drug and water mix at the high flow of a prime, as the
maker warns, is not modelled. Sources: the recalls of the priming bolus (2013, 2017), the maker's labelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from itsim.device.checks import amount_complaints
from itsim.device.codes import Rank
from itsim.device.effects import Effect, bolus, set_line
from itsim.device.limits import NO_BOLUS, bolus_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind, Millilitres


class PrimeWrong(Triggered):
    """`volume` is empty and needs a prime, the whole line where left out; `given` is what is pushed."""

    given_mL: Millilitres
    lasting_h: Hours
    volume_mL: Millilitres | None = None


def effects(p: PrimeWrong, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """An empty line and a bolus of the wrong size."""
    volume = np.inf if p.volume_mL is None else p.volume_mL
    return (
        set_line(at_h, volume, 0.0, from_reservoir=False, rank=Rank.FAULT),
        bolus(at_h, p.given_mL, p.lasting_h, intended=False),
    )


def complaints(p: PrimeWrong, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Volumes that are none, a bolus that the pump cannot give."""
    if not device["programmable"]:
        yield NO_BOLUS
        return
    yield from amount_complaints("volume", p.volume_mL, "0.2 mL, or leave it out")
    for complaint in bolus_complaints(p.given_mL, None, p.lasting_h, device):
        yield replace(complaint, field="given") if complaint.field == "volume" else complaint


KIND = Kind(
    group="faults",
    name="prime_wrong",
    summary="Wrong prime: too large a priming bolus is a burst at the tip, too small a one leaves a gap.",
    parameters=PrimeWrong,
    effects=effects,
    example={"given": "0.476 mL", "lasting": "40 min"},
    evidence="none: the pump counts the bolus",
    sources=("fda_2013", "fda_priming_2017", "medtronic_priming_labelling"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"primed with {p.given_mL:g} mL",
)
