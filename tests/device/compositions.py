"""Random compositions that the loader takes: a programme, faults of every kind, and what is done about them.

Times are text as in a file. Numbers are chosen so that every pump and every concentration in use can do what
is asked of it; what the loader would still refuse (two alike, two visits at one instant) is left out.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from device.timelines import build
from itsim.scenario import Scenario

Entry = dict[str, Any]
Entries = st.SearchStrategy[Entry]
Device = dict[str, Any]

PUMPS = ("synchromed_ii_40", "synchromed_ii_20", "synchromed_el_18", "prometra_ii_20", "constant_flow_20")
CATHETERS = ("ascenda", "indura", "flowonix")
FIXED_FLOW, VALVES = "constant_flow_20", "prometra_ii_20"
NO_STOP_AT_EOS = "synchromed_el_18"

STRENGTHS = ("500 ug/mL", "1000 ug/mL", "2000 ug/mL")
DOSES = ("200 ug/day", "300 ug/day", "450 ug/day", "900 ug/day")
RATES = ("0.1 mL/day", "0.4 mL/day", "3 mL/day")
VOLUMES = ("1.2 mL", "3 mL", "10 mL", "18 mL")
SHORT, LONG = ("20 min", "1 h"), ("7 h", "50 h", "9 day", "200 day")
SHARES = (0.0, 0.3, 0.9, 1.0)
VISITS = {"fill", "refill", "replace_pump", "explant", "underfill", "refill_wrong_concentration"}
VISITS |= {"pocket_fill", "bridge_bolus_missing", "bridge_bolus_wrong"}


def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def of(**numbers: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Each number from its strategy or as it is; one whose strategy gives None is left out."""
    strategies = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in numbers.items()}
    return st.fixed_dictionaries(strategies).map(lambda d: {k: v for k, v in d.items() if v is not None})


def times(highest_days: float) -> st.SearchStrategy[str]:
    """Instants where things meet, and between them, to the minute."""
    days = int(highest_days)
    minutes = st.integers(0, days - 1).map(lambda day: day * 1440) | st.integers(0, days * 1440 - 1)
    return minutes.map(lambda minute: f"{minute / 1440!r} day")


# ---- programmes


def steps_of_a_day() -> st.SearchStrategy[list[Entry]]:
    hours = st.sets(st.integers(1, 23), max_size=5).map(lambda found: [0, *sorted(found)])
    what = one(*(("daily_dose", dose) for dose in DOSES)), one(*(("rate", rate) for rate in RATES))

    def steps(hours: list[int], values: list[tuple[str, str]]) -> list[Entry]:
        return [{"from": f"{h} h", name: v} for h, (name, v) in zip(hours, values, strict=False)]

    return st.one_of(*(st.builds(steps, hours, st.lists(kind, min_size=6, max_size=6)) for kind in what))


def weeks() -> st.SearchStrategy[list[Entry]]:
    work, rest = ["monday", "tuesday", "wednesday", "thursday", "friday"], ["saturday", "sunday"]

    def of_one_sort(pair: tuple[list[Entry], list[Entry]]) -> bool:
        return ("rate" in pair[0][0]) == ("rate" in pair[1][0])

    days = st.tuples(steps_of_a_day(), steps_of_a_day()).filter(of_one_sort)
    return days.map(lambda pair: [{"days": work, "steps": pair[0]}, {"days": rest, "steps": pair[1]}])


def tables() -> st.SearchStrategy[Entry]:
    points = {"times": ["0 day", "3.3 day", "10 day"], "between": one("steps", "lines")}
    return of(mode="table", rates=st.lists(one(*RATES), min_size=3, max_size=3), **points) | of(
        mode="table", daily_doses=st.lists(one(*DOSES), min_size=3, max_size=3), **points
    )


def periodic() -> st.SearchStrategy[Entry]:
    often = {"mode": "periodic_bolus", "every": one("2 h", "11 h", "3 day"), "lasting": one("15 min", "1 h")}
    return of(dose="40 ug", daily_dose=one(None, *DOSES), **often) | of(
        volume="0.03 mL", rate=one(None, *RATES), **often
    )


def programmes(pump: str) -> st.SearchStrategy[Entry]:
    """Every mode of this pump."""
    if pump == FIXED_FLOW:
        return of(mode="constant_flow")
    modes = [
        of(mode="simple_continuous", daily_dose=one(*DOSES)),
        of(mode="simple_continuous", rate=one("0 mL/day", *RATES)),
        of(mode="time_stepped", steps=steps_of_a_day()),
        of(mode="day_schedule", first_day=one("monday", "saturday"), schedules=weeks()),
        tables(),
        periodic(),
        of(mode="stopped", lasting=one(None, "5 h", "60 h")),
        of(
            mode="taper",
            daily_dose="600 ug/day",
            change=0.3,
            steps=2,
            every=one(None, "2 day"),
            stop=one(True, False),
        ),
        of(mode="titration", daily_dose=one(*DOSES), change=0.2, steps=3, every=one(None, "3 day")),
        of(
            mode="bridge_bolus",
            daily_dose=one(*DOSES),
            old_concentration=one(*STRENGTHS),
            volume=one(None, "0.2 mL"),
        ),
    ]
    if pump != VALVES:
        modes.append(of(mode="minimum_rate", lasting=one(None, "30 h")))
    return st.one_of(*modes)


# ---- faults


def triggers() -> st.SearchStrategy[dict[str, Any]]:
    """At its time mostly; else drawn from a hazard, or when enough has been pumped."""
    return one({}, {}, {"hazard": "0.1 1/day", "seed": 5}, {"hazard": "2 1/day", "seed": 9}) | one(
        {"after_volume": "0.05 mL"}, {"after_volume": "2.2 mL"}
    )


def blockages(pump: str) -> dict[str, Any]:
    """Only a rotor can slip."""
    return {
        "block": one(*SHARES),
        "compliance": one(None, "0 mL/mmHg", "0.002 mL/mmHg"),
        "overflow": one("relief") if pump in (FIXED_FLOW, VALVES) else one("relief", "slip"),
        "released": one(1.0, 0.4, 0.0),
        "release_lasting": one("20 min", "30 h"),
    }


def anywhere(pump: str) -> list[Entries]:
    """Faults of every pump: of the reservoir, the visits and the catheter."""
    lasting, refilled = one(None, *LONG), {"volume": one(*VOLUMES), "concentration": one(*STRENGTHS)}
    onsets = st.one_of(
        of(onset="abrupt"),
        of(onset=one("linear", "logistic"), lasting=one(*LONG)),
        of(onset="exponential", tau=one(*LONG)),
        of(onset="intermittent", lasting=one(*LONG), mean_leaking="5 h", mean_tight="20 h"),
    )
    back = of(release_after=one("2 h", "9 day"), released=one(*SHARES), release_lasting=one(*SHORT, "9 day"))
    return [
        of(kind="gain_drift", shape=one("linear", "logistic"), end=one(*SHARES), lasting=one(*LONG)),
        of(kind="gain_drift", shape="exponential", end=one(*SHARES), tau=one(*LONG)),
        of(
            kind="gain_drift",
            shape="steps",
            steps=[{"after": "0 h", "gain": 0.8}, {"after": "3 day", "gain": 0.2}],
        ),
        of(
            kind="gain_profile",
            times=["0 day", "2 day", "9 day"],
            gains=[1.0, 0.3, 1.2],
            between=one("steps", "lines"),
        ),
        of(
            kind="overinfusion",
            gain=1.3,
            drift=one(None, "0.6 1/month"),
            jumps=[{"after": "4 day", "factor": 1.3}],
            most=one(None, 1.6),
        ),
        of(kind="free_flow", volume=one("0.1 mL", "5 mL"), lasting=one(*SHORT)),
        of(kind="reservoir_empty", lasting=lasting),
        of(
            kind="underfill",
            volume=one("0 mL", "5 mL"),
            claimed_volume="15 mL",
            concentration=one(None, *STRENGTHS),
        ),
        of(
            kind="refill_wrong_concentration",
            volume=one(*VOLUMES),
            true_concentration=one("0 ug/mL", "300 ug/mL", "1500 ug/mL"),
            concentration=one(None, *STRENGTHS),
        ),
        of(kind="pocket_fill", pocket_volume=one("0.2 mL", "1.2 mL"), spill=one(None, 0.1), **refilled),
        of(kind="bridge_bolus_missing", **refilled),
        of(kind="septum_leak", rate=one("0.05 mL/day", "2 mL/day"), lasting=lasting),
        of(kind="retrograde_csf", volume=one("0.1 mL", "3 mL")),
        of(kind="occlusion", lasting=lasting, **blockages(pump)),
        of(
            kind="occlusion_positional",
            posture="random",
            lasting=one(*LONG),
            mean_blocked="6 h",
            mean_free="20 h",
            **blockages(pump),
        ),
        st.builds(lambda leak, onset: {**leak, **onset}, of(kind="leak", end=one(*SHARES)), onsets),
        of(kind="disconnection"),
        st.builds(
            lambda moved, back: {**moved, **back},
            of(kind="migration", reached=one(*SHARES), lasting=one(None, *LONG)),
            st.just({}) | back,
        ),
        of(kind="granuloma", end=one(*SHARES), lasting=one(*LONG), shape=one("linear", "logistic")),
        of(kind="prime_missing", volume=one(None, "0.1 mL")),
        of(kind="air_in_line", volume=one("0.02 mL", "0.3 mL")),
    ]


def of_programmed_pumps() -> list[Entries]:
    """Faults of pumps that are programmed."""
    return [
        of(kind="pump_stop", lasting=one(None, *LONG)),
        of(kind="battery_eri", grace=one(None, "3 day")),
        of(kind="battery_reset", rate=one(None, "0.2 mL/day"), lasting=one(None, *LONG)),
        of(kind="memory_error", critical=one(True, False)),
        of(kind="programming_error", daily_dose=one(*DOSES), lasting=one(None, *LONG)),
        of(kind="programming_error", rate=one("0 mL/day", *RATES), lasting=one(None, *LONG)),
        of(kind="programming_error", steps=steps_of_a_day(), lasting=one(None, *LONG)),
        of(kind="prime_wrong", given=one("0.1 mL", "0.5 mL"), lasting="1 h", volume=one(None, "0.2 mL")),
        of(
            kind="bridge_bolus_wrong",
            volume=one(*VOLUMES),
            concentration=one(*STRENGTHS),
            old_concentration=one(*STRENGTHS),
            bridge_volume=one("0.1 mL", "0.5 mL"),
            daily_dose=one(*DOSES),
        ),
    ]


def of_rotors() -> list[Entries]:
    stalls = {"mean_on": "30 h", "mean_off": "8 h", "growth": "0.02 1/day"}
    silence = one("exponential", "fixed")
    return [
        of(kind="motor_stall", alarm_latency=one(None, "10 day")),
        of(kind="motor_stall_intermittent", lasting=one(*LONG), silence=silence, **stalls),
        of(kind="mri_stall", scan="1 h", delay=one(None, "9 h")),
        of(kind="mri_stall", scan="1 h", latched=True, interrogate_after=one("1 h", "50 h")),
    ]


def of_valves() -> list[Entries]:
    return [
        of(kind="valve_opening", lasting=one(*SHORT), volume=one(None, "2 mL")),
        of(kind="valve_opening", lasting="1 min", safety_valve=True, reset_after=one("6 h", "30 h")),
    ]


def fault_kinds(pump: str) -> list[Entries]:
    """Every fault that this pump can have, with any trigger that fits it."""
    kinds = anywhere(pump)
    if pump != FIXED_FLOW:
        kinds += of_programmed_pumps()
        kinds += of_valves() if pump == VALVES else of_rotors()
        kinds += [] if pump == NO_STOP_AT_EOS else [of(kind="battery_eos")]
    triggered = [st.builds(lambda fault, trigger: {**fault, **trigger}, kind, triggers()) for kind in kinds]
    nights = of(
        kind="occlusion_positional",
        posture="nightly",
        lasting="6 h",
        days=9,
        **{"from": one("1 h", "22 h")},
        **blockages(pump),
    )
    return [*triggered, nights]


# ---- what is done


def interventions(pump: str) -> list[st.SearchStrategy[tuple[str, dict[str, Any]]]]:
    """What happens to a pump and its patient, mimics of a failing pump among it."""
    boluses = {"lasting": one("20 min", "1 h")}
    swapped = {"volume": one(None, *VOLUMES), "concentration": one(None, *STRENGTHS)}
    known: dict[str, list[Entries]] = {
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
    if pump != FIXED_FLOW:
        requests = {"requests": ["0 h", "1 h", "5 h", "30 h"], "lockout": "4 h", "most_per_day": 2}
        known["bolus"] = [of(volume="0.1 mL", **boluses), of(dose="40 ug", **boluses)]
        known["priming_bolus"] = [of(volume=one(None, "0.2 mL"), lasting="1 h")]
        known["patient_bolus"] = [of(dose="30 ug", lasting="20 min", **requests)]
    return [kind.map(lambda p, verb=verb: (verb, p)) for verb, kinds in known.items() for kind in kinds]


@st.composite
def timelines(draw: st.DrawFn, pump: str, highest_days: float, most_faults: int = 4) -> list[Entry]:
    """A fill, a programme and perhaps another, 1 to *most_faults* faults, 0 to 4 interventions; an
    explantation is followed by an implantation, perhaps beyond the end."""
    at = times(highest_days)
    entries = [
        {"at": "0 day", "fill": {"volume": draw(one(*VOLUMES)), "concentration": draw(one(*STRENGTHS))}}
    ]
    entries.append({"at": "0 day", "program": draw(programmes(pump))})
    for _ in range(draw(st.integers(0, 2))):
        entries.append({"at": draw(at), "program": draw(programmes(pump))})
    kinds = fault_kinds(pump)
    for _ in range(draw(st.integers(1, most_faults))):
        entries.append({"at": draw(at), "fault": draw(kinds[draw(st.integers(0, len(kinds) - 1))])})
    actions = interventions(pump)
    for _ in range(draw(st.integers(0, 4))):
        verb, numbers = draw(actions[draw(st.integers(0, len(actions) - 1))])
        when = draw(at)
        entries.append({"at": when, verb: numbers})
        if verb == "explant":
            again = float(when.split()[0]) + draw(st.integers(1, 400)) / 24.0
            entries.append({"at": f"{again!r} day", "replace_pump": {"catheter": True}})
    return taken_by_the_loader(entries, highest_days)


def taken_by_the_loader(timeline: list[Entry], highest_days: float) -> list[Entry]:
    """What the loader would refuse is left out: two of a kind at one instant, two visits at one instant."""
    seen, kept = set(), []
    for entry in timeline:
        verb = next(key for key in entry if key != "at")
        kind = entry[verb].get("mode") or entry[verb].get("kind") or verb
        day = float(entry["at"].split()[0])
        mark = (day, "visit" if kind in VISITS else kind)
        if mark not in seen and day < highest_days:
            seen.add(mark)
            kept.append(entry)
    return kept


def devices(pump: str) -> st.SearchStrategy[Device]:
    """Numbers of the hardware that change the walk."""
    return of(
        pump=pump,
        catheter=one(*CATHETERS),
        unusable_volume=one("0.01 mL", "1 mL"),
        taper_volume=one("0 mL", "0 mL", "2 mL"),
        flow_bias=one(-0.145, 0.0, 0.1),
    )


@st.composite
def compositions(draw: st.DrawFn, highest_days: float = 60.0, most_faults: int = 4) -> Scenario:
    """A scenario of any pump."""
    pump = draw(one(*PUMPS))
    timeline = draw(timelines(pump, highest_days, most_faults))
    numbers = draw(devices(pump))
    return build(*timeline, until=f"{highest_days} day", history=draw(st.booleans()), **numbers)
