"""Why a patient is sedated: by more drug than intended, by a loss of CSF, by tolerance lost, by the dose."""

from __future__ import annotations

from enum import Enum

import numpy as np

from itsim.device.delivery import Therapy
from itsim.metrics import LOSS_FRAC
from itsim.pd.symptoms import rank_of
from itsim.run import RunRecord

CLEARLY_FRAC = 0.05
"""A peak of sedation by more than this above the twin's is clearly above it; a convention."""

ORAL = "gut"
TOLERANCES = ("brain_fast_tolerance", "brain_slow_tolerance")
SAME_TOLERANCE = 0.99
"""A tolerance above this share of the twin's is the twin's."""

N_SAMPLES = 400


class Cause(Enum):
    """What brings the highest sedation of a run."""

    MORE_DRUG = "more drug"
    CSF_LOST = "CSF lost"
    LESS_USED = "less used to it"
    INTENDED = "the intended dose"
    UNEXPLAINED = "unexplained"


HEADLINES = {
    Cause.MORE_DRUG: "more drug acts than was intended",
    Cause.CSF_LOST: "the loss of CSF{flows} makes no more than the intended dose act too strongly",
    Cause.LESS_USED: (
        "no more than the intended dose acts too strongly in a patient who has become less used to it"
    ),
    Cause.INTENDED: "the intended dose itself acts too strongly",
    Cause.UNEXPLAINED: "no more than the intended dose acts more strongly than on the intended therapy",
}

DROWSY = {
    Cause.MORE_DRUG: "drowsiness on more than the intended dose",
    Cause.CSF_LOST: "drowsiness on no more than the intended dose, brought by the loss of CSF{flows}",
    Cause.LESS_USED: (
        "drowsiness on no more than the intended dose, in a patient who has become less used to it"
    ),
    Cause.INTENDED: (
        "drowsiness that the intended dose brings, no overdose: on the intended therapy it comes as well"
    ),
    Cause.UNEXPLAINED: "drowsiness on no more than the intended dose, above that of the intended therapy",
}


def cause_of(run: RunRecord) -> Cause:
    """What brings the highest sedation of a run; the dose itself only where the twin reaches the
    same stage."""
    (peak_h, peak), (_, usual) = (s.extremum("sedation", 0.0) for s in (run.solution, run.twin))
    as_usual = peak <= usual + CLEARLY_FRAC and rank_of(peak, "sedation") <= rank_of(usual, "sedation")
    if as_usual:
        return Cause.INTENDED
    if is_given_too_much(run, peak_h):
        return Cause.MORE_DRUG
    if _loses_csf(run, peak_h):
        return Cause.CSF_LOST
    return Cause.LESS_USED if _is_less_used(run, peak_h) else Cause.UNEXPLAINED


def headline(run: RunRecord) -> str:
    """The cause of an overdose."""
    return HEADLINES[cause_of(run)].format(flows=_flows(run))


def drowsiness(run: RunRecord) -> str:
    """The cause of a sedation that is no overdose."""
    return DROWSY[cause_of(run)].format(flows=_flows(run))


def is_given_too_much(run: RunRecord, until_h: float) -> bool:
    """Whether by then more than intended came from the catheter, or by puncture, by mouth or another way:
    each by itself, so that nothing missed on one hides what was given on another."""
    therapy, intended = run.delivery.therapy, run.delivery.intended
    excess_h = run.course.first_excess_h
    if excess_h is not None and excess_h <= until_h:
        return True
    ways = {dose.inlet for dose in therapy.doses}
    return any(_doses_ug(therapy, way, until_h) > _doses_ug(intended, way, until_h) for way in ways)


def _doses_ug(therapy: Therapy, way: str, until_h: float) -> float:
    return sum(dose.amount_ug for dose in therapy.doses if dose.inlet == way and dose.t_h <= until_h)


def _loses_csf(run: RunRecord, until_h: float) -> bool:
    """Whether CSF that the twin keeps is lost before *until_h*."""
    lost = set(run.delivery.therapy.outflows) - set(run.delivery.intended.outflows)
    return any(flow.from_h <= until_h for flow in lost)


def _flows(run: RunRecord) -> str:
    losing = {flow.entry for flow in run.delivery.therapy.outflows}
    told = dict.fromkeys(run.label(entry) for entry in run.happened if entry.place in losing)
    return f" ({'; '.join(told)})" if told else ""


def _is_less_used(run: RunRecord, until_h: float) -> bool:
    """Whether the drug was interrupted before *until_h*, and the brain's tolerance fell below the twin's."""
    times = np.linspace(0.0, until_h, N_SAMPLES)
    ours, twin = (s.some_series(TOLERANCES, times) for s in (run.solution, run.twin))
    fell = any(np.any(ours[name] < SAME_TOLERANCE * twin[name]) for name in TOLERANCES)
    return bool(fell) and _is_interrupted(run, until_h)


def _is_interrupted(run: RunRecord, until_h: float) -> bool:
    """Whether less than intended had come by then at some time, into the CSF or by mouth."""
    therapy, intended = run.delivery.therapy, run.delivery.intended
    if _doses_ug(therapy, ORAL, until_h) < _doses_ug(intended, ORAL, until_h):
        return True
    times = np.linspace(0.0, until_h, N_SAMPLES)
    given, wanted = (each.catheter.integral(times) for each in (therapy, intended))
    missing = np.diff(given) < LOSS_FRAC * np.diff(wanted)
    return bool(np.any(missing))
