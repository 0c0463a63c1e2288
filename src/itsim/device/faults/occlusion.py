"""The catheter is blocked, wholly or in part, for good or for a while.

    flow into the catheter = (1 − block) × pumped flow         for `lasting` [h], else until a new catheter
    stored = ∫ block × pumped flow, at most compliance × relief_pressure [mL]

The tip falls silent at once, for a full catheter does not drain. What the line has taken up comes as a burst
when the blockage gives way (`device/blockage.py`). The pump runs on and no sensor sees a blocked catheter.
Source: the recall of 2013 names occlusion of catheters; under- and overdose in turn were reported with a
damaged one (Dawes 2003, title only). Compliance and relief pressure are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import model_validator

from itsim.device.blockage import Blockage, blockage, blockage_complaints
from itsim.device.checks import check_form, time_complaints
from itsim.device.codes import Shape
from itsim.device.effects import FOREVER_H, Effect
from itsim.scenario.kinds import Complaint, Hours, Kind


class Occlusion(Blockage):
    """Without `lasting` the catheter stays blocked until it is replaced. It closes at once, or in
    `onset_lasting` along a line or an S."""

    lasting_h: Hours | None = None
    onset: Literal["abrupt", "linear", "logistic"] = "abrupt"
    onset_lasting_h: Hours | None = None

    @model_validator(mode="after")
    def _numbers_of_the_onset(self) -> Occlusion:
        needed = [] if self.onset == "abrupt" else ["onset_lasting"]
        given = {"onset_lasting": self.onset_lasting_h}
        check_form(f"an onset that is {self.onset}", needed, given, {"onset_lasting": "14 day"})
        return self


_SHAPES = {"abrupt": Shape.BOX, "linear": Shape.RAMP, "logistic": Shape.LOGISTIC}


def effects(p: Occlusion, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Part of the flow is held back, then let go."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    lasting_h = 0.0 if p.onset_lasting_h is None else p.onset_lasting_h
    return blockage(p, at_h, until_h, device, shape=_SHAPES[p.onset], lasting_h=lasting_h)


def complaints(p: Occlusion, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Numbers that no blockage has."""
    yield from blockage_complaints(p, device)
    yield from time_complaints("lasting", p.lasting_h, "48 h, or leave it out")
    yield from time_complaints("onset_lasting", p.onset_lasting_h, "14 day")


KIND = Kind(
    group="faults",
    name="occlusion",
    summary="Blocked catheter: part or all of the flow is stored before the block, then leaks or slips.",
    parameters=Occlusion,
    effects=effects,
    evidence="none where the rest leaks; surplus of what was not pumped where the rotor slips",
    sources=("fda_2013", "dawes2003"),
    complaints=complaints,
    words=lambda p: "catheter blocked" if p.block_frac == 1.0 else f"catheter {p.block_frac:.0%} blocked",
)
