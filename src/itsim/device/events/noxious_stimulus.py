"""Something painful or irritating raises the tone for a while: legs and arms need more drug for their relief.

    EC50 of leg and arm × factor from `at` for `lasting`, then × 1 again

A mimic of a failing pump: relief falls; delivery, volumes and log stay normal; withdrawal never comes of it.
Infections, a full bladder, constipation and pressure sores raise spasticity (MS Society); noxious stimuli and
infection are looked for when relief is lost (Saulino 2016, abstract). By how much was found in no source: the
size is an assumption, the factor has no default, and it does not follow from the cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Condition
from itsim.device.effects import Effect, condition
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel


class NoxiousStimulus(KindModel):
    """The `factor` by which more drug is needed, for how long, and what the `cause` is, in words only."""

    factor: Fraction
    lasting_h: Hours
    cause: Literal["infection", "full_bladder", "pressure_sore", "constipation", "other"]


def effects(p: NoxiousStimulus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The factor at once, until the stimulus has gone."""
    return (condition(at_h, Condition.SPASTICITY, p.factor, until_h=at_h + p.lasting_h),)


def complaints(p: NoxiousStimulus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A factor or a time that is none."""
    yield from amount_complaints("factor", p.factor, "1.5")
    yield from time_complaints("lasting", p.lasting_h, "5 day")


_WORDS = {"other": "noxious stimulus"}

KIND = Kind(
    group="events",
    name="noxious_stimulus",
    summary="An infection, a full bladder, a pressure sore: for a while legs and arms need more drug.",
    parameters=NoxiousStimulus,
    effects=effects,
    example={"factor": 1.8, "lasting": "5 day", "cause": "full_bladder"},
    evidence="none: delivery, volumes and log stay normal",
    sources=("ms_society_triggers", "saulino2016", "assumption"),
    complaints=complaints,
    words=lambda p: f"{_WORDS.get(p.cause, p.cause.replace('_', ' '))} × {p.factor:g}",
)
