"""Every number has a unit, a range, a source and a grade; and a set of them cannot be read wrongly."""

from __future__ import annotations

import itertools
import math
import pickle
import re
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from itsim import parameters
from itsim.parameters import NOT_CITED, Parameter, ParameterError, ParameterSet
from itsim.units import SUFFIX_UNITS, split_suffix

EVERY = parameters.all_parameters()
IDS = [f"{part}:{parameter.name}" for part, parameter in EVERY]
KEYS = {reference.key for reference in parameters.references()}
BODIES = parameters.available("bodies")

SYSTEMIC = {
    "apparent_clearance",
    "apparent_volume",
    "absorption",
    "bioavailability",
    "depot_absorption",
    "plasma_partition",
}
BRAIN = {"brain_partition", "brain_plasma_partition", "brain_exchange"}


def table(**changes: object) -> dict[str, object]:
    """A well-formed table of one number, with some keys changed; None takes a key away."""
    good = {"value": 2.0, "unit": "mL", "low": 1.0, "high": 3.0, "source": "x", "grade": "A", "note": "n"}
    return {key: value for key, value in (good | changes).items() if value is not None}


def made(**changes: object) -> Parameter:
    return parameters._parameter("test", "thing", table(**changes))


def one(name: str = "thing", value: float = 2.0, unit: str = "mL") -> Parameter:
    return Parameter(name, value, unit, 1.0, 3.0, "assumption", "X", "note")


# --- the data


@pytest.mark.parametrize(("part", "parameter"), EVERY, ids=IDS)
def test_number_is_complete(part: str, parameter: Parameter) -> None:
    assert parameter.unit in SUFFIX_UNITS.values()
    assert math.isfinite(parameter.low)
    assert math.isfinite(parameter.high)
    assert parameter.low <= parameter.value <= parameter.high
    assert parameter.grade in {"A", "B", "M", "X", "fit"}
    assert len(parameter.note) > 3
    assert parameter.cv >= 0.0
    assert parameter.tail_df == 0.0 or parameter.tail_df > 2.0


@pytest.mark.parametrize(("part", "parameter"), EVERY, ids=IDS)
def test_source_goes_with_the_grade(part: str, parameter: Parameter) -> None:
    assert (parameter.source == "assumption") == (parameter.grade == "X")
    assert (parameter.source == "fit") == (parameter.grade == "fit")
    assert (parameter.source == "unverified") == (parameter.grade == "M")
    if parameter.grade == "fit":
        assert re.search(r"\bB\d+\b|\b(19|20)\d\d\b", parameter.note), "a fit names the fact it was fitted to"
    elif parameter.grade != "X":
        assert set(parameter.sources) <= KEYS


@pytest.mark.parametrize(("part", "parameter"), EVERY, ids=IDS)
def test_name_can_take_a_suffix(part: str, parameter: Parameter) -> None:
    assert split_suffix(parameter.name) == (parameter.name, "1"), "the key itself must not end in a unit"
    if part not in ("levels", "correlations"):
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", parameter.name)
    if parameter.name.startswith("n_"):
        assert parameter.unit == "1"


def test_moves_with_names_a_parameter_of_the_same_part() -> None:
    for part, parameter in EVERY:
        if parameter.moves_with:
            assert parameter.moves_with in parameters.read(part)
            assert parameter.moves_with != parameter.name


def test_every_reference_is_used_or_says_what_for() -> None:
    used = {key for _, parameter in EVERY for key in parameter.sources}
    idle = [r.key for r in parameters.references() if r.key not in used and "keywords" not in r.fields]
    assert not idle


def test_bibliography_is_read_whole() -> None:
    text = parameters._text("references.bib")
    assert len(parameters.references()) == len(re.findall(r"^@", text, re.MULTILINE)) == len(KEYS)
    for reference in parameters.references():
        assert reference.line
        assert len(reference.fields) == reference.text.count(" = {")
        if "doi" in reference.fields:
            assert re.fullmatch(r"10\.\d{4,}/\S+", reference.fields["doi"])
    assert "unverified" in KEYS


def test_presets_are_found() -> None:
    assert BODIES == ("neuraxis", "neuraxis_minimal", "one_compartment", "two_compartment")
    assert parameters.available("pumps") == (
        "constant_flow_20",
        "prometra_ii_20",
        "synchromed_el_18",
        "synchromed_ii_20",
        "synchromed_ii_40",
    )
    assert parameters.available("catheters") == ("ascenda", "flowonix", "indura")
    assert "adult" in parameters.available("patients")


def test_every_file_of_the_folder_is_a_part(project: Path) -> None:
    folder = project / "src" / "itsim" / "data"
    read = {f"{part}.toml" for part in parameters.parts()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")}
    assert read <= there
    assert {name for name in there if name.count("/") == 0} <= read


@pytest.mark.parametrize("body", BODIES)
def test_every_body_has_the_systemic_and_the_brain_numbers(body: str) -> None:
    assert set(parameters.read(f"bodies/{body}")) >= SYSTEMIC | BRAIN


def test_minimal_body_has_the_keys_of_the_default_but_for_deep_tissue_arm_and_profile() -> None:
    more = set(parameters.read("bodies/neuraxis")) - set(parameters.read("bodies/neuraxis_minimal"))
    deep_and_arm = {"deep_exchange", "deep_share", "grey_exchange", "arm_exchange"}
    assert more == deep_and_arm | {"lumbosacral_share", "cervical_share", "posture"}


@pytest.mark.parametrize("body", BODIES)
def test_body_and_response_and_drug_share_no_name(body: str) -> None:
    assert len(parameters.read(f"bodies/{body}", "response", "drug")) > 30


@pytest.mark.parametrize("pump", parameters.available("pumps"))
def test_pumps_have_the_same_keys_and_say_what_they_sense(pump: str) -> None:
    part = f"pumps/{pump}"
    assert set(parameters.read(part)) == set(parameters.read("pumps/synchromed_ii_40"))
    assert {"name", "sensors", "no_sensor", "alarms", "sources"} <= set(parameters.about(part))
    assert set(parameters.about(part)["sources"]) <= KEYS
    for catheter in parameters.available("catheters"):
        parameters.read(part, f"catheters/{catheter}", "clinic")


CAPABILITIES = ("programmable", "can_stop", "has_rotor", "opens_in_field", "has_battery", "stops_at_eos")


@pytest.mark.parametrize("pump", parameters.available("pumps"))
def test_a_pump_can_or_cannot(pump: str) -> None:
    numbers = parameters.read(f"pumps/{pump}")
    can = {n for n in numbers if n in CAPABILITIES or n.startswith(("senses_", "alarms_"))}
    assert len(can) == len(CAPABILITIES) + 6
    assert all(numbers[name].value in (0.0, 1.0) for name in can)
    assert all(numbers[name].low == numbers[name].high for name in can)


@pytest.mark.parametrize("pump", parameters.available("pumps"))
def test_capabilities_and_limits_of_a_pump_fit_together(pump: str) -> None:
    p = parameters.read(f"pumps/{pump}").numbers
    assert p["minimum_rate"] <= p["maximum_rate"]
    assert p["safe_rate"] <= p["minimum_rate"]
    assert p["unusable_volume"] < p["reservoir_capacity"]
    assert p["senses_stall"] <= p["has_rotor"]
    assert max(p["senses_battery"], p["stops_at_eos"]) <= p["has_battery"]
    if not p["programmable"]:
        assert p["safe_rate"] == p["minimum_rate"] == p["maximum_rate"]
        assert not any(value for name, value in p.items() if name.startswith(("senses_", "alarms_")))


# --- numbers copied from the sources by hand, in the words of the sources


@pytest.mark.parametrize(
    ("part", "name", "value", "unit"),
    [
        ("bodies/neuraxis", "csf_loss", 0.29, "1/h"),
        ("bodies/neuraxis", "apparent_clearance", 9030.0, "mL/h"),
        ("bodies/neuraxis", "n_segments", 12.0, "1"),
        ("bodies/neuraxis_minimal", "cord_share", 0.27, "1"),
        ("bodies/neuraxis_minimal", "apparent_volume", 44500.0, "mL"),
        ("response", "leg_ec50", 0.15, "ug/mL"),
        ("response", "occupancy_constant", 0.35, "ug/mL"),
        ("response", "slow_tolerance_time", 127 * 24.0, "h"),
        ("pumps/synchromed_ii_20", "minimum_rate", 0.002, "mL/h"),
        ("pumps/synchromed_ii_20", "maximum_rate", 1.0, "mL/h"),
        ("pumps/synchromed_ii_40", "eri_grace", 90 * 24.0, "h"),
        ("pumps/synchromed_el_18", "reservoir_capacity", 18.0, "mL"),
        ("pumps/synchromed_el_18", "stops_at_eos", 0.0, "1"),
        ("pumps/prometra_ii_20", "maximum_rate", 1.2, "mL/h"),
        ("pumps/prometra_ii_20", "opens_in_field", 1.0, "1"),
        ("pumps/constant_flow_20", "maximum_rate", 0.5 / 24.0, "mL/h"),
        ("catheters/ascenda", "volume_per_length", 0.0022, "mL/cm"),
        ("drug", "warning_dose_to", 2003 / 24.0, "ug/h"),
    ],
)
def test_canonical_values(part: str, name: str, value: float, unit: str) -> None:
    parameter = parameters.read(part)[name]
    assert parameter.value == pytest.approx(value, rel=1e-12)
    assert parameter.unit == unit


def test_systemic_numbers_are_the_mean_of_two_studies_weighted_by_patients() -> None:
    p = parameters.read("bodies/neuraxis").numbers

    def weighted(first: float, second: float) -> float:
        return (143 * first + 57 * second) / (143 + 57)

    assert p["apparent_clearance"] == pytest.approx(weighted(8000.0, 11600.0), rel=1e-3)
    assert p["apparent_volume"] == pytest.approx(weighted(44500.0, 72800.0), rel=1e-3)
    assert p["absorption"] == pytest.approx(weighted(2.23, 1.64), rel=1e-3)


def test_two_compartments_close_on_the_facts_they_were_set_on() -> None:
    p = parameters.read("bodies/two_compartment").numbers
    ratio = (p["exchange_flow"] + p["cisternal_clearance"]) / p["exchange_flow"]
    assert ratio == pytest.approx(4.0)
    assert p["lumbar_clearance"] + p["exchange_flow"] * (1 - 1 / ratio) == pytest.approx(30.0)


def test_dead_volume_of_the_example() -> None:
    p = parameters.read("pumps/synchromed_ii_40", "catheters/indura").numbers
    assert p["tubing_volume"] + p["length"] * p["volume_per_length"] == pytest.approx(0.376)


def test_levels_rise_and_fall_into_their_segments() -> None:
    levels = parameters.levels()
    heights = list(levels.values())
    assert all(below < above for below, above in itertools.pairwise(heights))
    assert 0.0 < heights[0] < heights[-1] < 60.0
    assert [int(levels[name] // 5.0) for name in ("L3/4", "T12/L1", "T10")] == [2, 4, 5]
    assert [levels[name] for name in ("L3/4", "T12/L1", "T10")] == [12.5, 22.5, 27.5]
    order = [f"C{k}" for k in range(1, 8)] + [f"T{k}" for k in range(1, 13)] + [f"L{k}" for k in range(1, 6)]
    assert [name for name in levels if name in order] == order[::-1]


def test_spans_are_the_segments_of_legs_and_arms() -> None:
    heights = parameters.read("levels").numbers
    spans = {name: (heights[f"{name}_from"], heights[f"{name}_to"]) for name in ("leg_cord", "arm_cord")}
    assert spans == {"leg_cord": (15.0, 30.0), "arm_cord": (45.0, 55.0)}
    assert heights["lumbar_sample"] == parameters.levels()["L3/4"]


def test_tips_are_the_ventricle_and_every_level_from_above() -> None:
    tips = parameters.tips()
    assert tips[0] == parameters.INTRAVENTRICULAR
    assert tips[1:] == tuple(parameters.levels())[::-1]
    wanted = [f"C{k}" for k in range(1, 8)] + [f"T{k}" for k in range(1, 13)] + ["L1", "L2"]
    assert set(wanted) <= set(tips)


def test_correlations_name_parameters_of_the_default_body() -> None:
    body = parameters.read("bodies/neuraxis")
    pairs = {(c.a, c.b): c.rho for c in parameters.correlations()}
    assert pairs[("csf_loss", "axial_dispersion")] == 0.4
    assert pairs[("apparent_clearance", "apparent_volume")] == 0.5
    for (a, b), rho in pairs.items():
        assert a in body
        assert b in body
        assert -1.0 < rho < 1.0
        assert min(body[a].cv, body[b].cv) > 0.0


@pytest.mark.parametrize(("index", "top"), [("withdrawal", 100.0), ("effect", 1.0), ("sedation", 1.0)])
def test_bands_cover_the_index_without_gap(index: str, top: float) -> None:
    bands = parameters.stages(index)
    assert bands[0].from_index == 0.0
    assert bands[-1].to_index == top
    assert all(low.to_index == high.from_index for low, high in itertools.pairwise(bands))
    assert all(band.from_index < band.to_index for band in bands)


def test_withdrawal_bands() -> None:
    bands = parameters.stages("withdrawal")
    assert [band.from_index for band in bands] == [0.0, 10.0, 30.0, 60.0]
    assert not bands[0].signs
    assert "itch" in bands[1].signs
    assert "fever" in bands[2].signs
    assert "rhabdomyolysis" in bands[3].signs
    with pytest.raises(ParameterError, match="withdrawal"):
        parameters.stages("mood")


def test_safety_wording() -> None:
    words = parameters.safety()
    assert "not a medical device" in words["disclaimer"]
    assert "emergency services" in words["withdrawal"]
    assert words["not_validated"].format(inside=19, total=26).count("19 of 26") == 1
    assert "\n" not in words["disclaimer_long"].strip()
    for name in ("disclaimer", "disclaimer_long"):
        for word in ("dosing", "pump programming", "refill timing", "emergencies"):
            assert word in words[name]


# --- reading


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unit": None}, "missing"),
        ({"source": None}, "missing"),
        ({"grade": None}, "missing"),
        ({"low": None}, "missing"),
        ({"high": None}, "missing"),
        ({"note": None}, "missing"),
        ({"colour": "red"}, "colour"),
        ({"unit": ""}, "unit"),
        ({"unit": "furlong"}, "furlong"),
        ({"unit": "mL**2"}, "none of"),
        ({"unit": 3}, "not a text"),
        ({"grade": "C"}, "grade"),
        ({"value": "2 mL"}, "finite"),
        ({"value": True}, "finite"),
        ({"value": math.inf}, "finite"),
        ({"value": math.nan}, "finite"),
        ({"value": 4.0}, "range"),
        ({"low": 2.5}, "range"),
    ],
)
def test_malformed_number_is_refused(changes: dict[str, object], rule: str) -> None:
    with pytest.raises(ParameterError, match=rule) as caught:
        made(**changes)
    assert "test: thing" in str(caught.value)


def test_bare_number_is_refused() -> None:
    with pytest.raises(ParameterError, match="table"):
        parameters._parameter("test", "thing", 3.0)


def test_any_unit_becomes_the_canonical_one() -> None:
    parameter = made(value=0.024, unit="L/day", low=0.012, high=0.048, cv=0.5)
    assert (parameter.value, parameter.unit) == (pytest.approx(1.0), "mL/h")
    assert (parameter.low, parameter.high) == (pytest.approx(0.5), pytest.approx(2.0))
    assert parameter.cv == 0.5
    assert made(value=50, unit="%", low=0, high=100).value == pytest.approx(0.5)


def test_a_number_is_shown_in_the_unit_of_its_file() -> None:
    age = made(value=8.0, unit="year", low=2.0, high=17.0)
    assert (age.unit, age.value) == ("h", pytest.approx(8.0 * 8766.0))
    shown = age.as_stated()
    assert (shown.value, shown.low, shown.high, shown.unit) == (8.0, 2.0, 17.0, "year")
    assert shown.as_stated() == shown
    assert made().as_stated() == made()


@pytest.mark.parametrize(("part", "parameter"), EVERY, ids=IDS)
def test_every_number_is_shown_as_its_file_has_it(part: str, parameter: Parameter) -> None:
    shown, written = parameter.as_stated(), parameters._document(part)[parameter.name]
    assert (shown.value, shown.low, shown.high) == (written["value"], written["low"], written["high"])
    assert shown.unit == written["unit"]


@pytest.mark.parametrize("part", ["bodies/nobody", "../units", "bodies", "", "bodies/neuraxis.toml"])
def test_unknown_part_is_refused(part: str) -> None:
    for reader in (parameters.read, parameters.about):
        with pytest.raises(ParameterError, match="bodies/neuraxis"):
            reader(part)


def test_unknown_folder_is_refused() -> None:
    with pytest.raises(ParameterError, match="catheters"):
        parameters.available("cars")


def test_about_is_a_copy() -> None:
    parameters.about("patients/adult")["tip"] = "C1"
    assert parameters.about("patients/adult")["tip"] == "T10"
    assert parameters.about("patients/adult")["tip"] in parameters.levels()


def test_version_follows_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    before = parameters.version()
    assert re.fullmatch(r"\d+\+[0-9a-f]{12}", before)
    read = parameters._text
    monkeypatch.setattr(parameters, "_text", lambda name: read(name) + ("#" if name == "drug.toml" else ""))
    assert parameters.version.__wrapped__() != before


def test_references_of_a_set() -> None:
    body = parameters.read("bodies/neuraxis")
    assert {"chen2017", "sass2017", "chevillard2018"} <= set(body.sources)
    assert not set(body.sources) & set(NOT_CITED)
    found = parameters.references(p.source for p in body.values())
    assert sorted(r.key for r in found) == sorted(body.sources)
    (simon,) = parameters.references(["simon2018", "simon2018"])
    assert simon.text.startswith("@article{simon2018,")
    assert "10.3389/fpsyt.2018.00385" in simon.line
    with pytest.raises(ParameterError, match="nobody1900"):
        parameters.references(["nobody1900"])


# --- a set


def test_set_is_a_frozen_mapping() -> None:
    numbers = ParameterSet((one("a"), one("b", 3.0)))
    assert list(numbers) == ["a", "b"]
    assert len(numbers) == 2
    assert numbers["b"].value == 3.0
    assert numbers.numbers == {"a": 2.0, "b": 3.0}
    assert pickle.loads(pickle.dumps(numbers)) == numbers
    assert hash(numbers) == hash(ParameterSet((one("a"), one("b", 3.0))))
    with pytest.raises(FrozenInstanceError):
        numbers.entries = ()  # type: ignore[misc]
    with pytest.raises(KeyError):
        numbers["c"]


def test_name_given_twice_is_refused() -> None:
    with pytest.raises(ParameterError, match="a: given twice"):
        ParameterSet((one("a"), one("a")))
    with pytest.raises(ParameterError, match="plasma_partition"):
        parameters.read("bodies/neuraxis", "bodies/neuraxis_minimal")


def test_override_keeps_the_range_and_the_old_set() -> None:
    old = ParameterSet((one("a"), one("b")))
    new = old.override("a", 9)
    assert old["a"].value == 2.0
    assert (new["a"].value, new["a"].source, new["a"].grade) == (9.0, "scenario", "X")
    assert (new["a"].low, new["a"].high, new["a"].unit) == (1.0, 3.0, "mL")
    assert list(new) == ["a", "b"]
    assert not new["a"].in_range
    assert new["b"].in_range


@pytest.mark.parametrize(
    ("name", "value", "grade", "rule"),
    [
        ("aa_volume", 1.0, "X", "a_volume"),
        ("a_volume", math.nan, "X", "finite"),
        ("a_volume", 1.0, "Z", "grade"),
    ],
)
def test_override_refuses(name: str, value: float, grade: str, rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        ParameterSet((one("a_volume"),)).override(name, value, grade=grade)


def test_merged_lets_the_other_have_the_word() -> None:
    both = ParameterSet((one("a"), one("b"))).merged(ParameterSet((one("b", 3.0), one("c"))))
    assert both.numbers == {"a": 2.0, "b": 3.0, "c": 2.0}


@dataclass(frozen=True)
class Numbers:
    csf_loss_per_h: float
    spinal_csf_volume_mL: float
    apparent_clearance_mL_h: float
    axial_dispersion_cm2_h: float
    canal_length_cm: float
    cord_share: float
    deep_share_frac: float
    n_segments: int
    ratio: float = 4.0


def test_fill_reads_fields_by_their_suffix() -> None:
    filled = parameters.read("bodies/neuraxis").fill(Numbers)
    assert filled == Numbers(0.29, 95.0, pytest.approx(9030.0), 200.0, 60.0, 0.27, 0.9, 12, 4.0)
    assert isinstance(filled.n_segments, int)


@dataclass(frozen=True)
class WrongUnit:
    spinal_csf_volume_h: float


@dataclass(frozen=True)
class NoUnit:
    spinal_csf_volume: float


@dataclass(frozen=True)
class Unknown:
    csf_lost_per_h: float


@dataclass(frozen=True)
class Counted:
    n_segments: int


@pytest.mark.parametrize(
    ("cls", "rule"),
    [(WrongUnit, "spinal_csf_volume_mL"), (NoUnit, "spinal_csf_volume_mL"), (Unknown, "csf_loss")],
)
def test_fill_refuses_what_does_not_fit(cls: type, rule: str) -> None:
    with pytest.raises(ParameterError, match=rule):
        parameters.read("bodies/neuraxis").fill(cls)


def test_fill_refuses_half_a_segment() -> None:
    with pytest.raises(ParameterError, match="whole"):
        parameters.read("bodies/neuraxis").override("n_segments", 12.5).fill(Counted)
