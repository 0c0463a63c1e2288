"""A sensitivity analysis in words: the order, the intervals, convergence, the rule, and why there is none."""

from __future__ import annotations

import json

import pytest

from itsim.parameters import safety
from itsim.show.ranking import (
    rankings,
    sensitivity_html,
    sensitivity_summary,
    sensitivity_text,
    settled_words,
)
from itsim.show.swept import index_text, sweep_summary, sweep_text
from itsim.study.sensitivity import indices
from show.studies import everything, sampled
from study.small import faked


def analysed(name="tornado of changes"):
    study, rows = everything()[name]
    return study, indices(study, rows)


@pytest.mark.parametrize("name", ["tornado of changes", "tornado of shares"])
@pytest.mark.parametrize("words", [sensitivity_text, sensitivity_html])
def test_words_hold_the_safety_wording_the_rule_and_convergence(words, name):
    study, found = analysed(name)
    text = words(study, found)
    for said in (safety()["disclaimer"], safety()["withdrawal"], found.asked.rule, settled_words(found)):
        assert said in text
    places = [text.index(found.factors[j]) for j in found.order]
    assert places == sorted(places)


def test_the_summary_is_plain_and_holds_every_index_with_its_interval():
    study, found = analysed()
    told = sensitivity_summary(study, found)
    json.dumps(told, allow_nan=False)
    first, j = told["indices"][0], found.order[0]
    assert first["factor"] == found.factors[j]
    assert first["mu_star"]["value"] == found.values[0, j]
    assert (first["sigma"]["low"], first["mu"]["half"]) == (found.low[2, j], found.half[1, j])
    assert (told["unit"], told["runs"]) == ("h", 24)


def test_few_samples_are_called_unsettled_and_a_straight_line_settled():
    study = sampled("morris", 4)
    line = indices(study, faked(study, lambda day, loss: day))
    assert settled_words(line).startswith("Settled: ")
    _, found = analysed("tornado of shares")
    assert not found.settled
    assert settled_words(found).startswith("NOT settled (limits 0.05 and 0.2)")


def test_a_sweep_tells_the_ranking_of_each_metric_or_why_there_is_none():
    study, rows = everything()["tornado of shares"]
    summary = sweep_summary(study, rows) | {"sensitivity": rankings(study, rows)}
    text = sweep_text(summary, study)
    assert "What matters for onset of withdrawal after first loss (abrupt_stop), total" in text
    assert "64 in 16 points (Sobol)" in text
    failed = faked(study, lambda day, loss: day, failing=[3])
    (refused,) = rankings(study, failed)
    assert "Row 3: no such pump" in refused["refused"]
    told = sweep_text(sweep_summary(study, failed) | {"sensitivity": [refused]}, study)
    assert "No indices of onset of withdrawal" in told
    assert rankings(*everything()["points"]) == []


def test_what_is_rounding_is_nothing():
    assert [index_text(value) for value in (1e-14, -1e-12, 0.12345, None)] == ["0", "0", "0.123", "unknown"]
