"""Every event of the catalogue keeps to the contract of kinds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.contract import REQUESTS, cases, check_effects, check_text, kinds
from device.timelines import FILL, build, program, usual
from itsim.device.delivery import deliver
from itsim.device.events.patient_bolus import granted
from itsim.scenario import ScenarioError
from itsim.scenario.kinds import Kind


@pytest.mark.parametrize("kind", kinds("events"), ids=lambda kind: kind.name)
def test_text_and_sources(kind: Kind) -> None:
    check_text(kind)


@pytest.mark.parametrize(("name", "example"), cases("events"))
def test_numbers_and_arrays_of_numbers(name: str, example: int) -> None:
    check_effects("events", name, example)


ASKED: dict[str, Any] = {
    "dose": "20 ug",
    "lasting": "10 min",
    "requests": REQUESTS,
    "lockout": "4 h",
    "most_per_day": 3,
}


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"refill": {"volume": "41 mL"}}, "at most 40 mL"),
        ({"refill": {"volume": "20 mL", "concentration": "-1 ug/mL"}}, "negative"),
        ({"replace_pump": {"volume": "41 mL"}}, "at most 40 mL"),
        ({"bolus": {"volume": "0 mL", "lasting": "10 min"}}, "more than 0"),
        ({"bolus": {"volume": "0.05 mL", "lasting": "0 min"}}, "longer than 0 h"),
        ({"bolus": {"volume": "1 mL", "lasting": "10 min"}}, "faster than"),
        ({"bolus": {"dose": "2 mg", "lasting": "10 min"}}, "faster than"),
        ({"bolus": {"lasting": "10 min"}}, "either volume .* or dose"),
        ({"bolus": {"volume": "0.05 mL", "dose": "50 ug", "lasting": "10 min"}}, "either volume .* or dose"),
        ({"priming_bolus": {"volume": "0 mL", "lasting": "1 h"}}, "more than 0"),
        ({"priming_bolus": {"lasting": "10 min"}}, "faster than"),
        ({"patient_bolus": {**ASKED, "requests": []}}, "one time or more"),
        ({"patient_bolus": {**ASKED, "requests": ["1 h", "1 h"]}}, "each later than the last"),
        ({"patient_bolus": {**ASKED, "volume": "0.01 mL"}}, "either volume .* or dose"),
        ({"patient_bolus": {**ASKED, "dose": "2 mg"}}, "faster than"),
        ({"patient_bolus": {**ASKED, "lockout": "5 min"}}, "shorter than one bolus takes"),
        ({"patient_bolus": {**ASKED, "lockout": "0 min"}}, "not longer than 0 h"),
        ({"patient_bolus": {**ASKED, "most_per_day": 0}}, "less than 1"),
        ({"prime": {"volume": "0 mL"}}, "more than 0|above zero|zero"),
        ({"oral_dose": {"dose": "0 mg"}}, "more than 0|above zero|zero"),
        ({"oral_dose": {"dose": "10 mg", "times": 0}}, "less than 1"),
        ({"disease_progression": {"factor": 0, "lasting": "20 day"}}, "factor.*more than 0"),
        ({"disease_progression": {"factor": 1.5, "lasting": "0 day"}}, "lasting.*longer than 0 h"),
        ({"tolerance_drift": {"factor": -1, "lasting": "20 day"}}, "factor.*more than 0"),
        ({"tolerance_drift": {"factor": 1.5, "lasting": "0 day"}}, "lasting.*longer than 0 h"),
        ({"noxious_stimulus": {"factor": 0, "lasting": "5 day", "cause": "other"}}, "factor.*more than 0"),
        ({"noxious_stimulus": {"factor": 2, "lasting": "0 h", "cause": "other"}}, "lasting.*longer than 0 h"),
        ({"noxious_stimulus": {"factor": 2, "lasting": "5 day", "cause": "moon"}}, "cause"),
        ({"noxious_stimulus": {"lasting": "5 day", "cause": "other"}}, "factor"),
    ],
)
def test_events_that_cannot_be(entry: dict[str, object], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        usual({"at": "3 day", **entry})


def test_oral_doses_go_to_the_gut_on_time_and_are_not_intended() -> None:
    schedule = {"at": "3 day", "oral_dose": {"dose": "20 mg", "every": "8 h", "times": 3}}
    delivery = deliver(usual(schedule, until="10 day"))
    assert [(dose.t_h, dose.amount_ug, dose.inlet) for dose in delivery.therapy.doses] == [
        (72.0 + 8.0 * i, 20_000.0, "gut") for i in range(3)
    ]
    assert delivery.intended.doses == ()


# Boluses


def more_ug(bolus: dict[str, Any], *hours: float) -> list[float]:
    """What a bolus on day 3 adds at the tip from each hour after it to the next."""
    edges = 72.0 + np.array(hours)
    with_it, without = (deliver(usual(*more, until="10 day")) for more in (({"at": "3 day", **bolus},), ()))
    amounts = [np.diff(d.therapy.catheter.integral(edges)) for d in (with_it, without)]
    return [float(amount) for amount in amounts[0] - amounts[1]]


@pytest.mark.parametrize("size", [{"dose": "50 ug"}, {"volume": "0.025 mL"}])
def test_a_bolus_gives_its_dose_in_its_time(size: dict[str, str]) -> None:
    given = more_ug({"bolus": {**size, "lasting": "10 min"}}, 0.0, 1 / 12, 1 / 6, 24.0)
    np.testing.assert_allclose(given, [25.0, 25.0, 0.0], atol=1e-9)


def test_a_dose_follows_the_concentration_that_the_pump_was_told() -> None:
    refill = {"at": "2 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
    bolus = {"at": "6 day", "bolus": {"dose": "50 ug", "lasting": "30 min"}}
    with_it, without = (deliver(usual(refill, *more, until="10 day")) for more in ((bolus,), ()))
    pumped = [float(d.pumped_mL_h.integral(np.array([240.0]))[0]) for d in (with_it, without)]
    assert pumped[0] - pumped[1] == pytest.approx(50.0 / 500.0)
    tip = [float(d.therapy.catheter.integral(np.array([240.0]))[0]) for d in (with_it, without)]
    assert tip[0] - tip[1] == pytest.approx(50.0)


def test_a_priming_bolus_fills_an_empty_line_and_is_counted() -> None:
    start = {"at": "0 day", "priming_bolus": {"lasting": "1 h"}}
    primed, empty = (
        deliver(build(FILL, *more, program(), history=False, until="10 day")) for more in ((start,), ())
    )
    line_mL, per_h = primed.dead_volume_mL, 300.0 / 24.0
    flow_mL_h = per_h / 2000.0
    arrives_h = 1.0 - flow_mL_h / (line_mL + flow_mL_h)
    amounts = np.diff(primed.therapy.catheter.integral(np.array([0.0, arrives_h, 1.0, 240.0])))
    np.testing.assert_allclose(amounts, [0.0, per_h, 239.0 * per_h], rtol=1e-9, atol=1e-9)
    assert empty.therapy.catheter.rate(np.array([1.0, line_mL / flow_mL_h - 0.1])).max() == 0.0
    np.testing.assert_allclose(primed.intended.catheter.rate(np.array([0.5, 5.0])), per_h)
    used = [40.0 - float(d.calculated_volume_mL(np.array([2.0]))[0]) for d in (primed, empty)]
    assert used[0] - used[1] == pytest.approx(line_mL)


GRANTED = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]
"""Of REQUESTS with a lock-out of 4 h and 3 a day: 1 h and 12 h are locked, 23 h is the fourth in 24 h."""


def test_requests_within_the_lock_out_or_beyond_the_daily_most_are_denied() -> None:
    hours = [float(text.split()[0]) for text in REQUESTS]
    assert granted(hours, 4.0, 3) == GRANTED
    assert granted(hours, 4.0, 9) == [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]
    assert granted(hours, 0.5, 9) == [1.0] * 7
    assert granted(hours, 0.5, 1) == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]


def test_variants_are_granted_one_by_one() -> None:
    answers = np.array(granted([0.0, np.array([3.9, 4.0, 4.1]), 24.0], 4.0, 2)[1:])
    np.testing.assert_array_equal(answers, [[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])


def test_the_patient_gets_what_is_granted_and_the_log_holds_what_is_denied() -> None:
    hours = [float(text.split()[0]) for text in REQUESTS]
    edges = [*hours, 30.0]
    given = more_ug({"patient_bolus": ASKED}, *edges)
    np.testing.assert_allclose(given, [20.0 * answer for answer in GRANTED], atol=1e-9)
    delivery = deliver(usual({"at": "3 day", "patient_bolus": ASKED}, until="10 day"))
    denied = [72.0 + hour for hour, answer in zip(hours, GRANTED, strict=True) if not answer]
    assert [(entry.kind, entry.t_h) for entry in delivery.log] == [("bolus_denied", t) for t in denied]
    assert not any(entry.is_alarm for entry in delivery.log)
    twin = delivery.intended.catheter.integral(np.array([72.0, 240.0]))
    assert twin[1] - twin[0] == pytest.approx(7 * 300.0 + 4 * 20.0)


@pytest.mark.parametrize(
    "event",
    [
        {"bolus": {"volume": "0.01 mL", "lasting": "1 h"}},
        {"priming_bolus": {"volume": "0.01 mL", "lasting": "1 h"}},
        {"patient_bolus": ASKED},
    ],
    ids=lambda event: next(iter(event)),
)
def test_a_pump_of_one_flow_gives_no_bolus(event: dict[str, Any]) -> None:
    fill = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}
    flow = {"at": "0 day", "program": {"mode": "constant_flow"}}
    with pytest.raises(ScenarioError, match="cannot be given by this pump, which runs at one fixed flow"):
        build(fill, flow, {"at": "3 day", **event}, pump="constant_flow_20")
