"""The line is filled at once with drug of the reservoir's concentration, as on the table at an implantation.

The drug is drawn from the vial: the reservoir keeps its volume, and the amount counts as entered. What the
line held is removed (aspirated or pushed out before the catheter is connected), not delivered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.effects import Effect, set_line
from itsim.scenario.kinds import Complaint, Kind, KindModel, Millilitres


class Prime(KindModel):
    """The whole line, or the `volume` next to the pump."""

    volume_mL: Millilitres | None = None


def effects(p: Prime, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The line holds the reservoir's concentration."""
    return (set_line(at_h, np.inf if p.volume_mL is None else p.volume_mL, 0.0, from_reservoir=True),)


def complaints(p: Prime, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that is none."""
    if p.volume_mL is not None and p.volume_mL <= 0.0:
        yield Complaint(
            "volume", "is not more than 0", "write the primed volume, such as 0.3 mL, or leave it out"
        )


KIND = Kind(
    group="events",
    name="prime",
    summary="Fill the line between reservoir and tip with the reservoir's drug.",
    parameters=Prime,
    effects=effects,
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "line primed",
)
