"""What stands under every picture and in every summary: versions, safety wording, what is assumed."""

from __future__ import annotations

import textwrap

from itsim.metrics import ONSET_INDEX
from itsim.parameters import Parameter, safety
from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version
from itsim.run import RunRecord
from itsim.scenario.model import Scenario
from itsim.show.cautions import cautions, outside_lines
from itsim.show.words import moment

WEAK_GRADES = ("M", "X")
WIDEST_LINE = 150
"""Letters on a line of small print under a picture."""


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
    found = cautions(run.scenario, run.delivery)
    onset_h = run.solution.first_crossing_h("withdrawal_index", ONSET_INDEX, 0.0)
    loss_h = run.course.first_loss_h
    if onset_h is not None and (loss_h is None or onset_h < loss_h):
        found.append(
            f"The withdrawal index passes {ONSET_INDEX:g} at {moment(onset_h)} without a loss of delivery: "
            "the therapy itself was changed."
        )
    return found


def footer_lines(run: RunRecord, *others: RunRecord) -> list[str]:
    """The lines under a picture of one or several runs, the emergency first."""
    words = safety()
    runs = (run, *others)
    outside = dict.fromkeys(line for each in runs for line in outside_lines(each.scenario, each.delivery))
    warned = [part for line in outside for part in textwrap.wrap(line, WIDEST_LINE)]
    lines = [words["withdrawal"], words["disclaimer"], *warned, words["indices"]]
    return [*lines, f"{version_line()}. {assumption_note(run)}"]


def version_line() -> str:
    """Both versions in one line."""
    return f"itsim {itsim_version()}, parameters {parameters_version()}"


def assumption_note(run: RunRecord) -> str:
    """How many numbers are assumed, and where they are listed."""
    n, total = len(assumed(run.scenario)), len(numbers_of(run.scenario))
    return f"{n} of {total} numbers are assumptions or not verified (grades X, M), listed in the summary"
