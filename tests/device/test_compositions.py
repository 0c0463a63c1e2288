"""Laws that hold whatever a pump is told, whatever fails and whatever is done about it."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.compositions import (
    PUMPS,
    Composition,
    Numbers,
    compositions,
    faults_of,
    interventions_of,
    programmes_of,
)
from device.meanings import WRONG_PROGRAMMES
from device.referee import order
from itsim.arrays import Array
from itsim.catalogue import catalogue
from itsim.device.delivery import Delivery, Pieces, deliver
from itsim.device.pieces import FIT_TOLERANCE
from itsim.scenario import Scenario
from itsim.scenario.model import Entry

LONG = settings.default is not None and settings.default.max_examples > 1000
EXAMPLES = 2000 if LONG else 150
CLOSES = 1e-9
"""Of all drug that has entered; what is seen is below 1e-12."""

ENTERED = ("filled_ug", "line_at_start_ug", "primed_ug")
WENT = ("reservoir_ug", "catheter_ug", "delivered_ug", "discarded_ug", "removed_ug")
LOST = ("leaked_ug", "sequestered_ug", "relieved_ug", "drained_ug")


def entered_ug(delivery: Delivery) -> float:
    return sum(delivery.ledger[term] for term in ENTERED)


def all_rates(delivery: Delivery) -> dict[str, Pieces]:
    return {
        "tip": delivery.therapy.catheter,
        "intended": delivery.intended.catheter,
        "believed": delivery.believed_mL_h,
        "programmed": delivery.programmed_ug_h,
        "pumped": delivery.pumped_mL_h,
        "leaving": delivery.leaving_mL_h,
        "line": delivery.line_mL_h,
    }


# ---- what is composed


def test_every_kind_is_composed() -> None:
    known = catalogue().kinds
    composed = {"programs": programmes_of, "faults": faults_of, "events": interventions_of}
    for group, kinds_of in composed.items():
        kinds = set().union(*(kinds_of(pump) for pump in PUMPS))
        assert kinds | {"fill"} == set(known[group]) | {"fill"}, group


# ---- one delivery


def check_mass(delivery: Delivery) -> None:
    """No drug and no fluid appears or vanishes, and none is owed."""
    ledger, entered = delivery.ledger, entered_ug(delivery)
    assert sum(ledger[term] for term in (*WENT, *LOST)) == pytest.approx(entered, rel=CLOSES)
    fluid = sum(ledger[f"{term}_mL"] for term in ("line", "stored", "relieved", "removed"))
    assert fluid == pytest.approx(ledger["pumped_mL"], abs=CLOSES)
    assert min(ledger.values()) >= -CLOSES * entered
    left = ledger["filled_ug"] - ledger["reservoir_ug"] - ledger["discarded_ug"]
    available = ledger["line_at_start_ug"] + ledger["primed_ug"] + left
    assert ledger["delivered_ug"] <= available + CLOSES * entered


def check_tables(delivery: Delivery, until_h: float) -> None:
    """Tables span the run in order, no rate is below zero, and the ledger is their integral."""
    for name, table in all_rates(delivery).items():
        edges = table.edges_h
        assert (edges[0], edges[-1]) == (0.0, until_h), name
        assert np.all(np.diff(edges) > 0.0), name
        seen = np.concatenate([table.rate(times) for times in inside(edges)])
        ends = table.rate_before(edges[1:])
        least = -2.0 * FIT_TOLERANCE * max(np.max(seen), 1e-3)
        assert min(np.min(seen), np.min(ends)) >= least, name
    ends, ledger = (
        {name: whole(table, until_h) for name, table in all_rates(delivery).items()},
        delivery.ledger,
    )
    entered = entered_ug(delivery)
    assert ends["tip"] == pytest.approx(ledger["delivered_ug"], abs=CLOSES * entered)
    assert ends["pumped"] == pytest.approx(ledger["pumped_mL"], abs=CLOSES)
    assert ends["line"] == pytest.approx(ledger["line_mL"], abs=CLOSES)
    fitted = 2.0 * FIT_TOLERANCE * np.max(delivery.leaving_mL_h.rate(delivery.leaving_mL_h.edges_h)) * until_h
    drained = ends["leaving"] - ends["pumped"]
    assert drained == pytest.approx(ledger["drained_mL"], abs=CLOSES + fitted)


def inside(edges: Array) -> list[Array]:
    """Each edge, and two times between it and the next."""
    widths = np.diff(edges)
    return [edges[:-1], edges[:-1] + 0.3 * widths, edges[:-1] + 0.8 * widths]


def whole(table: Pieces, until_h: float) -> float:
    return float(table.integral(np.array([until_h]))[0])


def check_volume(delivery: Delivery, capacity_mL: float) -> None:
    """Neither less than nothing nor more than fits is ever in the reservoir: it falls between visits, so its
    least and largest are just before and just after them."""
    levels, edges = delivery.levels[:, 0], delivery.leaving_mL_h.edges_h
    times = np.concatenate([edges, levels, np.nextafter(levels, -np.inf), np.nextafter(edges[1:], -np.inf)])
    volumes = delivery.true_volume_mL(times[times >= 0.0])
    assert np.min(volumes) >= -CLOSES
    assert np.max(volumes) <= capacity_mL + CLOSES


def check_log(delivery: Delivery, until_h: float) -> None:
    for times in (
        [entry.t_h for entry in delivery.log],
        [reading.t_h for reading in delivery.evidence],
        [dose.t_h for dose in delivery.therapy.doses],
    ):
        assert times == sorted(times)
        assert all(0.0 <= t <= until_h for t in times)


def check(scenario: Scenario) -> None:
    delivery = deliver(scenario)
    check_mass(delivery)
    check_tables(delivery, scenario.until_h)
    check_volume(delivery, scenario.device.numbers["reservoir_capacity"])
    check_log(delivery, scenario.until_h)


@settings(max_examples=EXAMPLES)
@given(compositions())
def test_laws_of_a_delivery(composed: Composition) -> None:
    check(composed.scenario)


@pytest.mark.long
@settings(max_examples=EXAMPLES)
@given(compositions(400.0, most_faults=8))
def test_laws_of_a_year(composed: Composition) -> None:
    check(composed.scenario)


# ---- edges that mean nothing

NEUTRAL: dict[str, list[Numbers]] = {
    "gain_profile": [
        {"times": [f"{day} day" for day in range(12)], "gains": [1.0] * 12, "between": "lines"},
        {"times": ["0 day", "0.1 day"], "gains": [1.0, 1.0], "between": "steps"},
    ],
    "occlusion": [
        {"block": 0.0, "compliance": "0.01 mL/mmHg", "lasting": "3 day", "released": 0.3},
        {"block": 0.0, "compliance": "0 mL/mmHg", "overflow": "slip"},
    ],
    "septum_leak": [{"rate": "0 mL/day"}, {"rate": "0 mL/day", "lasting": "2 day"}],
    "free_flow": [{"volume": "0 mL", "lasting": "2 day"}],
    "leak": [{"end": 0.0}, {"end": 0.0, "onset": "linear", "lasting": "4 day"}],
    "migration": [{"reached": 1.0, "lasting": "4 day"}],
    "interrogate": [{"aspirate": True}],
}
"""Entries that change nothing; some the loader refuses for that, the device must not mind."""


def neutral(draw: Any, scenario: Scenario) -> Scenario:
    """The same with three such entries."""
    entries = list(scenario.timeline)
    for i in range(3):
        name = draw(st.sampled_from(sorted(NEUTRAL)))
        kind = catalogue().kinds["events" if name == "interrogate" else "faults"][name]
        parameters = kind.parameters.model_validate(draw(st.sampled_from(NEUTRAL[name])))
        at_h = draw(st.floats(0.0, 0.99)) * scenario.until_h
        entries.append(Entry(at_h, f"neutral_{i}", kind, parameters, len(entries)))
    return replace(scenario, timeline=tuple(entries))


def told_twice(draw: Any, scenario: Scenario) -> Scenario:
    """The same with a programme that is told again while it is in force; one that counts from its own start
    would begin anew and is left alone, and so is a pump that waits to be programmed."""
    begins_h = deliver(scenario).begins_h
    told = [e for e in scenario.timeline if tells_the_pump(e) and np.isfinite(begins_h[e.place])]
    starts = sorted({begins_h[e.place] for e in told} | {scenario.until_h})
    told.sort(key=lambda e: (e.kind.name in WRONG_PROGRAMMES, e.place))
    last = {begins_h[e.place]: e for e in told}
    steady = [t for t, e in last.items() if t < scenario.until_h and e.kind.name in BY_THE_CLOCK]
    if not steady or any(entry.kind.name == "battery_reset" for entry in scenario.timeline):
        return scenario
    start = draw(st.sampled_from(sorted(steady)))
    following = next(t for t in starts if t > start)
    at_h = start + draw(st.floats(0.05, 0.95)) * (following - start)
    again = replace(last[start], at_h=at_h, id="again", place=len(scenario.timeline))
    return replace(scenario, timeline=(*scenario.timeline, again))


BY_THE_CLOCK = {"simple_continuous", "time_stepped", "day_schedule", "constant_flow"}


def tells_the_pump(entry: Entry) -> bool:
    """Or ends what it was told."""
    return entry.kind.group == "programs" or entry.kind.name in WRONG_PROGRAMMES | {"replace_pump"}


def check_same(before: Delivery, after: Delivery, until_h: float) -> None:
    """The same rates where neither has an edge, the same ledger, the same log."""
    times = np.random.default_rng(1).uniform(0.0, until_h, 300)
    for name, table in all_rates(before).items():
        other = all_rates(after)[name]
        edges = np.union1d(table.edges_h, other.edges_h)
        gap = np.searchsorted(edges, times)
        near = np.minimum(times - edges[gap - 1], edges[np.minimum(gap, len(edges) - 1)] - times)
        t = times[near > 1e-6]
        one, two = table.rate(t), other.rate(t)
        largest = max(np.max(table.rate(table.edges_h[:-1])), 1e-6)
        np.testing.assert_allclose(two, one, rtol=1e-9, atol=8.0 * FIT_TOLERANCE * largest, err_msg=name)
    entered = entered_ug(before)
    for term, amount in before.ledger.items():
        size = entered if term.endswith("ug") else before.ledger["pumped_mL"] + 1.0
        assert after.ledger[term] == pytest.approx(amount, abs=CLOSES * size), term
    assert [e.kind for e in after.log] == [e.kind for e in before.log]
    assert [e.t_h for e in after.log] == pytest.approx([e.t_h for e in before.log], abs=1e-5)


@settings(max_examples=EXAMPLES)
@given(st.data(), compositions(), st.sampled_from([neutral, told_twice]))
def test_edges_that_mean_nothing_change_nothing(
    data: st.DataObject, composed: Composition, refine: Any
) -> None:
    scenario = composed.scenario
    check_same(deliver(scenario), deliver(refine(data.draw, scenario)), scenario.until_h)


# ---- the order of the file


def shuffled(scenario: Scenario, random: Any) -> Scenario:
    """The entries in another order of the file; two of one meaning at one instant keep theirs, for it says
    which has the last word."""
    begins_h = deliver(scenario).begins_h

    def instant(entry: Entry) -> tuple[float, int]:
        return begins_h[entry.place], order(entry)

    places = list(range(len(scenario.timeline)))
    random.shuffle(places)
    moved = sorted(zip(places, scenario.timeline, strict=True), key=lambda pair: instant(pair[1]))
    entries = []
    for _, group in groupby(moved, key=lambda pair: instant(pair[1])):
        pairs = list(group)
        free = sorted(place for place, _ in pairs)
        known = sorted((entry for _, entry in pairs), key=lambda entry: entry.place)
        entries += [replace(entry, place=place) for place, entry in zip(free, known, strict=True)]
    return replace(scenario, timeline=tuple(sorted(entries, key=lambda entry: entry.place)))


@settings(max_examples=EXAMPLES)
@given(compositions(12.0), st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter_but_among_equals(composed: Composition, random: Any) -> None:
    """Of twelve days, so that many things meet at one instant."""
    scenario = composed.scenario
    check_same(deliver(scenario), deliver(shuffled(scenario, random)), scenario.until_h)
