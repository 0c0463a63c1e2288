from __future__ import annotations

from itsim.parameters import safety
from itsim.resources import itsim_version
from itsim.show.about import assumed, footer_lines, outside_range


def test_version_is_known_or_says_that_it_is_not():
    assert itsim_version()


def test_footer_begins_with_the_emergency(run_of):
    lines = footer_lines(run_of("stall"))
    assert lines[0] == safety()["withdrawal"]
    assert lines[1] == safety()["disclaimer"]
    assert "numbers are assumptions" in lines[-1]


def test_usual_doses_are_inside_the_range(run_of):
    assert not outside_range(run_of("stall"))


def test_assumed_numbers_have_weak_grades(run_of):
    assert all(number.grade in ("M", "X") for number in assumed(run_of("stall")))
