"""Rules over facts: reasons in the order of ``metrics.py``, and stages like ``rank_of``."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.engine.kernel import places as f
from itsim.metrics import METRICS, NO_ALARM, NO_LOSS, NO_WITHDRAWAL, NOT_WITHIN, REASONS
from itsim.pd.symptoms import rank_of
from itsim.study.rules import RULES, facts_for, metrics_from


def facts(**known: float) -> np.ndarray:
    row = np.full((1, f.N_FACTS), np.nan)
    for name, value in known.items():
        row[0, getattr(f, name)] = value
    return row


def test_every_metric_has_its_rule() -> None:
    slow = {"arm_effect_baseline_frac", "arm_effect_nadir_frac", "flagged_first_h"}
    assert [name for name in METRICS if name not in slow] == list(RULES)


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("withdrawal_onset_h", {"ONSET_AT": 30.0}, NO_LOSS),
        ("withdrawal_onset_h", {"LOST_AT": 20.0}, NOT_WITHIN),
        ("withdrawal_onset_h", {"LOST_AT": 20.0, "ONSET_AT": 30.0}, 10.0),
        ("withdrawal_peak_h", {"LOST_AT": 20.0, "PEAK_AT": 50.0, "PEAK": 3.0, "ENDS_AT": 50.0}, NOT_WITHIN),
        ("withdrawal_peak_h", {"LOST_AT": 20.0, "PEAK_AT": 0.0, "PEAK": 0.0, "ENDS_AT": 50.0}, NOT_WITHIN),
        ("rescue_window_h", {"ALARM_AT": 1.0, "ONSET_AT": 9.0}, NO_LOSS),
        ("rescue_window_h", {"LOST_AT": 0.0, "ONSET_AT": 9.0}, NO_ALARM),
        ("rescue_window_h", {"LOST_AT": 0.0, "ALARM_AT": 1.0}, NOT_WITHIN),
        ("alarm_first_h", {"ALARM_AT": 3.0}, NO_LOSS),
        ("alarm_first_h", {"LOST_AT": 5.0, "ALARM_AT": 3.0}, -2.0),
        ("relief_after_restoration_h", {"LOST_AT": 5.0}, NO_WITHDRAWAL),
        ("relief_after_restoration_h", {"LOST_AT": 5.0, "ONSET_AT": 9.0}, NOT_WITHIN),
        (
            "relief_after_restoration_h",
            {"LOST_AT": 5.0, "ONSET_AT": 9.0, "RESTORED_AT": 20.0, "AFTER_PEAK": 4.0, "RELIEVED_AT": 30.0},
            NO_WITHDRAWAL,
        ),
        ("delivered_frac", {"DELIVERED_ug": 0.0, "INTENDED_ug": 0.0}, NO_LOSS),
        ("delivered_frac", {"DELIVERED_ug": 1.0, "INTENDED_ug": 4.0}, 0.25),
    ],
)
def test_values_and_reasons(name: str, known: dict[str, float], expected: float | str) -> None:
    values, codes = metrics_from(facts(**known), (name,))
    if isinstance(expected, str):
        assert REASONS[codes[0, 0]] == expected
        assert np.isnan(values[0, 0])
    else:
        assert (codes[0, 0], values[0, 0]) == (0, expected)


@pytest.mark.parametrize("index", [0.0, 9.999, 10.0, 35.0, 99.0])
def test_stages_are_those_of_single_runs(index: float) -> None:
    values, _ = metrics_from(
        facts(PEAK=index, SEDATION_PEAK=index / 100.0), ("withdrawal_stage", "overdose_stage")
    )
    assert values[0].tolist() == [rank_of(index, "withdrawal"), rank_of(index / 100.0, "sedation")]


def test_only_what_is_needed_is_asked() -> None:
    assert not facts_for(("delivered_frac", "alarm_first_h")).any()
    assert facts_for(("tone_peak",)).sum() == 1
