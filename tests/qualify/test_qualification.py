"""The whole table: verdicts over checks and seeds on made-up patients, and a small population end to end."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.qualify import qualification as module
from itsim.qualify.facts import EXPECTED, VALIDATION, Check, facts
from itsim.qualify.qualification import Result, qualify, result_of, rows_of
from itsim.qualify.rules import Spread
from qualify import made

CHECK = Check("made up", "half_life", (), "range", "h", {"low": 10.0, "high": 20.0})


def result(*medians: float) -> Result:
    return result_of(CHECK, [np.full(9, median) for median in medians])


def test_a_made_up_table_is_inside_but_for_the_rows_that_disagree() -> None:
    rows = rows_of(facts(), [made.values({"B3", "B44"})])
    assert [row.fact.id for row in rows] == [fact.id for fact in facts()]
    assert {row.fact.id for row in rows if not row.verdict.inside} == {"B3", "B44"}


@pytest.mark.parametrize("name", [fact.id for fact in facts()])
def test_every_fact_can_be_outside(name: str) -> None:
    rows = rows_of(facts(), [made.values({name})])
    assert {row.fact.id for row in rows if not row.verdict.inside} == {name}


def test_one_check_that_fails_puts_the_fact_outside() -> None:
    values = made.values(set())
    place = [(fact.id, check.name) for fact in facts() for check in fact.checks].index(("B42", "Cmax"))
    values[:, place] *= 10.0
    (row,) = [row for row in rows_of(facts(), [values]) if not row.verdict.inside]
    assert row.fact.id == "B42"
    assert [result.verdict.inside for result in row.results] == [False, True, True]


def test_the_verdict_over_seeds_is_the_median() -> None:
    assert result(15.0, 15.0, 30.0).verdict.inside
    assert not result(15.0, 30.0, 30.0).verdict.inside
    assert not result(15.0, 15.0, 30.0, 30.0).verdict.inside, "as often outside as inside is not inside"


def test_seeds_that_differ_make_a_row_marginal() -> None:
    assert result(15.0, 15.0, 30.0).verdict.marginal
    assert not result(15.0, 15.1, 14.9).verdict.marginal
    assert not result(30.0, 31.0, 32.0).verdict.marginal
    assert result(9.9, 9.8, 9.7).verdict.marginal, "all outside, but within 6 % of the limit"


def test_what_is_shown_over_seeds_is_the_median_of_each_number() -> None:
    found = result(12.0, 15.0, 18.0).found
    assert found == Spread(15.0, 15.0, 15.0, 15.0, 9)
    assert result(12.0, 15.0, 18.0).by_seed == (True, True, True)


def test_a_fact_is_inside_for_a_seed_where_all_its_checks_are() -> None:
    one, other = made.values({"B8"}), made.values({"B42"})
    rows = {row.fact.id: row for row in rows_of(facts(), [one, other, other])}
    assert rows["B8"].by_seed == (False, True, True)
    assert rows["B42"].by_seed == (True, False, False)
    assert rows["B8"].verdict.inside
    assert not rows["B42"].verdict.inside


def test_facts_without_a_fit_are_told_apart() -> None:
    q = made.qualification({"B2", "B3"})
    assert {row.fact.id for row in q.independent} == {"B3", "B42", "B43"}
    assert all(row.fact.category == VALIDATION for row in q.independent)
    assert q.n_inside == 24


def test_a_failure_of_the_code_is_seen() -> None:
    assert made.qualification(set()).is_verified
    assert not made.qualification(set(), code_holds=False).is_verified


def test_no_seed() -> None:
    with pytest.raises(ValueError, match="at least one"):
        qualify(5, ())


def test_progress_runs_over_seeds_and_behaviour(monkeypatch: pytest.MonkeyPatch) -> None:
    def pretend(checks: tuple[Check, ...], size: int, seed: int, workers: int, progress: object) -> object:
        assert callable(progress)
        progress(size, size)
        return np.zeros((size, len(checks)))

    monkeypatch.setattr(module, "simulate", pretend)
    monkeypatch.setattr(module, "verify", lambda: made.VERIFIED)
    told: list[tuple[int, int]] = []
    qualify(300, (1, 2), progress=lambda done, total: told.append((done, total)))
    assert told == [(300, 800), (600, 800), (800, 800)]


def test_a_small_population_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty patients: every row has numbers, and what mass balance decides is as it must be."""
    monkeypatch.setattr(module, "verify", lambda: made.VERIFIED)
    q = qualify(20, (1,))
    assert [row.fact.id for row in q.rows] == [fact.id for fact in facts()]
    assert [row.fact.id for row in q.behaviour] == [fact.id for fact in facts(EXPECTED)]
    rows = {row.fact.id: row for row in q.rows}
    for row in (*q.rows, *q.behaviour):
        for shown in row.results:
            conditional = shown.check.observable in {"severe_from", "fever_gone", "sedated_from"}
            assert shown.found.n > 0 or conditional, row.fact.id
    plasma = rows["B3"].results[1].found
    assert plasma.median == pytest.approx(50.0 / (0.74 * 9.03), rel=0.25), "ug/h over L/h: ng/mL"
    assert not rows["B3"].verdict.inside
    ratio = rows["B43"].results[0].found
    assert ratio.low == pytest.approx(0.74 * 60_000.0 / 350.0)
    assert ratio.low == pytest.approx(ratio.high)


@pytest.mark.long
def test_eight_seeds_agree_but_for_marginal_rows() -> None:
    """The default population: a fact whose verdict differs between seeds is one that is called marginal."""
    from itsim.qualify.population import DEFAULT_SIZE
    from itsim.study.workers import cores

    q = qualify(DEFAULT_SIZE, range(1, 9), cores())
    for row in q.rows:
        print(row.fact.id, "inside" if row.verdict.inside else "outside", row.by_seed)
        assert row.verdict.marginal or len(set(row.by_seed)) == 1
