"""A day of steps that repeats: the flex mode of programmable pumps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from pydantic import model_validator

from itsim.device.effects import Amount, Effect, knot_rows, over_variants, program_daily
from itsim.device.limits import dose_complaints, rate_complaints
from itsim.scenario.kinds import Complaint, DoseRate, Flow, Hours, Kind, KindModel

DAY_H = 24.0


class Step(KindModel):
    """From an hour of the day on, a dose rate or a flow."""

    from_h: Hours
    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Step:
        if (self.daily_dose_ug_h is None) == (self.rate_mL_h is None):
            raise ValueError("needs either daily_dose (350 ug/day) or rate (0.175 mL/day), not both")
        return self


class TimeStepped(KindModel):
    """Steps over one day, the first at 0 h (midnight is hour 0 of the run)."""

    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _one_day(self) -> TimeStepped:
        times = [step.from_h for step in self.steps]
        if not times or times[0] != 0.0:
            raise ValueError("the first step begins at 0 h, so that every hour of the day has a rate")
        if any(b <= a for a, b in pairwise(times)) or times[-1] >= DAY_H:
            raise ValueError("steps follow one another within one day: each later than the last, below 24 h")
        if len({step.daily_dose_ug_h is None for step in self.steps}) > 1:
            raise ValueError("steps are all daily_dose or all rate")
        return self


def effects(p: TimeStepped, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump repeats the day until the next programme."""
    is_dose = p.steps[0].daily_dose_ug_h is not None
    rates = [s.daily_dose_ug_h if is_dose else s.rate_mL_h for s in p.steps]
    times, values = np.broadcast_arrays(
        over_variants([step.from_h for step in p.steps]), over_variants(rates)
    )
    steps = knot_rows(np.stack([times, values], axis=-1))
    return (program_daily(at_h, steps, Amount.DOSE if is_dose else Amount.FLOW),)


def complaints(p: TimeStepped, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Too many steps for the pump, or a rate it cannot run."""
    if len(p.steps) > device["max_steps"]:
        most = int(device["max_steps"])
        yield Complaint("steps", f"this pump takes at most {most} steps a day", "join neighbouring steps")
    for i, step in enumerate(p.steps):
        if step.rate_mL_h is not None:
            yield from rate_complaints(f"steps.{i}.rate", step.rate_mL_h, device)
        elif step.daily_dose_ug_h is not None:
            yield from dose_complaints(f"steps.{i}.daily_dose", step.daily_dose_ug_h, device)


KIND = Kind(
    group="programs",
    name="time_stepped",
    summary="Steps over a day that repeats (flex): each from an hour of the day, as a dose rate or a flow.",
    parameters=TimeStepped,
    effects=effects,
    sources=("medtronic_uk_flex",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{len(p.steps)} steps a day",
)
