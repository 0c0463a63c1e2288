"""A day of steps that repeats: the flex mode of programmable pumps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from pydantic import model_validator

from itsim.arrays import Array
from itsim.device.codes import Amount
from itsim.device.effects import Effect, knot_rows, over_variants, program_repeated
from itsim.device.limits import NOT_PROGRAMMABLE, dose_or_rate_complaints, steps_complaints
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
        check_day(self.steps)
        amount_of(self.steps)
        return self


def check_day(steps: Sequence[Step]) -> None:
    """Raises ValueError unless *steps* give every hour of one day one rate."""
    times = [step.from_h for step in steps]
    if not times or times[0] != 0.0:
        raise ValueError("the first step begins at 0 h, so that every hour of the day has a rate")
    if any(b <= a for a, b in pairwise(times)) or times[-1] >= DAY_H:
        raise ValueError("steps follow one another within one day: each later than the last, below 24 h")


def amount_of(steps: Sequence[Step]) -> Amount:
    """What the numbers of *steps* are. Raises ValueError where they are doses and flows."""
    if len({step.daily_dose_ug_h is None for step in steps}) > 1:
        raise ValueError("steps are all daily_dose or all rate")
    return Amount.FLOW if steps[0].daily_dose_ug_h is None else Amount.DOSE


def packed(steps: Sequence[Step], days: Sequence[int]) -> Array:
    """Knots of *steps*, each on the day of its period that *days* says, counted from 0."""
    from_h = [day * DAY_H + step.from_h for step, day in zip(steps, days, strict=True)]
    is_dose = amount_of(steps) == Amount.DOSE
    rates = [step.daily_dose_ug_h if is_dose else step.rate_mL_h for step in steps]
    times, values = np.broadcast_arrays(over_variants(from_h), over_variants(rates))
    return knot_rows(np.stack([times, values], axis=-1))


def effects(p: TimeStepped, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump repeats the day until the next programme."""
    return (program_repeated(at_h, packed(p.steps, [0] * len(p.steps)), amount_of(p.steps)),)


def complaints(p: TimeStepped, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, too many steps for it, or a rate it cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    yield from steps_complaints("steps", len(p.steps), device)
    for i, step in enumerate(p.steps):
        yield from dose_or_rate_complaints(f"steps.{i}.", step.daily_dose_ug_h, step.rate_mL_h, device)


KIND = Kind(
    group="programs",
    name="time_stepped",
    summary="Steps over a day that repeats (flex): each from an hour of the day, as a dose rate or a flow.",
    parameters=TimeStepped,
    effects=effects,
    example={
        "steps": [
            {"from": "0 h", "daily_dose": "150 ug/day"},
            {"from": "3 h", "daily_dose": "190 ug/day"},
            {"from": "6 h", "daily_dose": "230 ug/day"},
            {"from": "9 h", "daily_dose": "270 ug/day"},
            {"from": "12 h", "daily_dose": "310 ug/day"},
            {"from": "15 h", "daily_dose": "150 ug/day"},
            {"from": "18 h", "daily_dose": "190 ug/day"},
            {"from": "21 h", "daily_dose": "230 ug/day"},
        ]
    },
    sources=("medtronic_uk_flex",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{len(p.steps)} steps a day",
)
