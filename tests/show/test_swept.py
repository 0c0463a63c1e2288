"""A study in words: what came of it, what did not, and what it is not."""

from __future__ import annotations

import json
from functools import cache

import pytest

from itsim import api
from itsim.parameters import safety
from itsim.show.swept import failure_lines, sweep_html, sweep_summary, sweep_text
from study.small import made


@cache
def swept() -> api.Sweep:
    return api.sweep(made(title="Stops <at> times"), workers=1, progress=False)


def test_the_summary_is_plain_and_counts() -> None:
    found = sweep_summary(swept().study, swept().rows)
    json.dumps(found, allow_nan=False)
    assert (found["rows"], found["failed"]) == (3, 1)
    onset, values = found["metrics"]["withdrawal_onset_h"], swept().table["withdrawal_onset_h"].dropna()
    assert (onset["n"], onset["least"], onset["most"]) == (2, values.min(), values.max())
    assert onset["unit"] == "h"
    (failure,) = found["failures"]
    assert (failure["row"], failure["stall_at"]) == (1, 40.0)
    assert "is not before the end of the run" in failure["failure"]


def test_what_does_not_come_is_counted_by_its_reason() -> None:
    sweep = api.sweep(
        made(scenario="gradual_linear", vary={"timeline.decline.fault.end": [0.5, 0.9]}), progress=False
    )
    found = sweep.summary["metrics"]["withdrawal_onset_h"]
    assert found == {"unit": "h", "n": 0, "least": None, "median": None, "most": None,
                     "censored": {"not within the run": 2}}  # fmt: skip
    assert "2 × not within the run" in str(sweep)


@pytest.mark.parametrize("words", [sweep_text, sweep_html])
def test_the_safety_wording_stands_with_the_results(words: object) -> None:
    text = words(swept().summary, swept().study)  # type: ignore[operator]
    assert safety()["disclaimer"] in text
    assert safety()["withdrawal"] in text
    assert "without a band between patients" in text
    assert "1 of 3 runs could not be made" in text
    assert "row 1" in text


def test_html_is_escaped() -> None:
    assert "Stops &lt;at&gt; times" in swept()._repr_html_()


def test_with_patients_the_spread_is_said_to_be_theirs() -> None:
    sweep = api.sweep(made(vary={"until": ["30 day"]}, patients=2), progress=False)
    assert "no person's probability" in str(sweep)
    assert "2 virtual patients" in str(sweep)


def test_many_failures_are_counted_and_the_first_ones_told() -> None:
    summary = {"failed": 9, "rows": 10, "failures": [{"row": i, "failure": "x"} for i in range(9)]}
    lines = failure_lines(summary)
    assert lines[0].startswith("9 of 10")
    assert lines[-1] == "  and 4 more"
