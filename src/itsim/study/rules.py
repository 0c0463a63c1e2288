"""The metrics of ``metrics.py`` over many runs at once, from the facts that the compiled engine reads.

A rule gives values and reasons; a test holds every one of them against its namesake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from itsim.arrays import Array, Codes
from itsim.engine.kernel import places as f
from itsim.metrics import LEAST_INDEX, METRICS, NG_PER_UG, ONSET_INDEX
from itsim.parameters import stages

_VALUE, _NOT_WITHIN, _NO_LOSS, _NO_ALARM, _NO_WITHDRAWAL = range(5)
"""Places in ``metrics.REASONS``."""

Found = tuple[Array, Codes]


def metrics_from(facts: Array, metrics: Sequence[str]) -> Found:
    """Values and codes ``[n, metrics]`` from facts ``[n, N_FACTS]``; NaN for one that has no rule."""
    values = np.full((len(facts), len(metrics)), np.nan)
    codes = np.zeros(values.shape, dtype=np.int64)
    for j, name in enumerate(metrics):
        if name not in RULES:
            continue
        value, code = RULES[name][1](facts)
        codes[:, j] = code
        values[:, j] = np.where(code == _VALUE, value, np.nan)
    return values, codes


def facts_for(metrics: Sequence[str]) -> Codes:
    """Which facts these metrics are made of, ``[N_FACTS]``."""
    wanted = np.zeros(f.N_FACTS, dtype=np.int64)
    for name in metrics:
        wanted[list(RULES[name][0])] = 1
    return wanted


def asked_of(metrics: Sequence[str]) -> Sequence[str]:
    """The metrics, if all are known. Raises KeyError else."""
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise KeyError(f"metrics that are not known: {unknown}")
    return metrics


def _plain(values: Array) -> Found:
    return values, np.zeros(len(values), dtype=np.int64)


def _times(facts: Array, times_h: Array) -> Found:
    """From first loss; none without a loss, or where the time never comes."""
    lost = facts[:, f.LOST_AT]
    codes = np.where(np.isnan(times_h), _NOT_WITHIN, _VALUE)
    return times_h - lost, np.where(np.isnan(lost), _NO_LOSS, codes)


def _peak_h(facts: Array) -> Found:
    t, comes = facts[:, f.PEAK_AT], facts[:, f.PEAK] > LEAST_INDEX
    return _times(facts, np.where(comes & (t < facts[:, f.ENDS_AT]), t, np.nan))


def _relief(facts: Array) -> Found:
    left = facts[:, f.RELIEVED_AT]
    codes = np.where(np.isnan(left), _NOT_WITHIN, _VALUE)
    codes = np.where(facts[:, f.AFTER_PEAK] < ONSET_INDEX, _NO_WITHDRAWAL, codes)
    codes = np.where(np.isnan(facts[:, f.RESTORED_AT]), _NOT_WITHIN, codes)
    codes = np.where(np.isnan(facts[:, f.ONSET_AT]), _NO_WITHDRAWAL, codes)
    return left - facts[:, f.RESTORED_AT], np.where(np.isnan(facts[:, f.LOST_AT]), _NO_LOSS, codes)


def _delivered(facts: Array) -> Found:
    intended = facts[:, f.INTENDED_ug]
    given = intended > 0.0
    return facts[:, f.DELIVERED_ug] / np.where(given, intended, 1.0), np.where(given, _VALUE, _NO_LOSS)


def _alarm(facts: Array) -> Found:
    alarm = facts[:, f.ALARM_AT]
    value, codes = _times(facts, alarm)
    return value, np.where(np.isnan(alarm), _NO_ALARM, codes)


def _window(facts: Array) -> Found:
    alarm, onset = facts[:, f.ALARM_AT], facts[:, f.ONSET_AT]
    codes = np.where(np.isnan(onset), _NOT_WITHIN, _VALUE)
    codes = np.where(np.isnan(alarm), _NO_ALARM, codes)
    return onset - alarm, np.where(np.isnan(facts[:, f.LOST_AT]), _NO_LOSS, codes)


def _rank(index: Array, bands: str) -> Found:
    """Number of the stage that each index lies in, as ``pd.symptoms.rank_of``."""
    begins = [stage.from_index for stage in stages(bands)]
    return _plain(np.maximum(np.searchsorted(begins, index, side="right") - 1.0, 0.0))


Rule = Callable[[Array], Found]

RULES: dict[str, tuple[tuple[int, ...], Rule]] = {
    "withdrawal_onset_h": ((f.ONSET_AT,), lambda a: _times(a, a[:, f.ONSET_AT])),
    "withdrawal_peak": ((f.PEAK,), lambda a: _plain(a[:, f.PEAK])),
    "withdrawal_peak_h": ((f.PEAK,), _peak_h),
    "effect_baseline_frac": ((f.EFFECT_THERE,), lambda a: _plain(a[:, f.EFFECT_THERE])),
    "effect_nadir_frac": ((f.EFFECT_THERE, f.EFFECT_LEAST), lambda a: _plain(a[:, f.EFFECT_LEAST])),
    "effect_halved_h": ((f.EFFECT_THERE, f.HALVED_AT), lambda a: _times(a, a[:, f.HALVED_AT])),
    "csf_lumbar_baseline_ng_mL": ((f.CSF_THERE,), lambda a: _plain(NG_PER_UG * a[:, f.CSF_THERE])),
    "csf_lumbar_nadir_ng_mL": ((f.CSF_LEAST,), lambda a: _plain(NG_PER_UG * a[:, f.CSF_LEAST])),
    "sedation_peak_frac": ((f.SEDATION_PEAK,), lambda a: _plain(a[:, f.SEDATION_PEAK])),
    "delivered_frac": ((), _delivered),
    "alarm_first_h": ((), _alarm),
    "rescue_window_h": ((f.ONSET_AT,), _window),
    "withdrawal_stage": ((f.PEAK,), lambda a: _rank(a[:, f.PEAK], "withdrawal")),
    "relief_after_restoration_h": ((f.ONSET_AT, f.RELIEVED_AT), _relief),
    "tone_peak": ((f.TONE_PEAK,), lambda a: _plain(a[:, f.TONE_PEAK])),
    "rebound_h": ((f.REBOUND_AT,), lambda a: _times(a, a[:, f.REBOUND_AT])),
    "overdose_stage": ((f.SEDATION_PEAK,), lambda a: _rank(a[:, f.SEDATION_PEAK], "sedation")),
}
"""The facts that each metric needs, and its rule. What is not here (arms, flags) goes the slow way."""
