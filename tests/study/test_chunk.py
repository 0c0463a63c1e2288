"""What a chunk gives is what each of its scenarios gives alone; a run that cannot be made is its reason."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itsim import api, run
from itsim.scenario import ScenarioError
from itsim.study import chunk
from itsim.study.chunk import REASONS, Outcome, evaluate, ground_of, patient_changes, reason_of, scenario_of
from itsim.study.model import Study
from itsim.units import factor
from study.small import made, written

VARY: dict[str, Any] = {
    "timeline.stall.at": ["20 day", "500 h"],
    "patient.tip": ["T6", "T10"],
    "timeline.rescue.replace_pump.prime": [True, False],
}


def outcome(study: Study) -> Outcome:
    return evaluate(ground_of(study), study.block(0))


def test_each_row_is_what_its_scenario_gives_alone() -> None:
    study = made(vary=VARY, metrics=None)
    found = outcome(study)
    assert found.failures == ("",) * 8
    base = api.load("abrupt_stop")
    for i, (at_h, tip, prime) in enumerate(
        (t, w, p) for t in (480.0, 500.0) for w in ("T6", "T10") for p in (True, False)
    ):
        changes = {
            "timeline.stall.at": f"{at_h} h",
            "patient.tip": tip,
            "timeline.rescue.replace_pump.prime": prime,
        }
        alone = run.simulate(api.vary_scenario(base, changes)).metrics
        for j, name in enumerate(study.metrics):
            assert alone[name].value == (None if np.isnan(found.values[i, j]) else found.values[i, j]), name
            assert alone[name].censored == (REASONS[found.reasons[i, j]] or None)


def test_a_virtual_patient_is_the_cohorts_own() -> None:
    """The same luck, matched to the dose in the same way."""
    study = made(vary={"until": ["30 day"]}, patients=3, seed=5)
    cohort = api.cohort("abrupt_stop", 3, 5)
    found = outcome(study)
    for k, patient in enumerate(cohort.metrics):
        assert found.values[k, 0] == patient["withdrawal_onset_h"].value


def test_patients_are_drawn_around_what_a_row_says_of_them() -> None:
    study = made(vary={"patient.csf_loss": ["0.2 1/h", "0.4 1/h"]}, patients=1, seed=5)
    block, ground = study.block(0), ground_of(study)
    one, other = (scenario_of(ground, block, i).patient["csf_loss"].value for i in (0, 1))
    assert other == pytest.approx(2.0 * one)
    assert one != 0.2


def test_what_makes_a_file_of_a_patient_is_every_number_drawn() -> None:
    study = made(vary={"until": ["30 day"]}, patients=2, seed=5)
    block, ground = study.block(0), ground_of(study)
    copy = api.vary_scenario(study.scenarios[0], {"until": "30 day"} | patient_changes(ground, block, 1))
    assert copy.patient.numbers == scenario_of(ground, block, 1).patient.numbers
    assert patient_changes(ground_of(made()), made().block(0), 0) == {}


def test_a_run_that_cannot_be_made_is_its_reason_and_the_others_go_on() -> None:
    found = outcome(made())
    assert [bool(text) for text in found.failures] == [False, True, False]
    assert "is not before the end of the run" in found.failures[1]
    assert "Repair" in found.failures[1]
    assert np.isnan(found.values[1]).all()
    assert not found.reasons[1].any()
    assert np.isfinite(found.values[[0, 2]]).all()


def test_whatever_a_run_raises_is_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise FloatingPointError("of the engine")

    monkeypatch.setattr(chunk, "solve_for", fails)
    assert outcome(made()).failures[0] == "FloatingPointError: of the engine"


def test_want_of_memory_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(chunk, "solve_for", fails)
    with pytest.raises(MemoryError):
        outcome(made())


def test_a_reason_names_no_file(tmp_path: Path) -> None:
    """The same study in another folder has the same rows."""
    written(tmp_path)
    scenario = api.load(tmp_path / "stop.yaml")
    with pytest.raises(ScenarioError) as caught:
        api.vary_scenario(scenario, {"until": "6 day"})
    assert str(tmp_path) in str(caught.value)
    assert str(tmp_path) not in reason_of(caught.value)
    assert "timeline.rescue.at" in reason_of(caught.value)


def test_curves_are_those_of_the_run_and_end_with_it() -> None:
    study = made(
        vary={"until": ["28 day", "30 day"]},
        trajectories={"of": ["csf_lumbar", "effect_leg"], "at": ["0 day", "22 day", "29 day"]},
    )
    found = outcome(study).series
    alone = run.simulate(api.load("abrupt_stop")).solution
    times = np.array(study.times_h)
    np.testing.assert_array_equal(found[1, 0], 1000.0 * alone.series("csf_lumbar", times))
    np.testing.assert_array_equal(found[1, 1], alone.series("effect_leg", times))
    assert np.isnan(found[0, :, 2]).all()
    assert np.isfinite(found[0, :, :2]).all()
    assert times[1] == 22.0 * factor("day", "h")


def test_what_travels_gives_the_same_and_is_small() -> None:
    study = made()
    block = study.block(0)
    sent = pickle.dumps((ground_of(study).to_send(), block))
    assert len(sent) < 20_000
    ground, block = pickle.loads(sent)
    found, here = evaluate(ground, block), outcome(study)
    np.testing.assert_array_equal(found.values, here.values)
    assert found.failures == here.failures


def test_a_python_function_cannot_travel_and_runs_here() -> None:
    scenario = api.with_fault(api.load("abrupt_stop"), "2 day", lambda t_h: 0.5, "1 day")
    study = api.load_sweep({"scenario": scenario, "vary": {"until": ["25 day"]}})
    assert outcome(study).failures == ("",)
    with pytest.raises(ValueError, match="workers=1"):
        ground_of(study).to_send()


def test_every_reason_of_the_metrics_has_a_code() -> None:
    from itsim import metrics

    said = {text for name, text in vars(metrics).items() if name.startswith(("NO_", "NOT_"))}
    assert set(REASONS) == said | {""}
