"""Studies with known metrics that the tests of pictures share; nothing is simulated."""

from __future__ import annotations

from functools import cache
from typing import Any

from itsim.metrics import NOT_WITHIN
from itsim.study.model import Study
from study.small import faked, made

END, LASTING = "timeline.decline.fault.end", "timeline.decline.fault.lasting"
RESIDUALS, HOURS = [0.0, 0.2, 0.4], ["1 h", "1 day", "7 day", "30 day"]
STALL = {"timeline.stall.at": {"uniform": {"low": "1 day", "high": "5 day"}},
         "patient.csf_loss": {"log_uniform": {"low": "0.1 1/h", "high": "0.4 1/h"}}}  # fmt: skip


def onset(residual: float, lasting_h: float, *patient: int) -> float | str:
    """Comes the later the slower the decline, and never where much flow is left for long."""
    later = 10.0 + 0.4 * lasting_h + sum(patient)
    return later if residual * (10.0 + lasting_h) < 20.0 else NOT_WITHIN


def grid(**more: Any) -> Study:
    vary = {END: {"values": RESIDUALS, "name": "residual"}, LASTING: HOURS}
    return made(**({"scenario": "gradual_linear", "vary": vary, "metrics": ["withdrawal_onset_h"],
                    "title": "A grid"} | more))  # fmt: skip


def sampled(design: str = "monte_carlo", samples: int = 24, **more: Any) -> Study:
    metrics = ["withdrawal_onset_h"]
    return made(vary=STALL, design=design, samples=samples, seed=2, metrics=metrics, title="Drawn", **more)


def cohort() -> Study:
    doses = {"values": ["100 ug/day", "300 ug/day"], "name": "dose", "also": ["history.daily_dose"]}
    return made(scenario="abrupt_stall", vary={"timeline.dose.program.daily_dose": doses}, patients=20,
                metrics=["withdrawal_onset_h"], title="A cohort")  # fmt: skip


def along() -> Study:
    vary = {LASTING: HOURS, END: {"values": RESIDUALS, "name": "residual"}}
    metrics = ["withdrawal_onset_h", "withdrawal_peak"]
    return made(scenario="gradual_linear", vary=vary, metrics=metrics, patients=20, title="Along")


def by_dose(dose: float, patient: int) -> float | str:
    return 1000.0 / dose + patient if patient < dose / 20.0 else NOT_WITHIN


@cache
def everything() -> dict[str, tuple[Study, Any]]:
    """Every kind of study that has a picture of its own, with its rows."""

    def drawn(day: float, loss: float) -> float | str:
        return 10.0 * day + loss if day < 4.0 else NOT_WITHIN

    studies = {
        "heat map": (grid(), [onset]),
        "heat map of patients": (grid(patients=3), [onset]),
        "lines": (grid(vary={LASTING: HOURS}), [lambda lasting: onset(0.2, lasting)]),
        "points": (sampled(), [drawn]),
        "onset curves": (cohort(), [by_dose]),
        "tornado of changes": (sampled("morris", 8), [drawn]),
        "tornado of shares": (sampled("sobol_indices", 16), [drawn]),
    }
    return {name: (study, faked(study, *metrics)) for name, (study, metrics) in studies.items()}
