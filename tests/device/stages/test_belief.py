"""The calculated volume and the alarms that follow from it alone, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, logged
from device.timelines import FILL, build, fault, program, usual
from itsim.device.delivery import Delivery, deliver

WEAK = {"at": "0 day", "fill": {"volume": "20 mL", "concentration": "500 ug/mL"}}


def fast(*timeline: dict[str, Any], until: str = "40 day", **device: Any) -> Delivery:
    """20 mL of 500 µg/mL at 0.6 mL/day: 2 mL are left after 30 days, none after 33.3."""
    numbers = {"pump": "synchromed_ii_20", "unusable_volume": "0.5 mL", **device}
    return deliver(build(WEAK, program(), *timeline, until=until, **numbers))


def test_missed_refill() -> None:
    """Low alarm on day 30, dry on day 32.5, empty by calculation on day 33.3."""
    delivery = fast({"at": "35 day", "refill": {"volume": "20 mL"}})
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([30.0])
    assert logged(delivery, "empty_reservoir_alarm") == pytest.approx([20 / 0.6])
    assert logged(delivery, "reservoir_ran_dry") == pytest.approx([32.5])
    assert delivery.evidence[0].expected_mL == pytest.approx(20 - 35 * 0.6)
    assert delivery.evidence[0].found_mL == pytest.approx(0.5)


def test_calculated_volume_is_a_belief_and_passes_below_zero() -> None:
    fill = {"at": "0 day", "fill": {"volume": "3 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(fill, program(), until="30 day"))
    assert delivery.calculated_volume_mL(np.array([30 * DAY])) == pytest.approx([3.0 - 4.5])
    assert delivery.true_volume_mL(np.array([30 * DAY])) == pytest.approx([1.0])


def test_the_pump_counts_what_it_was_told_whatever_leaves_the_reservoir() -> None:
    """Stalled, leaking, flooded: the calculated volume is that of a sound pump."""
    faults = [
        fault("5 day", "motor_stall"),
        fault("2 day", "septum_leak", rate="0.1 mL/day"),
        fault("4 day", "retrograde_csf", volume="3 mL"),
        fault("3 day", "free_flow", volume="2 mL", lasting="1 h"),
    ]
    days = np.linspace(0.0, 59.9, 200)
    sound, broken = deliver(usual()), deliver(usual(*faults))
    np.testing.assert_allclose(
        broken.calculated_volume_mL(days * DAY), sound.calculated_volume_mL(days * DAY)
    )


def test_under_a_curved_programme_the_alarm_comes_when_the_integral_says_so() -> None:
    """From 0 to 1.2 mL/day in 36 days: s²/60 mL in s days."""
    line = {
        "mode": "table",
        "times": ["0 day", "36 day"],
        "rates": ["0 mL/day", "1.2 mL/day"],
        "between": "lines",
    }
    delivery = deliver(build(WEAK, {"at": "0 day", "program": line}, pump="synchromed_ii_20", until="40 day"))
    assert logged(delivery, "low_reservoir_alarm") == pytest.approx([np.sqrt(18 * 60)])
    assert logged(delivery, "empty_reservoir_alarm") == pytest.approx([np.sqrt(20 * 60)])


def test_a_volume_that_comes_to_rest_at_a_mark_has_come_to_it() -> None:
    """Fifteen boluses of 0.08 mL from 1.2 mL, one every three days: nothing is left after the last, but for
    rounding, and not only when the next begins."""
    fill = {"at": "0 day", "fill": {"volume": "1.2 mL", "concentration": "500 ug/mL"}}
    boluses = {"mode": "periodic_bolus", "dose": "40 ug", "every": "3 day", "lasting": "1 h"}
    for day in (0.0, 10.0, 33.3):
        look = {"at": f"{day} day", "interrogate": {}}
        delivery = deliver(build(fill, {"at": "0 day", "program": boluses}, look))
        assert logged(delivery, "empty_reservoir_alarm") == pytest.approx([42 + 1 / DAY])


def test_a_fill_below_the_mark_sounds_at_once() -> None:
    little = {"at": "5 day", "refill": {"volume": "1.5 mL"}}
    assert logged(fast(little, until="6 day"), "low_reservoir_alarm") == pytest.approx([5.0])


def test_the_mark_is_the_pumps_own() -> None:
    assert logged(fast(low_alarm_volume="5 mL"), "low_reservoir_alarm") == pytest.approx([25.0])


def test_a_pump_that_cannot_sound_says_nothing() -> None:
    """The constant flow of 0.5 mL/day empties 20 mL in 40 days."""
    steady = {"at": "0 day", "program": {"mode": "constant_flow"}}
    delivery = deliver(build(WEAK, steady, pump="constant_flow_20", until="50 day"))
    assert delivery.calculated_volume_mL(np.array([45 * DAY])) == pytest.approx([-2.5])
    assert [entry.kind for entry in delivery.log] == ["reservoir_ran_dry"]


def test_stopped_pump_sounds_after_48_hours_and_leaves_no_residual_sign() -> None:
    stop, look = fault("10 day", "pump_stop", lasting="5 day"), {"at": "20 day", "interrogate": {}}
    delivery = deliver(usual(stop, look, until="30 day"))
    assert logged(delivery, "stopped_pump_alarm") == pytest.approx([12.0])
    assert delivery.evidence[0].surplus_mL == pytest.approx(0.0, abs=1e-12)
    assert delivery.evidence[0].programmed_mL == pytest.approx(15 * 0.15)


@pytest.mark.parametrize(("lasting", "alarms"), [("47 h", []), ("49 h", [2.0])])
def test_a_pump_stopped_from_the_start(lasting: str, alarms: list[float]) -> None:
    delivery = deliver(usual(fault("0 day", "pump_stop", lasting=lasting), until="30 day"))
    assert logged(delivery, "stopped_pump_alarm") == pytest.approx(alarms)


def test_a_pump_that_is_not_yet_programmed_is_silent() -> None:
    assert logged(deliver(build(FILL, program("5 day"), until="30 day")), "stopped_pump_alarm") == []


def test_two_stops_in_a_row_are_one() -> None:
    stops = [fault(f"{day} day", "pump_stop", lasting="30 h") for day in (10, 11.25)]
    assert logged(deliver(usual(*stops, until="30 day")), "stopped_pump_alarm") == pytest.approx([12.0])
