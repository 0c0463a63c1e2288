"""What a pump can be told: rates, volumes, steps. Complaints in words that repair a scenario file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.scenario.kinds import Complaint

DAY_H = 24.0


def rate_complaints(field: str, rate_mL_h: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A flow that the pump cannot run; zero is a stopped pump and allowed."""
    low, high = device["minimum_rate"], device["maximum_rate"]
    if rate_mL_h < 0.0 or (0.0 < rate_mL_h < low * (1 - 1e-12)) or rate_mL_h > high * (1 + 1e-12):
        yield Complaint(
            field,
            f"this pump runs from {low * DAY_H:g} to {high * DAY_H:g} mL/day (or 0, stopped)",
            f"write a rate in that range, such as {max(low * DAY_H, 0.175):g} mL/day",
        )


def dose_complaints(field: str, dose_ug_h: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A dose that is negative, or that the pump cannot give at the concentration in its reservoir."""
    strength = device.get("concentration")
    if dose_ug_h < 0.0:
        yield Complaint(field, "is negative", "write a dose of zero or more, such as 350 ug/day")
    elif dose_ug_h > 0.0 and strength is not None and strength <= 0.0:
        rule = "cannot be given, for the reservoir holds no drug at that time"
        yield Complaint(field, rule, "fill at a concentration above zero, or program a rate")
    elif dose_ug_h > 0.0 and strength is not None:
        low, high = (strength * device[name] * DAY_H for name in ("minimum_rate", "maximum_rate"))
        if not low * (1 - 1e-12) <= dose_ug_h * DAY_H <= high * (1 + 1e-12):
            rule = f"is outside what this pump can give at {strength:g} ug/mL: {low:g} to {high:g} ug/day"
            hint = "check the unit (per hour is 24 times per day), or fill at another concentration"
            yield Complaint(field, rule, hint)


def volume_complaints(field: str, volume_mL: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A volume that the reservoir cannot hold."""
    capacity = device["reservoir_capacity"]
    if not 0.0 < volume_mL <= capacity:
        yield Complaint(
            field,
            f"the reservoir of this pump holds more than 0 and at most {capacity:g} mL",
            f"write a volume up to {capacity:g} mL, or choose a larger pump",
        )


def concentration_complaints(field: str, concentration_ug_mL: float) -> Iterator[Complaint]:
    """A concentration below zero."""
    if concentration_ug_mL < 0.0:
        yield Complaint(field, "is negative", "write zero or more, such as 2000 ug/mL")
