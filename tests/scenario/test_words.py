from typing import Literal

import pytest
from pydantic import Field, ValidationError

from itsim.catalogue import catalogue
from itsim.scenario.kinds import Fraction, Hours, KindModel
from itsim.scenario.words import explain, field_of, model_at, sample_of


class Inner(KindModel):
    after_h: Hours
    gain_frac: Fraction


class Outer(KindModel):
    shape: Literal["a", "b"] = "a"
    times: int = Field(default=1, ge=1)
    name: str = ""
    inner: tuple[Inner, ...] = ()
    few: tuple[int, ...] = Field(default=(), max_length=2)
    lasting_h: Hours = Field(default=1.0, gt=0.0)


INNER = "inner: [{after: 10 day, gain: 0.5}, {after: 10 day, gain: 0.5}]"


@pytest.mark.parametrize(
    ("data", "text", "rule", "hint"),
    [
        ({"shape": "c"}, "c", "is not one of the choices", "choose one of: a, b"),
        ({"times": "x"}, "x", "is not a whole number", "write a whole number, such as `times: 3`"),
        ({"times": 0}, "0", "is below 1", "write 1 or more"),
        ({"name": 3}, "3", "is not a text as asked for here", "write a text, such as `name: text`"),
        ({"lasting": "0 h"}, "0 h", "is not above 0 h", "write more than 0 h"),
        ({"few": [1, 2, 3]}, None, "holds more than 2 values", "write 2 values or fewer"),
        ({"inner": [{"gain": "1"}]}, None, "the key `after` is missing", "add `after: 10 day`"),
        (
            {"inner": [3]},
            "3",
            "is not a group of keys",
            f"write keys and values, such as `{INNER}`",
        ),
        (
            {"inner": 3},
            "3",
            "is not a list",
            f"write the values in square brackets, such as `{INNER}`",
        ),
    ],
)
def test_errors_in_plain_words(data, text, rule, hint):
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(data)
    (error,) = caught.value.errors()
    assert explain(error, Outer, text) == (rule, hint)


def test_fields_are_found_below():
    assert field_of(Outer, ("inner", 3, "gain"))[0] == "gain_frac"
    assert model_at(Outer, ("inner", 3)) is Inner
    assert model_at(Outer, ()) is Outer
    assert sample_of(bool, "1") == "true"
    assert sample_of(Hours | None, "h") == "10 day"


@pytest.mark.parametrize(
    ("kind", "given", "hint"),
    [
        ("bolus", {"dose": "10 ug"}, "add `lasting: 10 min`"),
        ("shunt", {"inlet": "lumbar"}, "add `flow: 8 mL/h`"),
        ("shunt", {"inlet": "lumbar", "flow": "8 mL"}, "8 mL/h"),
        ("csf_leak", {"level": "L3/4", "flow": "5"}, "5 mL/h"),
        ("csf_leak", {"level": "L3/4", "flow": "5 quux"}, "5 mL/h"),
        (
            "time_stepped",
            {"steps": [{"from": "0 h", "rate": "1 mL"}, {"from": "6 h", "rate": "2 mL/day"}]},
            "mL/day",
        ),
    ],
)
def test_repairs_come_from_the_kinds_own_example(kind, given, hint):
    known = next(group[kind] for group in catalogue().kinds.values() if kind in group)
    with pytest.raises(ValidationError) as caught:
        known.parameters.model_validate(given)
    (error,) = caught.value.errors()
    text = None if error["type"] == "missing" else str(error["input"])
    said = " ".join(explain(error, known.parameters, text, known.example))
    assert hint in said
    for usual in ("10 day", "0.15 mL/day") if kind != "time_stepped" else ():
        assert usual not in said
