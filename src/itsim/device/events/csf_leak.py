"""CSF leaks out of the dural sac at a level, as along the catheter or after a puncture.

    q = `flow` [mL/h] of CSF, at the concentration it has there, leaves the body from `at` for `lasting`; the
    same flow comes down the canal from the cistern, and that much less is taken up above

The body changes, the device does not: what the pump delivers, its volumes and its log stay as they are. What
leaks out is counted as drained and does not reach the plasma. In the bodies with a canal, losses that
together pass the production of CSF are cut to it. How much leaks was found in no source: the flow is an
assumption without default. A leak that begins with the run is taken to have been there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.effects import FOREVER_H, Effect, lose_csf
from itsim.parameters import levels
from itsim.scenario.kinds import Complaint, Flow, Hours, Kind, KindModel


class CsfLeak(KindModel):
    """Where, how much, and for how long; without `lasting` it goes on."""

    level: str
    flow_mL_h: Flow
    lasting_h: Hours | None = None


def effects(p: CsfLeak, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """CSF and its drug leave the body."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    return (lose_csf(at_h, p.level, p.flow_mL_h, until_h),)


def complaints(p: CsfLeak, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A level, a flow or a time that is none."""
    if p.level not in levels():
        known = ", ".join(reversed(levels()))
        yield Complaint("level", "is not a known vertebral level", f"write one of {known}")
    yield from amount_complaints("flow", p.flow_mL_h, "5 mL/h")
    yield from time_complaints("lasting", p.lasting_h, "3 day")


KIND = Kind(
    group="events",
    name="csf_leak",
    summary="CSF leaks out of the dural sac at a level, with the drug in it.",
    parameters=CsfLeak,
    effects=effects,
    example={"level": "L3/4", "flow": "5 mL/h", "lasting": "5 day"},
    evidence="none at the pump: its delivery, volumes and log stay normal",
    complaints=complaints,
    words=lambda p: f"CSF leak {p.flow_mL_h:g} mL/h at {p.level}",
)
