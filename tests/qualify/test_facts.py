"""The facts as data: whole, sourced, and with the numbers that the sources print; no rule was widened."""

from __future__ import annotations

import re

import pytest

from itsim import parameters
from itsim.catalogue import catalogue
from itsim.qualify import facts as module
from itsim.qualify.facts import CALIBRATION, EXPECTED, VALIDATION, Check, Fact, facts, protocol
from itsim.qualify.observables import OBSERVABLES
from itsim.scenario import ScenarioError

KEYS = {reference.key for reference in parameters.references()}
ALL = (*facts(), *facts(EXPECTED))
CHECKS = [(fact, check) for fact in ALL for check in fact.checks]
IDS = [f"{fact.id} {check.name}" for fact, check in CHECKS]

REPORTED: dict[str, tuple[str, str, list[tuple[str, dict[str, float]]]]] = {
    "B1": ("product_monograph", "A", [("mean", {"mean": 30.0})]),
    "B2": ("swiss_label_52535", "A", [("mean", {"mean": 130.0}), ("mean", {"mean": 1240.0})]),
    "B3": ("swiss_label_52535", "A", [("upper_bound", {"high": 5.0}), ("upper_bound", {"high": 5.0})]),
    "B4": ("swiss_label_52535", "A", [("range", {"low": 24.0, "high": 48.0})]),
    "B5": ("product_monograph", "A", [("mean", {"mean": 4.0})]),
    "B7": ("us_label", "M", [("mean", {"mean": 1.51})]),
    "B8": (
        "sallerin_caute1991",
        "A",
        [
            ("range_over_patients", {"low": 0.9, "high": 5.0}),
            ("range_over_patients", {"low": 13.0, "high": 80.0}),
        ],
    ),
    "B10": ("swiss_label_52535", "A", [("range_over_patients", {"low": 22.0, "high": 157.0})]),
    "B11": ("albright2007", "A", [("mean", {"mean": 4640.0})]),
    "B16": ("label_content", "B", [("range", {"low": 0.5, "high": 1.0}), ("mean", {"mean": 4.0})]),
    "B17": ("us_label", "M", [("range", {"low": 4.0, "high": 8.0})]),
    "B18": (
        "label_content",
        "B",
        [("range", {"low": 6.0, "high": 8.0}), ("range", {"low": 24.0, "high": 48.0})],
    ),
    "B19": ("meythaler1996", "A", [("mean", {"mean": 4.2 - 2.2})]),
    "B20": ("apmr2005", "A", [("mean", {"mean": 2.4 - 1.5})]),
    "B23": ("clin_neurophysiol2012", "A", [("mean", {"mean": 77.0})]),
    "B28": ("coffey1993", "A", [("mean", {"mean": 3.9 - 1.7}), ("share", {"low": 0.9, "high": 1.0})]),
    "B30": (
        "heetla2009, akman1993",
        "B",
        [("mean", {"mean": 350.0}), ("range", {"low": 12.0, "high": 18.0})],
    ),
    "B34": (
        "overdose_series1991",
        "A",
        [
            ("share", {"low": 0.001, "high": 0.1}),
            ("share", {"low": 0.5, "high": 1.0}),
            ("share", {"low": 0.05, "high": 0.5}),
            ("share", {"low": 0.05, "high": 1.0}),
        ],
    ),
    "B37": ("jmedcaserep2010", "A", [("case", {"value": 8.0})]),
    "B38": (
        "withdrawal_reviews",
        "B",
        [
            ("range", {"low": 24.0, "high": 72.0}),
            ("range", {"low": 24.0, "high": 72.0}),
            ("share", {"low": 0.03, "high": 0.05}),
        ],
    ),
    "B39": (
        "stetkarova2015",
        "A",
        [
            ("share", {"low": 0.05, "high": 1.0}),
            ("share", {"low": 0.05, "high": 1.0}),
            ("share", {"low": 0.5, "high": 1.0}),
        ],
    ),
    "B40": (
        "withdrawal_reviews, jmedcaserep2010",
        "B",
        [
            ("share", {"low": 0.9, "high": 1.0}),
            ("share", {"low": 0.9, "high": 1.0}),
            ("share", {"low": 0.5, "high": 1.0}),
            ("share", {"low": 0.5, "high": 1.0}),
            ("range", {"low": 4.0, "high": 8.0}),
        ],
    ),
    "B41": ("withdrawal_reviews", "B", [("share", {"low": 0.9, "high": 1.0})]),
    "B42": (
        "swiss_label_36083",
        "A",
        [("mean", {"mean": 180.0}), ("range", {"low": 0.5, "high": 1.5}), ("mean", {"mean": 1135.0})],
    ),
    "B43": ("us_label", "A", [("mean", {"mean": 100.0})]),
    "B44": (
        "toxicology_review",
        "B",
        [("share", {"low": 0.0, "high": 0.5}), ("share", {"low": 0.5, "high": 1.0})],
    ),
}
"""Source, grade and reported numbers, copied by hand from the table of facts; falls as differences of what it
prints, micrograms per mL in ng/mL, days in hours. Edit a row here only when a source says something else."""

TITRATED = {"baseline": 3.9, "fall": 2.2, "month": 19.0, "within": 1.5}
"""The relief of B28 in month 19, in patients within a factor of 1.5 of the dose."""

NINE_OF_TEN = ("share", {"low": 0.9, "high": 1.0})

BEYOND: dict[str, tuple[str, str, list[tuple[str, dict[str, float]]]]] = {
    "P2": ("chamberlain1998", "A", [("mean", {"mean": minutes}) for minutes in (32.5, 37.5, 5.0, 30.0)]),
    "P3": (
        "dyke2020, eide2021, staks1994",
        "A",
        [("range", {"low": 1.0, "high": 3.0}), ("mean", {"mean": 10.0})],
    ),
    "P4": ("jneurolsci1993", "A", [("range", {"low": 12.4, "high": 131.1})]),
    "E5": ("stokic2006", "A", [("mean", {"mean": 100.0 - left}) for left in (75.0, 50.0, 25.0)]),
    "E6": (
        "clin_neurophysiol2012",
        "A",
        [*(("mean", {"mean": fall}) for fall in (91.0, 63.0, 82.0)), NINE_OF_TEN, NINE_OF_TEN],
    ),
    "E7": ("clin_neurophysiol2012", "A", [("mean", {"mean": 91.0}), ("mean", {"mean": 78.0}), NINE_OF_TEN]),
    "E8": (
        "apmr2005, meythaler2001",
        "A",
        [
            ("mean", {"mean": 2.4 - 1.4}),
            ("mean", {"mean": round(100.0 * (62.0 - 14.0) / 62.0, 1)}),
            ("mean", {"mean": 3.3 - 1.4}),
        ],
    ),
    "E9": ("bolus_torque", "A", [("mean", {"mean": 4.0}), ("mean", {"mean": 8.5 - 2.0})]),
    "E10": (
        "meythaler1996, meythaler2001",
        "A",
        [("mean", {"mean": 3.3 - 1.9}), ("mean", {"mean": 2.8 - 1.8})],
    ),
    "E11": ("meythaler2001", "A", [("mean", {"mean": 3.7 - 1.8}), ("mean", {"mean": 3.2 - 1.8})]),
    "E12": ("grabb1999, albright2001", "A", [NINE_OF_TEN, NINE_OF_TEN]),
    "E13": (
        "ko2000",
        "A",
        [
            ("range", {"low": 0.0, "high": 2.0}),
            ("mean", {"mean": 2.1 - 1.5}),
            ("share", {"low": 0.0, "high": 0.5}),
        ],
    ),
    "E14": (
        "dose_escalation2023",
        "A",
        [
            ("range", {"low": 82.89 - 30.7, "high": 82.89 + 30.7}),
            ("range", {"low": 296.3 - 224.6, "high": 296.3 + 224.6}),
            ("range", {"low": 522.63 - 425.97, "high": 522.63 + 425.97}),
        ],
    ),
    "E15": ("heetla2009, fuente2024", "A", [NINE_OF_TEN, NINE_OF_TEN]),
    "E16": ("smith2013", "A", [("case", {"value": 15.0})]),
    "E17": ("overdose_series1991", "A", [("case", {"value": 6.0})]),
}
"""The same for published facts outside the table, copied by hand from the abstracts."""

INDEPENDENT = {"B3", "B42", "B43"}
"""The facts that the body's file names as not used in choosing values."""

READ_OFF = {"rebound_gain"}
"""Their notes name facts for an untreated tone that these print; no outcome was fitted."""

DRAWN_AS_THEY_COME = {"E5", "E6", "E7", "E12"}
"""Doses that everyone gets: steps of titration, and one dose at two tips."""


def test_no_number_of_a_fact_and_no_rule_was_changed() -> None:
    found = {
        fact.id: (fact.source, fact.grade, [(c.rule, dict(c.reported)) for c in fact.checks]) for fact in ALL
    }
    assert [fact.id for fact in facts()] == list(REPORTED)
    for name, (source, grade, rules) in (REPORTED | BEYOND).items():
        assert found[name][:2] == (source, grade), name
        assert [rule for rule, _ in found[name][2]] == [rule for rule, _ in rules], name
        for (_, seen), (_, said) in zip(found[name][2], rules, strict=True):
            assert seen == pytest.approx(said), name


def test_no_reading_of_a_fact_was_changed() -> None:
    """Windows, hours, baselines: what decides a verdict beside the reported numbers."""
    said = {f"{fact.id} {check.name}": dict(check.numbers) for fact, check in CHECKS if check.numbers}
    assert said == {
        "B2 at 50 µg/day": TITRATED | {"dose_ug_day": 50.0},
        "B2 at 1200 µg/day": TITRATED | {"dose_ug_day": 1200.0},
        "B4 time to 95 %": {"share": 0.95},
        "B7 half-life": {"from_h": 0.5, "until_h": 4.0, "every_h": 0.5},
        "B8 half-life": {"from_h": 2.0, "until_h": 8.0, "every_h": 0.5},
        "B10 volume": {"from_h": 2.0, "until_h": 8.0, "every_h": 0.5},
        "B18 maximum": {"share": 0.95},
        "B19 fall at 4 h": {"at_h": 4.0, "baseline": 4.2},
        "B20 fall at 4 h": {"at_h": 4.0, "baseline": 2.4},
        "B23 fall at 1 h": {"at_h": 1.0},
        "B28 fall at 19 months": {"baseline": 3.9},
        "B28 dose rises": {"baseline": 3.9, "fall": 2.2, "first_month": 1.0, "last_month": 19.0},
        "B30 dose at 24 months": {"baseline": 3.9, "fall": 2.2, "month": 24.0},
        "B30 end of the rise": {"baseline": 3.9, "fall": 2.2, "share": 0.95, "last_month": 60.0},
        "B40 fever gone after refill": {"back_h": 48.0},
        "B43 ratio": {"every_h": 8.0},
        "E3 sedated from": {"back_h": 336.0},
        "P2 C5 after lumbar injection": {"share": 0.05},
        "P2 cistern after lumbar injection": {"share": 0.05},
        "P2 cistern after ventricular injection": {"share": 0.05},
        "P2 L3/4 after ventricular injection": {"share": 0.05},
        "P4 half-life": {"from_h": 24.0, "until_h": 48.0, "every_h": 6.0},
        "E6 by puncture over 1 to 6 h": {"from_h": 1.0, "until_h": 6.0, "every_h": 1.0},
        "E6 by catheter at 1 h": {"from_h": 1.0, "until_h": 1.0, "every_h": 1.0},
        "E6 by catheter over 1 to 6 h": {"from_h": 1.0, "until_h": 6.0, "every_h": 1.0},
        "E6 puncture ahead at 1 h": {"from_h": 1.0, "until_h": 1.0, "every_h": 1.0},
        "E6 puncture ahead over 1 to 6 h": {"from_h": 1.0, "until_h": 6.0, "every_h": 1.0},
        "E7 complex": {"from_h": 144.0},
        "E7 simple": {"from_h": 144.0},
        "E7 complex deeper": {"from_h": 144.0},
        "E8 brain injury at 6 h": {"at_h": 6.0, "baseline": 2.4},
        "E8 H/M at 5 h": {"at_h": 5.0},
        "E8 stroke at 6 h": {"at_h": 6.0, "baseline": 3.3},
        "E10 brain injury at 4 h": {"at_h": 4.0, "baseline": 3.3},
        "E10 stroke at 6 h": {"at_h": 6.0, "baseline": 2.8},
        "E11 leg": {"baseline": 3.7},
        "E11 arm": {"baseline": 3.2},
        "E13 leg fall at 4 h": {"at_h": 4.0, "baseline": 2.1},
        "E13 arms affected": {"at_h": 4.0},
        "E14 at discharge": {"baseline": 3.9, "fall": 2.2, "month": 0.5},
        "E14 after one year": {"baseline": 3.9, "fall": 2.2, "month": 12.0},
        "E14 after ten years": {"baseline": 3.9, "fall": 2.2, "month": 120.0},
        "E15 one week after": {"at_h": 672.0},
        "E15 one month after": {"at_h": 1234.0},
        "E17 sedated from": {"back_h": 336.0},
    }


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.id)
def test_a_row_is_whole(fact: Fact) -> None:
    for text in (fact.fact, fact.published, fact.protocol, fact.assumed):
        assert text
        assert not text.endswith(".")
    assert fact.grade in parameters.GRADES
    assert (fact.source == "assumption") == (fact.grade == "X")
    if fact.source != "assumption":
        assert {key.strip() for key in fact.source.split(",")} <= KEYS
    assert len({check.name for check in fact.checks}) == len(fact.checks)
    assert (fact.category == CALIBRATION) == bool(fact.fitted)
    assert fact not in facts() or fact.category in (CALIBRATION, VALIDATION)


@pytest.mark.parametrize(("fact", "check"), CHECKS, ids=IDS)
def test_a_check_can_be_simulated(fact: Fact, check: Check) -> None:
    assert check.unit == OBSERVABLES[check.observable].unit
    assert check.protocols
    for name in check.protocols:
        scenario = protocol(name)
        assert scenario.body == "neuraxis"
        if check.site:
            body = catalogue().bodies[scenario.body].build(scenario.patient, scenario.tip)
            assert check.site in body.readouts


def test_observables_and_protocols_are_all_used() -> None:
    assert {check.observable for _, check in CHECKS} == set(OBSERVABLES)
    used = {name for _, check in CHECKS for name in check.protocols}
    extended = {"oral_10_mg", "steady_100", "steady_350", "stop_350", "fade_to_0", "lumbar_50"}
    assert {path.name.removesuffix(".yaml") for path in _yaml_files()} <= used | extended


def _yaml_files() -> list[module.Traversable]:
    from importlib.resources import files

    folder = files("itsim.data").joinpath("qualification")
    return [path for path in folder.iterdir() if path.name.endswith(".yaml")]


def test_fitted_parameters_are_those_whose_notes_name_the_fact() -> None:
    """A note says "B19, B20" or "B16 to B20"; the body's head says which facts were not used."""
    named: dict[str, set[str]] = {name: set() for name in REPORTED}
    for _, parameter in (*_numbers_of("bodies/neuraxis"), *_numbers_of("response")):
        for fact in _facts_in(parameter.note) if parameter.name not in READ_OFF else ():
            if fact in named:
                named[fact].add(parameter.name)
    for fact in facts():
        assert set(fact.fitted) == named[fact.id], fact.id
    assert {fact.id for fact in facts() if not fact.fitted} == INDEPENDENT


def _numbers_of(part: str) -> list[tuple[str, parameters.Parameter]]:
    return [(part, p) for p in parameters.read(part).values()]


def _facts_in(note: str) -> set[str]:
    spans = [range(int(a), int(b) + 1) for a, b in re.findall(r"\bB(\d+) to B(\d+)", note)]
    singles = [int(number) for number in re.findall(r"\bB(\d+)\b", note)]
    return {f"B{n}" for span in (*spans, singles) for n in span}


def test_a_dose_is_sought_only_in_patients_who_were_not_matched_to_one() -> None:
    """A titration asks for the dose that a patient needs; matched to a dose, it would be put in."""
    sought = {"dose_rises", "dose_at", "rise_over", "titrated_concentration"}
    for fact, check in CHECKS:
        if check.observable in sought:
            assert [protocol(name).history for name in check.protocols] == [None], fact.id


def test_patients_are_matched_unless_a_dose_is_given_to_everyone() -> None:
    assert {fact.id for fact, check in CHECKS if not check.suited} == DRAWN_AS_THEY_COME
    for fact in ALL:
        if fact.id in DRAWN_AS_THEY_COME:
            assert not any(check.suited for check in fact.checks)
            assert "drawn as they come" in fact.assumed


def test_reasons_name_a_structure() -> None:
    assert all("needs" in fact.reason or "says" in fact.reason for fact in ALL if fact.reason)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"check": []}, "at least one"),
        ({"check": [{"rule": "guess"}]}, "is none of"),
        ({"check": [{"rule": "mean", "low": 1.0}]}, "takes"),
        ({"check": [{"rule": "mean", "mean": "much", "protocols": []}]}, "not a number"),
        ({"check": [{"rule": "mean", "mean": 1.0}]}, "must be a list"),
        ({"check": [{"rule": "mean", "mean": 1.0, "protocols": [], "suited": "no"}]}, "true or false"),
    ],
)
def test_a_row_that_is_not_whole_is_refused(table: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        module._fact("B0", {"fact": "x", **table})


def test_a_protocol_that_is_not_there() -> None:
    with pytest.raises(ScenarioError):
        protocol("nothing")
