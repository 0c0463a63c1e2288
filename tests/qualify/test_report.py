"""The report: the contract of ``--json``, misfits first, what is not validated, no number that JSON lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itsim.parameters import safety
from itsim.qualify import report
from itsim.qualify.facts import facts
from itsim.qualify.page import page
from itsim.qualify.qualification import rows_of
from qualify import made

OUTSIDE = {"B2", "B3", "B41"}
Q = made.qualification(OUTSIDE)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_json_holds_the_contract() -> None:
    data = json.loads(json.dumps(report.as_json(Q), allow_nan=False))
    assert [row["id"] for row in data["rows"][:3]] == ["B2", "B3", "B41"], "misfits first"
    assert {row["id"] for row in data["rows"]} == {fact.id for fact in facts()}
    for row in data["rows"]:
        assert set(row) >= {"id", "fact", "protocol", "reported", "simulated", "verdict", "fitted"}
        assert row["verdict"] == ("outside" if row["id"] in OUTSIDE else "inside")
        assert all(
            isinstance(row[key], str) and row[key] for key in ("fact", "protocol", "reported", "simulated")
        )
        assert all(isinstance(name, str) for name in row["fitted"])
        assert row["seeds"] == [{"seed": 1, "verdict": row["verdict"]}]
    assert data["disclaimer"] == safety()["disclaimer"]
    assert set(data) >= {"itsim_version", "parameters_version"}
    assert (data["inside"], data["total"]) == (23, 26)


def test_json_of_a_check() -> None:
    (b3,) = [row for row in report.as_json(Q)["rows"] if row["id"] == "B3"]
    check = b3["checks"][1]
    assert check["reported"] == {"high": 5.0}
    assert check["allowed"] == {"low": None, "high": 5.0}
    assert check["verdict"] == "outside"
    assert (check["value"], check["patients"]) == (500.0, 100)


def test_what_never_comes_is_null() -> None:
    values = made.values(set())
    values[:, 0] = np.inf
    values[:, 1] = np.nan
    rows = rows_of(facts(), [values])
    data = [report._row_data(row, (1,)) for row in rows[:2]]
    json.dumps(data, allow_nan=False)
    assert data[0]["checks"][0]["value"] is None
    assert data[1]["checks"][0]["patients"] == 0
    assert data[1]["verdict"] == "outside"


def test_a_reason_is_given_only_for_what_is_outside() -> None:
    rows = {row["id"]: row for row in report.as_json(Q)["rows"]}
    assert rows["B2"]["reason"]
    assert rows["B8"]["reason"] is None


def test_verification_and_behaviour_do_not_count_as_facts() -> None:
    data = report.as_json(made.qualification(set()))
    assert (data["inside"], data["total"]) == (26, 26)
    assert [row["verdict"] for row in data["behaviour"] if row["id"] == "E4"] == ["outside"]
    assert {row["verdict"] for row in data["verification"]} == {"holds"}


def test_text_says_what_is_not_validated_before_anything_else() -> None:
    text = report.text(Q)
    assert plain(text).startswith(safety()["not_validated"].format(inside=23, total=26))
    first = text.index("OUTSIDE")
    for line in (*report.not_validated(), safety()["outside_population"], report.fitted_line(Q)):
        assert plain(line) in plain(text[:first])
    for words in ("disclaimer", "withdrawal", "indices"):
        assert safety()[words] in plain(text)


def test_text_has_misfits_first_and_every_fact_once() -> None:
    text = report.text(Q)
    assert text.index("OUTSIDE (3 of 26)") < text.index("\nB41 ") < text.index("INSIDE (23 of 26)")
    for fact in facts():
        assert text.count(f"\n{fact.id:<4} {fact.fact}") == 1
    assert max(len(line) for line in text.splitlines()) <= report.WIDTH


def test_never_says_clinically_validated() -> None:
    assert "clinically validated" not in report.text(Q).lower()


@pytest.mark.parametrize(("holds", "word"), [(True, "holds"), (False, "FAILS")])
def test_a_failure_of_the_code_is_said(holds: bool, word: str) -> None:
    assert f"V1   {word}" in report.text(made.qualification(set(), holds))


def test_how_much_of_the_agreement_is_a_fit() -> None:
    assert "23 of the 26 facts" in report.fitted_line(Q)
    assert "Of the 3 others 2 lie inside" in report.fitted_line(Q)


def test_the_clear_misfits_come_before_the_marginal_ones() -> None:
    values = made.values({"B44"})
    at = [fact.id for fact in facts() for _ in fact.checks].index("B1")
    values[:, at] = 30.0 * 1.31
    order = [row.fact.id for row in report.misfits_first(rows_of(facts(), [values]))]
    assert order[:2] == ["B44", "B1"]


def test_seeds_are_named() -> None:
    from dataclasses import replace

    assert "seed 1" in report.population_line(Q)
    assert "seeds 1, 2, 3" in report.population_line(replace(Q, seeds=(1, 2, 3)))


def test_json_is_for_machines_only(capsys: Any) -> None:
    report.as_json(Q)
    assert capsys.readouterr().out == ""


def test_every_check_says_in_how_many_patients_it_could_be_made() -> None:
    values = made.values(set())
    values[1:, 1] = np.nan
    rows = rows_of(facts(), [values])
    told = [line for row in rows[:2] for line in report._row(row) if ": published" in line]
    assert told[0].endswith("; 100 patients")
    assert told[1].endswith("; 1 patient")
    n = sum(len(row.results) for row in (*Q.rows, *Q.behaviour))
    assert plain(report.text(Q)).count("; 100 patients") == n


@pytest.mark.parametrize(("size", "warned"), [(199, True), (200, False)])
def test_a_small_population_is_warned_of(size: int, warned: bool) -> None:
    small = replace(Q, size=size)
    line = f"{size} virtual patients are fewer than 200"
    assert (line in plain(report.text(small))) == warned
    assert (line in page(small)) == warned
    assert bool(report.as_json(small)["warnings"]) == warned
