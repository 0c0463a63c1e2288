"""What the numbers of an entry may not be, in words that repair a scenario file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from itsim.scenario.kinds import Complaint

SHORTEST_H = 1.0 / 3600.0
"""Numerical: rounding of a time late in the run is a millionth of this."""


def share_complaints(field: str, share: float | None, example: str) -> Iterator[Complaint]:
    """A share outside 0 to 1."""
    if share is not None and not 0.0 <= share <= 1.0:
        yield Complaint(field, "is not between 0 and 1", f"write a share such as {example}")


def time_complaints(field: str, lasting_h: float | None, example: str) -> Iterator[Complaint]:
    """A time that does not last, or for less than a second."""
    if lasting_h is not None and lasting_h <= 0.0:
        yield Complaint(field, "is not longer than 0 h", f"write a time such as {example}")
    elif lasting_h is not None and lasting_h < SHORTEST_H:
        yield Complaint(field, "is shorter than a second", f"write a time such as {example}")


def amount_complaints(field: str, amount: float | None, example: str) -> Iterator[Complaint]:
    """An amount, a volume or a concentration of nothing or less."""
    if amount is not None and amount <= 0.0:
        yield Complaint(field, "is not more than 0", f"write for example {example}")


def check_form(
    form: str, needed: Sequence[str], given: Mapping[str, object], examples: Mapping[str, str]
) -> None:
    """Raises ValueError unless of the keys in *given* those in *needed* have a value, and no others."""
    for name in needed:
        if given[name] is None:
            raise ValueError(f"{form} needs {name}, for example {name}: {examples[name]}")
    extra = [name for name, value in given.items() if value is not None and name not in needed]
    if extra:
        raise ValueError(f"{form} does not use {' or '.join(extra)}; take it out")
