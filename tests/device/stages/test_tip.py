"""What is lost between the end of the line and the CSF, and what comes back: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.readings import DAY, given_ug, tip
from device.timelines import FILL, build, fault, usual
from itsim.device.delivery import Delivery, deliver

STEADY = {"at": "0 day", "program": {"mode": "simple_continuous", "rate": "0.15 mL/day"}}
WEAKER = {"at": "12 day", "refill": {"volume": "40 mL", "concentration": "500 ug/mL"}}
FRONT = 12 + 0.376 / 0.15
"""When the 500 µg/mL come to the tip: from 300 to 75 µg/day."""


def run(*timeline: dict[str, Any], until: str = "40 day") -> Delivery:
    return deliver(build(FILL, STEADY, *timeline, until=until))


def arrived_ug(from_day: float, until_day: float) -> float:
    """What comes to the end of the line between two times."""
    return 300 * (min(until_day, FRONT) - min(from_day, FRONT)) + 75 * (
        max(until_day, FRONT) - max(from_day, FRONT)
    )


@pytest.mark.parametrize(("kind", "where"), [("leak", "leaked_ug"), ("migration", "sequestered_ug")])
def test_what_does_not_arrive_is_the_share_of_what_comes(kind: str, where: str) -> None:
    """∫(1 − f) D dt, with D that of the line at that time."""
    loss = fault("10 day", kind, **({"end": 0.7} if kind == "leak" else {"reached": 0.3}))
    delivery = run(loss, WEAKER)
    assert delivery.ledger[where] == pytest.approx(0.7 * arrived_ug(10, 40))
    assert delivery.ledger["delivered_ug"] == pytest.approx(arrived_ug(0, 40) - 0.7 * arrived_ug(10, 40))
    assert tip(delivery, 9.99, 10.0, 39.0) == pytest.approx([300.0, 90.0, 22.5])


def test_what_leaks_cannot_be_sequestered() -> None:
    """Of 300, 60 % leak; of the 120 that reach the tip a quarter is sequestered."""
    delivery = run(fault("10 day", "leak", end=0.6), fault("10 day", "migration", reached=0.75))
    assert delivery.ledger["leaked_ug"] == pytest.approx(30 * 180.0)
    assert delivery.ledger["sequestered_ug"] == pytest.approx(30 * 30.0)
    assert tip(delivery, 20.0) == pytest.approx([90.0])


@pytest.mark.parametrize(("share", "lasting_h"), [(1.0, 1.0), (0.4, 30.0)])
def test_a_share_of_all_that_is_sequestered_comes_back(share: float, lasting_h: float) -> None:
    numbers = {"release_after": "7 day", "released": share, "release_lasting": f"{lasting_h} h"}
    delivery = run(fault("10 day", "migration", reached=0.2, **numbers), WEAKER)
    pool = 0.8 * arrived_ug(10, 17)
    end = 17 + lasting_h / DAY
    assert given_ug(delivery, 17, end) == pytest.approx(share * pool + 0.2 * arrived_ug(17, end))
    assert tip(delivery, 16.999, 17.001, end + 0.001) == pytest.approx(
        [0.2 * 75, 0.2 * 75 + share * pool / lasting_h * DAY, 0.2 * 75]
    )
    assert delivery.ledger["sequestered_ug"] == pytest.approx(0.8 * arrived_ug(10, 40) - share * pool)


def test_the_second_release_takes_of_what_the_first_has_left() -> None:
    """Half of the pool on day 15, while it lasts half of the rest on day 16."""
    first = {"release_after": "5 day", "released": 0.5, "release_lasting": "4 day"}
    second = {"release_after": "6 day", "released": 0.5, "release_lasting": "1 h"}
    delivery = deliver(
        usual(
            fault("10 day", "migration", reached=0.0, **first),
            fault("10 day", "migration", reached=1.0, **second),
        )
    )
    assert given_ug(delivery, 15, 16) == pytest.approx(0.5 * 1500 / 4)
    assert given_ug(delivery, 16, 16 + 1 / DAY) == pytest.approx(0.5 * (1800 - 750) + 0.5 * 1500 / 96)
    assert delivery.ledger["sequestered_ug"] == pytest.approx(50 * 300 - 750 - 525)


def test_a_release_that_the_run_does_not_see_to_its_end() -> None:
    numbers = {"release_after": "8 day", "released": 1.0, "release_lasting": "4 day"}
    delivery = deliver(usual(fault("10 day", "migration", reached=0.0, **numbers), until="20 day"))
    assert given_ug(delivery, 18, 20) == pytest.approx(0.5 * 8 * 300)
    assert delivery.ledger["sequestered_ug"] == pytest.approx(10 * 300 - 1200)


@pytest.mark.parametrize("shape", ["linear", "logistic"])
def test_a_course_of_losses_is_integrated_with_the_dose(shape: str) -> None:
    """A granuloma from 1 to 0.2 in 20 days, and the front of the weaker drug within it."""
    delivery = run(fault("5 day", "granuloma", end=0.2, lasting="20 day", shape=shape), WEAKER)
    t = np.linspace(5, 40, 350_001)
    x = np.clip((t - 5) / 20, 0, 1)
    x = (np.tanh(3 * (2 * x - 1)) / np.tanh(3) + 1) / 2 if shape == "logistic" else x
    lost = 0.8 * x * np.where(t < FRONT, 300.0, 75.0)
    expected = np.sum(0.5 * (lost[1:] + lost[:-1]) * np.diff(t))
    assert delivery.ledger["sequestered_ug"] == pytest.approx(expected, rel=1e-5)


def test_a_new_catheter_ends_the_losses_and_not_the_release() -> None:
    numbers = {"reached": 0.5, "release_after": "10 day", "released": 1.0}
    delivery = deliver(
        usual(fault("10 day", "migration", **numbers), {"at": "12 day", "replace_catheter": {}})
    )
    assert tip(delivery, 11.999, 12.0) == pytest.approx([150.0, 300.0])
    assert given_ug(delivery, 20, 20 + 1 / DAY) == pytest.approx(300 + 300 / DAY)
    assert delivery.ledger["sequestered_ug"] == pytest.approx(0.0, abs=1e-8)
