"""Numbers in words: digits that matter, units, what never comes."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.qualify import words
from itsim.qualify.facts import Check
from itsim.qualify.rules import Spread
from qualify import made


def check(rule: str, unit: str = "h", **reported: float) -> Check:
    return Check("made up", "half_life", (), rule, unit, reported)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (1822.4, "1822"),
        (130.0, "130"),
        (75.94, "75.9"),
        (4.0, "4"),
        (1.5149, "1.51"),
        (0.00123, "0.00123"),
        (0.1, "0.1"),
        (np.inf, "not within the run"),
        (np.nan, "none"),
    ],
)
def test_number(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.001, "0.1 %"), (0.035, "3.5 %"), (0.5, "50 %"), (1.0, "100 %"), (np.nan, "none")],
)
def test_percent(share: float, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (check("mean", mean=10.0), "10 h (30 % either way: 7 to 13)"),
        (check("range", low=1.0, high=2.0), "1 to 2 h"),
        (check("range_over_patients", unit="mL", low=22.0, high=157.0), "22 to 157 mL over patients"),
        (check("upper_bound", unit="ng/mL", high=5.0), "not more than 5 ng/mL"),
        (check("case", value=8.0), "8 h in one patient"),
        (check("share", unit="1", low=0.9, high=1.0), "at least 90 % of patients"),
        (check("share", unit="1", low=0.0, high=0.05), "at most 5 % of patients"),
        (check("share", unit="1", low=0.03, high=0.05), "3 % to 5 % of patients"),
        (check("mean", unit="ug/day", mean=350.0), "350 µg/day (30 % either way: 245 to 455)"),
    ],
)
def test_reported(asked: Check, said: str) -> None:
    assert words.reported(asked) == said


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        (check("range", low=1.0, high=2.0), Spread(1.5, 1.0, 2.25, 1.6, 9), "1.5 h (1 to 2.25)"),
        (
            check("case", value=8.0),
            Spread(19.8, 9.4, np.inf, np.inf, 9),
            "19.8 h (9.4 to not within the run)",
        ),
        (
            check("range", low=1.0, high=2.0),
            Spread(np.inf, 1.0, np.inf, np.inf, 9),
            "not within the run (1 to not within the run)",
        ),
        (check("share", unit="1", low=0.0, high=0.1), Spread(0.0, 0.0, 1.0, 0.075, 9), "7.5 %"),
        (
            check("share", unit="1", low=0.0, high=0.1),
            Spread(np.nan, np.nan, np.nan, np.nan, 0),
            "in no patient",
        ),
    ],
)
def test_simulated(asked: Check, found: Spread, said: str) -> None:
    assert words.simulated(asked, found) == said


def test_rows() -> None:
    rows = {row.fact.id: row for row in made.qualification({"B8"}).rows}
    assert words.row_simulated(rows["B8"]).startswith("half-life: ")
    assert "; clearance: " in words.row_simulated(rows["B8"])
    assert words.row_simulated(rows["B10"]).endswith(")")
    assert (words.side(rows["B8"]), words.side(rows["B10"])) == ("outside", "inside")
    assert words.verdict(rows["B8"]) == "outside"
