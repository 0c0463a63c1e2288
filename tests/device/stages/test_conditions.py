"""The patient's own course as factors on the response: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY
from device.timelines import fault, usual
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver


def factor(delivery: Delivery, what: str, *days: float) -> Array:
    return delivery.therapy.conditions[what].rate(np.array(days) * DAY)


def stimulus(at: float, size: float, lasting: str) -> dict[str, Any]:
    return {"at": f"{at} day", "noxious_stimulus": {"factor": size, "lasting": lasting, "cause": "infection"}}


def test_a_stimulus_is_there_for_its_time() -> None:
    delivery = deliver(usual(stimulus(5, 1.6, "4 day")))
    np.testing.assert_allclose(factor(delivery, "spasticity", 4.999, 5.0, 8.999, 9.0), [1.0, 1.6, 1.6, 1.0])
    assert set(delivery.therapy.conditions) == {"spasticity"}


@pytest.mark.parametrize(
    ("event", "what"), [("disease_progression", "spasticity"), ("tolerance_drift", "potency")]
)
def test_a_course_is_a_line_and_then_stays(event: str, what: str) -> None:
    delivery = deliver(usual({"at": "5 day", event: {"factor": 3.0, "lasting": "20 day"}}))
    np.testing.assert_allclose(factor(delivery, what, 5.0, 10.0, 25.0, 59.0), [1.0, 1.5, 3.0, 3.0])


def test_factors_of_one_condition_multiply_and_of_two_do_not_mix() -> None:
    """A line to 3 and a stimulus of 1.5 in it; tolerance beside them."""
    line = {"at": "5 day", "disease_progression": {"factor": 3.0, "lasting": "20 day"}}
    drift = {"at": "10 day", "tolerance_drift": {"factor": 0.5, "lasting": "10 day"}}
    delivery = deliver(usual(line, stimulus(12, 1.5, "3 day"), drift))
    np.testing.assert_allclose(factor(delivery, "spasticity", 11.0, 13.0, 16.0), [1.6, 1.8 * 1.5, 2.1])
    np.testing.assert_allclose(factor(delivery, "potency", 9.0, 15.0, 30.0), [1.0, 0.75, 0.5])


def test_they_change_no_delivery_and_the_twin_has_none() -> None:
    line = {"at": "5 day", "disease_progression": {"factor": 3.0, "lasting": "20 day"}}
    with_it, without = deliver(usual(line)), deliver(usual())
    np.testing.assert_array_equal(with_it.therapy.catheter.rows, without.therapy.catheter.rows)
    assert with_it.ledger == without.ledger
    assert dict(with_it.intended.conditions) == {}
    assert dict(without.therapy.conditions) == {}


def test_no_device_is_part_of_them() -> None:
    """A new pump and a new catheter cure nobody."""
    swaps = [{"at": "7 day", "replace_pump": {}}, {"at": "8 day", "replace_catheter": {}}]
    delivery = deliver(usual(stimulus(5, 1.6, "40 day"), fault("6 day", "motor_stall"), *swaps))
    np.testing.assert_allclose(factor(delivery, "spasticity", 6.0, 30.0), [1.6, 1.6])
