"""One rate, day and night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.codes import Amount
from itsim.device.effects import Effect, program
from itsim.device.limits import NOT_PROGRAMMABLE, dose_or_rate_complaints
from itsim.scenario.kinds import Complaint, DoseRate, Flow, Kind, KindModel


class SimpleContinuous(KindModel):
    """A daily dose, or the flow that gives it; exactly one of them."""

    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SimpleContinuous:
        if (self.daily_dose_ug_h is None) == (self.rate_mL_h is None):
            raise ValueError("needs either daily_dose (350 ug/day) or rate (0.175 mL/day), not both")
        return self


def effects(p: SimpleContinuous, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump is set to one rate until the next programme."""
    if p.daily_dose_ug_h is not None:
        return (program(at_h, p.daily_dose_ug_h, Amount.DOSE),)
    return (program(at_h, p.rate_mL_h, Amount.FLOW),)


def complaints(p: SimpleContinuous, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, or a dose or a flow outside what it can run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    yield from dose_or_rate_complaints("", p.daily_dose_ug_h, p.rate_mL_h, device)


def words(p: SimpleContinuous) -> str:
    """The dose or the flow per day."""
    if p.daily_dose_ug_h is not None:
        return f"{p.daily_dose_ug_h * 24.0:g} µg/day"
    return f"{(p.rate_mL_h or 0.0) * 24.0:g} mL/day"


KIND = Kind(
    group="programs",
    name="simple_continuous",
    summary="One constant rate, given as a daily dose or as a flow.",
    parameters=SimpleContinuous,
    effects=effects,
    example={"daily_dose": "200 ug/day"},
    sources=("functionalneuro_modes",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=words,
)
