"""Made-up patients and populations: courses of given functions, and for every fact as many values as there
are patients; none of them simulated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from itsim.arrays import Array
from itsim.qualify.facts import EXPECTED, Check, facts
from itsim.qualify.qualification import Qualification, rows_of
from itsim.qualify.treated import Treated
from itsim.qualify.verification import CODE, Verified

N_PATIENTS = 100
END_H = 100.0
VERIFIED = (Verified("V1", CODE, "one & one are <two>", 0.0, 1e-9),)


def agreeing(check: Check) -> Array:
    """Values that lie well inside."""
    r = check.reported
    if check.rule == "share":
        low, high = r["low"], r["high"]
        share = 1.0 if high >= 1.0 else (0.0 if low <= 0.0 else 0.5 * (low + high))
        return np.array([1.0] * round(share * N_PATIENTS) + [0.0] * round((1.0 - share) * N_PATIENTS))
    if check.rule == "mean":
        return np.linspace(0.5, 1.5, N_PATIENTS) * r["mean"]
    if check.rule == "upper_bound":
        return np.linspace(0.1, 0.5, N_PATIENTS) * r["high"]
    if check.rule == "case":
        return np.linspace(0.5, 3.0, N_PATIENTS) * r["value"]
    return np.linspace(r["low"], r["high"], N_PATIENTS)


def disagreeing(check: Check) -> Array:
    """Values far outside; a share of ones where zeros are asked for, and the other way round."""
    if check.rule == "share":
        return np.full(N_PATIENTS, 1.0 if check.reported["high"] < 1.0 else 0.0)
    return np.full(N_PATIENTS, 100.0 * max(check.reported.values()))


def values(outside: set[str], file: str = "facts") -> Array:
    """Every check of a file in made-up patients, the facts named *outside* disagreeing."""
    columns = [
        disagreeing(check) if fact.id in outside else agreeing(check)
        for fact in facts(file)
        for check in fact.checks
    ]
    return np.array(columns).T


def qualification(outside: set[str], code_holds: bool = True) -> Qualification:
    """A whole table of made-up patients, one seed."""
    return Qualification(
        rows=rows_of(facts(), [values(outside)]),
        behaviour=rows_of(facts(EXPECTED), [values({"E4"}, EXPECTED)]),
        verified=VERIFIED if code_holds else (replace(VERIFIED[0], found=1.0),),
        size=N_PATIENTS,
        seeds=(1,),
    )


class Course:
    """A solution of given functions, sampled densely, in the words that observables use."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self._functions = functions
        self._t = np.linspace(0.0, END_H, 10_001)
        self.edges_h = np.array([0.0, END_H])

    def series(self, name: str, times_h: Any) -> Any:
        return np.asarray(self._functions[name](np.asarray(times_h, float)), float)

    def first_crossing_h(self, name: str, level: float, from_h: float, rising: bool = True) -> float | None:
        t = self._t[self._t >= from_h]
        values = self.series(name, t) - level
        hits = t[values >= 0.0 if rising else values <= 0.0]
        return float(hits[0]) if len(hits) else None

    def extremum(self, name: str, from_h: float, highest: bool = True) -> tuple[float, float]:
        t = self._t[self._t >= from_h]
        values = self.series(name, t)
        i = int(np.argmax(values if highest else -values))
        return float(t[i]), float(values[i])


def made_up(functions: dict[str, Any], start: dict[str, float] | None = None) -> Treated:
    class Made:
        solution = Course(functions)

        def series(self, name: str, times_h: Any) -> Any:
            return self.solution.series(name, times_h)

        def at_start(self, name: str) -> float:
            return (start or {})[name]

    return cast(Treated, Made())
