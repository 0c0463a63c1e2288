"""An interrogation: the log is read, and with an aspiration the calculated volume is compared with the found.

Nothing is changed: what is aspirated goes back. How far off the syringe reads: `device/syringe.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.effects import Effect, read
from itsim.device.syringe import SyringeReading, reading_error_mL
from itsim.scenario.kinds import Complaint, Kind


class Interrogate(SyringeReading):
    """Without `aspirate` only the log is read, and no volume."""

    aspirate: bool = True


def effects(p: Interrogate, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump is read; its calculated volume may be compared with what is in the reservoir."""
    return (read(at_h, reading_error_mL(p, device), p.aspirate),)


def complaints(p: Interrogate, device: Mapping[str, float]) -> Iterator[Complaint]:
    """An error of a syringe that is not used."""
    if not p.aspirate and (p.syringe_error_mL != 0.0 or p.syringe_seed is not None):
        yield Complaint("aspirate", "leaves no volume to be read wrongly", "take the syringe's error out")


KIND = Kind(
    group="events",
    name="interrogate",
    summary="Read the pump, and compare the calculated with the found volume; nothing is changed.",
    parameters=Interrogate,
    effects=effects,
    evidence="the log so far, and with an aspiration expected against found volume",
    sources=("saulino2016", "wesemann2014"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "interrogation",
)
