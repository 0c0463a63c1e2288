"""The catheter is exchanged: every fault of the old one ends, the whole line is new, primed or not.

What the old line held, and what was stored before a block, is removed. A primed line holds the reservoir's
concentration, an unprimed one no drug: the tip then gives nothing for line volume / flow. Drug that lies
sequestered in tissue stays there. Sources: most withdrawals came from catheters (Štětkářová 2015); pump and
catheter were replaced for a block that no test had shown (Cureus 2024).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from itsim.device.codes import Part
from itsim.device.effects import Effect, set_line
from itsim.scenario.kinds import Kind, KindModel


class ReplaceCatheter(KindModel):
    """Primed unless told otherwise."""

    prime: bool = True


def effects(p: ReplaceCatheter, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A new line from the pump to the tip."""
    return (set_line(at_h, np.inf, 0.0, from_reservoir=p.prime, ends=Part.CATHETER),)


KIND = Kind(
    group="events",
    name="replace_catheter",
    summary="Exchange the catheter; with or without priming the new line.",
    parameters=ReplaceCatheter,
    effects=effects,
    sources=("stetkarova2015", "cureus2024"),
    intended=True,
    needs=("reservoir",),
    words=lambda p: "catheter replaced" if p.prime else "catheter replaced, not primed",
)
