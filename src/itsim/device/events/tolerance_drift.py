"""Tolerance beyond the model's own: every effect needs more and more drug, though the pump works.

    EC50 of leg, arm, H-reflex and sedation × k,  k = 1 + (factor − 1)·(t − at)/T for T, then k = factor

T is `lasting`. A mimic of a failing pump: relief fades; delivery, volumes and log stay normal. It moves what
an effect needs and not the tolerance that withdrawal grows from, so withdrawal never comes of it. In 8 of 37
patients the daily dose rose by more than 100 µg a year; in 11 whose system was revised for a mechanical
failure it fell afterwards, so part of what looked like tolerance was the device (Heetla 2009, abstract). By
how much the EC50 moves was found in no source: the line and its size are assumptions, and the factor has no
default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Condition, Shape
from itsim.device.effects import Effect, condition
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel


class ToleranceDrift(KindModel):
    """The `factor` by which more drug is needed in the end, and how long it takes to get there."""

    factor: Fraction
    lasting_h: Hours


def effects(p: ToleranceDrift, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A line from 1 to the factor, then the factor for good."""
    return (condition(at_h, Condition.POTENCY, p.factor, lasting_h=p.lasting_h, shape=Shape.RAMP),)


def complaints(p: ToleranceDrift, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A factor or a time that is none."""
    yield from amount_complaints("factor", p.factor, "1.5")
    yield from time_complaints("lasting", p.lasting_h, "180 day")


KIND = Kind(
    group="events",
    name="tolerance_drift",
    summary="Tolerance beyond the model's own: every effect needs more and more drug, though the pump works.",
    parameters=ToleranceDrift,
    effects=effects,
    example={"factor": 1.4, "lasting": "20 day"},
    evidence="none: delivery, volumes and log stay normal",
    sources=("heetla2009", "assumption"),
    complaints=complaints,
    words=lambda p: f"tolerance × {p.factor:g}",
)
