"""What a pump can be told: rates, doses, steps, boluses, stops. Complaints in words that repair a file.

*device* holds the pump's numbers and, once a fill has come, the `concentration` in force (µg/mL).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import amount_complaints, time_complaints
from itsim.scenario.kinds import Complaint

DAY_H = 24.0
ROUNDING = 1e-12

NOT_PROGRAMMABLE = Complaint(
    "",
    "cannot be told to this pump, which runs at one fixed flow",
    "write `mode: constant_flow`, or choose a pump that can be programmed",
)
NO_BOLUS = Complaint(
    "",
    "cannot be given by this pump, which runs at one fixed flow",
    "remove it, or choose a pump that can be programmed",
)


def stop_complaints(field: str, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that cannot be stopped."""
    if not device["can_stop"]:
        yield Complaint(
            field,
            "this pump cannot be stopped",
            "write a rate above zero, or choose a pump that can be stopped",
        )


def rate_complaints(field: str, rate_mL_h: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A flow that the pump cannot run; zero is a stopped pump."""
    low, high = device["minimum_rate"], device["maximum_rate"]
    if rate_mL_h == 0.0:
        yield from stop_complaints(field, device)
    elif rate_mL_h < low * (1 - ROUNDING) or rate_mL_h > high * (1 + ROUNDING):
        stopped = " (or 0, stopped)" if device["can_stop"] and low > 0.0 else ""
        sample = min(max(low * DAY_H, 0.175), high * DAY_H)
        yield Complaint(
            field,
            f"this pump runs from {low * DAY_H:g} to {high * DAY_H:g} mL/day{stopped}",
            f"write a rate in that range, such as {sample:g} mL/day",
        )


def dose_complaints(field: str, dose_ug_h: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A dose that is negative, or that the pump cannot give at the concentration in its reservoir."""
    strength = device.get("concentration")
    if dose_ug_h < 0.0:
        yield Complaint(field, "is negative", "write a dose of zero or more, such as 350 ug/day")
    elif dose_ug_h == 0.0:
        yield from stop_complaints(field, device)
    elif strength is not None and strength <= 0.0:
        rule = "cannot be given, for the reservoir holds no drug at that time"
        yield Complaint(field, rule, "fill at a concentration above zero, or program a rate")
    elif strength is not None:
        low, high = (strength * device[name] * DAY_H for name in ("minimum_rate", "maximum_rate"))
        if not low * (1 - ROUNDING) <= dose_ug_h * DAY_H <= high * (1 + ROUNDING):
            rule = f"is outside what this pump can give at {strength:g} ug/mL: {low:g} to {high:g} ug/day"
            hint = "check the unit (per hour is 24 times per day), or fill at another concentration"
            yield Complaint(field, rule, hint)


def last_dose_complaints(dose_ug_h: float, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Of the dose to which a programme of many `steps` leads."""
    for complaint in dose_complaints("steps", dose_ug_h, device):
        rule = f"leads to {dose_ug_h * DAY_H:.4g} ug/day, which {complaint.rule}"
        yield Complaint("steps", rule, "take fewer steps or smaller ones, or fill at another concentration")


def dose_or_rate_complaints(
    prefix: str, daily_dose_ug_h: float | None, rate_mL_h: float | None, device: Mapping[str, float]
) -> Iterator[Complaint]:
    """Of a dose or a flow, whichever was given; *prefix* stands before the field's name."""
    if rate_mL_h is not None:
        yield from rate_complaints(f"{prefix}rate", rate_mL_h, device)
    if daily_dose_ug_h is not None:
        yield from dose_complaints(f"{prefix}daily_dose", daily_dose_ug_h, device)


def steps_complaints(field: str, n_steps: int, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More steps a day than the pump takes."""
    if n_steps > device["max_steps"]:
        most = int(device["max_steps"])
        yield Complaint(field, f"this pump takes at most {most} steps a day", "join neighbouring steps")


def bolus_complaints(
    volume_mL: float | None,
    dose_ug: float | None,
    lasting_h: float,
    device: Mapping[str, float],
    background: float = 0.0,
) -> Iterator[Complaint]:
    """A bolus of nothing, in no time, without drug, or faster than the pump can run with the *background*
    beneath it (mL/h of a volume, µg/h of a dose)."""
    field, size, sample = (
        ("dose", dose_ug, "50 ug") if volume_mL is None else ("volume", volume_mL, "0.05 mL")
    )
    wrong = [*amount_complaints(field, size, sample), *time_complaints("lasting", lasting_h, "10 min")]
    yield from wrong
    if wrong or size is None:
        return
    strength = device.get("concentration", 0.0) if field == "dose" else 1.0
    if strength <= 0.0:
        rule = "cannot be given, for the reservoir holds no drug at that time"
        yield Complaint(field, rule, "fill at a concentration above zero, or write a volume")
    elif (size / lasting_h + background) / strength > device["maximum_rate"] * (1 + ROUNDING):
        most = device["maximum_rate"] * DAY_H
        yield Complaint("lasting", f"is faster than the {most:g} mL/day of this pump", "give it more time")


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
