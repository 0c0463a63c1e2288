"""The pump is programmed wrong: a rate, a dose or a day of steps that nobody intends, and it believes them.

    Q_programmed = what was entered, from `at` for `lasting` [h] or until the next programme

Later programmes go on top of it; a replaced pump has the intended one. The calculated volume follows the
wrong programme, so a refill shows nothing. Source: a report of 60 µg per hour entered instead of 60 µg per
day (ISMP); a pump stopped by a wrong programme (Mohammed 2004).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import model_validator

from itsim.arrays import Number
from itsim.device.checks import time_complaints
from itsim.device.codes import Amount, Part, Rank
from itsim.device.effects import FOREVER_H, Effect, program_repeated, wrong_program
from itsim.device.limits import dose_or_rate_complaints, steps_complaints
from itsim.device.programs.time_stepped import Step, amount_of, check_day, packed
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, DoseRate, Flow, Hours, Kind


class ProgrammingError(Triggered):
    """What was entered: a daily dose, a flow, or steps over a day; exactly one of them."""

    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None
    steps: tuple[Step, ...] | None = None
    lasting_h: Hours | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ProgrammingError:
        if sum(given is not None for given in (self.daily_dose_ug_h, self.rate_mL_h, self.steps)) != 1:
            raise ValueError("needs one of daily_dose (60 ug/h), rate (0.6 mL/day) and steps, and only one")
        if self.steps is not None:
            check_day(self.steps)
            amount_of(self.steps)
        return self


def effects(p: ProgrammingError, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A programme that the pump believes and nobody intends."""
    until_h: Number = FOREVER_H if p.lasting_h is None else at_h + p.lasting_h
    if p.steps is not None:
        return (_wrong_day(p.steps, at_h, until_h),)
    if p.daily_dose_ug_h is not None:
        return (wrong_program(at_h, p.daily_dose_ug_h, Amount.DOSE, until_h),)
    return (wrong_program(at_h, p.rate_mL_h, Amount.FLOW, until_h),)


def _wrong_day(steps: tuple[Step, ...], at_h: Number, until_h: Number) -> Effect:
    day = program_repeated(at_h, packed(steps, [0] * len(steps)), amount_of(steps))
    numbers = (day.numbers[0], until_h, *day.numbers[2:])
    return replace(day, numbers=numbers, rank=Rank.FAULT, ended_by=Part.PUMP, intended=False)


def complaints(p: ProgrammingError, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that cannot be programmed, or what no programmer would let through."""
    if not device["programmable"]:
        rule = "this pump cannot be programmed, so nobody can program it wrong"
        yield Complaint("", rule, "choose a pump that can be programmed")
        return
    yield from dose_or_rate_complaints("", p.daily_dose_ug_h, p.rate_mL_h, device)
    yield from steps_complaints("steps", len(p.steps or ()), device)
    for i, step in enumerate(p.steps or ()):
        yield from dose_or_rate_complaints(f"steps.{i}.", step.daily_dose_ug_h, step.rate_mL_h, device)
    yield from time_complaints("lasting", p.lasting_h, "12 h")


KIND = Kind(
    group="faults",
    name="programming_error",
    summary="Programming error: a dose, a flow or steps that nobody intends, and the pump believes them.",
    parameters=ProgrammingError,
    effects=effects,
    example={"daily_dose": "60 ug/h", "lasting": "12 h"},
    alarm="none",
    evidence="none: the calculated volume follows the wrong programme",
    sources=("ismp_report", "mohammed2004"),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: "programming error",
)
