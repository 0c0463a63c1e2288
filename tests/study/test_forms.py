"""How one number varies, as it is written: each form, its units, and its slips."""

from __future__ import annotations

import pytest

from itsim.scenario.mapping import as_node
from itsim.scenario.nodes import Findings
from itsim.scenario.paths import Target
from itsim.study.distributions import Levels, LogNormal, LogUniform, Normal, Triangular, Uniform
from itsim.study.forms import FORMS, Reader, sample


def read(value: object, unit: str = "h", is_word: bool = False) -> tuple[object, str, Findings]:
    findings = Findings()
    spread, written = Reader("vary.x", Target(unit, is_word), findings).spread(as_node(value, (), findings))
    return spread, written, findings


@pytest.mark.parametrize(
    ("value", "spread", "unit"),
    [
        (["1 day", "48 h"], Levels((1.0, 2.0)), "day"),
        ({"values": ["2 h"]}, Levels((2.0,)), "h"),
        ({"linspace": {"from": "0 h", "to": "1 h", "n": 3}}, Levels((0.0, 0.5, 1.0)), "h"),
        ({"logspace": {"from": "1 min", "to": "100 min", "n": 3}}, Levels((1.0, 10.0, 100.0)), "min"),
        ({"uniform": {"low": "1 day", "high": "1 week"}}, Uniform(1.0, 7.0), "day"),
        ({"log_uniform": {"low": "1 h", "high": "2 h"}}, LogUniform(1.0, 2.0), "h"),
        ({"normal": {"mean": "5 h", "sd": "30 min", "low": "0 h"}}, Normal(5.0, 0.5, 0.0), "h"),
        ({"log_normal": {"median": "2 h", "cv": "40 %"}}, LogNormal(2.0, 0.4), "h"),
        ({"triangular": {"low": "1 h", "mode": "2 h", "high": "4 h"}}, Triangular(1.0, 2.0, 4.0), "h"),
    ],
)
def test_each_form_is_read_in_the_unit_of_its_first_number(value: object, spread: object, unit: str) -> None:
    found, written, findings = read(value)
    assert findings.problems == []
    assert (found, written) == (spread, unit)


def test_plain_numbers_and_words_have_no_unit() -> None:
    assert read([0.25, "50 %"], "1")[:2] == (Levels((0.25, 0.5)), "1")
    assert read([True, False], is_word=True)[:2] == (Levels((True, False)), "1")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("1 h", "does not say how it varies"),
        ({}, "does not say how it varies"),
        ({"values": ["1 h"], "uniform": {"low": "1 h", "high": "2 h"}}, "varies in more than one way"),
        ({"uniform": ["1 h", "2 h"]}, "is not a group of keys"),
        ({"uniform": {"low": "1 h"}}, "the key `high` is missing"),
        ({"uniform": {"low": "1 h", "high": "2 h", "n": 3}}, "is not a key of uniform"),
        ({"uniform": {"low": "1 h", "high": "2 mL"}}, "is in mL"),
        ({"uniform": {"low": 1, "high": "2 h"}}, "has no unit"),
        ({"linspace": {"from": "1 h", "to": "2 h", "n": 2.5}}, "is not a whole number"),
        ({"linspace": {"from": "1 h", "to": "2 h", "n": 1}}, "has fewer than two steps"),
        ({"log_uniform": {"low": "0 h", "high": "2 h"}}, "is not above zero"),
        ([], "is not a list of values"),
    ],
)
def test_a_slip_is_named(value: object, rule: str) -> None:
    _, _, findings = read(value)
    assert any(rule in problem.message for problem in findings.problems)


def test_a_word_has_no_distribution() -> None:
    spread, _, findings = read({"uniform": {"low": 1, "high": 2}}, is_word=True)
    assert spread is None
    assert "holds a word" in findings.problems[0].message


@pytest.mark.parametrize("name", FORMS)
def test_the_sample_of_a_form_can_be_read(name: str) -> None:
    from ruamel.yaml import YAML

    _, _, findings = read(YAML(typ="safe", pure=True).load(sample(name, "h").strip("`")))
    wrong = [p for p in findings.problems if "ends" not in p.rule and "begins where" not in p.rule]
    assert wrong == []
