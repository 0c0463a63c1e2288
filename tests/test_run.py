"""The pipeline as a whole: mass, the twin, events, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from itsim import api, run
from itsim.catalogue import catalogue
from itsim.device.delivery import Dose, Drainage, Pieces
from itsim.engine import ENGINES, exact
from itsim.metrics import NO_LOSS
from itsim.parameters import NOT_CITED, all_parameters, references
from itsim.run import Mass, RunRecord, problem_of, simulate, sources_of
from itsim.scenario import Scenario, ScenarioError, from_mapping

MASS_TOLERANCE = 1e-9
"""The promise of the design; what is seen is below 1e-12."""

SHORT: Mapping[str, Mapping[str, Any]] = {
    "abrupt_stop": {},
    "gradual_linear": {"body": "one_compartment"},
    "gradual_exponential": {"body": "two_compartment"},
    "vorenkamp_like_step": {"body": "one_compartment"},
}
"""Scenarios that the reference engine solves in seconds; the long ones in a smaller body."""


@cache
def simulated(name: str, engine: str = "exact") -> RunRecord:
    return run.simulate(scenario(name), engine)


def scenario(name: str) -> Scenario:
    return api.load(name)


def two_days(*timeline: dict[str, Any], **more: Any) -> Scenario:
    """One compartment on 240 µg a day."""
    content = {
        "itsim": 1,
        "title": "by hand",
        "body": "one_compartment",
        "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
        "history": {"daily_dose": "240 ug/day", "lasting": "10 month"},
        "timeline": [
            {"at": "0 h", "id": "full", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
            {"at": "0 h", "id": "go", "program": {"mode": "simple_continuous", "daily_dose": "240 ug/day"}},
            *timeline,
        ],
        "until": "2 day",
    }
    return api.scenario_from(content | more)


# Mass


@pytest.mark.parametrize("name", api.scenarios())
def test_no_drug_appears_or_vanishes(name: str) -> None:
    mass = simulated(name).mass
    assert mass.entered_ug > 0.0
    assert mass.error_frac <= MASS_TOLERANCE
    assert min(mass.reservoir_ug, mass.catheter_ug, mass.lost_ug, mass.body_ug, mass.eliminated_ug) >= 0.0


@pytest.mark.parametrize("name", SHORT)
def test_both_engines_agree_in_mass_and_metrics(name: str) -> None:
    varied = api.vary_scenario(scenario(name), SHORT[name])
    exact, reference = (run.simulate(varied, engine) for engine in ("exact", "reference"))
    assert reference.solution.engine == "reference"
    assert max(exact.mass.error_frac, reference.mass.error_frac) <= MASS_TOLERANCE
    assert reference.mass.eliminated_ug == pytest.approx(exact.mass.eliminated_ug, rel=1e-8)
    for key, metric in exact.metrics.items():
        other = reference.metrics[key]
        assert (other.value is None, other.censored) == (metric.value is None, metric.censored), key
        if metric.value is not None:
            tolerance = 1e-2 if key == "withdrawal_peak_h" else 1e-5  # a peak is flat: its time is soft
            assert other.value == pytest.approx(metric.value, rel=1e-6, abs=tolerance), key


def test_every_dose_is_entered_and_what_is_not_absorbed_is_lost() -> None:
    varied = two_days({"at": "3 h", "id": "tablet", "oral_dose": {"dose": "10 mg", "times": 2}})
    mass, without = run.simulate(varied).mass, run.simulate(two_days()).mass
    assert mass.entered_ug - without.entered_ug == pytest.approx(20_000.0)
    absorbed = varied.patient.numbers["bioavailability"]
    assert mass.lost_ug - without.lost_ug == pytest.approx(20_000.0 * (1.0 - absorbed), rel=1e-6)
    assert mass.error_frac <= MASS_TOLERANCE


BESIDE = {"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL", "spill": 0.1}


def under(record: RunRecord, **changes: Any) -> RunRecord:
    """The same run, with something else acting on the body or the response."""
    delivery = replace(record.delivery, therapy=replace(record.delivery.therapy, **changes))
    problem = problem_of(record.scenario, record.scenario.patient, delivery.therapy)
    return replace(record, delivery=delivery, solution=exact.solve(problem))


def test_drug_let_off_with_csf_is_lost() -> None:
    record = run.simulate(two_days())
    drained = under(record, drainages=(Drainage(0.0, 10.0), Drainage(20.0, 30.0)))
    let_off_ug = drained.solution.body_ledger()["drained_ug"]
    assert let_off_ug > 1.0
    assert drained.mass.lost_ug - record.mass.lost_ug == pytest.approx(let_off_ug, rel=1e-9)
    assert drained.mass.error_frac <= 1e-12


def test_every_way_in_and_out_of_the_body_closes_the_ledger() -> None:
    record = run.simulate(
        two_days(
            {"at": "0 h", "id": "tablet", "oral_dose": {"dose": "10 mg"}},
            {"at": "3 h", "id": "tap", "drain_csf": {"volume": "30 mL"}},
            {"at": "3 h", "id": "test", "lumbar_bolus": {"dose": "50 ug"}},
            {"at": "5 h", "id": "beside", "fault": {"kind": "pocket_fill", **BESIDE}},
        )
    )
    held = record.solution.amounts(np.array([48.0]))[0]
    assert held[record.solution.body.index("depot")] == pytest.approx(9000.0 * np.exp(-0.2 * 43.0), rel=1e-9)
    assert record.solution.body_ledger()["drained_ug"] > 1.0
    assert record.mass.error_frac <= 1e-12


def test_a_dose_at_the_very_start_counts_once() -> None:
    first = under(run.simulate(two_days()), doses=(Dose(0.0, 20_000.0, "gut"), Dose(0.0, 50.0, "catheter")))
    assert first.mass.error_frac <= 1e-12


def test_the_error_sees_a_missing_microgram() -> None:
    assert Mass(100.0, 50.0, 10.0, 0.0, 20.0, 19.0).error_frac == pytest.approx(0.01)
    assert Mass(100.0, 50.0, 10.0, 0.0, 20.0, 20.0).error_frac == 0.0
    assert Mass(0.0, 0.0, 0.0, 0.0, 0.0, 0.0).error_frac == 0.0


# The twin


def test_twin_of_a_faulty_run_is_the_run_without_the_fault() -> None:
    """The twin has no stall, no replacement and a reservoir that never empties: here neither matters."""
    faulty = two_days({"at": "12 h", "id": "stall", "fault": {"kind": "motor_stall"}})
    with_fault, without = run.simulate(faulty), run.simulate(two_days())
    times = np.linspace(0.0, 48.0, 97)
    for name in ("csf_lumbar", "effect_leg", "withdrawal_index", "sedation"):
        expected = without.solution.series(name, times)
        assert with_fault.twin.series(name, times) == pytest.approx(expected, rel=1e-9, abs=1e-12), name
    stopped, running = (record.solution.series("csf_lumbar", times)[-1] for record in (with_fault, without))
    assert stopped < 0.01 * running


@pytest.mark.parametrize("name", ["gradual_linear", "gradual_exponential"])
def test_twin_of_a_shipped_decline_is_the_baseline(name: str) -> None:
    """Both extend the baseline, which nothing interrupts before its refill at 150 days."""
    times = np.linspace(0.0, 149.0 * 24.0, 200)
    baseline, twin = simulated("baseline").solution, simulated(name).twin
    for series in ("csf_lumbar", "effect_leg", "cord_slow_tolerance"):
        assert twin.series(series, times) == pytest.approx(baseline.series(series, times), rel=1e-8)


def test_a_programme_that_is_intended_changes_the_twin_too() -> None:
    raised = two_days(
        {"at": "1 day", "id": "raise", "program": {"mode": "simple_continuous", "daily_dose": "480 ug/day"}}
    )
    record = run.simulate(raised)
    assert record.twin.series("csf_lumbar", [47.0]) == pytest.approx(
        record.solution.series("csf_lumbar", [47.0])
    )
    assert record.course.first_loss_h is None


# The patient's own course


def test_a_mimic_is_seen_in_the_least_relief_and_nowhere_in_the_delivery() -> None:
    """Twice as much drug is needed for 6 hours: relief falls, nothing is lost, there is no withdrawal."""
    record = run.simulate(two_days())
    rows = np.zeros((4, 7))
    rows[:, 0], rows[:3, 1] = (0.0, 10.0, 16.0, 48.0), (1.0, 2.0, 1.0)
    mimic = under(record, conditions={"spasticity": Pieces(rows)})
    assert mimic.course.first_loss_h is None
    before, after = record.metrics["effect_nadir_frac"].value, mimic.metrics["effect_nadir_frac"].value
    assert after < 0.7 * before
    relief = record.solution.series("effect_leg", np.array([10.0, 16.0]))
    harder = 2.0 ** record.scenario.patient["effect_hill"].value
    least = float(np.min(relief / (relief + harder * (1.0 - relief))))
    assert after == pytest.approx(least, rel=1e-6)
    assert mimic.metrics["effect_halved_h"].censored == NO_LOSS
    changed = {name for name, metric in mimic.metrics.items() if metric != record.metrics[name]}
    assert changed == {"effect_nadir_frac", "tone_peak"}
    assert mimic.mass == record.mass


# Events


@pytest.mark.parametrize("name", api.scenarios())
def test_events_are_in_order_of_time_and_within_the_run(name: str) -> None:
    record = simulated(name)
    times = [event.t_h for event in record.events]
    assert times == sorted(times)
    assert times[0] >= 0.0
    assert times[-1] <= record.scenario.until_h
    assert all(event.kind and event.detail for event in record.events)


def test_every_entry_and_every_log_line_is_an_event() -> None:
    record = simulated("vorenkamp_like_intermittent")
    assert len(record.events) == len(record.scenario.timeline) + len(record.delivery.log)
    tones = {event.kind: event.tone for event in record.events}
    assert tones["motor_stall_alarm"] == "critical"
    assert tones["motor_stall_recovery"] == "log"
    assert tones["refill"] == ""


def test_the_alarm_of_a_stall_sounds_after_the_pumps_latency() -> None:
    record = simulated("abrupt_stop")
    (alarm,) = [event for event in record.events if event.tone == "critical"]
    (stall,) = [entry for entry in record.scenario.timeline if entry.id == "stall"]
    assert alarm.t_h - stall.at_h == pytest.approx(record.scenario.device.numbers["stall_alarm_latency"])


def test_of_two_programmes_at_one_instant_the_later_in_the_timeline_wins_and_the_log_says_so() -> None:
    doses = [100, 480, 360]
    changes = [
        {"at": "1 day", "program": {"mode": "simple_continuous", "daily_dose": f"{dose} ug/day"}}
        for dose in doses
    ]
    record = run.simulate(two_days(*changes))
    assert record.delivery.programmed_ug_h.rate(np.array([24.0, 47.0])) * 24.0 == pytest.approx(360.0)
    said = [event for event in record.events if event.kind == "programme_overridden"]
    assert [event.detail for event in said] == [
        "100 µg/day is replaced at once by 480 µg/day",
        "480 µg/day is replaced at once by 360 µg/day",
    ]
    assert {(event.t_h, event.tone) for event in said} == {(24.0, "log")}


def test_programmes_at_different_times_override_nothing() -> None:
    events = simulated("vorenkamp_2023").events
    assert not [event for event in events if event.kind == "programme_overridden"]


# References


@pytest.mark.parametrize("name", api.scenarios())
def test_every_source_of_a_run_is_in_the_bibliography(name: str) -> None:
    keys = sources_of(scenario(name))
    assert list(keys) == sorted(set(keys))
    assert [reference.key for reference in references(keys)] == list(keys)
    assert set(scenario(name).sources) <= set(keys)


def test_every_source_of_every_kind_and_number_is_in_the_bibliography() -> None:
    known = {reference.key for reference in references()} | set(NOT_CITED)
    everything = catalogue()
    used = {
        f"{thing.name}: {key}"
        for things in (*everything.kinds.values(), everything.bodies)
        for thing in things.values()
        for key in thing.sources
        if key not in known
    }
    used |= {
        f"{part}/{p.name}: {key}" for part, p in all_parameters() for key in p.sources if key not in known
    }
    assert not used


# The record


def test_a_record_is_frozen_and_computes_its_parts_once() -> None:
    record = simulated("abrupt_stop")
    assert record.metrics is record.metrics
    assert record.course is record.course
    with pytest.raises(AttributeError):
        record.scenario = record.scenario  # type: ignore[misc]


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(KeyError):
        run.simulate(two_days(), "nonsense")
    assert {"exact", "reference"} <= set(ENGINES) <= {"exact", "reference", "compiled"}


def test_the_same_scenario_gives_the_same_numbers_twice() -> None:
    first, second = run.simulate(scenario("abrupt_stop")), run.simulate(scenario("abrupt_stop"))
    assert first.metrics == second.metrics
    assert first.mass == second.mass


LIVED_ON = {
    "itsim": 1,
    "title": "At one instant",
    "device": {"pump": "synchromed_ii_40", "catheter": "ascenda"},
    "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
    "until": "20 day",
}
FIRST_FILL = {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}


def program_at(at: str) -> dict[str, object]:
    return {"at": at, "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}}


def run_of(*timeline: object) -> RunRecord:
    return simulate(from_mapping(LIVED_ON | {"timeline": [FIRST_FILL, *timeline]}, "x", catalogue()))


def test_a_chronic_patient_without_a_programme_loses_what_was_intended() -> None:
    """The twin lives on the history's dose until a programme says otherwise."""
    never, late = run_of(), run_of(program_at("3 day"))
    assert never.course.first_loss_h == late.course.first_loss_h == 0.0
    onset_h = never.metrics["withdrawal_onset_h"].value
    assert onset_h == pytest.approx(late.metrics["withdrawal_onset_h"].value, abs=1e-9)
    assert late.metrics["delivered_frac"].value == pytest.approx(17 / 20)


def test_a_stopped_pump_that_is_replaced_runs_again() -> None:
    stop, swap = {"at": "2 day", "fault": {"kind": "pump_stop"}}, {"at": "4 day", "replace_pump": {}}
    assert run_of(program_at("0 day"), stop, swap).metrics["delivered_frac"].value == pytest.approx(0.9)


def test_a_stop_has_the_last_word_at_its_instant_wherever_it_stands() -> None:
    stop, again = {"at": "10 day", "fault": {"kind": "pump_stop"}}, program_at("10 day")
    for pair in ((stop, again), (again, stop)):
        assert run_of(program_at("0 day"), *pair).metrics["delivered_frac"].value == pytest.approx(0.5)


@pytest.mark.parametrize("days_and_minutes", [("0.1 day", "144 min"), ("0.3 day", "432 min")])
def test_one_instant_written_in_two_ways_is_one(days_and_minutes: tuple[str, str]) -> None:
    """A swap comes before a fault of the same instant, so the new pump stalls."""
    for swap_at, stall_at in (days_and_minutes, days_and_minutes[::-1]):
        stall = {"at": stall_at, "fault": {"kind": "motor_stall"}}
        run = run_of(program_at("0 day"), {"at": swap_at, "replace_pump": {}}, stall)
        assert run.metrics["delivered_frac"].value < 0.05


def test_a_dose_that_the_pump_cannot_give_is_refused() -> None:
    for dose in ("90000 ug/day", "5 ug/day"):
        program = {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": dose}}
        with pytest.raises(ScenarioError, match="outside what this pump can give at 2000 ug/mL"):
            run_of(program)


def test_a_reservoir_that_runs_dry_after_a_great_dose_is_solved_with_few_panels() -> None:
    """What is left of the drug is rounding after weeks; no panel can resolve that, and none may try."""
    flood = {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": "40000 ug/day"}}
    assert len(run_of(flood).solution.nodes_h) < 3000


@pytest.mark.parametrize("name", ["abrupt_stop", "csf_leak"])
def test_series_are_known_before_anything_is_simulated(name: str) -> None:
    scenario = api.load(name)
    known, record = run.series_of(scenario), run.simulate(scenario)
    assert tuple(known) == record.solution.names
    assert (known["csf_lumbar"], known["effect_leg"]) == ("ng/mL", "1")
    alone = run.solve_for(scenario, record.delivery)
    times = np.linspace(0.0, scenario.until_h, 50)
    np.testing.assert_array_equal(
        alone.series("effect_leg", times), record.solution.series("effect_leg", times)
    )


def leak(flow: str, at: str = "2 day", **more: str) -> dict[str, Any]:
    return {"at": at, "csf_leak": {"level": "L3/4", "flow": flow, **more}}


@pytest.mark.parametrize(
    ("body", "leaks", "words"),
    [
        ("neuraxis", [leak("60 mL/h")], ["CSF leak 60 mL/h at L3/4, cut to the 21 mL/h that are made"]),
        ("neuraxis", [leak("20 mL/h")], ["CSF leak 20 mL/h at L3/4"]),
        ("one_compartment", [leak("60 mL/h")], ["CSF leak 60 mL/h at L3/4"]),
        (
            "neuraxis",
            [leak("14 mL/h"), leak("28 mL/h", "4 day")],
            [
                "CSF leak 14 mL/h at L3/4, cut to 7 mL/h, with other losses to the 21 that are made",
                "CSF leak 28 mL/h at L3/4, cut to 14 mL/h, with other losses to the 21 that are made",
            ],
        ),
        (
            "neuraxis",
            [leak("14 mL/h", lasting="1 day"), leak("20 mL/h", "4 day")],
            ["CSF leak 14 mL/h at L3/4", "CSF leak 20 mL/h at L3/4"],
        ),
    ],
    ids=["above", "below", "nothing made", "together", "apart"],
)
def test_a_loss_of_csf_is_told_as_what_is_really_lost(body: str, leaks: list[Any], words: list[str]) -> None:
    content = LIVED_ON | {"body": body, "until": "6 day"}
    timeline = [FIRST_FILL, program_at("0 day"), *leaks]
    record = simulate(from_mapping(content | {"timeline": timeline}, "x", catalogue()))
    told = [event.detail for event in record.events if event.kind == "csf_leak"]
    assert told == words
