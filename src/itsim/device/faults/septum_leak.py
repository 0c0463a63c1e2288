"""The reservoir leaks through its septum into the pocket.

    dV/dt = −Q_pump − rate [mL/h], from `at` for `lasting` [h], as long as there is usable fluid

What leaks counts as lost; where it should act on the body, add the fault pocket_fill. Nothing senses it, and
the calculated volume does not count it. From the taxonomy of faults; no rate was found, so this is a
hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.effects import FOREVER_H, Effect, drain
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Flow, Hours, Kind


class SeptumLeak(Triggered):
    """How fast, and for how long; without `lasting` until the pump is replaced."""

    rate_mL_h: Flow
    lasting_h: Hours | None = None


def effects(p: SeptumLeak, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Fluid that leaves past the pump."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (drain(at_h, until_h, p.rate_mL_h),)


def complaints(p: SeptumLeak, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A leak that is none."""
    yield from amount_complaints("rate", p.rate_mL_h, "0.05 mL/day")
    yield from time_complaints("lasting", p.lasting_h, "30 day")


KIND = Kind(
    group="faults",
    name="septum_leak",
    summary="Leaking septum: the reservoir loses fluid past the pump.",
    parameters=SeptumLeak,
    effects=effects,
    example={"rate": "0.05 mL/day"},
    alarm="none; the reservoir may run dry before the low-reservoir alarm",
    evidence="deficit: leak rate times the time since the start",
    complaints=complaints,
    words=lambda p: "leaking septum",
)
