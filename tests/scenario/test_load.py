"""Whole files, right and wrong: every broken file has its expected problems beside it."""

import itertools
import json
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsim.scenario import ScenarioError, from_mapping, load

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))


def problems_of(path, catalogue):
    with pytest.raises(ScenarioError) as caught:
        load(path, catalogue)
    found = [problem.as_json() for problem in caught.value.problems]
    return [record | {"file": Path(record["file"]).name} for record in found]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_file_says_what_is_expected(path, catalogue):
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert problems_of(path, catalogue) == expected


def test_every_expectation_has_its_file():
    assert {p.name.split(".")[0] for p in (HERE / "broken").glob("*.expected.json")} == {
        p.stem for p in BROKEN
    }
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_problem_has_a_place_and_a_repair(path, catalogue):
    for record in problems_of(path, catalogue):
        assert record["line"] >= 1
        assert record["column"] >= 1
        assert record["message"]
        assert record["hint"]


def test_the_sketch_of_the_design_loads(sketch, catalogue):
    scenario = load(sketch, catalogue)
    assert scenario.name == "abrupt_stop"
    assert [entry.id for entry in scenario.timeline] == [
        "fill_1", "simple_continuous_1", "stall", "replace_pump_1",
    ]  # fmt: skip
    assert [entry.at_h for entry in scenario.timeline] == [0.0, 0.0, 504.0, 552.0]
    assert scenario.patient["csf_loss"].value == pytest.approx(0.30)
    assert scenario.device["length"].value == 80.0
    assert scenario.tip == "T10"
    assert scenario.history.dose_rate_ug_h == pytest.approx(350 / 24)
    assert scenario.until_h == 720.0


def test_loading_is_fast(sketch, catalogue):
    load(sketch, catalogue)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        load(sketch, catalogue)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.030


@pytest.mark.parametrize("name", ["no_such.yaml", "", "x" * 300 + ".yaml", "nul\0byte.yaml"])
def test_a_file_that_is_not_there(name, tmp_path, catalogue):
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / name, catalogue)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (1, 1)
    assert problem.hint


def test_byte_order_mark_and_foreign_line_ends(sketch, catalogue, tmp_path):
    text = sketch.read_text(encoding="utf-8")
    other = tmp_path / "abrupt_stop.yaml"
    other.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(other, catalogue).sha256 == load(sketch, catalogue).sha256


def test_a_dictionary_says_the_same_as_its_file(sketch, catalogue):
    data = {
        "itsim": 1, "title": "Abrupt stop",
        "patient": {"preset": "adult", "tip": "T10", "csf_loss": "0.30 1/h"},
        "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
        "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
        "timeline": [
            {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
            {"at": "0 day", "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}},
            {"at": "21 day", "fault": {"kind": "motor_stall"}, "id": "stall"},
            {"at": "23 day", "replace_pump": {"prime": True}},
        ],
        "until": "30 day",
    }  # fmt: skip
    assert from_mapping(data, "abrupt_stop", catalogue).sha256 == load(sketch, catalogue).sha256


def test_a_wrong_dictionary_has_paths_and_no_file(catalogue):
    data = {
        "itsim": 1,
        "title": "x",
        "until": 30,
        "extends": "other.yaml",
        "timeline": [{1: 2, "csv": "x.csv"}],
    }
    with pytest.raises(ScenarioError) as caught:
        from_mapping(data, "x", catalogue)
    assert {problem.file for problem in caught.value.problems} == {None}
    assert {"until", "extends", "device"} <= {problem.path for problem in caught.value.problems}


WORDS = st.sampled_from(
    [
        "itsim",
        "1",
        "title",
        "device",
        "pump",
        "synchromed_ii_40",
        "catheter",
        "ascenda",
        "timeline",
        "at",
        "0",
        "day",
        "fill",
        "volume",
        "40",
        "mL",
        "fault",
        "kind",
        "gain_drift",
        "shape",
        "linear",
        "steps",
        "program",
        "mode",
        "time_stepped",
        "until",
        "30",
        "-",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "#",
        "%",
        "@",
        "`",
        "'",
        '"',
        "<<",
        "csv",
        "extends",
        "case.yaml",
        "id",
        "remove",
        "true",
        "null",
        "~",
        ".nan",
        ".inf",
        "1e999",
        "-1",
        "?",
        "---",
        "...",
        "0x10",
    ]
    + ["\t", "\u0085", "\ufeff", "\x07", ""]
)
GAPS = st.sampled_from([" ", "\n", "\n  ", "\n  - ", ": ", ""])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=40).map(lambda parts: "".join(itertools.chain(*parts)))
PLAIN = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | WORDS
DATA = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5)
)


def problems_or_none(attempt):
    """What a ScenarioError holds; None where all is well; anything else passes through."""
    try:
        attempt()
    except ScenarioError as error:
        return error.problems
    return None


def load_anything(data, folder, catalogue):
    path = folder / "case.yaml"
    path.write_bytes(data)
    problems = problems_or_none(lambda: load(path, catalogue))
    assert problems != ()
    assert all(problem.line >= 1 and problem.column >= 1 and problem.hint for problem in problems or ())
    json.dumps([problem.as_json() for problem in problems or ()])
    assert "".join(str(problem) for problem in problems or ()).replace(str(folder), "").isprintable()


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_raise_nothing_else(data, tmp_path, catalogue):
    load_anything(data, tmp_path, catalogue)


@given(
    text=TEXTS | st.text(max_size=100).filter(lambda t: max(t, default="") < "\ud800" or max(t) > "\udfff")
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_texts_raise_nothing_else(text, tmp_path, catalogue):
    load_anything(text.encode("utf-8", "ignore"), tmp_path, catalogue)


@given(place=st.integers(0, 700), change=WORDS | st.text(max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slip_anywhere_raises_nothing_else(place, change, sketch, tmp_path, catalogue):
    text = sketch.read_text(encoding="utf-8")
    load_anything((text[:place] + change + text[place + 2 :]).encode("utf-8", "ignore"), tmp_path, catalogue)


@given(data=st.dictionaries(WORDS, DATA, max_size=6), entry=st.dictionaries(WORDS, DATA, max_size=4))
def test_random_dictionaries_raise_nothing_else(data, entry, catalogue):
    for mapping in (data, data | {"itsim": 1, "timeline": [entry]}):
        assert problems_or_none(lambda mapping=mapping: from_mapping(mapping, "x", catalogue)) != ()


def test_the_broken_folder_can_be_copied_anywhere(tmp_path, catalogue):
    shutil.copytree(HERE / "broken", tmp_path / "broken")
    assert problems_of(tmp_path / "broken" / "missing_unit.yaml", catalogue)
