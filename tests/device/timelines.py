"""Scenarios for the tests of the device, as short as they can be written."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from itsim.catalogue import catalogue
from itsim.scenario import Scenario, from_mapping

FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}


def program(at: str = "0 day", dose: str = "300 ug/day") -> dict[str, Any]:
    return {"at": at, "program": {"mode": "simple_continuous", "daily_dose": dose}}


def fault(at: str, kind: str, **numbers: Any) -> dict[str, Any]:
    return {"at": at, "fault": {"kind": kind, **numbers}}


def build(*timeline: dict[str, Any], until: str = "60 day", history: bool = True, **device: Any) -> Scenario:
    """A scenario of an 80 cm catheter (0.376 mL with the tubing) on a 40 mL pump unless told otherwise."""
    data: dict[str, Any] = {
        "itsim": 1,
        "title": "A test of the device",
        "patient": {"preset": "adult", "tip": "T10"},
        "body": "neuraxis",
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
RATES = ["0 ug/day", "100 ug/day", "300 ug/day", "900 ug/day"]


def days(highest: float) -> st.SearchStrategy[str]:
    """Times on the instants where things meet, and between them."""
    minutes = st.integers(0, int(highest) - 1).map(lambda day: day * 1440) | st.integers(
        0, int(highest) * 1440 - 1
    )
    return minutes.map(lambda minute: f"{minute / 1440!r} day")


def programs(at: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    simple = st.sampled_from(RATES).map(lambda dose: {"mode": "simple_continuous", "daily_dose": dose})
    flow = st.sampled_from([0.0, 0.05, 0.6, 3.0]).map(
        lambda rate: {"mode": "simple_continuous", "rate": f"{rate} mL/day"}
    )
    lines = st.sampled_from(["steps", "lines"]).map(lambda between: {**TABLE, "between": between})
    return st.builds(lambda at, what: {"at": at, "program": what}, at, simple | flow | lines | st.just(FLEX))


def faults(at: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.one_of(
        st.just({"kind": "motor_stall"}),
        st.just({"kind": "motor_stall", "alarm_latency": "10 day"}),
        st.just({"kind": "pump_stop"}),
        st.sampled_from(["5 h", "60 h", "200 day"]).map(lambda t: {"kind": "pump_stop", "lasting": t}),
        st.integers(1, 99).map(lambda seed: {"kind": "motor_stall_intermittent", **STALLS, "seed": seed}),
        st.sampled_from(sorted(DRIFTS)).map(lambda shape: {"kind": "gain_drift", **DRIFTS[shape]}),
        st.sampled_from(["steps", "lines"]).map(
            lambda between: {
                "kind": "gain_profile",
                "times": ["0 day", "2 day", "9 day"],
                "gains": [1.0, 0.3, 1.2],
                "between": between,
            }
        ),
    )
    return st.builds(lambda at, what: {"at": at, "fault": what}, at, kinds)


def visits(at: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    some = st.sampled_from(["0.7 mL", "3 mL", "20 mL", "40 mL"])
    strength = st.sampled_from(["500 ug/mL", "2000 ug/mL"])
    return st.one_of(
        st.builds(lambda a, v: {"at": a, "refill": {"volume": v}}, at, some),
        st.builds(lambda a, v, c: {"at": a, "refill": {"volume": v, "concentration": c}}, at, some, strength),
        st.builds(lambda a, p: {"at": a, "replace_pump": {"prime": p}}, at, st.booleans()),
        st.builds(lambda a, v: {"at": a, "prime": v}, at, st.sampled_from([{}, {"volume": "0.1 mL"}])),
        st.builds(lambda a: {"at": a, "interrogate": {}}, at),
    )


def random_timelines(highest_days: float = 60.0) -> st.SearchStrategy[list[dict[str, Any]]]:
    """1 to 4 faults, programmes of all modes, fills, replacements, primes and interrogations."""
    at = days(highest_days)

    entries = st.tuples(
        st.lists(faults(at), min_size=1, max_size=4),
        st.lists(programs(at), max_size=3),
        st.lists(visits(at), max_size=5),
    ).map(lambda groups: one_of_a_kind_at_a_time([entry for group in groups for entry in group]))
    start = st.sampled_from(["3 mL", "20 mL", "40 mL"]).map(
        lambda volume: {"at": "0 day", "fill": {"volume": volume, "concentration": "2000 ug/mL"}}
    )
    return st.builds(lambda fill, rest: [fill, program(), *rest], start, entries)


def one_of_a_kind_at_a_time(timeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the loader would refuse is left out: two alike at one instant, two fills at one instant."""
    seen, kept = {(0.0, "fluid")}, []
    for entry in timeline:
        verb = next(key for key in entry if key != "at")
        kind = entry[verb].get("mode") or entry[verb].get("kind") or verb
        mark = (float(entry["at"].split()[0]), "fluid" if verb in ("refill", "replace_pump") else kind)
        if mark not in seen:
            seen.add(mark)
            kept.append(entry)
    return kept


def devices() -> st.SearchStrategy[dict[str, Any]]:
    """Numbers of the hardware that change the walk."""
    return st.fixed_dictionaries(
        {
            "unusable_volume": st.sampled_from(["0.01 mL", "0.5 mL", "1 mL"]),
            "taper_volume": st.sampled_from(["0 mL", "2 mL"]),
            "flow_bias": st.sampled_from([-0.145, 0.0, 0.1]),
        }
    )
