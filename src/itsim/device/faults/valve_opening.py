"""A strong field opens the valves of a valve-metered pump: its gas pressure empties the reservoir.

    original      Q_pump = Q + volume / lasting for `lasting` [h], until nothing usable is left
    safety valve  Q_pump = volume / lasting for `lasting`, of at most 0.01 mL; then 0 until at + reset_after

The maker has the original type emptied before a scan; its second type has a valve that shuts after at most 10
µL and stays shut until it is reset by hand. How long either takes was not found. Source: Prometra II manual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.checks import time_complaints
from itsim.device.effects import Effect, add, scale
from itsim.device.limits import volume_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind, Millilitres

SAFETY_VALVE_mL = 0.01
"""What the safety valve lets out at most (Prometra II manual)."""


class ValveOpening(Triggered):
    """What gets out, and how long that takes; without `volume` all that is in the reservoir, or all that the
    safety valve lets out. `safety_valve` and `reset_after` (from `at`) go together."""

    lasting_h: Hours
    volume_mL: Millilitres | None = None
    safety_valve: bool = False
    reset_after_h: Hours | None = None

    @model_validator(mode="after")
    def _shut_until_reset(self) -> ValveOpening:
        if self.safety_valve and self.reset_after_h is None:
            raise ValueError(
                "a safety valve stays shut until it is reset: write for example reset_after: 6 h"
            )
        if not self.safety_valve and self.reset_after_h is not None:
            raise ValueError("a pump without safety_valve does not use reset_after; take it out")
        return self


def effects(p: ValveOpening, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A burst, and with a safety valve no metered flow until it is reset."""
    most = SAFETY_VALVE_mL if p.safety_valve else device["reservoir_capacity"]
    burst = add(at_h, most if p.volume_mL is None else p.volume_mL, p.lasting_h)
    if p.reset_after_h is None:
        return (burst,)
    return (burst, scale(at_h, at_h + p.reset_after_h, after=0.0))


def complaints(p: ValveOpening, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump whose valves no field opens, more than can get out, and times that have no length."""
    if not device["opens_in_field"]:
        rule = "no field opens a valve of this pump"
        yield Complaint("", rule, "choose a pump whose valves a field opens, or the fault mri_stall")
    yield from time_complaints("lasting", p.lasting_h, "20 min")
    if p.volume_mL is not None:
        yield from volume_complaints("volume", p.volume_mL, device)
        if p.safety_valve and p.volume_mL > SAFETY_VALVE_mL:
            rule = f"the safety valve shuts after at most {SAFETY_VALVE_mL:g} mL"
            yield Complaint("volume", rule, "write at most 0.01 mL, or leave it out")
    if p.reset_after_h is not None and p.reset_after_h < p.lasting_h:
        rule = "is before the valve has shut"
        yield Complaint("reset_after", rule, "write a time longer than `lasting`, such as 6 h")


KIND = Kind(
    group="faults",
    name="valve_opening",
    summary="A strong field opens the valves: the reservoir runs out, or a safety valve shuts the pump.",
    parameters=ValveOpening,
    effects=effects,
    example={"lasting": "20 min"},
    alarm="none",
    evidence="deficit: all that got out; with a safety valve a small surplus",
    sources=("prometra_ii_manual",),
    complaints=complaints,
    words=lambda p: "field shuts the safety valve" if p.safety_valve else "field opens the valves",
)
