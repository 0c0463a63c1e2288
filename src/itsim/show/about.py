"""What stands under every picture and in every summary: versions, safety wording, what is assumed."""

from __future__ import annotations

from itsim.parameters import Parameter, read, safety
from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version
from itsim.run import RunRecord

WEAK_GRADES = ("M", "X")


def numbers_of(run: RunRecord) -> tuple[Parameter, ...]:
    """Every number of patient and device that a run rests on."""
    return (*run.scenario.patient.values(), *run.scenario.device.values())


def assumed(run: RunRecord) -> tuple[Parameter, ...]:
    """The numbers of a run that are remembered and not verified (M) or assumptions (X)."""
    return tuple(number for number in numbers_of(run) if number.grade in WEAK_GRADES)


def outside_range(run: RunRecord) -> bool:
    """Whether the programme ever asks for a daily dose that this model was not made for."""
    limits = read("drug").numbers
    programmed = run.delivery.programmed_ug_h
    rates = programmed.rate(programmed.edges_h[:-1])
    least, most = limits["warning_dose_from"], limits["warning_dose_to"]
    return bool(((rates > 0.0) & (rates < least) | (rates > most)).any())


def footer_lines(run: RunRecord) -> list[str]:
    """The lines under a picture, the emergency first."""
    words = safety()
    lines = [words["withdrawal"], words["disclaimer"], words["indices"]]
    if outside_range(run):
        lines[2:2] = [words["outside_range"]]
    return [*lines, f"{version_line()}. {assumption_note(run)}"]


def version_line() -> str:
    """Both versions in one line."""
    return f"itsim {itsim_version()}, parameters {parameters_version()}"


def assumption_note(run: RunRecord) -> str:
    """How many numbers are assumed, and where they are listed."""
    n, total = len(assumed(run)), len(numbers_of(run))
    return f"{n} of {total} numbers are assumptions or not verified (grades X, M), listed in the summary"
