"""Boluses that the patient asks for, within what the clinic allows.

    a request at t is granted unless a bolus was granted within `lockout` before t,
    or `most_per_day` boluses were granted within the 24 hours before t

A granted one is a bolus on top of the programme, and therapy; a denied one gives nothing and is logged.
Source: a maker's patient controller guide (lock-out, boluses allowed within 24 hours), which says that this
controller is not for baclofen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from pydantic import model_validator

from itsim.arrays import Number
from itsim.device.checks import time_complaints
from itsim.device.codes import Alarm, Amount
from itsim.device.effects import Effect, announce, bolus
from itsim.device.limits import NO_BOLUS, bolus_complaints
from itsim.scenario.kinds import Complaint, Hours, Kind, KindModel, Micrograms, Millilitres

DAY_H = 24.0
SAME_INSTANT_H = 1e-9
"""Numerical: times closer than this are one."""


class PatientBolus(KindModel):
    """The size of one bolus and how long the pump takes for it; `requests` are times from the entry's own
    `at`."""

    volume_mL: Millilitres | None = None
    dose_ug: Micrograms | None = None
    lasting_h: Hours
    requests_h: tuple[Hours, ...]
    lockout_h: Hours
    most_per_day: int

    @model_validator(mode="after")
    def _exactly_one(self) -> PatientBolus:
        if (self.volume_mL is None) == (self.dose_ug is None):
            raise ValueError("needs either volume (0.01 mL) or dose (20 ug), not both")
        if not self.requests_h or any(b <= a for a, b in pairwise(self.requests_h)):
            raise ValueError("requests hold one time or more, each later than the last")
        return self


def granted(requests_h: Sequence[Number], lockout_h: Number, most_per_day: int) -> list[Number]:
    """Of each request 1 where it is granted and 0 where it is denied."""
    answers: list[Number] = []
    for i, time_h in enumerate(requests_h):
        locked: Number = 0.0
        today: Number = 0.0
        for earlier_h, answer in zip(requests_h[:i], answers, strict=True):
            since_h = time_h - earlier_h + SAME_INSTANT_H
            locked = locked + answer * (since_h < lockout_h)
            today = today + answer * (since_h < DAY_H)
        answers.append(np.where((locked > 0.0) | (today >= most_per_day), 0.0, 1.0))
    return answers


def effects(p: PatientBolus, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A bolus for each request, of no size where it is denied, and a line in the log for each denial."""
    size, amount = (p.volume_mL, Amount.FLOW) if p.dose_ug is None else (p.dose_ug, Amount.DOSE)
    found: list[Effect] = []
    for after_h, answer in zip(p.requests_h, granted(p.requests_h, p.lockout_h, p.most_per_day), strict=True):
        never_if_granted_h = np.where(answer > 0.0, np.inf, 0.0)
        found.append(bolus(at_h + after_h, answer * size, p.lasting_h, amount))
        found.append(announce(at_h + after_h, Alarm.DENIED, never_if_granted_h))
    return tuple(found)


def complaints(p: PatientBolus, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that gives none, an amount it cannot give, or a lock-out that allows two at once."""
    if not device["programmable"]:
        yield NO_BOLUS
        return
    yield from bolus_complaints(p.volume_mL, p.dose_ug, p.lasting_h, device)
    yield from time_complaints("lockout", p.lockout_h, "4 h")
    if 0.0 < p.lockout_h < p.lasting_h:
        yield Complaint("lockout", "is shorter than one bolus takes", "write a time longer than `lasting`")
    if p.most_per_day < 1:
        yield Complaint(
            "most_per_day", "is less than 1", "write how many boluses a day are allowed, such as 4"
        )


KIND = Kind(
    group="events",
    name="patient_bolus",
    summary="Boluses on the patient's request, with a lock-out and a most per day; denied ones are logged.",
    parameters=PatientBolus,
    effects=effects,
    example={
        "dose": "20 ug",
        "lasting": "10 min",
        "requests": ["0 h", "1 h", "5 h", "9 h", "12 h", "23 h", "25 h"],
        "lockout": "4 h",
        "most_per_day": 3,
    },
    alarm="none; a denied request is logged",
    sources=("flowonix_ptc", "functionalneuro_modes"),
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{len(p.requests_h)} bolus requests",
)
