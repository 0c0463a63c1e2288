"""What tests read off a delivery, in days and per day."""

from __future__ import annotations

import numpy as np

from itsim.device.delivery import Delivery

DAY = 24.0


def tip(delivery: Delivery, *days: float) -> list[float]:
    """Dose rate at the tip, µg/day."""
    return list(delivery.therapy.catheter.rate(np.array(days) * DAY) * DAY)


def given_ug(delivery: Delivery, from_day: float, until_day: float) -> float:
    """What leaves the tip between two times."""
    integral = delivery.therapy.catheter.integral(np.array([from_day, until_day]) * DAY)
    return float(integral[1] - integral[0])


def pumped_mL(delivery: Delivery, day: float) -> float:
    """What has left the pump by then."""
    return float(delivery.pumped_mL_h.integral(np.array([day * DAY]))[0])


def logged(delivery: Delivery, kind: str) -> list[float]:
    """When the log, or the truth that no sensor sees, says this, in days."""
    return [entry.t_h / DAY for entry in delivery.log if entry.kind == kind]
