"""The field of a scanner stops the rotor, and it starts again late or only when somebody asks.

    Q_pump = 0 from `at` until at + scan + delay; where the pump is latched, until at + interrogate_after

The field holds the rotor for the whole scan [h]; it normally starts on leaving, and restarts 2 to 24 h late
are reported, for the gears bind after a backward turn. Where the field sets the pump into telemetry mode
while an alarm sounds, it stays stopped until it is interrogated. The programme and the calculated volume run
on. The pump tells of the stall late, here its own latency after the scan (an assumption), and the log shows
the recovery only at the second interrogation. Source: the maker's page on MRI and MHRA MDA/2008/087; latched:
a hazard alert of the TGA.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.checks import time_complaints
from itsim.device.codes import Alarm
from itsim.device.effects import Effect, announce, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class MriStall(Triggered):
    """`scan` is the time in the field, `delay` how late the rotor starts after it; `latched` and
    `interrogate_after` (from `at`) go together. `alarm_latency` is from `at` to the tone."""

    scan_h: Hours
    delay_h: Hours = 0.0
    latched: bool = False
    interrogate_after_h: Hours | None = None
    alarm_latency_h: Hours | None = None

    @model_validator(mode="after")
    def _latched_until_interrogated(self) -> MriStall:
        if self.latched and self.interrogate_after_h is None:
            raise ValueError("a latched pump needs interrogate_after, for example interrogate_after: 48 h")
        if self.latched and self.delay_h > 0.0:
            raise ValueError("a latched pump runs again at the interrogation and uses no delay; take it out")
        if not self.latched and self.interrogate_after_h is not None:
            raise ValueError("a pump that is not latched does not use interrogate_after; take it out")
        return self


def effects(p: MriStall, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """No flow until the rotor turns again, and a tone that is late."""
    stopped_h = p.scan_h + p.delay_h if p.interrogate_after_h is None else p.interrogate_after_h
    until_h = at_h + stopped_h
    latency_h = p.scan_h + device["stall_alarm_latency"] if p.alarm_latency_h is None else p.alarm_latency_h
    return (
        scale(at_h, until_h, after=0.0),
        announce(at_h, Alarm.STALL_AFTER_FIELD, latency_h, until_h),
    )


def complaints(p: MriStall, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump without a rotor, a scan without a length, or an interrogation within the scan."""
    if not device["has_rotor"]:
        rule = "this pump has no rotor that a field could stop"
        yield Complaint("", rule, "choose a pump with a rotor, or the fault valve_opening where valves open")
    yield from time_complaints("scan", p.scan_h, "1 h")
    if p.interrogate_after_h is not None and p.interrogate_after_h < p.scan_h:
        rule = "is before the scan is over; nobody can interrogate a pump in the field"
        yield Complaint("interrogate_after", rule, "write a time longer than the scan, such as 48 h")


KIND = Kind(
    group="faults",
    name="mri_stall",
    summary="The field of a scanner stops the rotor: until it ends, longer, or until an interrogation.",
    parameters=MriStall,
    effects=effects,
    example={"scan": "1 h", "delay": "6 h"},
    alarm="critical tone, late; the log shows the recovery only at the second interrogation",
    evidence="small surplus: programmed flow times the time without flow",
    sources=("medtronic_mri_2008", "mhra_mda_2008_087", "tga_hazard_mri"),
    complaints=complaints,
    words=lambda p: "MRI, pump latched" if p.latched else "MRI stall",
)
