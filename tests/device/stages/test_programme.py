"""What the pump is told: programmes over one another, boluses on top, doses at the told concentration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY
from device.timelines import FILL, build, fault, program, usual
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver

WEAKER = {"at": "10 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}


def believed(delivery: Delivery, *days: float) -> Array:
    return delivery.believed_mL_h.rate(np.array(days) * DAY) * DAY


def programmed(delivery: Delivery, *days: float) -> Array:
    return delivery.programmed_ug_h.rate(np.array(days) * DAY) * DAY


def intended(delivery: Delivery, *days: float) -> Array:
    return delivery.intended.catheter.rate(np.array(days) * DAY) * DAY


def error(at: str, rate: float, lasting: str) -> dict[str, Any]:
    return fault(at, "programming_error", rate=f"{rate} mL/day", lasting=lasting)


def test_what_ends_gives_way_to_what_was_before_it() -> None:
    """0.15, from day 2 to 10 at 0.3, in it from day 4 to 6 at 0.6, in it from day 5 on 0.9 mL/day."""
    delivery = deliver(
        usual(error("2 day", 0.3, "8 day"), error("4 day", 0.6, "2 day"), error("5 day", 0.9, "2 day"))
    )
    days = (1.9, 2.0, 4.0, 5.0, 6.999, 7.0, 9.999, 10.0)
    np.testing.assert_allclose(believed(delivery, *days), [0.15, 0.3, 0.6, 0.9, 0.9, 0.3, 0.3, 0.15])
    np.testing.assert_allclose(intended(delivery, *days), 300.0)


def test_a_later_programme_goes_over_what_would_have_ended() -> None:
    delivery = deliver(usual(error("2 day", 0.3, "8 day"), program("5 day", "400 ug/day")))
    np.testing.assert_allclose(believed(delivery, 4.0, 5.0, 9.0, 20.0), [0.3, 0.2, 0.2, 0.2])


def test_a_dose_keeps_its_size_and_a_flow_its_own_when_the_concentration_changes() -> None:
    dose = deliver(usual(WEAKER))
    np.testing.assert_allclose(believed(dose, 9.99, 10.0), [0.15, 0.6])
    np.testing.assert_allclose(programmed(dose, 9.99, 10.0), [300.0, 300.0])
    steady = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
    flow = deliver(build(FILL, steady, WEAKER))
    np.testing.assert_allclose(believed(flow, 9.99, 10.0), [0.15, 0.15])
    np.testing.assert_allclose(programmed(flow, 9.99, 10.0), [300.0, 75.0])
    np.testing.assert_allclose(intended(flow, 9.99, 10.0), [300.0, 75.0])


def test_before_the_first_fill_a_dose_is_no_flow() -> None:
    fill = {"at": "3 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(fill, program("3 day"), history=False, until="10 day"))
    np.testing.assert_allclose(believed(delivery, 0.0, 2.99, 3.0), [0.0, 0.0, 0.15])


def test_the_history_is_intended_until_the_first_programme() -> None:
    naive = deliver(build(FILL, program("3 day"), history=False, until="10 day"))
    chronic = deliver(build(FILL, program("3 day", "450 ug/day"), until="10 day"))
    np.testing.assert_allclose(intended(naive, 1.0, 4.0), [0.0, 300.0])
    np.testing.assert_allclose(intended(chronic, 1.0, 4.0), [300.0, 450.0])


@pytest.mark.parametrize("first_day", [0, 3])
def test_a_day_of_steps_is_told_by_the_clock_and_not_by_its_start(first_day: int) -> None:
    flex = {
        "mode": "time_stepped",
        "steps": [{"from": "0 h", "rate": "0.2 mL/day"}, {"from": "18 h", "rate": "0.6 mL/day"}],
    }
    delivery = deliver(build(FILL, program(), {"at": f"{first_day + 0.8} day", "program": flex}))
    days = first_day + np.array([0.79, 0.8, 0.99, 1.0, 1.74, 1.76, 20.5, 20.76])
    expected = [0.15, 0.6, 0.6, 0.2, 0.2, 0.6, 0.2, 0.6]
    np.testing.assert_allclose(believed(delivery, *days), expected)
    whole = float(np.diff(delivery.believed_mL_h.integral(np.array([5.0, 50.0]) * DAY))[0])
    assert whole == pytest.approx(45 * (0.75 * 0.2 + 0.25 * 0.6))


def test_a_period_is_told_from_its_own_origin() -> None:
    """20 µg in a quarter of an hour, every 5 h from 10.7 days on."""
    often = {"mode": "periodic_bolus", "dose": "20 ug", "every": "5 h", "lasting": "15 min"}
    delivery = deliver(usual({"at": "10.7 day", "program": often}))
    hours = np.array([0.0, 0.249, 0.251, 4.999, 5.0, 5.249, 5.251]) / DAY
    on = 20.0 * 4 * DAY
    np.testing.assert_allclose(
        programmed(delivery, *(10.7 + 1e-9 + hours)), [on, on, 0, 0, on, on, 0], atol=1e-9
    )


def test_a_curve_is_told_from_its_own_start_and_its_end_is_held() -> None:
    line = {
        "mode": "table",
        "times": ["0 day", "4 day"],
        "rates": ["0.2 mL/day", "1 mL/day"],
        "between": "lines",
    }
    delivery = deliver(usual({"at": "3.5 day", "program": line}))
    np.testing.assert_allclose(believed(delivery, 3.49, 3.5, 5.5, 7.5, 50.0), [0.15, 0.2, 0.6, 1.0, 1.0])


@pytest.mark.parametrize("sized", [{"volume": "0.1 mL"}, {"dose": "200 ug"}])
def test_a_bolus_goes_on_top_and_the_pump_believes_it(sized: dict[str, str]) -> None:
    """0.1 mL in half an hour are 4.8 mL/day."""
    delivery = deliver(usual({"at": "5 day", "bolus": {**sized, "lasting": "30 min"}}, until="20 day"))
    half = 0.5 / DAY
    days = (4.99, 5.0, 5 + 0.99 * half, 5 + 1.01 * half)
    np.testing.assert_allclose(believed(delivery, *days), [0.15, 4.95, 4.95, 0.15])
    np.testing.assert_allclose(intended(delivery, *days), [300.0, 9900.0, 9900.0, 300.0])
    assert delivery.calculated_volume_mL(np.array([19 * DAY])) == pytest.approx([40 - 19 * 0.15 - 0.1])
    (given,) = delivery.boluses
    assert (given.t_h, given.amount_ug) == pytest.approx((120.0, 200.0))


def test_boluses_add_up_and_end_with_the_run() -> None:
    boluses = [
        {"at": f"{at} day", "bolus": {"volume": "0.1 mL", "lasting": "1 day"}} for at in (18.75, 19.25)
    ]
    delivery = deliver(usual(*boluses, until="20 day"))
    np.testing.assert_allclose(believed(delivery, 19.0, 19.5, 19.999), [0.25, 0.35, 0.25])
    assert delivery.ledger["pumped_mL"] == pytest.approx(20 * 0.15 + 0.1 + 0.075)


def test_a_dose_of_a_bolus_follows_the_concentration_within_it() -> None:
    bolus = {"at": "9.5 day", "bolus": {"dose": "100 ug", "lasting": "1 day"}}
    delivery = deliver(usual(bolus, WEAKER))
    np.testing.assert_allclose(believed(delivery, 9.9, 10.1), [400 / 2000, 400 / 500])
    np.testing.assert_allclose(programmed(delivery, 9.9, 10.1), [400.0, 400.0])


@pytest.mark.parametrize("mode", [{"mode": "stopped"}, {"mode": "minimum_rate"}])
def test_what_nobody_intends_leaves_the_twin_alone(mode: dict[str, str]) -> None:
    delivery = deliver(usual({"at": "5 day", "program": mode}))
    np.testing.assert_allclose(intended(delivery, 4.9, 5.1, 59.0), 300.0)
    assert programmed(delivery, 59.0)[0] < 13.0
