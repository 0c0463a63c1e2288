"""What age, weight and kidneys make of a patient: the laws by hand, and the numbers that stay."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.parameters import ParameterSet, about, read
from itsim.person import is_child, outside_population, personal

YEAR_H = 8766.0


def person(body: str = "neuraxis", given: tuple[str, ...] = (), **numbers: float) -> ParameterSet:
    found = read(f"bodies/{body}", "person")
    for name, value in numbers.items():
        found = found.override(name, value)
    return personal(found, given)


def test_an_adult_with_whole_kidneys_is_the_data_themselves() -> None:
    assert person() == read("bodies/neuraxis", "person")
    assert person(body_weight=95.0, age=70.0 * YEAR_H)["apparent_clearance"].value == 9030.0


def test_clearance_and_volume_of_a_child_go_with_the_weight() -> None:
    """He 2014: 0.273 L/h/kg (33.4 %) and 1.16 L/kg (43.9 %); half-life of the two about 3 h."""
    found = person(age=8.0 * YEAR_H, body_weight=25.0)
    clearance, volume = found["apparent_clearance"], found["apparent_volume"]
    assert (clearance.value, volume.value) == pytest.approx((6825.0, 29000.0))
    assert (clearance.cv, volume.cv) == (0.334, 0.439)
    assert clearance.source == volume.source == "he2014"
    assert clearance.low < clearance.value < clearance.high


@pytest.mark.parametrize(("years", "per_kg"), [(0.5, 0.85), (3.0, 0.86), (8.0, 0.71), (15.0, 0.54)])
def test_lumbosacral_csf_of_children_is_the_measured_one(years: float, per_kg: float) -> None:
    """Jang 2019: mL per kg by age group, whatever share the body's profile gives to the lumbosacral canal."""
    for share in (0.377, 0.3):
        found = person(age=years * YEAR_H, body_weight=20.0, lumbosacral_share=share)
        assert found["spinal_csf_volume"].value * share == pytest.approx(per_kg * 20.0)
    even = person("neuraxis_minimal", age=years * YEAR_H, body_weight=20.0)
    assert even["spinal_csf_volume"].value * 0.375 == pytest.approx(per_kg * 20.0)


def test_thoracolumbosacral_csf_of_the_preset_agrees_with_the_measured_one() -> None:
    """1.38 mL/kg (SD 0.40), which only the split of the canal and not the volume was set on."""
    found = person(age=8.0 * YEAR_H, body_weight=25.0)
    volume_mL = found["spinal_csf_volume"].value * (1.0 - found["cervical_share"].value)
    assert volume_mL / 25.0 == pytest.approx(1.38, rel=0.01)


def test_canal_of_a_child_grows_as_spines_do() -> None:
    """Sanders 2025: 0.87 of an adult's at the spurt, 1.35 cm a year before it, 1.88 after it, L3/4 in
    proportion; no longer than an adult's."""
    for years, cm in ((8.0, 52.2 - 4.5 * 1.35), (12.5, 52.2), (14.0, 52.2 + 1.5 * 1.88), (17.5, 60.0)):
        found = person(age=years * YEAR_H, body_weight=25.0)
        assert found["canal_length"].value == pytest.approx(cm)
        assert found["puncture_centre"].value == pytest.approx(12.5 * cm / 60.0)
    kept = person(given=("canal_length",), age=8.0 * YEAR_H, body_weight=25.0, canal_length=50.0)
    assert kept["canal_length"].value == 50.0
    assert "canal_length" not in person("one_compartment", age=8.0 * YEAR_H, body_weight=25.0)


def test_csf_of_a_child_is_made_as_drains_show() -> None:
    """Yasuda 2002, between boys and girls: 2.78 − 1.115 + 0.97 ln 8 + 2.26 ln 25 = 10.96 mL/h."""
    expected = 2.78 - 1.115 + 0.97 * math.log(8.0) + 2.26 * math.log(25.0)
    assert person(age=8.0 * YEAR_H, body_weight=25.0)["csf_production"].value == pytest.approx(expected)
    assert person(age=0.0, body_weight=3.0)["csf_production"].value == 1.0


@given(renal=st.floats(0.0, 1.0))
def test_kidneys_carry_their_share_of_the_clearance(renal: float) -> None:
    for body in ("neuraxis", "one_compartment"):
        before, after = (person(body, renal_function=r)["apparent_clearance"].value for r in (1.0, renal))
        assert after == pytest.approx(before * (1.0 - 0.57 * (1.0 - renal)))
    weak = person(renal_function=renal, age=8.0 * YEAR_H, body_weight=25.0)
    assert weak["apparent_clearance"].value == pytest.approx(6825.0 * (1.0 - 0.57 * (1.0 - renal)))


def test_what_is_given_stays() -> None:
    found = person(
        given=("apparent_clearance", "csf_production"),
        age=8.0 * YEAR_H,
        body_weight=25.0,
        renal_function=0.2,
        apparent_clearance=5000.0,
    )
    assert found["apparent_clearance"].value == 5000.0
    assert found["csf_production"].value == 21.0
    assert found["apparent_volume"].value == pytest.approx(29000.0)


@pytest.mark.parametrize(
    ("years", "renal", "outside"),
    [
        (40.0, 1.0, ()),
        (17.9, 1.0, ("a child (17.9 years)",)),
        (18.0, 0.5, ()),
        (40.0, 0.49, ("renal failure (kidney function 49 %)",)),
        (8.0, 0.2, ("a child (8 years)", "renal failure (kidney function 20 %)")),
    ],
)
def test_for_whom_the_model_was_not_made(years: float, renal: float, outside: tuple[str, ...]) -> None:
    numbers = person(age=years * YEAR_H, renal_function=renal)
    assert is_child(numbers) == (years < 18.0)
    assert outside_population(numbers) == outside


def test_presets_tell_the_labelled_doses() -> None:
    drug = read("drug").numbers
    for preset, origin in (("child", "child"), ("cerebral_adult", "cerebral")):
        low, high = (round(24.0 * drug[f"{origin}_dose_{end}"]) for end in ("from", "to"))
        assert f"{low} to {high} ug/day" in " ".join(about(f"patients/{preset}")["summary"].split())
