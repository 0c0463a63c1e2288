"""Scenarios for the tests of the device, as short as they can be written."""

from __future__ import annotations

from typing import Any

from itsim.catalogue import catalogue
from itsim.scenario import Scenario, from_mapping

FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}


def program(at: str = "0 day", dose: str = "300 ug/day") -> dict[str, Any]:
    return {"at": at, "program": {"mode": "simple_continuous", "daily_dose": dose}}


def fault(at: str, kind: str, **numbers: Any) -> dict[str, Any]:
    return {"at": at, "fault": {"kind": kind, **numbers}}


def build(
    *timeline: dict[str, Any],
    until: str = "60 day",
    history: bool = True,
    body: str = "neuraxis",
    **device: Any,
) -> Scenario:
    """A scenario of an 80 cm catheter (0.376 mL with the tubing) on a 40 mL pump unless told otherwise."""
    data: dict[str, Any] = {
        "itsim": 1,
        "title": "A test of the device",
        "patient": {"preset": "adult", "tip": "T10"},
        "body": body,
        "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm", **device},
        "timeline": list(timeline),
        "until": until,
    }
    if history:
        data["history"] = {"daily_dose": "300 ug/day", "lasting": "10 month"}
    return from_mapping(data, "test", catalogue())


def usual(*timeline: dict[str, Any], **more: Any) -> Scenario:
    """A full pump at 300 µg/day of 2000 µg/mL, which is 0.15 mL/day, and what is added."""
    return build(FILL, program(), *timeline, **more)


FLEX = {
    "mode": "time_stepped",
    "steps": [
        {"from": f"{h} h", "daily_dose": f"{150 + 40 * (i % 5)} ug/day"}
        for i, h in enumerate(range(0, 24, 3))
    ],
}
TABLE = {
    "mode": "table",
    "times": ["0 day", "3.3 day", "10 day", "17.2 day"],
    "rates": ["0.15 mL/day", "0.6 mL/day", "0 mL/day", "0.3 mL/day"],
}
DRIFTS: dict[str, dict[str, Any]] = {
    "linear": {"shape": "linear", "end": 0.2, "lasting": "20 day"},
    "exponential": {"shape": "exponential", "end": 0.1, "tau": "7 day"},
    "logistic": {"shape": "logistic", "end": 0.0, "lasting": "20 day"},
    "steps": {"shape": "steps", "steps": [{"after": "0 h", "gain": 0.75}, {"after": "6.5 day", "gain": 0.4}]},
}
STALLS = {"mean_on": "30 h", "mean_off": "8 h", "growth": "0.02 1/day", "lasting": "20 day", "seed": 3}
REFILL = {"at": "12.31 day", "refill": {"volume": "38 mL", "concentration": "500 ug/mL"}}
SWAP = {"at": "20.17 day", "replace_pump": {"prime": False}}
