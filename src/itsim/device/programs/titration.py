"""A dose that is raised or lowered step by step towards an effect.

    D_0 = daily_dose at `at`;   D_k = min(D_(k−1) (1 + change), most)   from `at` + k `every`, k = 1 … steps

It is therapy: the fault-free twin gets it too. Sources: 10 to 30 % a day for spasticity of spinal origin, 5
to 15 % of cerebral origin (monograph; Saulino and Gudesblatt 2015).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.arrays import Number
from itsim.device.checks import amount_complaints, time_complaints
from itsim.device.codes import Amount
from itsim.device.effects import Effect, program_pieces
from itsim.device.limits import NOT_PROGRAMMABLE, dose_complaints, last_dose_complaints
from itsim.device.profiles import pieces_from_points
from itsim.scenario.kinds import Complaint, DoseRate, Fraction, Hours, Kind, KindModel


class Titration(KindModel):
    """The first dose, the share by which it changes at each of `steps` steps (below zero: downwards), and the
    `most` that is given."""

    daily_dose_ug_h: DoseRate
    change_frac: Fraction
    steps: int
    every_h: Hours = 24.0
    most_ug_h: DoseRate | None = None


def doses_ug_h(p: Titration) -> list[Number]:
    """The first dose and that after each step."""
    doses = [p.daily_dose_ug_h]
    for _ in range(p.steps):
        raised = doses[-1] * (1.0 + p.change_frac)
        doses.append(raised if p.most_ug_h is None else np.minimum(raised, p.most_ug_h))
    return doses


def effects(p: Titration, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One programme of steps, so that a later programme ends it."""
    doses = doses_ug_h(p)
    times = [i * p.every_h for i in range(len(doses))]
    return (program_pieces(at_h, pieces_from_points(times, doses, "steps"), Amount.DOSE),)


def complaints(p: Titration, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, numbers that are no titration, or doses that the pump cannot give."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    wrong = [
        *amount_complaints("daily_dose", p.daily_dose_ug_h, "100 ug/day"),
        *time_complaints("every", p.every_h, "1 day"),
    ]
    if p.change_frac <= -1.0:
        wrong.append(Complaint("change", "takes the whole dose away", "write a share such as -0.1 or 0.2"))
    if p.steps < 1:
        wrong.append(Complaint("steps", "is less than 1", "write how many steps there are, such as 5"))
    if p.most_ug_h is not None and p.most_ug_h < p.daily_dose_ug_h:
        wrong.append(
            Complaint("most", "is below the first dose", "write more than daily_dose, or leave it out")
        )
    yield from wrong
    if not wrong:
        yield from dose_complaints("daily_dose", p.daily_dose_ug_h, device)
        yield from last_dose_complaints(float(doses_ug_h(p)[-1]), device)


KIND = Kind(
    group="programs",
    name="titration",
    summary="A dose that changes by a share at every step, up to a highest dose.",
    parameters=Titration,
    effects=effects,
    example={"daily_dose": "200 ug/day", "change": 0.15, "steps": 5, "every": "1 day", "most": "350 ug/day"},
    sources=("drug_monograph", "saulino2015"),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"titration, {p.steps} × {p.change_frac * 100.0:+g} %",
)
