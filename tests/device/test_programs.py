"""Every program of the catalogue keeps to the contract of kinds, and delivers what a hand can reckon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.contract import WEEKDAYS, WEEKEND, cases, check_effects, check_text, kinds
from device.timelines import FILL, build, program, usual
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind

DAY = 24.0
NOT_INTENDED = {"stopped", "minimum_rate", "taper", "bridge_bolus"}
DEAD_VOLUME_mL, WEAK, STRONG = 0.376, 500.0, 2000.0
ONE_FLOW = {"pump": "constant_flow_20"}
HALF_FULL = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}


def at(day: float, mode: str, **numbers: Any) -> dict[str, Any]:
    return {"at": f"{day} day", "program": {"mode": mode, **numbers}}


def delivered_ug(delivery: Delivery, *days: float) -> Array:
    """What leaves the tip from each day to the next."""
    return np.diff(delivery.therapy.catheter.integral(np.array(days) * DAY))


def intended_ug(delivery: Delivery, *days: float) -> Array:
    return np.diff(delivery.intended.catheter.integral(np.array(days) * DAY))


@pytest.mark.parametrize("kind", kinds("programs"), ids=lambda kind: kind.name)
def test_text_and_sources(kind: Kind) -> None:
    check_text(kind)


@pytest.mark.parametrize(("name", "example"), cases("programs"))
def test_numbers_and_arrays_of_numbers(name: str, example: int) -> None:
    check_effects("programs", name, example)


@pytest.mark.parametrize("kind", kinds("programs"), ids=lambda kind: kind.name)
def test_what_is_meant_as_therapy_is_intended_and_all_need_a_reservoir(kind: Kind) -> None:
    assert kind.intended == (kind.name not in NOT_INTENDED)
    assert "reservoir" in kind.needs


# What the tip gets, by hand


def test_taper_falls_by_a_share_of_what_is_left_and_the_twin_keeps_its_dose() -> None:
    cuts = at(3, "taper", daily_dose="300 ug/day", change="30 %", steps=3, stop=True)
    delivery = deliver(usual(cuts, until="20 day"))
    by_hand = [300.0, *(300.0 * 0.7**k for k in (1, 2, 3)), 0.0, 0.0, 0.0]
    np.testing.assert_allclose(delivered_ug(delivery, *range(2, 10)), by_hand, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(intended_ug(delivery, *range(2, 10)), 300.0, rtol=1e-12)
    assert [entry.kind for entry in delivery.log] == ["stopped_pump_alarm"]
    assert delivery.log[0].t_h == pytest.approx(6 * DAY + 48.0)


def test_taper_without_a_stop_keeps_its_last_dose_until_the_next_programme() -> None:
    cuts = at(3, "taper", daily_dose="300 ug/day", change=0.2, steps=2, every="2 day")
    delivery = deliver(usual(cuts, program("12 day", "250 ug/day"), until="20 day"))
    edges = [3, 5, 7, 12, 13]
    by_hand = [2 * 240.0, 2 * 192.0, 5 * 192.0, 250.0]
    np.testing.assert_allclose(delivered_ug(delivery, *edges), by_hand, rtol=1e-12)


def test_a_programme_in_the_middle_of_a_taper_ends_it() -> None:
    cuts = at(3, "taper", daily_dose="300 ug/day", change="30 %", steps=3, stop=True)
    delivery = deliver(usual(cuts, program("5 day", "250 ug/day"), until="20 day"))
    np.testing.assert_allclose(delivered_ug(delivery, 3, 4, 5, 20), [210.0, 147.0, 15 * 250.0], rtol=1e-12)


def test_titration_rises_to_its_cap_and_the_twin_rises_with_it() -> None:
    steps = at(
        0, "titration", daily_dose="100 ug/day", change="20 %", steps=6, every="2 day", most="180 ug/day"
    )
    delivery = deliver(build(FILL, steps, until="20 day"))
    by_hand = 2.0 * np.array([100.0, 120.0, 144.0, 172.8, 180.0, 180.0, 180.0])
    np.testing.assert_allclose(delivered_ug(delivery, *range(0, 15, 2)), by_hand, rtol=1e-12)
    np.testing.assert_allclose(intended_ug(delivery, *range(0, 15, 2)), by_hand, rtol=1e-12)


def test_titration_may_go_down() -> None:
    steps = at(2, "titration", daily_dose="400 ug/day", change=-0.1, steps=2)
    delivery = deliver(usual(steps, until="20 day"))
    np.testing.assert_allclose(delivered_ug(delivery, 2, 3, 4, 9), [400.0, 360.0, 5 * 324.0], rtol=1e-12)


PERIODS = {"every": "2 h", "lasting": "10 min"}


@pytest.mark.parametrize(
    ("numbers", "per_period_ug"),
    [
        ({"dose": "25 ug", "daily_dose": "120 ug/day"}, 25.0 + 10.0),
        ({"dose": "25 ug"}, 25.0),
        ({"volume": "0.0125 mL", "rate": "0.06 mL/day"}, 25.0 + 10.0),
        ({"volume": "0.0125 mL"}, 25.0),
    ],
)
def test_periodic_bolus_gives_its_amount_in_every_period(
    numbers: dict[str, str], per_period_ug: float
) -> None:
    delivery = deliver(usual(at(3.125, "periodic_bolus", **numbers, **PERIODS), until="9 day"))
    start = 3.125 * DAY
    edges = start + 2.0 * np.arange(60)
    amounts = np.diff(delivery.therapy.catheter.integral(edges))
    np.testing.assert_allclose(amounts, per_period_ug, rtol=1e-9)
    background = (per_period_ug - 25.0) / 2.0
    rates = delivery.therapy.catheter.rate(start + 8.0 + np.array([0.0, 0.1, 0.2, 1.9]))
    np.testing.assert_allclose(rates, [150.0 + background] * 2 + [background] * 2, rtol=1e-12, atol=1e-12)


def test_the_periods_follow_the_dose_when_the_concentration_changes() -> None:
    periods = at(3, "periodic_bolus", dose="25 ug", daily_dose="120 ug/day", **PERIODS)
    refill = {"at": "10 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    delivery = deliver(usual(periods, refill, until="30 day"))
    np.testing.assert_allclose(delivered_ug(delivery, *range(12, 30)), 12 * 35.0, rtol=1e-9)


def test_day_schedule_repeats_its_week() -> None:
    nights = [{"from": "0 h", "daily_dose": "240 ug/day"}, {"from": "18 h", "daily_dose": "480 ug/day"}]
    rest = [{"from": "0 h", "daily_dose": "150 ug/day"}]
    week = [{"days": WEEKDAYS, "steps": nights}, {"days": WEEKEND, "steps": rest}]
    delivery = deliver(usual(at(3, "day_schedule", schedules=week, first_day="friday"), until="40 day"))
    weekday, weekend = 0.75 * 240.0 + 0.25 * 480.0, 150.0
    of_days = {0: weekday, 1: weekend, 2: weekend} | dict.fromkeys((3, 4, 5, 6), weekday)
    by_hand = [of_days[day % 7] for day in range(3, 31)]
    np.testing.assert_allclose(delivered_ug(delivery, *range(3, 32)), by_hand, rtol=1e-12)
    per_week = delivered_ug(delivery, 3, 10, 17, 24)
    np.testing.assert_allclose(per_week, 5 * weekday + 2 * weekend, rtol=1e-12)


def test_a_week_of_equal_days_is_a_flexible_day() -> None:
    steps = [{"from": "0 h", "rate": "0.1 mL/day"}, {"from": "6 h", "rate": "0.3 mL/day"}]
    week = [{"days": WEEKDAYS + WEEKEND, "steps": steps}]
    by_week = deliver(usual(at(2.4, "day_schedule", schedules=week, first_day="sunday"), until="20 day"))
    by_day = deliver(usual(at(2.4, "time_stepped", steps=steps), until="20 day"))
    times = np.linspace(0.0, 20 * DAY, 500)
    np.testing.assert_array_equal(by_week.believed_mL_h.rate(times), by_day.believed_mL_h.rate(times))


def test_stopped_for_a_while_then_the_programme_before_it() -> None:
    delivery = deliver(usual(at(3, "stopped", lasting="24 h"), until="10 day"))
    np.testing.assert_allclose(delivered_ug(delivery, 2, 3, 4, 5), [300.0, 0.0, 300.0], atol=1e-9)
    np.testing.assert_allclose(intended_ug(delivery, 2, 3, 4, 5), 300.0, rtol=1e-12)
    assert delivery.log == ()


def test_stopped_until_programmed_sounds_after_its_delay() -> None:
    delivery = deliver(usual(at(3, "stopped"), program("8 day"), until="10 day"))
    np.testing.assert_allclose(delivered_ug(delivery, 3, 8, 9), [0.0, 300.0], atol=1e-9)
    assert [(entry.kind, entry.t_h) for entry in delivery.log] == [("stopped_pump_alarm", 5 * DAY)]


def test_minimum_rate_gives_next_to_nothing_and_is_counted() -> None:
    delivery = deliver(usual(at(3, "minimum_rate", lasting="2 day"), until="10 day"))
    np.testing.assert_allclose(delivered_ug(delivery, 3, 5, 6), [2 * 0.006 * STRONG, 300.0], rtol=1e-9)
    np.testing.assert_allclose(intended_ug(delivery, 3, 5), 600.0, rtol=1e-12)
    volumes = delivery.calculated_volume_mL(np.array([3.0, 5.0]) * DAY)
    assert volumes[0] - volumes[1] == pytest.approx(2 * 0.006)


def test_constant_flow_follows_the_concentration_and_runs_dry_in_silence() -> None:
    refill = {"at": "20 day", "refill": {"volume": "20 mL", "concentration": "1000 ug/mL"}}
    delivery = deliver(build(HALF_FULL, at(0, "constant_flow"), refill, until="70 day", **ONE_FLOW))
    through = 20 + DEAD_VOLUME_mL / 0.5
    empty = 20 + 19.0 / 0.5
    np.testing.assert_allclose(delivered_ug(delivery, 0, 19, 20), [19 * 250.0, 250.0], rtol=1e-12)
    np.testing.assert_allclose(delivered_ug(delivery, through, empty), 500.0 * (empty - through), rtol=1e-9)
    np.testing.assert_allclose(delivered_ug(delivery, empty, 70), 0.0, atol=1e-6)
    assert {entry.tone for entry in delivery.log} == {"silent"}


def bridged(*more: dict[str, Any], old: float = STRONG, new: float = WEAK) -> Delivery:
    """300 µg/day of the old concentration, refilled with the new one on day 10."""
    fill = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": f"{old} ug/mL"}}
    refill = {"at": "10 day", "refill": {"volume": "40 mL", "concentration": f"{new} ug/mL"}}
    return deliver(build(fill, program(), refill, *more, until="30 day"))


@pytest.mark.parametrize(("old", "new"), [(STRONG, WEAK), (WEAK, STRONG)])
def test_bridge_bolus_keeps_the_dose_at_the_tip(old: float, new: float) -> None:
    bridge = at(10, "bridge_bolus", daily_dose="300 ug/day", old_concentration=f"{old} ug/mL")
    with_it = bridged(bridge, old=old, new=new)
    times = np.linspace(9.0, 29.0, 4001) * DAY
    np.testing.assert_allclose(with_it.therapy.catheter.rate(times) * DAY, 300.0, rtol=1e-9)
    np.testing.assert_allclose(with_it.intended.catheter.rate(times) * DAY, 300.0, rtol=1e-12)
    until = 10 + DEAD_VOLUME_mL * old / 300.0
    flows = with_it.believed_mL_h.rate(np.array([until - 1e-6, until + 1e-6]) * DAY) * DAY
    np.testing.assert_allclose(flows, [300.0 / old, 300.0 / new], rtol=1e-9)


def test_without_a_bridge_the_dose_is_fourfold_for_one_line() -> None:
    until = 10 + DEAD_VOLUME_mL / (300.0 / WEAK)
    without = bridged()
    np.testing.assert_allclose(
        delivered_ug(without, 10, until) / (until - 10), 300.0 * STRONG / WEAK, rtol=1e-9
    )
    np.testing.assert_allclose(delivered_ug(without, until, 20) / (20 - until), 300.0, rtol=1e-9)


def test_a_bridge_of_half_the_line_leaves_the_other_half_fourfold() -> None:
    half = DEAD_VOLUME_mL / 2
    bridge = at(
        10, "bridge_bolus", daily_dose="300 ug/day", old_concentration="2000 ug/mL", volume=f"{half} mL"
    )
    delivery = bridged(bridge)
    first, last = 10 + half * STRONG / 300.0, 10 + half * STRONG / 300.0 + half * WEAK / 300.0
    amounts = delivered_ug(delivery, 10, first, last, 20)
    by_hand = [300.0 * (first - 10), half * STRONG, 300.0 * (20 - last)]
    np.testing.assert_allclose(amounts, by_hand, rtol=1e-9)


def test_a_pump_of_valves_runs_any_small_rate() -> None:
    valves = {"pump": "prometra_ii_20"}
    delivery = deliver(
        build(HALF_FULL, at(0, "simple_continuous", rate="0.01 mL/day"), until="10 day", **valves)
    )
    np.testing.assert_allclose(delivered_ug(delivery, 1, 2, 3), 0.01 * WEAK, rtol=1e-9)


# What a pump refuses


def step(hour: str, **rate: str) -> dict[str, str]:
    return {"from": hour, **rate}


FINE_DAY = [step("0 h", daily_dose="300 ug/day")]


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"mode": "simple_continuous"}, "needs either daily_dose"),
        ({"mode": "simple_continuous", "rate": "0.01 mL/day"}, "runs from 0.048 to 24 mL/day"),
        ({"mode": "simple_continuous", "daily_dose": "-3 ug/day"}, "negative"),
        ({"mode": "time_stepped", "steps": [step("1 h", rate="1 mL/day")]}, "the first step begins at 0 h"),
        (
            {"mode": "time_stepped", "steps": [step("0 h", rate="1 mL/day"), step("24 h", rate="2 mL/day")]},
            "one day",
        ),
        (
            {
                "mode": "time_stepped",
                "steps": [step("0 h", rate="1 mL/day"), step("2 h", daily_dose="9 ug/day")],
            },
            "all daily_dose or all rate",
        ),
        (
            {"mode": "time_stepped", "steps": [step(f"{h} h", rate=f"{h + 1} mL/day") for h in range(14)]},
            "at most 13 steps",
        ),
        ({"mode": "table", "times": ["0 h"], "rates": ["1 mL/day", "2 mL/day"]}, "one value per time"),
        ({"mode": "table", "times": ["0 h"]}, "needs either rates"),
        (
            {"mode": "day_schedule", "schedules": [{"days": WEEKDAYS, "steps": FINE_DAY}]},
            "name every day of the week once",
        ),
        (
            {
                "mode": "day_schedule",
                "schedules": [
                    {"days": WEEKDAYS, "steps": FINE_DAY},
                    {"days": [*WEEKEND, "monday"], "steps": FINE_DAY},
                ],
            },
            "name every day of the week once",
        ),
        (
            {
                "mode": "day_schedule",
                "schedules": [
                    {"days": WEEKDAYS, "steps": FINE_DAY},
                    {"days": WEEKEND, "steps": [step("0 h", rate="1 mL/day")]},
                ],
            },
            "all daily_dose or all rate",
        ),
        (
            {
                "mode": "day_schedule",
                "schedules": [
                    {"days": WEEKDAYS, "steps": FINE_DAY},
                    {"days": WEEKEND, "steps": [step("0 h", daily_dose="3 ug/day")]},
                ],
            },
            "schedules.1..steps.0..daily_dose: '3 ug/day' is outside",
        ),
        ({"mode": "periodic_bolus", **PERIODS}, "needs either dose"),
        ({"mode": "periodic_bolus", "dose": "9 ug", "rate": "1 mL/day", **PERIODS}, "is a daily_dose"),
        (
            {"mode": "periodic_bolus", "volume": "1 mL", "daily_dose": "9 ug/day", **PERIODS},
            "of a volume is a rate",
        ),
        (
            {"mode": "periodic_bolus", "dose": "9 ug", "every": "1 h", "lasting": "1 h"},
            "not shorter than `every`",
        ),
        ({"mode": "periodic_bolus", "dose": "0 ug", **PERIODS}, "not more than 0"),
        ({"mode": "periodic_bolus", "volume": "1 mL", **PERIODS}, "faster than the 24 mL/day"),
        (
            {"mode": "periodic_bolus", "volume": "0.16 mL", "rate": "2 mL/day", **PERIODS},
            "faster than the 24 mL/day",
        ),
        ({"mode": "minimum_rate", "lasting": "0 h"}, "not longer than 0 h"),
        ({"mode": "stopped", "lasting": "-1 h"}, "negative|not longer than 0 h"),
        ({"mode": "constant_flow"}, "this pump is programmed"),
        ({"mode": "taper", "daily_dose": "300 ug/day", "change": "130 %", "steps": 2}, "between 0 and 1"),
        ({"mode": "taper", "daily_dose": "300 ug/day", "change": 0.3, "steps": 0}, "less than 1"),
        (
            {"mode": "taper", "daily_dose": "300 ug/day", "change": 0.5, "steps": 3},
            "leads to 37.5 ug/day, which is outside",
        ),
        (
            {"mode": "titration", "daily_dose": "300 ug/day", "change": -1, "steps": 2},
            "takes the whole dose away",
        ),
        (
            {
                "mode": "titration",
                "daily_dose": "300 ug/day",
                "change": 0.2,
                "steps": 2,
                "most": "200 ug/day",
            },
            "below the first dose",
        ),
        (
            {"mode": "titration", "daily_dose": "300 ug/day", "change": 1, "steps": 20},
            "which is outside what this pump can give at 2000 ug/mL",
        ),
        (
            {"mode": "bridge_bolus", "daily_dose": "300 ug/day", "old_concentration": "0 ug/mL"},
            "not more than 0",
        ),
        (
            {"mode": "bridge_bolus", "daily_dose": "300 ug/day", "old_concentration": "10 ug/mL"},
            "runs from 0.048 to 24 mL/day",
        ),
    ],
)
def test_programmes_that_cannot_be(numbers: dict[str, object], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        build(FILL, {"at": "0 day", "program": numbers})


ONE_OF_EACH = {
    "simple_continuous": {"rate": "0.5 mL/day"},
    "time_stepped": {"steps": [step("0 h", rate="0.5 mL/day")]},
    "table": {"times": ["0 h"], "rates": ["0.5 mL/day"]},
    "day_schedule": {"schedules": [{"days": WEEKDAYS + WEEKEND, "steps": [step("0 h", rate="0.5 mL/day")]}]},
    "periodic_bolus": {"volume": "0.01 mL", **PERIODS},
    "minimum_rate": {},
    "stopped": {},
    "taper": {"daily_dose": "250 ug/day", "change": 0.3, "steps": 2},
    "titration": {"daily_dose": "250 ug/day", "change": 0.3, "steps": 2},
    "bridge_bolus": {"daily_dose": "250 ug/day", "old_concentration": "2000 ug/mL"},
}


def test_there_is_one_of_each() -> None:
    assert {kind.name for kind in kinds("programs")} == {*ONE_OF_EACH, "constant_flow"}


@pytest.mark.parametrize("mode", ONE_OF_EACH)
def test_a_pump_of_one_flow_takes_no_programme(mode: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build(HALF_FULL, at(0, mode, **ONE_OF_EACH[mode]), **ONE_FLOW)
    (problem,) = caught.value.problems
    assert problem.message == f"{mode} cannot be told to this pump, which runs at one fixed flow"
    assert "constant_flow" in problem.hint


def test_a_pump_of_one_flow_has_one_flow() -> None:
    with pytest.raises(ScenarioError, match="minimum_rate and maximum_rate differ"):
        build(HALF_FULL, at(0, "constant_flow"), **ONE_FLOW, minimum_rate="0.3 mL/day")


def test_a_pump_without_a_minimum_rate_mode_says_so() -> None:
    with pytest.raises(ScenarioError, match="no minimum-rate mode"):
        build(HALF_FULL, at(0, "minimum_rate"), pump="prometra_ii_20")
