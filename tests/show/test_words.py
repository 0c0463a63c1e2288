from __future__ import annotations

import pytest

from itsim.show import words
from itsim.study.cohort import Band


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0.0, "0 min"),
        (0.5, "30 min"),
        (1.0, "1 h"),
        (9.2, "9.2 h"),
        (15.2, "15 h"),
        (47.0, "47 h"),
        (48.0, "2 days"),
        (9.0 * 24, "9 days"),
        (90.0 * 24, "3 months"),
        (-14.0, "-14 h"),
    ],
)
def test_durations_choose_their_unit(hours, text):
    assert words.duration(hours) == text


def test_moments_count_from_the_start():
    assert words.moment(5.0) == "hour 5"
    assert words.moment(21.0 * 24) == "day 21"
    assert words.moment(10.0 * words.MONTH_H) == "month 10"


def test_spans_have_two_ends_and_a_length():
    assert words.span(518.4, 568.8) == "from day 21.6 to day 23.7 (2.1 days)"
    assert words.span(4800.0, 4805.0) == "from month 6.6 to month 6.6 (5 h)"
    assert words.span(24.0, None) == "from hour 24 to the end of the run"


def test_bands_say_what_never_comes():
    assert words.band(9.0, None) == "9 h to not within the run"
    assert words.band(None, None) == "not within the run"
    assert words.band(9.0, 63.0) == "9 h to 2.6 days"


def test_a_median_stands_before_its_band():
    assert words.around(Band(9.0, 63.0, 20.0)) == "median 20 h; 9 h to 2.6 days"
    assert words.around(Band(9.0, None)) == "median not within the run; from 9 h on"
    assert words.around(Band(None, None)) == "not within the run"
    assert words.shares_around(Band(0.2, 0.9, 0.5)) == "median 50 %; 20 to 90 %"
    assert words.shares_around(Band(None, None)) == ""


def test_a_band_needs_twenty_patients():
    assert [words.is_banded(size) for size in (None, {"size": 19}, {"size": 20})] == [False, False, True]


def test_onset_is_never_a_number_alone():
    told = words.onset(15.0, None, Band(9.0, None, 18.0))
    assert told == "onset 15 h after first loss (median 18 h; 9 h to not within the run)"
    assert "15" not in words.onset(15.0, None, None)
    assert "virtual patients" in words.onset(None, "not within the run", Band(9.0, None))
    assert "95 % of virtual patients" in words.onset(None, "not within the run", Band(None, None))
    assert "no loss" in words.onset(None, "no loss", None)


@pytest.mark.parametrize(
    ("number", "text"), [(7200.0, "7200"), (1e4, "10000"), (0.5, "0.5"), (2e-5, "0.00002"), (1234.5, "1230")]
)
def test_plain_numbers_have_no_exponent(number, text):
    assert words.plain(number) == text


def test_several_spans_are_never_told_as_one_length():
    assert words.spans([(0.0, 23.7)], 240.0) == words.span(0.0, 23.7)
    twice = words.spans([(0.0, 23.7), (72.3, 134.7)], 240.0)
    assert twice == "2 times between hour 0 and day 5.6, 3.6 days in all"
    still = words.spans([(0.0, 172.0), (246.0, None)], 480.0)
    assert still == "2 times between hour 0 and the end of the run, 17 days in all"
