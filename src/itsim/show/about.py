"""What stands under every picture and in every summary: versions, safety wording, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from itsim.device.delivery import Pieces
from itsim.metrics import ONSET_INDEX
from itsim.parameters import Parameter, read, safety
from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version
from itsim.run import RunRecord
from itsim.scenario.model import Scenario
from itsim.show.words import moment

WEAK_GRADES = ("M", "X")
DAY_H = 24.0


def numbers_of(scenario: Scenario) -> tuple[Parameter, ...]:
    """Every number of patient and device that a scenario rests on."""
    return (*scenario.patient.values(), *scenario.device.values())


def assumed(scenario: Scenario) -> tuple[Parameter, ...]:
    """The numbers of a scenario that are remembered and not verified (M) or assumptions (X)."""
    return tuple(number for number in numbers_of(scenario) if number.grade in WEAK_GRADES)


def assumed_lines(scenario: Scenario) -> tuple[str, ...]:
    """The names of those numbers, a line for each grade."""
    told = {"X": "Assumptions (grade X)", "M": "Not verified (grade M)"}
    named = {grade: [p.name for p in assumed(scenario) if p.grade == grade] for grade in told}
    return tuple(f"{told[grade]}: {', '.join(names)}." for grade, names in named.items() if names)


def warnings(run: RunRecord) -> list[str]:
    """What a reader must be told before the results: people and doses outside the model's range, numbers
    outside theirs, and withdrawal that no loss of delivery explains."""
    found = list(_outside(run))
    found += [
        f"{p.name} = {p.value:g} {p.unit} lies outside its range of {p.low:g} to {p.high:g}."
        for p in (number.as_stated() for number in numbers_of(run.scenario) if not number.in_range)
        if p.source == "scenario"
    ]
    onset_h = run.solution.first_crossing_h("withdrawal_index", ONSET_INDEX, 0.0)
    loss_h = run.course.first_loss_h
    if onset_h is not None and (loss_h is None or onset_h < loss_h):
        found.append(
            f"The withdrawal index passes {ONSET_INDEX:g} at {moment(onset_h)} without a loss of delivery: "
            "the therapy itself was changed."
        )
    return found


def _outside(run: RunRecord) -> Iterator[str]:
    """In the safety wording, what this model was not made for and this run has."""
    words = safety()
    if run.outside_population:
        yield words["outside_population"]
    if outside_range(run):
        yield words["outside_range"]


def outside_range(run: RunRecord) -> bool:
    """Whether a day's dose, programmed or delivered, or a bolus is one that this model was not made for."""
    limits, end_h = read("drug").numbers, run.course.end_h
    programmed, delivered = run.delivery.programmed_ug_h, run.delivery.therapy.catheter
    rates = programmed.rate(programmed.edges_h[:-1])
    too_little = ((rates > 0.0) & (rates < limits["warning_dose_from"])).any()
    most_ug = max(_most_a_day_ug(pieces, end_h) for pieces in (programmed, delivered))
    too_much = most_ug > limits["warning_dose_to"] * DAY_H * (1.0 + 1e-9)
    punctures = [dose for dose in run.delivery.therapy.doses if dose.inlet == "lumbar_puncture"]
    boluses = any(dose.amount_ug > limits["warning_bolus"] for dose in (*run.delivery.boluses, *punctures))
    history = run.scenario.history
    before = history is not None and history.dose_rate_ug_h > limits["warning_dose_to"] * (1.0 + 1e-9)
    return bool(too_little or too_much or boluses or before)


def _most_a_day_ug(pieces: Pieces, end_h: float) -> float:
    """The largest dose of any 24 hours that begin or end where the rate changes."""
    edges = pieces.edges_h
    starts = np.clip(np.concatenate([edges, edges - DAY_H]), 0.0, max(end_h - DAY_H, 0.0))
    return float((pieces.integral(starts + min(DAY_H, end_h)) - pieces.integral(starts)).max())


def footer_lines(run: RunRecord, *others: RunRecord) -> list[str]:
    """The lines under a picture of one or several runs, the emergency first."""
    words = safety()
    outside = dict.fromkeys(line for each in (run, *others) for line in _outside(each))
    lines = [words["withdrawal"], words["disclaimer"], *outside, words["indices"]]
    return [*lines, f"{version_line()}. {assumption_note(run)}"]


def version_line() -> str:
    """Both versions in one line."""
    return f"itsim {itsim_version()}, parameters {parameters_version()}"


def assumption_note(run: RunRecord) -> str:
    """How many numbers are assumed, and where they are listed."""
    n, total = len(assumed(run.scenario)), len(numbers_of(run.scenario))
    return f"{n} of {total} numbers are assumptions or not verified (grades X, M), listed in the summary"
