from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import safety
from itsim.resources import itsim_version
from itsim.run import simulate
from itsim.scenario import from_mapping
from itsim.show import run_html, summary, summary_text
from itsim.show.about import WIDEST_LINE, assumed, assumed_lines, footer_lines, warnings
from itsim.show.cautions import outside_lines


def test_version_is_known_or_says_that_it_is_not():
    assert itsim_version()


def test_footer_begins_with_the_emergency(run_of):
    lines = footer_lines(run_of("stall"))
    assert lines[0] == safety()["withdrawal"]
    assert lines[1] == safety()["disclaimer"]
    assert "numbers are assumptions" in lines[-1]


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


def test_doses_outside_the_range_are_said_wherever_results_are_shown():
    run = run_with(dose="350 ug/h")
    told, (line,) = summary(run), outside_lines(run.scenario, run.delivery)
    assert "8400 µg" in line
    assert line in told["warnings"]
    assert f"WARNING: {line}" in " ".join(summary_text(told, run).split())
    assert line in run_html(run, told)
    assert line in " ".join(footer_lines(run))


LEAK = {"at": "2 day", "csf_leak": {"level": "L3/4", "flow": "5 mL/h"}}
OUTSIDE = [
    ((), {"patient": {"preset": "child"}}, "a child (8 years)"),
    ((), {"patient": {"renal_function": "20 %"}}, "renal failure"),
    ((LEAK,), {}, "a CSF leak 5 mL/h at L3/4"),
]


@pytest.mark.parametrize(("timeline", "more", "cause"), OUTSIDE, ids=["child", "kidneys", "leak"])
def test_people_the_model_was_not_made_for_are_said_wherever_results_are_shown(timeline, more, cause):
    run = run_with(*timeline, **more)
    told, (line,) = summary(run), outside_lines(run.scenario, run.delivery)
    assert cause in line
    assert line in warnings(run)
    assert line in told["warnings"]
    assert f"WARNING: {line}" in " ".join(summary_text(told, run).split())
    assert line in run_html(run, told)
    assert line in " ".join(footer_lines(run))


def test_a_usual_adult_is_not_warned_of_and_a_picture_of_several_says_it_once():
    usual, child = run_with(), run_with(patient={"preset": "child"})
    (line,) = outside_lines(child.scenario, child.delivery)
    assert not any("not made for" in said for said in footer_lines(usual))
    assert footer_lines(usual, child, child).count(line) == 1


def test_many_reasons_are_wrapped_under_a_picture():
    leaks = [LEAK | {"at": f"{day} day", "id": f"leak{day}"} for day in (2, 3)]
    leaks += [{"at": "4 day", "csf_leak": {"level": level, "flow": "1 mL/h"}} for level in ("L2", "T10")]
    run = run_with(*leaks, patient={"preset": "child", "renal_function": "20 %", "tip": "intraventricular"})
    lines = footer_lines(run)
    assert "a catheter in the ventricle" in " ".join(lines)
    assert max(map(len, lines[2:-1])) <= WIDEST_LINE


def test_withdrawal_without_a_loss_of_delivery_is_said():
    cut = {"at": "2 day", "program": {"mode": "simple_continuous", "daily_dose": "0 ug/day"}}
    lines = warnings(run_with(cut))
    assert any("without a loss of delivery" in line for line in lines)


def test_a_number_outside_its_range_is_said():
    assert any("csf_loss" in line for line in warnings(run_with(patient={"csf_loss": "9 1/h"})))
