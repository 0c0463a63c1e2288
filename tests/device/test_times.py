"""When entries begin and when those that last have ceased to act."""

from __future__ import annotations

import math

import pytest

from device.timelines import fault, usual
from itsim.device.delivery import deliver

LEAK = {"at": "3 day", "csf_leak": {"level": "L3/4", "flow": "6 mL/h", "lasting": "4 day"}}
SWAP = {"at": "20 day", "replace_pump": {"prime": True}}


@pytest.mark.parametrize(
    ("timeline", "end_h"),
    [
        ([LEAK], 168.0),
        ([{"at": "3 day", "csf_leak": {"level": "L3/4", "flow": "6 mL/h"}}], math.inf),
        ([fault("3 day", "programming_error", daily_dose="600 ug/day", lasting="5 day")], 192.0),
        ([fault("3 day", "motor_stall")], math.inf),
        ([fault("3 day", "motor_stall"), SWAP], 480.0),
    ],
    ids=["leak", "leak for good", "wrong programme", "stall", "stall until the pump is replaced"],
)
def test_what_lasts_ends_by_itself_or_with_its_part(timeline, end_h):
    delivery = deliver(usual(*timeline))
    assert delivery.begins_h[2] == 72.0
    assert delivery.ends_h[2] == end_h


def test_what_is_therapy_or_acts_at_once_has_no_end():
    bolus = {"at": "2 day", "bolus": {"dose": "20 ug", "lasting": "10 min"}}
    tablet = {"at": "2 day", "oral_dose": {"dose": "10 mg"}}
    assert deliver(usual(bolus, tablet)).ends_h == {}
