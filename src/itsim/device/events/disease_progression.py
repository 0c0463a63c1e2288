"""The disease goes on: legs and arms need more and more drug for the same relief, though the pump works.

    EC50 of leg and arm × k,  k = 1 + (factor − 1)·(t − at)/T for T, then k = factor

T is `lasting`. A mimic of a failing pump: relief fades; delivery, volumes and log stay normal; withdrawal
never comes of it. Progression of multiple sclerosis can be hard to tell from what the therapy does (Rekand
and Grønning 2011, abstract). No course of the EC50 was found in any source: the line and its size are
assumptions, and the factor has no default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Condition, Shape
from itsim.device.effects import Effect, condition
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel


class DiseaseProgression(KindModel):
    """The `factor` by which more drug is needed in the end, and how long it takes to get there."""

    factor: Fraction
    lasting_h: Hours


def effects(p: DiseaseProgression, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A line from 1 to the factor, then the factor for good."""
    return (condition(at_h, Condition.SPASTICITY, p.factor, lasting_h=p.lasting_h, shape=Shape.RAMP),)


def complaints(p: DiseaseProgression, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A factor or a time that is none."""
    yield from amount_complaints("factor", p.factor, "1.5")
    yield from time_complaints("lasting", p.lasting_h, "90 day")


KIND = Kind(
    group="events",
    name="disease_progression",
    summary="The disease goes on: legs and arms need more and more drug, though the pump works.",
    parameters=DiseaseProgression,
    effects=effects,
    example={"factor": 1.5, "lasting": "20 day"},
    evidence="none: delivery, volumes and log stay normal",
    sources=("rekand2011", "assumption"),
    complaints=complaints,
    words=lambda p: f"disease progresses × {p.factor:g}",
)
