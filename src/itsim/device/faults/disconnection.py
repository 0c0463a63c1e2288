"""The catheter has come off at a connector: nothing reaches the tip.

    leak = 1 for t >= at, until the catheter is replaced

The pump runs as programmed into the tissue around the connector. Sources: defects of the connector between
pump and catheter in patients whose spasticity rose slowly (Awaad 2012), the recall of sutureless connectors.
"""

from __future__ import annotations

from collections.abc import Mapping

from itsim.device.codes import Station
from itsim.device.effects import Effect, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Kind


class Disconnection(Triggered):
    """When it comes off is all there is to say."""


def effects(p: Disconnection, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """All drug is lost before the tip."""
    return (scale(at_h, after=0.0, station=Station.CATHETER),)


KIND = Kind(
    group="faults",
    name="disconnection",
    summary="Disconnected catheter: everything leaks out before the tip from one moment on.",
    parameters=Disconnection,
    effects=effects,
    evidence="none: the volume has left the pump as programmed",
    sources=("awaad2012", "fda_sc_catheter_2008", "jneurosurg1995"),
    words=lambda p: "catheter off",
)
