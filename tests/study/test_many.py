"""What is computed together is what each row gives by itself: values, reasons, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsim import api
from itsim.device.compiled import has_compiler
from itsim.study import chunk, many
from itsim.study.chunk import ground_of, one_by_one
from itsim.study.many import evaluate, suits
from itsim.study.model import Study
from study.small import made

pytestmark = [
    pytest.mark.xdist_group("numba"),
    pytest.mark.skipif(not has_compiler(), reason="numba is not installed: one by one only"),
]

METRICS = ["withdrawal_onset_h", "withdrawal_peak", "effect_nadir_frac", "alarm_first_h", "delivered_frac"]
STALLS = {
    "timeline.stall.at": ["20 day", "490 h", "22 day"],
    "device.length": ["40 cm", "80 cm"],
    "device.stall_alarm_latency": ["0.5 h"],
}


def agree(study: Study) -> int:
    """Compare the first chunk with the general way; returns how many rows went it."""
    ground, block = ground_of(study), study.block(0)
    alone = one_by_one(ground, block)
    went: list[int] = []

    def counted(ground: chunk.Ground, some: Any) -> chunk.Outcome:
        went.append(len(some.row))
        return one_by_one(ground, some)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "one_by_one", counted)
        found = evaluate(ground, block)
    assert found.failures == alone.failures
    np.testing.assert_array_equal(found.reasons, alone.reasons)
    np.testing.assert_allclose(found.values, alone.values, rtol=1e-7, atol=1e-6)
    return sum(went)


def test_numbers_of_the_device_and_times_go_together() -> None:
    assert agree(made(vary=STALLS, metrics=METRICS)) == 0


def test_virtual_patients_go_together() -> None:
    assert agree(made(vary=STALLS, metrics=METRICS, patients=3, seed=5)) == 0


def test_numbers_of_the_patient_go_together() -> None:
    vary = STALLS | {"patient.csf_loss": ["0.2 1/h", "0.5 1/h"]}
    assert agree(made(vary=vary, metrics=METRICS)) == 0


def test_refused_rows_are_named_and_the_others_go_together() -> None:
    """A pump that stalls after the end, before the beginning, and a catheter of no length."""
    vary = {"timeline.stall.at": ["-1 day", "20 day", "40 day"], "device.length": ["0 cm", "80 cm"]}
    study = made(vary=vary, metrics=METRICS)
    assert agree(study) == 0
    failures = evaluate(ground_of(study), study.block(0)).failures
    assert [bool(reason) for reason in failures] == [True, True, True, False, True, True]


def test_an_order_in_time_that_changes_is_checked_by_itself() -> None:
    """The pump is replaced before, with and after the stall."""
    vary = {"timeline.rescue.at": ["19 day", "21 day", "23 day"], "timeline.stall.at": ["20 day", "21 day"]}
    assert agree(made(vary=vary, metrics=METRICS)) == 0


@pytest.mark.parametrize(
    "vary", [{"patient.tip": ["T6", "T10"]}, {"timeline.rescue.replace_pump.prime": [True, False]}]
)
def test_words_go_one_by_one(vary: dict[str, Any]) -> None:
    assert agree(made(vary=vary, metrics=METRICS)) == 2


def test_curves_and_metrics_of_no_rule_go_one_by_one() -> None:
    for more in (
        {"metrics": ["arm_effect_nadir_frac"]},
        {"trajectories": {"of": ["effect_leg"], "at": ["1 day"]}},
    ):
        study = made(vary=STALLS, **{"metrics": METRICS, **more})
        assert not suits(ground_of(study), 0)


@settings(max_examples=15, deadline=None)
@given(
    at_day=st.lists(st.floats(-2.0, 32.0), min_size=1, max_size=4),
    length_cm=st.lists(st.floats(-10.0, 150.0), min_size=1, max_size=2),
    dose=st.lists(st.floats(-10.0, 3000.0), min_size=1, max_size=2),
)
def test_whatever_is_asked_the_refusals_are_the_same(
    at_day: list[float], length_cm: list[float], dose: list[float]
) -> None:
    vary = {
        "timeline.stall.at": [f"{t!r} day" for t in at_day],
        "device.length": [f"{cm!r} cm" for cm in length_cm],
        "timeline.simple_continuous_1.program.daily_dose": [f"{ug!r} ug/day" for ug in dose],
    }
    study = api.load_sweep({"title": "x", "scenario": "abrupt_stop", "vary": vary, "metrics": METRICS})
    ground, block = ground_of(study), study.rows(np.arange(study.n_rows))
    failures = []
    for i in range(len(block.row)):
        try:
            chunk.scenario_of(ground, block, i)
            failures.append("")
        except api.ScenarioError as error:
            failures.append(chunk.reason_of(error))
    assert list(evaluate(ground, block).failures) == failures


def test_a_path_that_the_batch_does_not_know_goes_one_by_one() -> None:
    study = made(scenario="baseline", vary={"device.length": ["60 cm", "80 cm"]}, metrics=METRICS)
    assert agree(study) == 0
    ground, block = ground_of(study), study.block(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "varied_row", lambda *_: (_ for _ in ()).throw(KeyError("path")))
        many._holds.cache_clear()
        assert evaluate(ground, block).failures == ("", "")
    many._holds.cache_clear()


def test_what_a_batch_raises_is_the_reason_of_the_row_that_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    study = made(vary=STALLS, metrics=METRICS)
    ground, block = ground_of(study), study.block(0)

    def raising(*_: object) -> None:
        raise ValueError("no eigenvalues")

    monkeypatch.setattr(many, "evaluate_batch", raising)
    found = evaluate(ground, block)
    assert found.failures == one_by_one(ground, block).failures
    np.testing.assert_array_equal(found.values, one_by_one(ground, block).values)
