"""The field of a scanner stops the rotor, and it starts again late or only when somebody asks.

    Q_pump = 0 from `at` until at + scan + delay; where the pump is latched, until it is interrogated

The field holds the rotor for the whole scan [h]; it normally starts on leaving, and restarts 2 to 24 h late
are reported, for the gears bind after a backward turn. Where the field sets the pump into telemetry mode
while an alarm sounds, it stays stopped until it is interrogated: at `interrogate_after`, or by any visit of
the timeline that reads the pump. The programme and the calculated volume run on. The pump tells of the stall
late, here its own latency after the scan (an assumption; a rotor that starts at once tells nothing), and the
log shows the recovery only at the second interrogation. Source: the maker's page on MRI and MHRA
MDA/2008/087; latched: a hazard alert of the TGA.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.checks import time_complaints
from itsim.device.codes import Alarm, Part
from itsim.device.effects import Effect, announce, read, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Hours, Kind


class MriStall(Triggered):
    """`scan` is the time in the field, `delay` how late the rotor starts after it; a `latched` pump waits for
    a visit that reads it, or for one at `interrogate_after` (from `at`). `alarm_latency` is from the end of
    the scan to the tone."""

    scan_h: Hours
    delay_h: Hours = 0.0
    latched: bool = False
    interrogate_after_h: Hours | None = None
    alarm_latency_h: Hours | None = None

    @model_validator(mode="after")
    def _latched_until_interrogated(self) -> MriStall:
        if self.latched and self.delay_h > 0.0:
            raise ValueError("a latched pump runs again at the interrogation and uses no delay; take it out")
        if not self.latched and self.interrogate_after_h is not None:
            raise ValueError("a pump that is not latched does not use interrogate_after; take it out")
        return self


def effects(p: MriStall, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """No flow in the field, nor after it until the rotor turns again; a tone that is late."""
    after_h = at_h + p.scan_h
    latency_h = device["stall_alarm_latency"] if p.alarm_latency_h is None else p.alarm_latency_h
    in_field = scale(at_h, after_h, after=0.0)
    if not p.latched:
        late = scale(after_h, after_h + p.delay_h, after=0.0)
        return (in_field, late, announce(after_h, Alarm.STALL_AFTER_FIELD, latency_h, after_h + p.delay_h))
    latched = (
        in_field,
        scale(after_h, after=0.0, ended_by=Part.LATCH),
        announce(after_h, Alarm.STALL_AFTER_FIELD, latency_h, ended_by=Part.LATCH),
    )
    asked = () if p.interrogate_after_h is None else (read(at_h + p.interrogate_after_h, aspirates=False),)
    return (*latched, *asked)


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
    alarm="critical tone, late, unless the rotor starts at once; recovery logged only at the second look",
    evidence="small surplus: programmed flow times the time without flow",
    sources=("medtronic_mri_2008", "mhra_mda_2008_087", "tga_hazard_mri"),
    complaints=complaints,
    words=lambda p: "MRI, pump latched" if p.latched else "MRI stall",
)
