"""Outer pressure drives CSF through the catheter back into the reservoir, as in a pressure chamber.

    V → V + volume [mL];  c → (c V + m) / (V + volume),  m = drug in the part of the line that is pushed back

The line then holds CSF without drug, so that the tip gives nothing until it has been pumped out. At most as
much as the reservoir has room for. Source: a hyperbaric course after which more was aspirated than calculated
(Akman 1994, no sign of withdrawal); the volume per exposure was not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, backflow
from itsim.device.limits import volume_complaints
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Kind, Millilitres


class RetrogradeCsf(Triggered):
    """What enters at the tip, at once."""

    volume_mL: Millilitres


def effects(p: RetrogradeCsf, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Fluid in at the tip, the line's content back into the reservoir."""
    return (backflow(at_h, p.volume_mL),)


def complaints(p: RetrogradeCsf, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that no reservoir holds."""
    yield from volume_complaints("volume", p.volume_mL, device)


KIND = Kind(
    group="faults",
    name="retrograde_csf",
    summary="Pressure exposure: CSF is driven back into the reservoir and dilutes it.",
    parameters=RetrogradeCsf,
    effects=effects,
    example={"volume": "2 mL"},
    alarm="none",
    evidence="surplus: the volume driven back, and a weaker solution",
    sources=("akman1994", "draulans2013"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{p.volume_mL:g} mL of CSF driven back",
)
