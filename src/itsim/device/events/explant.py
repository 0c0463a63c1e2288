"""Pump and catheter are taken out, with every fault they had.

The reservoir's content is measured and discarded, the line's is removed. Nothing is pumped and nothing sounds
until `replace_pump` implants another, with `catheter: true` for a new line too. The twin keeps its dose: an
explantation is not what the therapy wants. Source: infected systems were taken out after a taper (Hwang 2019)
or at once, with withdrawal within hours (J Med Case Rep 2010, table 1).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from itsim.device.codes import FillMode, Part, Rank
from itsim.device.effects import Effect, fill, set_line, silence, stop
from itsim.scenario.kinds import Kind, KindModel


class Explant(KindModel):
    """There is nothing to choose."""


def effects(p: Explant, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """No reservoir, no line, no programme, no alarm."""
    return (
        fill(at_h, 0.0, np.nan, 0.0, np.nan, FillMode.REPLACE),
        set_line(at_h, np.inf, 0.0, from_reservoir=False, ends=Part.CATHETER, rank=Rank.SWAP),
        stop(at_h),
        silence(at_h),
    )


KIND = Kind(
    group="events",
    name="explant",
    summary="Take out pump and catheter; nothing flows until another pump is implanted.",
    parameters=Explant,
    effects=effects,
    evidence="the reservoir is aspirated: expected against found volume",
    sources=("hwang2019", "jmedcaserep2010"),
    unsets="reservoir",
    needs=("reservoir",),
    words=lambda p: "pump and catheter out",
)
