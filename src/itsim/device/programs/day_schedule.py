"""Different days of the week: a day of steps for each, repeated every seven days.

    Q(t) = the step in force at the hour of the day, from the schedule that names the day; period 168 h

Midnight is hour 0 of the run, which is on `first_day`. Source: the maker's page on flexible dosing, where the
programme can vary from day to day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from pydantic import model_validator

from itsim.device.effects import Effect, program_repeated
from itsim.device.limits import NOT_PROGRAMMABLE, dose_or_rate_complaints, steps_complaints
from itsim.device.programs.time_stepped import DAY_H, Step, amount_of, check_day, packed
from itsim.scenario.kinds import Complaint, Kind, KindModel

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEK: tuple[Day, ...] = get_args(Day)
WEEK_H = len(WEEK) * DAY_H


class Schedule(KindModel):
    """The days that are alike, and their steps, the first at 0 h."""

    days: tuple[Day, ...]
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _whole_days(self) -> Schedule:
        check_day(self.steps)
        return self


class DaySchedule(KindModel):
    """Schedules that name every day of the week once; `first_day` is the day on which the run begins."""

    schedules: tuple[Schedule, ...]
    first_day: Day = "monday"

    @model_validator(mode="after")
    def _whole_week(self) -> DaySchedule:
        named = [day for schedule in self.schedules for day in schedule.days]
        if sorted(named) != sorted(WEEK):
            raise ValueError("schedules name every day of the week once; write monday, tuesday, … sunday")
        amount_of([step for schedule in self.schedules for step in schedule.steps])
        return self


def effects(p: DaySchedule, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump repeats the week until the next programme."""
    of_day = {day: schedule.steps for schedule in p.schedules for day in schedule.days}
    steps = [step for day in WEEK for step in of_day[day]]
    days = [i for i, day in enumerate(WEEK) for _ in of_day[day]]
    origin_h = -WEEK.index(p.first_day) * DAY_H
    return (program_repeated(at_h, packed(steps, days), amount_of(steps), WEEK_H, origin_h),)


def complaints(p: DaySchedule, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, too many steps a day for it, or a rate it cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    for i, schedule in enumerate(p.schedules):
        yield from steps_complaints(f"schedules.{i}.steps", len(schedule.steps), device)
        for j, step in enumerate(schedule.steps):
            field = f"schedules.{i}.steps.{j}."
            yield from dose_or_rate_complaints(field, step.daily_dose_ug_h, step.rate_mL_h, device)


KIND = Kind(
    group="programs",
    name="day_schedule",
    summary="Steps by the day of the week: each day its own flex schedule, repeated weekly.",
    parameters=DaySchedule,
    effects=effects,
    example={
        "first_day": "thursday",
        "schedules": [
            {
                "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "steps": [
                    {"from": "0 h", "daily_dose": "150 ug/day"},
                    {"from": "3 h", "daily_dose": "190 ug/day"},
                    {"from": "6 h", "daily_dose": "230 ug/day"},
                    {"from": "9 h", "daily_dose": "270 ug/day"},
                    {"from": "12 h", "daily_dose": "310 ug/day"},
                    {"from": "15 h", "daily_dose": "150 ug/day"},
                    {"from": "18 h", "daily_dose": "190 ug/day"},
                    {"from": "21 h", "daily_dose": "230 ug/day"},
                ],
            },
            {"days": ["saturday", "sunday"], "steps": [{"from": "0 h", "daily_dose": "150 ug/day"}]},
        ],
    },
    sources=("medtronic_uk_flex",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{len(p.schedules)} schedules a week",
)
