"""Which fault leaves which sign: every kind of fault by its own example, in one standard course.

A sign is read off, never asserted: the same pump with and without the fault, and what a visit then finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from itsim.catalogue import catalogue
from itsim.device.delivery import Delivery, deliver
from itsim.metrics import EXCESS_FRAC, LOSS_FRAC
from itsim.scenario import from_mapping
from itsim.scenario.kinds import Kind

BEGINS_DAY, NEXT_VISIT_DAY, LAST_VISIT_DAY, END_DAY = 20, 40, 67, 70
SMALLEST_SIGN_ML = 0.02
"""Numerical: what a difference must be to count as one; whether a clinic would flag it is said beside it."""
N_SAMPLES = 20_001
OTHER_PUMPS = {"valve_opening": "prometra_ii_20"}
"""Faults that only another pump has."""


@dataclass(frozen=True)
class Signs:
    """What a fault does to the dose, and what it leaves behind."""

    kind: str
    summary: str
    dose: str
    """At the tip, against what is intended: "less", "more", "less and more" or "same"."""
    surplus_mL: float
    """Found minus expected volume at the first visit after it."""
    flagged: bool
    """Whether the clinic's rule takes that for a sign."""
    alarms: tuple[str, ...]
    """What sounds because of it, in order of time."""
    log: tuple[str, ...]
    """What the log then holds beside."""

    @property
    def volume(self) -> str:
        """The sign in the reservoir: "surplus", "deficit" or "none"."""
        if abs(self.surplus_mL) < SMALLEST_SIGN_ML:
            return "none"
        return "surplus" if self.surplus_mL > 0.0 else "deficit"


def teaching_matrix() -> tuple[Signs, ...]:
    """The signs of every kind of fault, in the order of the catalogue."""
    return tuple(signs_of(kind) for kind in catalogue().kinds["faults"].values())


def signs_of(kind: Kind) -> Signs:
    """The signs of one kind, by its own example."""
    pump = OTHER_PUMPS.get(kind.name, "synchromed_ii_40")
    with_it, without = _deliver(pump, kind), _deliver(pump, None)
    after = [r for r in with_it.evidence if r.t_h > BEGINS_DAY * 24.0]
    visit = after[1] if kind.name == "reservoir_empty" and len(after) > 1 else after[0]
    usual = {entry.kind for entry in without.log}
    new = [entry for entry in with_it.log if entry.kind not in usual and entry.t_h <= visit.t_h]
    return Signs(
        kind=kind.name,
        summary=kind.summary,
        dose=_dose(with_it, visit.t_h),
        surplus_mL=visit.surplus_mL,
        flagged=visit.flagged,
        alarms=_once(entry.kind for entry in new if entry.is_alarm),
        log=_once(entry.kind for entry in new if entry.tone == "log"),
    )


def _once(words: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _deliver(pump: str, kind: Kind | None) -> Delivery:
    timeline: list[dict[str, Any]] = [
        {"at": "0 day", "fill": {"volume": "10 mL", "concentration": "2000 ug/mL"}},
        {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": "300 ug/day"}},
        {"at": f"{NEXT_VISIT_DAY} day", "refill": {"volume": "10 mL", "concentration": "2000 ug/mL"}},
        {"at": f"{LAST_VISIT_DAY} day", "interrogate": {}},
    ]
    if kind is not None:
        fault = {"kind": kind.name, **kind.example}
        timeline.append({"at": f"{BEGINS_DAY} day", "fault": fault})
    data = {
        "itsim": 1,
        "title": "The standard course of the teaching matrix",
        "device": {"pump": pump, "catheter": "ascenda", "length": "80 cm"},
        "history": {"daily_dose": "300 ug/day", "lasting": "6 month"},
        "timeline": timeline,
        "until": f"{END_DAY} day",
    }
    return deliver(from_mapping(data, "teaching_matrix", catalogue()))


def _dose(delivery: Delivery, until_h: float) -> str:
    times = np.linspace(BEGINS_DAY * 24.0, until_h, N_SAMPLES)[:-1]
    edges = delivery.therapy.catheter.edges_h
    times = np.union1d(times, edges[(edges >= times[0]) & (edges < until_h)])
    actual, intended = delivery.therapy.catheter.rate(times), delivery.intended.catheter.rate(times)
    words = [
        word
        for word, so in (
            ("less", np.any(actual < LOSS_FRAC * intended)),
            ("more", np.any(actual > EXCESS_FRAC * intended)),
        )
        if so
    ]
    return " and ".join(words) or "same"
