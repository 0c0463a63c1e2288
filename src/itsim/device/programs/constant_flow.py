"""The one flow of a pump that cannot be programmed: gas presses the reservoir through a flow restrictor.

Q = the pump's own flow; the dose follows the concentration of the fill: D = Q × concentration
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.codes import Amount
from itsim.device.effects import Effect, program
from itsim.scenario.kinds import Complaint, Kind, KindModel


class ConstantFlow(KindModel):
    """Nothing to choose: the flow is the pump's."""


def effects(p: ConstantFlow, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump runs at its own flow for good."""
    return (program(at_h, device["minimum_rate"], Amount.FLOW),)


def complaints(p: ConstantFlow, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that is programmed, or one of which the file says that it has two flows."""
    if device["programmable"]:
        rule = "is for a pump of one fixed flow, and this pump is programmed"
        yield Complaint("", rule, "write `mode: simple_continuous` with a rate, or choose another pump")
    elif device["minimum_rate"] != device["maximum_rate"]:
        rule = "this pump has one flow, but the file says that minimum_rate and maximum_rate differ"
        yield Complaint("", rule, "write the same for both, such as 0.5 mL/day")


KIND = Kind(
    group="programs",
    name="constant_flow",
    summary="The fixed flow of a gas-driven pump that cannot be programmed.",
    parameters=ConstantFlow,
    effects=effects,
    sources=("codman_3000", "hunter_caraway"),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "constant flow",
)
