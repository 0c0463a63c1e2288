import pickle

import pytest

from itsim.scenario.problems import (
    Problem,
    ScenarioError,
    about,
    in_order,
    nearest,
    of_value,
    shorten,
    split_hint,
    suggest,
    suggest_key,
)  # fmt: skip

PROBLEM = Problem("a.yaml", 3, 7, "until", "30", "has no unit", "write for example 30 day")


def test_a_problem_reads_as_a_sentence():
    assert str(PROBLEM) == "a.yaml:3:7: until: '30' has no unit. Repair: write for example 30 day."
    without = Problem(None, None, None, "until", None, "the key `until` is missing", "did you mean 'untill'?")
    assert str(without) == "until: the key `until` is missing. Repair: did you mean 'untill'?"


def test_the_record_has_the_promised_keys():
    assert PROBLEM.as_json() == {
        "file": "a.yaml", "line": 3, "column": 7, "path": "until",
        "message": "'30' has no unit", "hint": "write for example 30 day",
    }  # fmt: skip


def test_an_error_holds_all_and_travels():
    error = pickle.loads(pickle.dumps(ScenarioError([PROBLEM, PROBLEM])))
    assert error.problems == (PROBLEM, PROBLEM)
    assert in_order(error.problems) == (PROBLEM,)


def test_a_value_is_shown_on_one_short_line():
    assert shorten("a\nb\x07") == "a\\nb\\x07"
    assert len(shorten("x" * 1000)) == 60


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "has no unit; a time needs one, for example 10 day",
            ("has no unit", "a time needs one, for example 10 day"),
        ),
        (
            "is in mL, but a time belongs here, for example 10 day",
            ("is in mL, but a time belongs here", "write for example 10 day"),
        ),
        ("is too large", ("is too large", "fallback")),
    ],
)
def test_repairs_are_found_in_texts(text, parts):
    assert split_hint(text, "fallback") == parts


def test_names_that_were_meant():
    assert nearest("Motor-Stal", ["motor_stall", "pump_stop"]) == "motor_stall"
    assert nearest("renal", ["age", "renal_function"]) == "renal_function"
    assert nearest("csf", ["csf_loss", "csf_production"]) is None, "two of them hold it"
    assert nearest("xyz", ["motor_stall"]) is None
    assert suggest("xyz", ["a", "b"]) == "choose one of: a, b"
    assert suggest("motor", ["motors"]) == "did you mean 'motors'? Known here: motors"
    assert suggest("name1", [f"name{i}" for i in range(100)]) == "did you mean 'name1'?"
    assert "decimals with a point" in suggest_key("5 mL", ["volume"])


def test_rules_follow_what_they_are_said_of():
    assert about("fill", "needs a volume") == "fill needs a volume"
    assert about("fill", "this pump holds 40 mL") == "this pump holds 40 mL"
    assert of_value("is negative") == "is negative"
    assert of_value("this pump holds 40 mL") == "does not fit: this pump holds 40 mL"
