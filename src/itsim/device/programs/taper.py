"""A dose that is taken away step by step, as before an explantation.

    D_k = daily_dose (1 − change)^k   from `at` + (k − 1) `every`, for k = 1 … steps; then D_steps, or 0

`daily_dose` is the dose so far: the first cut is at `at`. The fault-free twin keeps its dose, so what the
patient loses shows as loss. Source: 20 to 50 % a day over about six days before removal (Hwang 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.arrays import Number
from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Amount
from itsim.device.effects import Effect, program_pieces
from itsim.device.limits import NOT_PROGRAMMABLE, last_dose_complaints, stop_complaints
from itsim.device.profiles import pieces_from_points
from itsim.scenario.kinds import Complaint, DoseRate, Fraction, Hours, Kind, KindModel


class Taper(KindModel):
    """The dose so far, the share taken away at each of `steps` cuts, and whether a stop follows the last."""

    daily_dose_ug_h: DoseRate
    change_frac: Fraction
    steps: int
    every_h: Hours = 24.0
    stop: bool = False


def doses_ug_h(p: Taper) -> list[Number]:
    """The dose after each cut, and zero at the end where the pump stops."""
    doses, dose = [], p.daily_dose_ug_h
    for _ in range(p.steps):
        dose = dose * (1.0 - p.change_frac)
        doses.append(dose)
    return [*doses, 0.0] if p.stop else doses


def effects(p: Taper, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One programme of falling steps, so that a later programme ends it."""
    doses = doses_ug_h(p)
    times = [i * p.every_h for i in range(len(doses))]
    return (program_pieces(at_h, pieces_from_points(times, doses, "steps"), Amount.DOSE, intended=False),)


def complaints(p: Taper, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, numbers that are no taper, or doses that the pump cannot give."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    wrong = [
        *amount_complaints("daily_dose", p.daily_dose_ug_h, "300 ug/day"),
        *time_complaints("every", p.every_h, "1 day"),
    ]
    if not 0.0 < p.change_frac < 1.0:
        wrong.append(Complaint("change", "is not between 0 and 1", "write a share such as 0.3 or 30 %"))
    if p.steps < 1:
        wrong.append(Complaint("steps", "is less than 1", "write how many cuts there are, such as 6"))
    yield from wrong
    if p.stop:
        yield from stop_complaints("", device)
    if not wrong:
        yield from last_dose_complaints(p.daily_dose_ug_h * (1.0 - p.change_frac) ** p.steps, device)


KIND = Kind(
    group="programs",
    name="taper",
    summary="A dose that falls by a share at every step, and then stops or stays.",
    parameters=Taper,
    effects=effects,
    example={"daily_dose": "300 ug/day", "change": "30 %", "steps": 3, "stop": True},
    evidence="none: the pump counts what it was told",
    sources=("hwang2019",),
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"taper, {p.steps} × −{p.change_frac * 100.0:g} %",
)
