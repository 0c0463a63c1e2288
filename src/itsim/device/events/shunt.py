"""CSF is led off all the time by a shunt or an external drain, from the ventricle or from the lumbar sac.

    q = `flow` [mL/h] of CSF, at the concentration it has there, leaves from `at` for `lasting`; from the
    ventricle that much less rinses the head, to the lumbar sac (L3/4) the same flow comes down the canal

The body changes, the device does not. What is led off is counted as drained: of a shunt into the belly or a
vein the drug would reach the plasma, which is neglected (its plasma concentrations are about a hundredth of
those of tablets). In the bodies with a canal, losses that together pass the production of CSF are cut to it.
The flow was found in no source for a patient with a pump: it is an assumption without default. A shunt that
begins with the run is taken to have been there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.effects import FOREVER_H, Effect, lose_csf
from itsim.parameters import INTRAVENTRICULAR
from itsim.scenario.kinds import Complaint, Flow, Hours, Kind, KindModel

LUMBAR = "L3/4"


class Shunt(KindModel):
    """Where it begins, how much it leads off, and for how long; without `lasting` it goes on."""

    inlet: Literal["ventricular", "lumbar"]
    flow_mL_h: Flow
    lasting_h: Hours | None = None


def effects(p: Shunt, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """CSF and its drug are led off."""
    until_h = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    place = INTRAVENTRICULAR if p.inlet == "ventricular" else LUMBAR
    return (lose_csf(at_h, place, p.flow_mL_h, until_h),)


def complaints(p: Shunt, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A flow or a time that is none."""
    yield from amount_complaints("flow", p.flow_mL_h, "8 mL/h")
    yield from time_complaints("lasting", p.lasting_h, "3 day")


KIND = Kind(
    group="events",
    name="shunt",
    summary="A shunt or an external drain leads CSF off, from the ventricle or the lumbar sac.",
    parameters=Shunt,
    effects=effects,
    example={"inlet": "ventricular", "flow": "8 mL/h"},
    evidence="none at the pump: its delivery, volumes and log stay normal",
    complaints=complaints,
    words=lambda p: f"{p.inlet} shunt {p.flow_mL_h:g} mL/h",
)
