"""What pictures of studies share: names with units, gaps, percentiles with patients who never get there."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.metrics import NO_LOSS, NOT_WITHIN
from itsim.parameters import safety
from itsim.show.study_page import (
    FAILED,
    axis_of,
    factor_label,
    footer_lines,
    gap_words,
    level_text,
    level_words,
    quantile,
    scale_of,
    values_and_gaps,
    varied,
)
from show.studies import grid
from study.small import faked, made


def factor(**vary):
    return made(vary=vary or {"timeline.stall.at": ["12 h", "36 h", "240 h"]}).design.factors[0]


def test_long_times_are_in_days_and_shares_have_no_unit():
    assert scale_of("h", 96.0) == (1.0, "hours")
    assert scale_of("h", 97.0) == (24.0, "days")
    assert scale_of("1", 1e6) == (1.0, "")
    numbers, label = axis_of(factor(), np.array([12.0, 240.0]))
    assert (numbers.tolist(), label) == ([0.5, 10.0], "stall at (days)")


def test_levels_are_written_as_people_do_and_never_rounded_to_months():
    assert [level_text(factor(), h) for h in (12.0, 36.0, 240.0, 1440.0)] == [
        "12 h",
        "36 h",
        "10 days",
        "60 days",
    ]
    dose = factor(**{"history.daily_dose": ["100 ug/day", "300 ug/day"]})
    assert factor_label(dose) == "daily dose (µg/day)" or factor_label(dose).endswith("(µg/day)")
    assert level_words(dose, 300.0).endswith("300 µg/day")
    tip = factor(**{"patient.tip": ["T6", "T10"]})
    assert level_words(tip, 1.0) == "tip T10"


def test_never_is_later_than_everything_and_what_cannot_be_is_left_out():
    values = np.array([[1.0, 2.0, np.inf, np.inf, np.inf], [np.nan, 4.0, 5.0, 6.0, np.nan], [np.nan] * 5])
    middle = quantile(values, 50.0)
    assert np.isinf(middle[0])
    assert middle[1] == 5.0
    assert np.isnan(middle[2])


def test_gaps_keep_their_reason_and_failures_are_one():
    study = made(metrics=["withdrawal_onset_h"])
    rows = faked(study, lambda day: {2.0: 7.0, 40.0: NOT_WITHIN}.get(day, NO_LOSS), failing=[2])
    values, gaps = (found.ravel() for found in values_and_gaps(study, rows, "withdrawal_onset_h"))
    assert values[0] == 7.0
    assert np.isinf(values[1])
    assert list(gaps) == ["", NOT_WITHIN, FAILED]
    assert gap_words("withdrawal_onset_h", NOT_WITHIN) == "no withdrawal within the run"
    assert gap_words("rescue_window_h", NOT_WITHIN) == NOT_WITHIN


def test_a_number_with_one_level_does_not_vary():
    study = made(vary={"until": ["30 day"], "timeline.stall.at": ["2 day", "3 day"]})
    assert [study.design.factors[j].name for j in varied(study)] == ["stall_at"]


def test_the_footer_says_what_it_is_not_and_whom_the_model_was_not_made_for():
    lines = footer_lines(grid())
    assert lines[:2] == [safety()["withdrawal"], safety()["disclaimer"]]
    assert "12 runs of gradual_linear" in " ".join(lines)
    assert not any("not made for" in line for line in lines)
    outside = made(scenario="csf_leak", vary={"until": ["60 day"]}, metrics=["withdrawal_peak"])
    assert any("not made for" in line for line in footer_lines(outside))


@pytest.mark.parametrize("patients", [None, 3])
def test_the_footer_says_whose_spread_it_is(patients):
    said = " ".join(footer_lines(grid(patients=patients)))
    assert ("without a band between patients" in said) == (patients is None)
