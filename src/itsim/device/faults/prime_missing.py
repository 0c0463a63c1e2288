"""The line was not primed: next to the pump it holds CSF or water, and no drug.

    drug-free fluid in the `volume` [mL] next to the pump; the tip gives nothing for volume / flow [h]

The gap begins at once where `volume` is the whole line (also where it is left out), else when the sound part
has passed. Sources: notices about priming (2016, 2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.checks import amount_complaints
from itsim.device.codes import Rank
from itsim.device.effects import Effect, set_line
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Kind, Millilitres


class PrimeMissing(Triggered):
    """The whole line from reservoir to tip where `volume` is left out."""

    volume_mL: Millilitres | None = None


def effects(p: PrimeMissing, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The line loses its drug; what it held is removed."""
    volume = np.inf if p.volume_mL is None else p.volume_mL
    return (set_line(at_h, volume, 0.0, from_reservoir=False, rank=Rank.FAULT),)


def complaints(p: PrimeMissing, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that is none."""
    yield from amount_complaints("volume", p.volume_mL, "0.2 mL, or leave it out")


KIND = Kind(
    group="faults",
    name="prime_missing",
    summary="Missing prime: the line holds fluid without drug, and the tip gives none until it has passed.",
    parameters=PrimeMissing,
    effects=effects,
    evidence="none: the volume has left the pump as programmed",
    sources=("fda_list_2016", "fda_priming_2017"),
    complaints=complaints,
    words=lambda p: "line not primed",
)
