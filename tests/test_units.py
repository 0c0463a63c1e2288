"""Units are read in every spelling that is documented, and in no other."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim import units
from itsim.units import SUFFIX_UNITS, UnitError, convert, example, factor, parse, split_suffix, unit_of, words

CANONICAL = sorted(set(SUFFIX_UNITS.values()))

SPELLINGS = {
    "h": {
        "min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "s": 1 / 3600, "second": 1 / 3600, "h": 1.0,
        "hr": 1.0, "hour": 1.0, "hours": 1.0, "d": 24.0, "day": 24.0, "days": 24.0, "week": 168.0,
        "weeks": 168.0, "month": 730.5, "months": 730.5, "year": 8766.0, "years": 8766.0,
    },
    "mL": {
        "mL": 1.0, "ml": 1.0, "milliliter": 1.0, "millilitre": 1.0, "L": 1e3, "l": 1e3, "liter": 1e3,
        "litre": 1e3, "uL": 1e-3, "\u00b5L": 1e-3, "\u03bcL": 1e-3,
    },
    "ug": {
        "ug": 1.0, "mcg": 1.0, "\u00b5g": 1.0, "\u03bcg": 1.0, "microgram": 1.0, "micrograms": 1.0,
        "ng": 1e-3, "mg": 1e3, "g": 1e6,
    },
    "cm": {"cm": 1.0, "mm": 0.1, "m": 100.0, "centimetre": 1.0, "millimetre": 0.1, "metre": 100.0},
    "mL/h": {"mL/h": 1.0, "mL/day": 1 / 24, "mL/d": 1 / 24, "ml/day": 1 / 24, "mL/min": 60.0, "L/h": 1e3},
    "ug/h": {
        "ug/h": 1.0, "ug/day": 1 / 24, "mcg/day": 1 / 24, "\u00b5g/day": 1 / 24, "\u03bcg/d": 1 / 24,
        "mg/day": 1e3 / 24, "ng/h": 1e-3,
    },
    "ug/mL": {"ug/mL": 1.0, "mg/mL": 1e3, "mcg/mL": 1.0, "\u00b5g/mL": 1.0, "ng/mL": 1e-3, "mg/L": 1.0},
    "1/h": {"1/h": 1.0, "1/day": 1 / 24, "1/d": 1 / 24, "1/min": 60.0, "%/day": 0.01 / 24},
    "mL/cm": {"mL/cm": 1.0, "uL/cm": 1e-3, "uL/mm": 1e-2},
    "cm**2/h": {"cm**2/h": 1.0, "cm^2/h": 1.0, "mm**2/s": 36.0},
    "cm/h": {"cm/h": 1.0, "cm/year": 1 / 8766, "mm/day": 0.1 / 24},
    "mmHg": {"mmHg": 1.0, "kPa": 7.5006168},
    "mL/mmHg": {"mL/mmHg": 1.0, "uL/mmHg": 1e-3, "mL/kPa": 1 / 7.5006168},
    "kg": {"kg": 1.0, "kilogram": 1.0},
    "mL/kg": {"mL/kg": 1.0, "L/kg": 1e3},
    "mL/h/kg": {"mL/h/kg": 1.0, "L/h/kg": 1e3, "mL/min/kg": 60.0},
    "1": {"1": 1.0, "": 1.0, "%": 0.01, "percent": 0.01, "ug/ug": 1.0},
}  # fmt: skip
"""Canonical unit -> every spelling a user may write -> its size."""

PAIRS = [(unit, text, size) for unit, found in SPELLINGS.items() for text, size in found.items()]


def test_every_canonical_unit_has_spellings_words_and_an_example() -> None:
    assert sorted(SPELLINGS) == CANONICAL
    for unit in CANONICAL:
        assert words(unit) != f"a quantity in {unit}"
        assert math.isfinite(parse(example(unit).split(" or ")[0], unit))
    assert parse(example("1").split(" or ")[1], "1") == 0.5


@pytest.mark.parametrize(("unit", "text", "size"), PAIRS)
def test_documented_spelling_is_read(unit: str, text: str, size: float) -> None:
    assert parse(f"3 {text}", unit) == pytest.approx(3.0 * size, rel=1e-12)
    if text[:1] != "1":
        assert parse(f"3{text}", unit) == parse(f"3 {text}", unit)


@pytest.mark.parametrize("micro", ["\u00b5", "\u03bc"], ids=["micro sign", "Greek mu"])
def test_both_code_points_of_micro(micro: str) -> None:
    assert parse(f"300 {micro}g/day", "ug/h") == parse("300 ug/day", "ug/h") == pytest.approx(12.5)


def test_month_is_a_twelfth_of_a_julian_year() -> None:
    assert parse("1 month", "h") == pytest.approx(30.4375 * 24)
    assert parse("12 months", "h") == pytest.approx(parse("1 year", "h")) == pytest.approx(365.25 * 24)
    assert parse("100 year", "h") == pytest.approx(units.MAX_TIME_H)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3 mL", 1000.0),
        ("+2.5 mL", 2.5),
        ("-2.5 mL", -2.5),
        (".5 mL", 0.5),
        ("5. mL", 5.0),
        ("  7   mL ", 7.0),
    ],
)
def test_number_may_be_written_in_any_way(text: str, value: float) -> None:
    assert parse(text, "mL") == value


@pytest.mark.parametrize(
    ("text", "unit", "rule"),
    [
        ("10", "h", "has no unit"),
        ("10", "ug/h", "300 ug/day"),
        ("", "h", "not a number"),
        ("day", "h", "not a number"),
        ("ten days", "h", "not a number"),
        ("nan h", "h", "not a number"),
        ("inf h", "h", "not a number"),
        ("0x10 h", "h", "not known"),
        ("1_000 h", "h", "not known"),
        ("1,5 h", "h", "not known"),
        ("10 fortnight", "h", "not known"),
        ("10 Day", "h", "not known"),
        ("10 mL", "h", "a time belongs here"),
        ("10 ug", "ug/h", "a dose rate belongs here"),
        ("10 %", "h", "a time belongs here"),
        ("10 mL", "mmHg", "a pressure belongs here"),
        ("10 h", "1", "a plain number belongs here"),
        ("1 mL 2", "mL", "not known"),
        ("1 2", "mL", "not known|belongs here"),
        ("1 mL; import os", "mL", "not known"),
        ("1e999 h", "h", "too large"),
        ("1e308 year", "h", "too large"),
    ],
)
def test_refused_with_a_way_out(text: str, unit: str, rule: str) -> None:
    with pytest.raises(UnitError, match=rule):
        parse(text, unit)


@pytest.mark.parametrize(
    ("name", "key", "unit"),
    [
        ("csf_loss_per_h", "csf_loss", "1/h"),
        ("rate_mL_h", "rate", "mL/h"),
        ("volume_mL", "volume", "mL"),
        ("volume_per_length_mL_cm", "volume_per_length", "mL/cm"),
        ("dose_ug", "dose", "ug"),
        ("dose_rate_ug_h", "dose_rate", "ug/h"),
        ("concentration_ug_mL", "concentration", "ug/mL"),
        ("axial_dispersion_cm2_h", "axial_dispersion", "cm**2/h"),
        ("length_cm", "length", "cm"),
        ("compliance_mL_mmHg", "compliance", "mL/mmHg"),
        ("relief_pressure_mmHg", "relief_pressure", "mmHg"),
        ("lasting_h", "lasting", "h"),
        ("body_weight_kg", "body_weight", "kg"),
        ("clearance_per_weight_mL_h_kg", "clearance_per_weight", "mL/h/kg"),
        ("block_frac", "block", "1"),
        ("cord_share", "cord_share", "1"),
        ("n_segments", "n_segments", "1"),
        ("_h", "_h", "1"),
    ],
)
def test_suffix_says_the_unit(name: str, key: str, unit: str) -> None:
    assert split_suffix(name) == (key, unit)
    assert unit_of(name) == unit


def test_no_suffix_hides_a_longer_one() -> None:
    order = list(SUFFIX_UNITS)
    for place, suffix in enumerate(order):
        assert not any(suffix.endswith(shorter) for shorter in order[:place])


@given(value=st.floats(1e-9, 1e9), pair=st.sampled_from(PAIRS))
def test_round_trip(value: float, pair: tuple[str, str, float]) -> None:
    unit, text, _ = pair
    there = parse(f"{value!r} {text}", unit)
    assert convert(there, unit, text or "1") == pytest.approx(value, rel=1e-12)


@given(value=st.floats(allow_nan=False, allow_infinity=False), unit=st.sampled_from(CANONICAL))
def test_canonical_text_is_read_exactly(value: float, unit: str) -> None:
    assert parse(f"{value!r} {unit}", unit) == value


@given(text=st.text(max_size=20), unit=st.sampled_from(CANONICAL))
def test_any_text_is_read_or_refused(text: str, unit: str) -> None:
    with contextlib.suppress(UnitError):
        assert math.isfinite(parse(text, unit))


def test_rate_without_a_space_is_not_misread() -> None:
    with pytest.raises(UnitError, match="not known"):
        parse("0.31/h", "1/h")


@given(a=st.sampled_from(CANONICAL), b=st.sampled_from(CANONICAL))
def test_dimensions_do_not_mix(a: str, b: str) -> None:
    if a == b:
        assert factor(a, b) == 1.0
    else:
        with pytest.raises(UnitError):
            factor(a, b)


def test_registry_is_not_loaded_before_it_is_needed(project: Path) -> None:
    code = "import sys, itsim.parameters, itsim.units; assert 'pint' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project / "src", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "text", ["1 h**9**9**9", "1 9**9**9**9", "1 h**99", "1 (h)", "1 h*(h+h)", "1 mL per h"]
)
def test_a_unit_is_never_evaluated_as_an_expression(text: str) -> None:
    """A power tower would not come back within the hour."""
    with pytest.raises(UnitError, match="not known"):
        parse(text, "h")


def test_what_is_no_text_is_refused_in_our_words() -> None:
    with pytest.raises(UnitError, match="30 is not a text with a unit; write for example 10 day"):
        parse(30, "h")  # type: ignore[arg-type]
