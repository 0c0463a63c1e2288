"""Batches against single runs: every metric, every reason, whatever varies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import itsim
from itsim.catalogue import catalogue
from itsim.device.compiled import has_compiler
from itsim.metrics import REASONS
from itsim.run import simulate
from itsim.scenario import vary
from itsim.scenario.model import Scenario
from itsim.study import batch
from itsim.study.batch import evaluate
from itsim.study.draws import draw
from itsim.study.rules import RULES

pytestmark = pytest.mark.xdist_group("numba")
needs_numba = pytest.mark.skipif(not has_compiler(), reason="numba is not installed: one by one only")

ALL = tuple(RULES)
ONSET_WITHIN_H, PEAK_WITHIN_H, WITHIN = 1e-2 / 3600.0, 1e-2, 1e-8
LEAST = 1e-9
"""A value that should be nothing is all rounding below this."""
SCENARIOS = (
    *("abrupt_stop", "vorenkamp_2023", "gradual_exponential", "occlusion_positional", "oral_bridge"),
    *("pocket_fill", "lumbar_rescue", "overdose_drained", "csf_leak", "shunt", "noxious_stimulus"),
    *("first_titration", "week_schedule", "replacement_unprimed", "missed_refill", "mri_slow_restart"),
)


def compare(found: batch.Batch, i: int, scenario: Scenario) -> None:
    """One row of a batch against the exact engine."""
    metrics = simulate(scenario).metrics
    for j, (name, metric) in enumerate((name, metrics[name]) for name in found.names):
        assert REASONS[found.censored[i, j]] == (metric.censored or ""), name
        if metric.value is None:
            assert np.isnan(found.values[i, j])
            continue
        within = max(WITHIN * abs(metric.value), LEAST)
        if metric.unit == "h":  # a maximum is flat: its time is known to the root of rounding
            within = (
                PEAK_WITHIN_H
                if name in ("withdrawal_peak_h", "relief_after_restoration_h")
                else ONSET_WITHIN_H
            )
        assert found.values[i, j] == pytest.approx(metric.value, abs=within, rel=0.0), name


@needs_numba
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_batch_of_one_is_the_run(name: str) -> None:
    scenario = itsim.load(name)
    found = evaluate(scenario, {}, ALL)
    assert not found.slow.any()
    compare(found, 0, scenario)


@needs_numba
@settings(max_examples=12, deadline=None)
@given(
    at=st.lists(st.floats(30.0, 500.0), min_size=1, max_size=3),
    length=st.floats(20.0, 110.0),
    dose=st.floats(5.0, 30.0),
)
def test_variants_are_the_varied_scenarios(at: list[float], length: float, dose: float) -> None:
    scenario = itsim.load("abrupt_stop")
    variants = {
        "timeline.stall.at": np.array(at),
        "device.length": np.full(len(at), length),
        "history.daily_dose": np.full(len(at), dose),
    }
    found = evaluate(scenario, variants, ALL)
    assert not found.slow.any()
    for i, t_h in enumerate(at):
        changes = {
            "timeline.stall.at": f"{t_h!r} h",
            "device.length": f"{length!r} cm",
            "history.daily_dose": f"{dose!r} ug/h",
        }
        compare(found, i, itsim.vary(scenario, changes))


@needs_numba
@settings(max_examples=8, deadline=None)
@given(tau=st.floats(5.0, 400.0), end=st.floats(0.0, 0.9))
def test_severities_vary_too(tau: float, end: float) -> None:
    scenario = itsim.load("gradual_exponential")
    fault = next(entry for entry in scenario.timeline if entry.kind.name == "gain_drift")
    paths = [f"timeline.{fault.id}.fault.{key}" for key in ("tau", "end")]
    found = evaluate(scenario, dict(zip(paths, np.array([[tau], [end]]), strict=True)), ALL)
    values = dict(zip(paths, (f"{tau!r} h", end), strict=True))
    compare(found, 0, itsim.vary(scenario, values))


@needs_numba
def test_patients_threads_and_order_change_nothing() -> None:
    scenario = itsim.load("abrupt_stop")
    patients = draw(scenario.patient, 3, 5)
    who = np.array([2, 0, 1, 0, 2, 2])
    variants = {"timeline.stall.at": np.linspace(100.0, 400.0, len(who))}
    names = ("withdrawal_onset_h", "withdrawal_peak", "sedation_peak_frac", "rescue_window_h")
    one = evaluate(scenario, variants, names, patients, who)
    two = evaluate(scenario, variants, names, patients, who, threads=2)
    np.testing.assert_array_equal(one.values, two.values)
    for i, k in enumerate(who):
        alone = evaluate(
            scenario, {"timeline.stall.at": variants["timeline.stall.at"][[i]]}, names, [patients[k]]
        )
        np.testing.assert_allclose(alone.values[0], one.values[i], rtol=1e-9)


def test_what_the_kernel_cannot_do_goes_the_slow_way() -> None:
    scenario = itsim.load("csf_leak")
    leak = next(entry for entry in scenario.timeline if entry.kind.name == "csf_leak")
    found = evaluate(scenario, {f"timeline.{leak.id}.event.flow": np.array([2.0, 5.0])}, ALL)
    assert found.slow.all()
    assert (
        found.values[0, ALL.index("csf_lumbar_nadir_ng_mL")]
        != found.values[1, ALL.index("csf_lumbar_nadir_ng_mL")]
    )


def test_without_a_compiler_every_row_goes_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "has_compiler", lambda: False)
    scenario = itsim.load("abrupt_stop")
    found = evaluate(scenario, {"timeline.stall.at": np.array([500.0])}, ALL)
    assert found.slow.all()
    compare(found, 0, itsim.vary(scenario, {"timeline.stall.at": "500 h"}))


@pytest.mark.parametrize(
    "path", ["timeline.stall.att", "timeline.nobody.at", "device.nothing", "title", "history.x"]
)
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(KeyError, match="leads to no number"):
        evaluate(itsim.load("abrupt_stop"), {path: np.ones(2)}, ALL)


def test_arrays_that_do_not_fit_are_refused() -> None:
    scenario = itsim.load("abrupt_stop")
    with pytest.raises(ValueError, match="different lengths"):
        evaluate(scenario, {"timeline.stall.at": np.ones(2), "device.length": np.ones(3)}, ALL)
    with pytest.raises(ValueError, match="one of the patients"):
        evaluate(scenario, {"timeline.stall.at": np.ones(2)}, ALL, [scenario.patient], np.array([0, 1]))
    with pytest.raises(KeyError, match="not known"):
        evaluate(scenario, {}, ("nonsense",))


@needs_numba
def test_a_brain_that_only_rounding_turns_round_ends_the_march() -> None:
    """Patient 35 of a cohort stands at the target of his sedation as the stall begins: bend on bend was found
    in panels of seconds, without end."""
    scenario = itsim.load("abrupt_stop")
    patient = draw(scenario.patient, 36, 1)[35]
    variant = {"timeline.stall.at": np.array([183.791895947974])}
    found = evaluate(scenario, variant, ALL, patients=[patient], patient_of=np.zeros(1, np.int64))
    varied = vary(scenario, {"timeline.stall.at": "183.791895947974 h"}, catalogue())
    compare(found, 0, replace(varied, patient=patient))
