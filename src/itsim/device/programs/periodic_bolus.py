"""A bolus again and again, on a background rate or on none: periods of flow and of rest.

Q = background + volume / lasting   for `lasting` [h] of every `every` [h], counted from `at`; background else
amount per period = dose + daily_dose × every     (or volume + rate × every)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pydantic import model_validator

from itsim.arrays import Number
from itsim.device.checks import time_complaints
from itsim.device.codes import Amount
from itsim.device.effects import Effect, knot_rows, over_variants, program_repeated
from itsim.device.limits import NOT_PROGRAMMABLE, bolus_complaints, dose_or_rate_complaints
from itsim.scenario.kinds import Complaint, DoseRate, Flow, Hours, Kind, KindModel, Micrograms, Millilitres


class PeriodicBolus(KindModel):
    """A bolus of a `dose` on a background `daily_dose`, or of a `volume` on a `rate`; none where left out."""

    dose_ug: Micrograms | None = None
    volume_mL: Millilitres | None = None
    every_h: Hours
    lasting_h: Hours
    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None

    @model_validator(mode="after")
    def _one_kind_of_amount(self) -> PeriodicBolus:
        if (self.dose_ug is None) == (self.volume_mL is None):
            raise ValueError("needs either dose (20 ug) or volume (0.01 mL), not both")
        if self.dose_ug is not None and self.rate_mL_h is not None:
            raise ValueError("the background of a dose is a daily_dose (100 ug/day), not a rate")
        if self.volume_mL is not None and self.daily_dose_ug_h is not None:
            raise ValueError("the background of a volume is a rate (0.05 mL/day), not a daily_dose")
        return self


def effects(p: PeriodicBolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A repeated period of two steps."""
    is_dose = p.dose_ug is not None
    size: Number = p.dose_ug if is_dose else p.volume_mL
    given: Number = p.daily_dose_ug_h if is_dose else p.rate_mL_h
    background = 0.0 if given is None else given
    peak = background + size / p.lasting_h
    times, rates = np.broadcast_arrays(over_variants([0.0, p.lasting_h]), over_variants([peak, background]))
    steps = knot_rows(np.stack([times, rates], axis=-1))
    return (program_repeated(at_h, steps, Amount.DOSE if is_dose else Amount.FLOW, p.every_h, at_h),)


def complaints(p: PeriodicBolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, a bolus longer than its period, or rates that the pump cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    yield from dose_or_rate_complaints("", p.daily_dose_ug_h, p.rate_mL_h, device)
    yield from time_complaints("every", p.every_h, "2 h")
    if 0.0 < p.every_h <= p.lasting_h:
        rule = "is not shorter than `every`"
        yield Complaint("lasting", rule, "write a shorter time, or a longer period")
    else:
        background = p.rate_mL_h if p.dose_ug is None else p.daily_dose_ug_h
        yield from bolus_complaints(p.volume_mL, p.dose_ug, p.lasting_h, device, background or 0.0)


KIND = Kind(
    group="programs",
    name="periodic_bolus",
    summary="A bolus every so often on a background rate, which may be none.",
    parameters=PeriodicBolus,
    effects=effects,
    example={"dose": "20 ug", "every": "2 h", "lasting": "10 min", "daily_dose": "120 ug/day"},
    sources=("flowonix_baclofen_2020",),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"bolus every {p.every_h:g} h",
)
