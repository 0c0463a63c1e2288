"""Scenarios of which the referee is asked: every kind that changes delivery, and how they meet."""

from __future__ import annotations

from typing import Any

from device.timelines import DRIFTS, FILL, FLEX, REFILL, STALLS, SWAP, TABLE, build, fault, program, usual
from itsim.scenario import Scenario

WEAK_FILL = {"at": "0 day", "fill": {"volume": "4 mL", "concentration": "500 ug/mL"}}
WEAK_REFILL = {"at": "9 day", "refill": {"volume": "20 mL"}}


def at(day: float, **what: Any) -> dict[str, Any]:
    return {"at": f"{day} day", **what}


def brief(*timeline: dict[str, Any], **more: Any) -> Scenario:
    """A full pump at 300 µg/day for 20 days."""
    return usual(*timeline, until="20 day", **more)


def steady(*timeline: dict[str, Any], rate: str = "0.6 mL/day", **more: Any) -> Scenario:
    """The same at a flow, which no concentration changes."""
    told = at(0, program={"mode": "simple_continuous", "rate": rate})
    return build(FILL, told, *timeline, until="20 day", **more)


ROOMY = {"compliance": "0.002 mL/mmHg"}
"""A line that takes up 1 mL at 500 mmHg."""
NIGHTS = {"posture": "nightly", "from": "22.3 h", "lasting": "6.1 h", "days": 12}
SPELLS = {"posture": "random", "mean_blocked": "15 h", "mean_free": "30 h", "lasting": "15 day", "seed": 6}
BRIDGE = {"volume": "30 mL", "concentration": "500 ug/mL"}
WRONG_BRIDGE = {"old_concentration": "1000 ug/mL", "bridge_volume": "0.5 mL", "daily_dose": "300 ug/day"}

REFEREED: dict[str, Scenario] = {
    "stop": usual(fault("5.03 day", "pump_stop", lasting="70 h"), until="30 day"),
    "stall, unprimed replacement": usual(fault("5.03 day", "motor_stall"), SWAP, until="30 day"),
    "table of steps": build(FILL, {"at": "0.13 day", "program": TABLE}, until="30 day"),
    "table of lines": build(
        FILL, {"at": "0 day", "program": {**TABLE, "between": "lines"}}, REFILL, until="30 day"
    ),
    "flex": build(FILL, {"at": "0 day", "program": FLEX}, REFILL, until="30 day"),
    "intermittent": usual(fault("5.03 day", "motor_stall_intermittent", **STALLS), REFILL, until="30 day"),
    "new concentration": usual(REFILL, until="30 day"),
    "empty": build(WEAK_FILL, program(), WEAK_REFILL, until="20 day", flow_bias=0.1),
    "taper": build(WEAK_FILL, program(), WEAK_REFILL, until="20 day", taper_volume="2 mL"),
    "taper under a curve": build(
        WEAK_FILL,
        program(),
        fault("1 day", "gain_drift", **DRIFTS["linear"]),
        until="20 day",
        taper_volume="2 mL",
    ),
    "primed in part, empty line": build(
        FILL, program(), {"at": "1.01 day", "prime": {"volume": "0.1 mL"}}, until="10 day", history=False
    ),
    "two declines at once": usual(
        fault("2.2 day", "gain_drift", **DRIFTS["exponential"]),
        fault("4.1 day", "gain_drift", **DRIFTS["logistic"]),
        until="30 day",
    ),
    "profile": usual(
        fault("2.2 day", "gain_profile", times=["0 day", "5 day", "11 day"], gains=[1.0, 0.3, 1.3]),
        until="30 day",
    ),
    **{
        f"{name} drift": usual(fault("5.03 day", "gain_drift", **numbers), SWAP, REFILL, until="30 day")
        for name, numbers in DRIFTS.items()
    },
    "block and burst": steady(fault("5.03 day", "occlusion", lasting="31 h", **ROOMY)),
    "block that overflows": steady(fault("5.03 day", "occlusion", lasting="70 h", block=0.7, **ROOMY)),
    "block that slips": steady(
        fault("5.03 day", "occlusion", lasting="70 h", overflow="slip", released=0.4, **ROOMY)
    ),
    "refill in the midst of a block": steady(
        fault("5.03 day", "occlusion", lasting="70 h", block=0.8, release_lasting="30 h", **ROOMY),
        at(6.01, refill={"volume": "30 mL", "concentration": "500 ug/mL"}),
    ),
    "blocks that close slowly": steady(
        fault("3.03 day", "occlusion", lasting="5 day", onset="linear", onset_lasting="4 day", **ROOMY),
        fault("10.04 day", "occlusion", onset="logistic", onset_lasting="3 day", overflow="slip", **ROOMY),
    ),
    "two blocks at once": steady(
        fault("5.03 day", "occlusion", lasting="50 h", block=0.5, released=0.2, **ROOMY),
        fault("6.07 day", "occlusion", lasting="50 h", block=0.6, compliance="0.003 mL/mmHg"),
    ),
    "a block that a new catheter ends": steady(
        fault("5.03 day", "occlusion", **ROOMY), at(7.02, replace_catheter={"prime": False})
    ),
    "a block while the reservoir runs dry": build(
        WEAK_FILL,
        program(),
        fault("2.03 day", "occlusion", lasting="7 day", block=0.9, **ROOMY),
        until="20 day",
        taper_volume="1 mL",
    ),
    "nights": steady(fault("3.2 day", "occlusion_positional", **NIGHTS, **ROOMY)),
    "spells beside a block": steady(
        fault("3.2 day", "occlusion_positional", **SPELLS, compliance="0.003 mL/mmHg", released=0.5),
        fault("6.03 day", "occlusion", lasting="60 h", block=0.4, **ROOMY),
        at(8.04, refill={"volume": "30 mL", "concentration": "500 ug/mL"}),
    ),
    "leak of the septum, dry": build(
        WEAK_FILL,
        program(),
        fault("1.04 day", "septum_leak", rate="0.3 mL/day", lasting="12 day"),
        WEAK_REFILL,
        until="20 day",
    ),
    "leak of the septum below a taper": build(
        WEAK_FILL,
        program(),
        fault("1.04 day", "septum_leak", rate="0.3 mL/day"),
        fault("2.1 day", "gain_drift", **DRIFTS["linear"]),
        until="20 day",
        taper_volume="2 mL",
    ),
    "backflow into the line": steady(fault("5.03 day", "retrograde_csf", volume="0.2 mL")),
    "backflow into the reservoir": steady(
        at(4.61, refill={"volume": "38 mL", "concentration": "500 ug/mL"}),
        fault("4.92 day", "retrograde_csf", volume="9 mL"),
    ),
    "backflow into a block": steady(
        fault("5.03 day", "occlusion", lasting="60 h", **ROOMY),
        at(6.01, refill={"volume": "30 mL", "concentration": "500 ug/mL"}),
        fault("6.52 day", "retrograde_csf", volume="0.7 mL"),
    ),
    "reset and boluses": brief(
        at(4.01, bolus={"dose": "100 ug", "lasting": "3 h"}),
        fault("5.03 day", "battery_reset", rate="0.02 mL/day", lasting="5 day"),
        at(6.01, bolus={"volume": "0.1 mL", "lasting": "3 h"}),
        fault("12.04 day", "battery_reset", rate="0.02 mL/day"),
        at(14.02, program={"mode": "simple_continuous", "daily_dose": "450 ug/day"}),
        fault("16.05 day", "battery_reset", rate="0.02 mL/day"),
        fault("17.06 day", "pump_stop", lasting="20 h"),
        flow_bias=-0.1,
    ),
    "a bolus that a new pump ends": brief(
        at(5.02, bolus={"volume": "0.3 mL", "lasting": "2 day"}),
        at(6.03, replace_pump={"volume": "20 mL"}),
        at(6.5, bolus={"volume": "0.1 mL", "lasting": "1 day"}),
    ),
    "free flow during a stall": brief(
        fault("5.03 day", "motor_stall"), fault("7.1 day", "free_flow", volume="1.5 mL", lasting="9 h")
    ),
    "open valves": build(
        {"at": "0 day", "fill": {"volume": "18 mL", "concentration": "500 ug/mL"}},
        program(),
        fault("3.01 day", "valve_opening", lasting="40 min"),
        at(5.02, refill={"volume": "18 mL"}),
        fault("7.03 day", "valve_opening", lasting="3 min", safety_valve=True, reset_after="31 h"),
        until="20 day",
        pump="prometra_ii_20",
    ),
    "scans": brief(
        fault("3.01 day", "mri_stall", scan="1 h", delay="7 h"),
        fault("6.02 day", "mri_stall", scan="1 h", latched=True, interrogate_after="48 h"),
        fault("10.03 day", "mri_stall", scan="1 h", latched=True),
        at(12.04, refill={"volume": "20 mL"}),
        fault("14.05 day", "mri_stall", scan="1 h", latched=True),
        fault("15.01 day", "reservoir_empty", lasting="2 day"),
        at(15.06, refill={"volume": "20 mL"}),
        at(17.07, interrogate={"aspirate": False}),
    ),
    "over-infusion": brief(
        fault(
            "2.03 day",
            "overinfusion",
            gain=1.2,
            drift="2 1/month",
            jumps=[{"after": "4 day", "factor": 1.3}],
            most=2.1,
        )
    ),
    "battery and memory": brief(
        fault("2.03 day", "battery_eri", grace="3 day"),
        at(7.04, replace_pump={"volume": "20 mL"}),
        fault("9.05 day", "memory_error", critical=True),
        at(12.06, replace_pump={"volume": "20 mL", "concentration": "500 ug/mL"}),
        fault("15.07 day", "battery_eos"),
    ),
    "programmed wrong": brief(
        fault("2.03 day", "programming_error", steps=FLEX["steps"], lasting="4 day"),
        fault("9.05 day", "programming_error", daily_dose="900 ug/day", lasting="50 h"),
        at(10.01, program={"mode": "minimum_rate", "lasting": "30 h"}),
        at(13.02, program={"mode": "stopped", "lasting": "40 h"}),
    ),
    "visits gone wrong": brief(
        fault("3.03 day", "refill_wrong_concentration", volume="20 mL", true_concentration="500 ug/mL"),
        fault("7.04 day", "underfill", volume="2 mL", claimed_volume="20 mL", concentration="1000 ug/mL"),
        fault("12.05 day", "pocket_fill", volume="9 mL", pocket_volume="7.2 mL", concentration="1000 ug/mL"),
    ),
    "visits that are missed": build(
        WEAK_FILL,
        program(),
        fault("3.03 day", "reservoir_empty", lasting="9 day"),
        at(5.04, refill={"volume": "20 mL"}),
        fault("8.05 day", "bridge_bolus_wrong", **BRIDGE, **WRONG_BRIDGE),
        at(13.06, refill={"volume": "20 mL"}),
        until="20 day",
    ),
    "bridges": brief(
        at(3.03, refill={"volume": "30 mL", "concentration": "500 ug/mL"}),
        at(
            3.03,
            program={"mode": "bridge_bolus", "daily_dose": "300 ug/day", "old_concentration": "2000 ug/mL"},
        ),
        fault("8.04 day", "bridge_bolus_missing", volume="20 mL", concentration="2000 ug/mL"),
        fault("13.05 day", "bridge_bolus_wrong", **BRIDGE, **WRONG_BRIDGE),
    ),
    "lines": steady(
        fault("2.03 day", "air_in_line", volume="0.05 mL"),
        fault("4.04 day", "prime_missing", volume="0.2 mL"),
        fault("6.05 day", "prime_wrong", given="0.5 mL", lasting="9 h"),
        at(9.06, priming_bolus={"lasting": "5 h"}),
        rate="0.2 mL/day",
    ),
    "explanted and implanted again": brief(
        fault("2.03 day", "leak", end=0.5),
        at(4.04, explant={}),
        at(8.05, replace_pump={"catheter": True, "prime": False, "volume": "20 mL"}),
    ),
    "leaks": brief(
        fault("2.03 day", "leak", end=0.6, onset="exponential", tau="3 day"),
        fault(
            "5.04 day",
            "leak",
            end=0.5,
            onset="intermittent",
            lasting="9 day",
            mean_leaking="9 h",
            mean_tight="20 h",
        ),
        fault("16.05 day", "disconnection"),
    ),
    "migrations": brief(
        fault(
            "2.03 day",
            "migration",
            reached=0.2,
            lasting="4 day",
            release_after="9 day",
            release_lasting="20 h",
        ),
        fault("4.04 day", "granuloma", end=0.4, lasting="9 day", shape="logistic"),
        at(14.05, replace_catheter={}),
    ),
    "periodic boluses": build(
        FILL,
        at(
            0.1,
            program={
                "mode": "periodic_bolus",
                "dose": "60 ug",
                "every": "31 h",
                "lasting": "5 h",
                "daily_dose": "100 ug/day",
            },
        ),
        until="20 day",
    ),
    "week": build(
        FILL,
        at(
            0,
            program={
                "mode": "day_schedule",
                "first_day": "friday",
                "schedules": [
                    {
                        "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                        "steps": FLEX["steps"][:3],
                    },
                    {"days": ["saturday", "sunday"], "steps": [{"from": "0 h", "daily_dose": "150 ug/day"}]},
                ],
            },
        ),
        until="20 day",
    ),
    "taper, stop, titration": build(
        FILL,
        at(
            0,
            program={
                "mode": "taper",
                "daily_dose": "600 ug/day",
                "change": 0.3,
                "steps": 3,
                "every": "31 h",
                "stop": True,
            },
        ),
        at(
            8.05,
            program={
                "mode": "titration",
                "daily_dose": "200 ug/day",
                "change": 0.2,
                "steps": 4,
                "most": "380 ug/day",
            },
        ),
        until="20 day",
    ),
    "patient's boluses": brief(
        at(
            3.03,
            patient_bolus={
                "dose": "60 ug",
                "lasting": "3 h",
                "requests": ["0 h", "3.5 h", "9 h", "15 h", "22 h", "40 h"],
                "lockout": "5 h",
                "most_per_day": 3,
            },
        )
    ),
    "fixed flow": build(
        {"at": "0 day", "fill": {"volume": "9 mL", "concentration": "500 ug/mL"}},
        at(0, program={"mode": "constant_flow"}),
        fault("4.03 day", "septum_leak", rate="0.1 mL/day"),
        fault("8.04 day", "occlusion", lasting="2 day", **ROOMY),
        until="20 day",
        pump="constant_flow_20",
    ),
    "triggers": steady(
        fault("1.02 day", "pump_stop", lasting="1 day", after_volume="1.1 mL"),
        fault("1.02 day", "leak", end=0.5, after_volume="2.3 mL"),
        fault("0 day", "retrograde_csf", volume="0.3 mL", after_volume="5 mL"),
        fault("2 day", "gain_profile", times=["0 day"], gains=[0.5], hazard="0.1 1/day", seed=3),
    ),
}
