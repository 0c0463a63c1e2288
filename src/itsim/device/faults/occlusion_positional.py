"""The catheter is blocked in one posture only, and free in the others.

    nightly  blocked from the hour of day `from` for `lasting` [h], on `days` days
    random   free for a mean of `mean_free`, blocked for a mean of `mean_blocked` [h], exponential spells, for
             `lasting` [h] in all

Each spell stores and lets go as one blockage does (`device/blockage.py`). A nightly block begins at the first
such hour after `at`. Source: a position-dependent occlusion that every examination missed for four years
(Cureus 2024, e53425); the two forms are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import model_validator

from itsim.arrays import Array, Number
from itsim.device.blockage import Blockage, blockage, blockage_complaints
from itsim.device.checks import check_form, time_complaints
from itsim.device.effects import Effect, knot_rows, over_variants
from itsim.device.renewal import switching_times
from itsim.device.trigger import stream_of
from itsim.scenario.kinds import Complaint, Hours, Kind

DAY_H = 24.0

_NEEDED = {"nightly": ("from", "lasting", "days"), "random": ("mean_blocked", "mean_free", "lasting")}
_EXAMPLES = {
    "from": "22 h",
    "lasting": "6 h",
    "days": "60",
    "mean_blocked": "6 h",
    "mean_free": "18 h",
}


class OcclusionPositional(Blockage):
    """`lasting` is the length of each night where the posture is nightly, of the whole where it is random."""

    posture: Literal["nightly", "random"]
    lasting_h: Hours | None = None
    from_h: Hours | None = None
    days: int | None = None
    mean_blocked_h: Hours | None = None
    mean_free_h: Hours | None = None

    @model_validator(mode="after")
    def _numbers_of_the_posture(self) -> OcclusionPositional:
        given = {
            "from": self.from_h,
            "lasting": self.lasting_h,
            "days": self.days,
            "mean_blocked": self.mean_blocked_h,
            "mean_free": self.mean_free_h,
        }
        check_form(f"a {self.posture} posture", _NEEDED[self.posture], given, _EXAMPLES)
        if self.posture == "nightly" and self.after_volume_mL is not None:
            raise ValueError("a nightly posture has its hours of the day; it cannot wait for after_volume")
        return self


def effects(p: OcclusionPositional, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One hold that comes and goes."""
    lasting_h: Number = p.lasting_h
    if p.posture == "nightly":
        knots = nights(p, at_h)
        return blockage(p, at_h, at_h + knots[..., -1, 0], device, knots)
    knots = switching_times(
        0.0, lasting_h, p.mean_free_h, p.mean_blocked_h, 0.0, 0.0, "exponential", p.seed, stream_of("posture")
    )
    return blockage(p, at_h, at_h + lasting_h, device, knots)


def nights(p: OcclusionPositional, at_h: Number) -> Array:
    """Knots in hours after *at_h*: blocked, free, blocked, … ``[n, width]`` or ``[variants, n, width]``."""
    from_h: Number = p.from_h
    lasting_h: Number = p.lasting_h
    evening_h = np.mod(from_h - at_h, DAY_H)
    nights_h = [evening_h + day * DAY_H for day in range(p.days or 0)]
    times = [time for night_h in nights_h for time in (night_h, night_h + lasting_h)]
    return knot_rows(over_variants(times)[..., None])


def complaints(p: OcclusionPositional, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Hours that no day has, spells without a length, and what no blockage is."""
    yield from blockage_complaints(p, device)
    yield from time_complaints("lasting", p.lasting_h, "6 h")
    yield from time_complaints("mean_blocked", p.mean_blocked_h, "6 h")
    yield from time_complaints("mean_free", p.mean_free_h, "18 h")
    if p.from_h is not None and not 0.0 <= p.from_h < DAY_H:
        yield Complaint("from", "is no hour of the day", "write 0 h to 23.99 h, such as 22 h")
    if p.posture == "nightly" and p.lasting_h is not None and p.lasting_h >= DAY_H:
        yield Complaint("lasting", "does not fit into a day", "write the hours of one night, such as 6 h")
    if p.days is not None and p.days < 1:
        yield Complaint("days", "is less than 1", "write on how many days it happens, such as 60")


KIND = Kind(
    group="faults",
    name="occlusion_positional",
    summary="Position-dependent block: the catheter is blocked night by night, or in spells at random.",
    parameters=OcclusionPositional,
    effects=effects,
    example={"posture": "nightly", "from": "17 h", "lasting": "6 h", "days": 9, "compliance": "0 mL/mmHg"},
    evidence="none where the rest leaks; surplus of what was not pumped where the rotor slips",
    sources=("cureus2024",),
    complaints=complaints,
    words=lambda p: "blocked at night" if p.posture == "nightly" else "blocked now and then",
)
