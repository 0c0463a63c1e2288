"""A volume runs through the pump on top of its flow, unasked: a burst at a restart or through an open valve.

    Q_pump = Q + volume / lasting for `lasting` [h]; the calculated volume knows nothing of it

A hypothesis for pumps with a rotor, from reports of bursts when priming; gas-driven pumps whose valves open
run out in this way (Prometra II manual).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import time_complaints
from itsim.device.effects import Effect, add
from itsim.device.limits import volume_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind, Millilitres


class FreeFlow(Triggered):
    """How much, and in what time; as much of it as the reservoir holds."""

    volume_mL: Millilitres
    lasting_h: Hours


def effects(p: FreeFlow, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A flow that nobody programmed."""
    return (add(at_h, p.volume_mL, p.lasting_h),)


def complaints(p: FreeFlow, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that no reservoir holds, or no time for it."""
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from time_complaints("lasting", p.lasting_h, "20 min")


KIND = Kind(
    group="faults",
    name="free_flow",
    summary="Uncontrolled delivery: a volume leaves through the pump on top of its flow.",
    parameters=FreeFlow,
    effects=effects,
    example={"volume": "1 mL", "lasting": "20 min"},
    alarm="none",
    evidence="deficit: the volume that ran out",
    sources=("prometra_ii_manual", "fda_priming_2017"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"free flow of {p.volume_mL:g} mL",
)
