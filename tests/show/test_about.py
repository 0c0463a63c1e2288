from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import safety
from itsim.resources import itsim_version
from itsim.run import simulate
from itsim.scenario import from_mapping
from itsim.show import run_html, summary, summary_text
from itsim.show.about import assumed, assumed_lines, footer_lines, outside_range, warnings


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
    assert {number.grade for number in assumed(run_of("stall").scenario)} == {"M", "X"}


def test_assumed_numbers_are_listed_by_grade_and_each_once(run_of):
    scenario = run_of("stall").scenario
    lines = assumed_lines(scenario)
    assert [line.split(":")[0] for line in lines] == ["Assumptions (grade X)", "Not verified (grade M)"]
    told = [name for line in lines for name in line.split(": ")[1].rstrip(".").split(", ")]
    assert sorted(told) == sorted(number.name for number in assumed(scenario))


SCENARIO = {
    "itsim": 1,
    "title": "Warnings",
    "device": {"pump": "synchromed_ii_40", "catheter": "ascenda"},
    "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
    "until": "10 day",
}
FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}


def run_with(*timeline, **more):
    dose = more.pop("dose", "350 ug/day")
    program = {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": dose}}
    return simulate(
        from_mapping(SCENARIO | more | {"timeline": [FILL, program, *timeline]}, "x", catalogue())
    )


def test_a_usual_therapy_draws_no_warning():
    assert warnings(run_with({"at": "2 day", "bolus": {"volume": "0.01 mL", "lasting": "10 min"}})) == []


@pytest.mark.parametrize(
    ("timeline", "more"),
    [
        ((), {"dose": "350 ug/h"}),
        ((), {"dose": "5 ug/day", "device": SCENARIO["device"] | {"minimum_rate": "0.001 mL/day"}}),
        (({"at": "2 day", "bolus": {"volume": "0.06 mL", "lasting": "1 h"}},), {}),
        (({"at": "2 day", "fault": {"kind": "free_flow", "volume": "2 mL", "lasting": "1 h"}},), {}),
    ],
)
def test_doses_outside_the_range_draw_one(timeline, more):
    run = run_with(*timeline, **more)
    assert safety()["outside_range"] in warnings(run)
    assert safety()["outside_range"] in summary(run)["warnings"]
    assert "WARNING" in summary_text(summary(run), run)


LEAK = {"at": "2 day", "csf_leak": {"level": "L3/4", "flow": "5 mL/h"}}
OUTSIDE = [
    ((), {"patient": {"preset": "child"}}),
    ((), {"patient": {"renal_function": "20 %"}}),
    ((LEAK,), {}),
]


@pytest.mark.parametrize(("timeline", "more"), OUTSIDE, ids=["child", "kidneys", "leak"])
def test_people_the_model_was_not_made_for_are_said_wherever_results_are_shown(timeline, more):
    run, words = run_with(*timeline, **more), safety()["outside_population"]
    told = summary(run)
    assert words in warnings(run)
    assert words in told["warnings"]
    assert f"WARNING: {words}" in " ".join(summary_text(told, run).split())
    assert words in run_html(run, told)
    assert words in footer_lines(run)
    assert safety()["outside_range"] not in footer_lines(run)


def test_a_usual_adult_is_not_warned_of_and_a_picture_of_several_says_it_once():
    usual, child = run_with(), run_with(patient={"preset": "child"})
    assert safety()["outside_population"] not in footer_lines(usual)
    assert footer_lines(usual, child, child).count(safety()["outside_population"]) == 1


def test_a_number_outside_its_range_is_said_in_the_unit_of_its_file():
    (line,) = [w for w in warnings(run_with(patient={"age": "101 year"})) if w.startswith("age")]
    assert line == "age = 101 year lies outside its range of 0 to 100."


def test_withdrawal_without_a_loss_of_delivery_is_said():
    cut = {"at": "2 day", "program": {"mode": "simple_continuous", "daily_dose": "0 ug/day"}}
    lines = warnings(run_with(cut))
    assert any("without a loss of delivery" in line for line in lines)


def test_a_number_outside_its_range_is_said():
    assert any("csf_loss" in line for line in warnings(run_with(patient={"csf_loss": "9 1/h"})))
