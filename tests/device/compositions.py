"""Random compositions that the loader takes: a programme, faults of every kind, and what is done about them.

Numbers are written as in a file and chosen so that every pump and every concentration in use can do what is
asked of it. What the loader would still refuse (two alike, two visits at one instant) is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from device.timelines import build
from itsim.catalogue import catalogue
from itsim.scenario import Scenario, ScenarioError

Numbers = dict[str, Any]
Kinds = dict[str, list[st.SearchStrategy[Numbers]]]
"""The numbers that each kind may have, in one or more forms."""

PUMPS = ("synchromed_ii_40", "synchromed_ii_20", "synchromed_el_18", "prometra_ii_20", "constant_flow_20")
CATHETERS = ("ascenda", "indura", "flowonix")
FIXED_FLOW, VALVES, RUNS_ON = "constant_flow_20", "prometra_ii_20", "synchromed_el_18"

STRENGTHS = ("500 ug/mL", "1000 ug/mL", "2000 ug/mL")
DOSES = ("200 ug/day", "300 ug/day", "450 ug/day", "900 ug/day")
RATES = ("0.1 mL/day", "0.4 mL/day", "3 mL/day")
VOLUMES = ("1.2 mL", "3 mL", "10 mL", "18 mL")
SHORT, LONG = ("20 min", "1 h"), ("7 h", "50 h", "9 day", "200 day")
SHARES = (0.0, 0.3, 0.9, 1.0)
VISITS = {"fill", "refill", "replace_pump", "explant", "underfill", "refill_wrong_concentration"}
VISITS |= {"pocket_fill", "bridge_bolus_missing", "bridge_bolus_wrong"}
UNTRIGGERED = "nightly"
TRIGGERS: list[Numbers] = [
    {},
    {},
    {"hazard": "0.1 1/day", "seed": 5},
    {"hazard": "2 1/day", "seed": 9},
    {"after_volume": "0.05 mL"},
    {"after_volume": "2.2 mL"},
]


def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def of(**numbers: Any) -> st.SearchStrategy[Numbers]:
    """Each number from its strategy or as it is; one whose strategy gives None is left out."""
    strategies = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in numbers.items()}
    return st.fixed_dictionaries(strategies).map(lambda d: {k: v for k, v in d.items() if v is not None})


def any_of(known: Kinds) -> st.SearchStrategy[tuple[str, Numbers]]:
    """A kind and its numbers; every kind as likely as another."""
    return st.one_of(*(st.tuples(st.just(kind), st.one_of(*forms)) for kind, forms in known.items()))


@cache
def times(highest_days: float) -> st.SearchStrategy[str]:
    """Instants where things meet, and between them, to the minute."""
    days = int(highest_days)
    minutes = st.integers(0, days - 1).map(lambda day: day * 1440) | st.integers(0, days * 1440 - 1)
    return minutes.map(lambda minute: f"{minute / 1440!r} day")


# ---- programmes


def days_of_steps(sort: str, values: tuple[str, ...]) -> st.SearchStrategy[list[Numbers]]:
    """Up to six steps of a day, all doses or all rates."""
    hours = st.sets(st.integers(1, 23), max_size=5).map(lambda found: [0, *sorted(found)])
    levels = st.lists(one(*values), min_size=6, max_size=6)
    return st.builds(
        lambda hours, levels: [{"from": f"{h} h", sort: v} for h, v in zip(hours, levels, strict=False)],
        hours,
        levels,
    )


DAYS = days_of_steps("daily_dose", DOSES), days_of_steps("rate", RATES)


def weeks(day: st.SearchStrategy[list[Numbers]]) -> st.SearchStrategy[list[Numbers]]:
    work, rest = ["monday", "tuesday", "wednesday", "thursday", "friday"], ["saturday", "sunday"]
    return st.builds(lambda a, b: [{"days": work, "steps": a}, {"days": rest, "steps": b}], day, day)


def programmes_of(pump: str) -> Kinds:
    """Every mode of this pump."""
    if pump == FIXED_FLOW:
        return {"constant_flow": [of()]}
    points = {"times": ["0 day", "3.3 day", "10 day"], "between": one("steps", "lines")}
    often = {"every": one("2 h", "11 h", "3 day"), "lasting": one("15 min", "1 h")}
    three = {"min_size": 3, "max_size": 3}
    known: Kinds = {
        "simple_continuous": [of(daily_dose=one(*DOSES)), of(rate=one("0 mL/day", *RATES))],
        "time_stepped": [of(steps=day) for day in DAYS],
        "day_schedule": [of(first_day=one("monday", "saturday"), schedules=weeks(day)) for day in DAYS],
        "table": [
            of(rates=st.lists(one(*RATES), **three), **points),
            of(daily_doses=st.lists(one(*DOSES), **three), **points),
        ],
        "periodic_bolus": [
            of(dose="40 ug", daily_dose=one(None, *DOSES), **often),
            of(volume="0.03 mL", rate=one(None, *RATES), **often),
        ],
        "stopped": [of(lasting=one(None, "5 h", "60 h"))],
        "taper": [
            of(daily_dose="600 ug/day", change=0.3, steps=2, every=one(None, "2 day"), stop=one(True, False))
        ],
        "titration": [of(daily_dose=one(*DOSES), change=0.2, steps=3, every=one(None, "3 day"))],
        "bridge_bolus": [
            of(daily_dose=one(*DOSES), old_concentration=one(*STRENGTHS), volume=one(None, "0.2 mL"))
        ],
    }
    return known if pump == VALVES else known | {"minimum_rate": [of(lasting=one(None, "30 h"))]}


# ---- faults


def faults_of(pump: str) -> Kinds:
    """Every fault that this pump can have."""
    known = of_the_flow() | of_the_reservoir() | of_the_catheter(pump)
    if pump == FIXED_FLOW:
        return known
    known |= of_programmed_pumps()
    known |= of_valves() if pump == VALVES else of_rotors()
    return known if pump == RUNS_ON else known | {"battery_eos": [of()]}


def of_the_flow() -> Kinds:
    steps = [{"after": "0 h", "gain": 0.8}, {"after": "3 day", "gain": 0.2}]
    return {
        "gain_drift": [
            of(shape=one("linear", "logistic"), end=one(*SHARES), lasting=one(*LONG)),
            of(shape="exponential", end=one(*SHARES), tau=one(*LONG)),
            of(shape="steps", steps=steps),
        ],
        "gain_profile": [
            of(times=["0 day", "2 day", "9 day"], gains=[1.0, 0.3, 1.2], between=one("steps", "lines"))
        ],
        "overinfusion": [
            of(
                gain=1.3,
                drift=one(None, "0.6 1/month"),
                jumps=[{"after": "4 day", "factor": 1.3}],
                most=one(None, 1.6),
            )
        ],
        "free_flow": [of(volume=one("0.1 mL", "5 mL"), lasting=one(*SHORT))],
    }


def of_the_reservoir() -> Kinds:
    lasting, told = one(None, *LONG), one(None, *STRENGTHS)
    refilled = {"volume": one(*VOLUMES), "concentration": one(*STRENGTHS)}
    wrong = one("0 ug/mL", "300 ug/mL", "1500 ug/mL")
    return {
        "reservoir_empty": [of(lasting=lasting)],
        "underfill": [of(volume=one("0 mL", "5 mL"), claimed_volume="15 mL", concentration=told)],
        "refill_wrong_concentration": [
            of(volume=one(*VOLUMES), true_concentration=wrong, concentration=told)
        ],
        "pocket_fill": [of(pocket_volume=one("0.2 mL", "1.2 mL"), spill=one(None, 0.1), **refilled)],
        "bridge_bolus_missing": [of(**refilled)],
        "septum_leak": [of(rate=one("0.05 mL/day", "2 mL/day"), lasting=lasting)],
        "retrograde_csf": [of(volume=one("0.1 mL", "3 mL"))],
    }


def of_the_catheter(pump: str) -> Kinds:
    blocked = {
        "block": one(*SHARES),
        "compliance": one(None, "0 mL/mmHg", "0.002 mL/mmHg"),
        "overflow": one("relief") if pump in (FIXED_FLOW, VALVES) else one("relief", "slip"),
        "released": one(1.0, 0.4, 0.0),
        "release_lasting": one("20 min", "30 h"),
    }
    night = {"from": one("1 h", "22 h"), "lasting": "6 h", "days": 9}
    spell = {"lasting": one(*LONG), "mean_blocked": "6 h", "mean_free": "20 h"}
    back = {"released": one(*SHARES), "release_lasting": one("1 h", "9 day")}
    return {
        "occlusion": [
            of(lasting=one(None, *LONG), **blocked),
            of(
                lasting=one(None, *LONG), onset=one("linear", "logistic"), onset_lasting=one(*LONG), **blocked
            ),
        ],
        "occlusion_positional": [
            of(posture=UNTRIGGERED, **night, **blocked),
            of(posture="random", **spell, **blocked),
        ],
        "leak": [
            of(end=one(*SHARES)),
            of(end=one(*SHARES), onset=one("linear", "logistic"), lasting=one(*LONG)),
            of(end=one(*SHARES), onset="exponential", tau=one(*LONG)),
            of(end=0.6, onset="intermittent", lasting=one(*LONG), mean_leaking="5 h", mean_tight="20 h"),
        ],
        "disconnection": [of()],
        "migration": [
            of(reached=one(*SHARES), lasting=one(None, *LONG)),
            of(reached=one(*SHARES), lasting=one(None, *LONG), release_after=one("2 h", "9 day"), **back),
        ],
        "granuloma": [of(end=one(*SHARES), lasting=one(*LONG), shape=one("linear", "logistic"))],
        "prime_missing": [of(volume=one(None, "0.1 mL"))],
        "air_in_line": [of(volume=one("0.02 mL", "0.3 mL"))],
    }


def of_programmed_pumps() -> Kinds:
    lasting = one(None, *LONG)
    bridge = {"volume": one(*VOLUMES), "concentration": one(*STRENGTHS), "old_concentration": one(*STRENGTHS)}
    return {
        "pump_stop": [of(lasting=lasting)],
        "battery_eri": [of(grace=one(None, "3 day"))],
        "battery_reset": [of(rate=one(None, "0.2 mL/day"), lasting=lasting)],
        "memory_error": [of(critical=one(True, False))],
        "programming_error": [
            of(daily_dose=one(*DOSES), lasting=lasting),
            of(rate=one("0 mL/day", *RATES), lasting=lasting),
            *(of(steps=day, lasting=lasting) for day in DAYS),
        ],
        "prime_wrong": [of(given=one("0.1 mL", "0.5 mL"), lasting="1 h", volume=one(None, "0.2 mL"))],
        "bridge_bolus_wrong": [of(bridge_volume=one("0.1 mL", "0.5 mL"), daily_dose=one(*DOSES), **bridge)],
    }


def of_rotors() -> Kinds:
    spells = {"mean_on": "30 h", "mean_off": "8 h", "growth": "0.02 1/day"}
    return {
        "motor_stall": [of(alarm_latency=one(None, "10 day"))],
        "motor_stall_intermittent": [of(lasting=one(*LONG), silence=one("exponential", "fixed"), **spells)],
        "mri_stall": [
            of(scan="1 h", delay=one(None, "9 h")),
            of(scan="1 h", latched=True, interrogate_after=one(None, "1.5 h", "50 h")),
        ],
    }


def of_valves() -> Kinds:
    return {
        "valve_opening": [
            of(lasting=one(*SHORT), volume=one(None, "2 mL")),
            of(lasting="1 min", safety_valve=True, reset_after=one("6 h", "30 h")),
        ]
    }


def triggered(fault: tuple[str, Numbers], trigger: Numbers) -> Numbers:
    """A fault in the words of a file; what has its hours of the day waits for nothing."""
    kind, numbers = fault
    return {"kind": kind, **numbers, **({} if UNTRIGGERED in numbers.values() else trigger)}


# ---- what is done


def interventions_of(pump: str) -> Kinds:
    """What happens to a pump and its patient, mimics of a failing pump among it."""
    swapped = {"volume": one(None, *VOLUMES), "concentration": one(None, *STRENGTHS)}
    known: Kinds = {
        "refill": [of(volume=one(*VOLUMES), concentration=one(None, *STRENGTHS), syringe_seed=one(None, 3))],
        "interrogate": [of(aspirate=one(True, False))],
        "replace_pump": [
            of(prime=one(True, False), catheter=True, **swapped),
            of(prime=one(True, False), unprimed_volume=one(None, "0 mL", "0.1 mL"), **swapped),
        ],
        "replace_catheter": [of(prime=one(True, False))],
        "explant": [of()],
        "prime": [of(volume=one(None, "0.1 mL"))],
        "lumbar_bolus": [of(dose="50 ug")],
        "drain_csf": [of(volume="30 mL")],
        "csf_leak": [of(level="L3/4", flow="5 mL/h", lasting="4 day")],
        "shunt": [of(inlet="ventricular", flow="8 mL/h")],
        "oral_dose": [of(dose="20 mg", every="8 h", times=one(1, 4))],
        "oral_schedule": [of(dose="10 mg", every="8 h", times=9)],
        "missed_oral_dose": [of(lasting="3 day")],
        "disease_progression": [of(factor=one(0.5, 2.0), lasting="9 day")],
        "noxious_stimulus": [of(factor=1.6, lasting="4 day", cause="infection")],
        "tolerance_drift": [of(factor=1.4, lasting="20 day")],
    }
    if pump == FIXED_FLOW:
        return known
    lasting = one("20 min", "1 h")
    requests = {"requests": ["0 h", "1 h", "5 h", "30 h"], "lockout": "4 h", "most_per_day": 2}
    return known | {
        "bolus": [of(volume="0.1 mL", lasting=lasting), of(dose="40 ug", lasting=lasting)],
        "priming_bolus": [of(volume=one(None, "0.2 mL"), lasting="1 h")],
        "patient_bolus": [of(dose="30 ug", lasting="20 min", **requests)],
    }


# ---- all together


@cache
def programmes(pump: str) -> st.SearchStrategy[Numbers]:
    return any_of(programmes_of(pump)).map(lambda pair: {"mode": pair[0], **pair[1]})


@cache
def faults(pump: str) -> st.SearchStrategy[Numbers]:
    return st.builds(triggered, any_of(faults_of(pump)), st.sampled_from(TRIGGERS))


@cache
def interventions(pump: str) -> st.SearchStrategy[tuple[str, Numbers]]:
    return any_of(interventions_of(pump))


@cache
def devices(pump: str) -> st.SearchStrategy[Numbers]:
    """Numbers of the hardware that change the walk."""
    return of(
        pump=pump,
        catheter=one(*CATHETERS),
        unusable_volume=one("0.01 mL", "1 mL"),
        taper_volume=one("0 mL", "0 mL", "2 mL"),
        flow_bias=one(-0.145, 0.0, 0.1),
    )


@st.composite
def timelines(draw: st.DrawFn, pump: str, highest_days: float, most_faults: int) -> list[Numbers]:
    """A fill, 1 to 3 programmes, 1 to *most_faults* faults, 0 to 4 interventions; an explantation is followed
    by an implantation, perhaps beyond the end."""
    at = times(highest_days)
    entries = [
        {"at": "0 day", "fill": draw(of(volume=one(*VOLUMES), concentration=one(*STRENGTHS)))},
        {"at": "0 day", "program": draw(programmes(pump))},
        *draw(st.lists(of(at=at, program=programmes(pump)), max_size=2)),
        *draw(st.lists(of(at=at, fault=faults(pump)), min_size=1, max_size=most_faults)),
    ]
    for when, (verb, numbers) in draw(st.lists(st.tuples(at, interventions(pump)), max_size=4)):
        entries.append({"at": when, verb: numbers})
        if verb == "explant":
            again = float(when.split()[0]) + draw(st.integers(1, 400)) / 24.0
            entries.append({"at": f"{again!r} day", "replace_pump": {"catheter": True}})
    return with_a_pump(at_one_instant(entries, highest_days))


def at_one_instant(timeline: list[Numbers], highest_days: float) -> list[Numbers]:
    """Of two of a kind at one instant, and of two visits, the first; nothing beyond the end."""
    seen, kept = set(), []
    for entry in timeline:
        day, kind = day_and_kind(entry)
        mark = (day, "visit" if kind in VISITS else kind)
        if mark not in seen and day < highest_days:
            seen.add(mark)
            kept.append(entry)
    return kept


def with_a_pump(timeline: list[Numbers]) -> list[Numbers]:
    """Nothing that needs a pump between its explantation and the next implantation."""
    needs = {kind.name for group in catalogue().kinds.values() for kind in group.values() if kind.needs}
    seen = [day_and_kind(entry) for entry in timeline]
    out, kept = sorted(day for day, kind in seen if kind == "explant"), []
    renewed = [day for day, kind in seen if kind == "replace_pump"]
    for entry, (day, kind) in zip(timeline, seen, strict=True):
        before = [taken for taken in out if taken < day]
        has_one = not before or any(before[-1] < again <= day for again in renewed)
        if has_one or kind not in needs or kind == "replace_pump":
            kept.append(entry)
    return kept


def day_and_kind(entry: Numbers) -> tuple[float, str]:
    verb = next(key for key in entry if key != "at")
    return float(entry["at"].split()[0]), entry[verb].get("mode") or entry[verb].get("kind") or verb


@dataclass(frozen=True)
class Composition:
    """What a scenario is built from; short to read where a test fails."""

    timeline: list[Numbers]
    device: Numbers
    days: float
    history: bool

    @cached_property
    def scenario(self) -> Scenario:
        return self.in_body("neuraxis")

    def in_body(self, body: str) -> Scenario:
        """The same in another body."""
        until = f"{self.days} day"
        return build(*self.timeline, until=until, history=self.history, body=body, **self.device)


@st.composite
def compositions(draw: st.DrawFn, highest_days: float = 60.0, most_faults: int = 4) -> Composition:
    """Any pump, and what happens to it."""
    pump = draw(one(*PUMPS))
    timeline = draw(timelines(pump, highest_days, most_faults))
    composed = Composition(timeline, draw(devices(pump)), highest_days, draw(st.booleans()))
    try:
        composed.scenario  # noqa: B018 kept, and built but once
    except ScenarioError as error:  # boluses that meet may ask for more than the pump can run
        if "drives the pump" not in str(error):
            raise
        reject()
    return composed
