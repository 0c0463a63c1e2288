"""Study files: what a researcher types is read, and every slip is reported at its place, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsim.catalogue import catalogue
from itsim.resources import folder
from itsim.scenario import ScenarioError
from itsim.scenario.problems import Problem
from itsim.study.distributions import Levels, LogUniform
from itsim.study.model import Study
from itsim.study.study_file import is_study, load_study
from study.small import SCENARIO, made, written

SHIPPED = sorted((folder("scenarios") / "studies").glob("*.yaml"))


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_study(written(folder, study=text), catalogue())
    return caught.value.problems


def study(folder: Path, text: str) -> Study:
    return load_study(written(folder, study=text), catalogue())


def test_five_studies_are_shipped_each_with_its_notebook() -> None:
    assert len(SHIPPED) >= 5
    notebooks = {path.stem for path in folder("notebooks").glob("*.ipynb")}
    assert {path.stem for path in SHIPPED} <= notebooks


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_studies_are_read(path: Path) -> None:
    found = load_study(path, catalogue())
    assert is_study(path)
    assert found.n_rows >= 1
    assert found.title.endswith(("?", "dose"))


def test_a_scenario_is_no_study(tmp_path: Path) -> None:
    path = tmp_path / "stop.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    assert not is_study(path)
    assert not is_study(tmp_path / "missing.yaml")


def test_everything_that_is_wrong_comes_at_once_with_its_place(tmp_path: Path) -> None:
    text = """\
itsim: 1
title: Wrong
scenario: stop.yaml
vary:
  timeline.stal.at: [1 day, 2 day]
  patient.csf_clearance: [20, 30 mL/h]
  timeline.stall.fault.depth: [1]
  until: {unifrom: {low: 1 day, high: 2 day}}
  device.length: {uniform: {low: 90 cm, high: 80 cm}}
design: latinhypercube
samples: none
metrics: [withdrawal_onset, withdrawal_peak, withdrawal_peak]
trajectories: {of: [csf], at: [1 day]}
"""
    found = problems(tmp_path, text)
    places = {(p.line, p.column): p for p in found}
    assert {line for line, _ in places} == {5, 6, 7, 8, 9, 10, 11, 12, 13}
    assert all(p.file and p.file.endswith("small.yaml") and p.hint for p in found)
    assert "did you mean 'stall'" in places[5, 3].hint
    assert "has no unit" in places[6, 27].rule
    assert "did you mean 'uniform'" in places[8, 11].hint
    assert "the smaller one first" in places[9, 28].hint
    assert "did you mean 'latin_hypercube'" in places[10, 9].hint
    assert "did you mean 'withdrawal_onset_h'" in places[12, 11].hint
    assert "twice" in places[12, 46].rule
    assert "csf_lumbar" in places[13, 21].hint


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("design: grid", "is a distribution, of which a grid has none"),
        ("design: table", "is a distribution, of which a table has none"),
        ("design: sobol\nsamples: 100", "is not a power of two"),
        ("design: sobol", "the key `samples` is missing"),
        ("design: monte_carlo\nsamples: 0", "is not a whole number from 1"),
        ("design: monte_carlo\nsamples: 8\nseed: -1", "is not a whole number from 0"),
        ("design: monte_carlo\nsamples: 8\npatients: many", "neither a number of virtual patients"),
        ("design: monte_carlo\nsamples: 8\nmetrics: withdrawal_peak", "`metrics` is a list of names"),
        ("design: monte_carlo\nsamples: 8\ntrajectories: [csf_lumbar]", "trajectories need `of` and `at`"),
        ("design: monte_carlo\nsamples: 100000000\npatients: 1000", "more than 100000000"),
        ("design: monte_carlo\nsamples: 8\nworkers: 2", "is not a key of a study"),
    ],
)
def test_a_slip_of_the_design_is_named(line: str, rule: str, tmp_path: Path) -> None:
    text = (
        f"itsim: 1\nscenario: stop.yaml\nvary: {{until: {{uniform: {{low: 8 day, high: 9 day}}}}}}\n{line}\n"
    )
    (found,) = problems(tmp_path, text)
    assert rule in found.message


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("vary: {until: [8 day]}", "scenario"),
        ("scenario: stop.yaml", "vary"),
        ("scenario: abrupt_stpo\nvary: {until: [8 day]}", "scenario"),
        ("scenario: other.yaml\nvary: {until: [8 day]}", "scenario"),
        ("scenario: ../stop.yaml\nvary: {until: [8 day]}", "scenario"),
        ("scenarios: [stop.yaml, stop.yaml]\nvary: {until: [8 day]}", "scenarios[1]"),
        ("itsim: 2\nscenario: stop.yaml\nvary: {until: [8 day]}", "itsim"),
        ("scenario: stop.yaml\nvary: {}", "vary"),
        ("scenario: stop.yaml\nvary: {until: [8 day]}\ntable: x.csv", "table"),
    ],
)
def test_what_a_study_cannot_do_without(line: str, path: str, tmp_path: Path) -> None:
    assert path in [p.path for p in problems(tmp_path, f"{line}\n")]


def test_a_broken_scenario_is_reported_at_its_own_place(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "stop.yaml").write_text(SCENARIO.replace("5 day,", "5 dayz,"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_study(path, catalogue())
    (found,) = caught.value.problems
    assert found.file is not None
    assert (Path(found.file).name, found.line) == ("stop.yaml", 10)


def test_a_table_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("timeline.stall.at [day],patient.csf_clearance [mL/h]\n2,20\n3,40\n")
    found = study(tmp_path, "itsim: 1\nscenario: stop.yaml\ntable: cases.csv\n")
    assert found.n_rows == 2
    assert [f.unit for f in found.design.factors] == ["day", "mL/h"]
    assert found.block(0).numbers.tolist() == [[2.0, 20.0], [3.0, 40.0]]


def test_a_wrong_cell_of_a_table_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("timeline.stall.at [day],patient.csf_clearanc [mL/h]\n2,x\n")
    found = problems(tmp_path, "itsim: 1\nscenario: stop.yaml\ntable: cases.csv\n")
    assert {(Path(p.file or "").name, p.line, p.column) for p in found} >= {
        ("cases.csv", 2, 3),
        ("cases.csv", 1, 25),
    }


def test_columns_of_a_table_are_of_one_length(tmp_path: Path) -> None:
    vary = "vary: {until: [8 day, 9 day], patient.csf_clearance: [20 mL/h]}"
    text = f"scenario: stop.yaml\ndesign: table\n{vary}\n"
    (found,) = problems(tmp_path, text)
    assert "has 1 values, but until has 2" in found.rule


def test_without_a_design_it_is_a_grid_and_without_metrics_all_of_them() -> None:
    found = made(metrics=None)
    assert found.design.kind == "grid"
    assert len(found.metrics) >= 17


def test_units_are_those_that_were_written() -> None:
    found = made(vary={"until": ["30 day", "6 week", "1 month"]})
    factor = found.design.factors[0]
    assert (factor.unit, factor.canonical) == ("day", "h")
    assert factor.spread == Levels((30.0, 42.0, 30.4375))


def test_one_thing_may_stand_under_several_paths() -> None:
    found = made(
        scenario="abrupt_stall",
        vary={
            "timeline.dose.program.daily_dose": {
                "log_uniform": {"low": "100 ug/day", "high": "800 ug/day"},
                "also": ["history.daily_dose"],
                "name": "dose",
            }
        },
        design="latin_hypercube",
        samples=4,
    )
    (factor,) = found.design.factors
    assert factor.paths == ("timeline.dose.program.daily_dose", "history.daily_dose")
    assert factor.name == "dose"
    assert factor.spread == LogUniform(100.0, 800.0)


def test_several_scenarios_share_what_varies() -> None:
    vary = {"patient.csf_loss": ["0.2 1/h", "0.3 1/h"]}
    found = made(scenario=None, scenarios=["abrupt_stop", "abrupt_stall"], vary=vary)
    assert found.shape == (2, 2, 1)
    with pytest.raises(ScenarioError, match="in abrupt_stall"):
        made(
            scenario=None, scenarios=["abrupt_stop", "abrupt_stall"], vary={"timeline.rescue.at": ["22 day"]}
        )


def test_the_seed_follows_from_the_content_unless_given() -> None:
    sampled = {"design": "monte_carlo", "samples": 4}
    vary = {"patient.csf_loss": {"uniform": {"low": "0.2 1/h", "high": "0.3 1/h"}}}
    one, again = made(vary=vary, **sampled), made(vary=vary, title="Other words", **sampled)
    assert one.design.seed == again.design.seed > 0
    other = made(vary={"patient.csf_loss": {"uniform": {"low": "0.2 1/h", "high": "0.4 1/h"}}}, **sampled)
    assert other.design.seed != one.design.seed
    assert made(vary=vary, seed=5, **sampled).design.seed == 5


def test_a_scenario_of_ones_own_takes_the_place_of_a_name() -> None:
    from itsim import api

    scenario = api.vary_scenario(api.load("abrupt_stop"), {"until": "25 day"})
    found = api.load_sweep({"scenario": scenario, "vary": {"patient.csf_loss": ["0.2 1/h"]}})
    assert found.scenarios == (scenario,)


COMPARED = """\
itsim: 1
scenario: stop.yaml
vary: {timeline.stall.at: {uniform: {low: 1 day, high: 6 day}}}
design: %s
samples: %s
patients: %s
"""


def test_designs_that_compare_rows_are_read(tmp_path: Path) -> None:
    assert (
        study(tmp_path, COMPARED.replace("%s", "morris", 1).replace("%s", "6", 1).replace("%s", "3")).n_rows
        == 36
    )


@pytest.mark.parametrize(
    ("design", "samples", "patients", "path", "rule"),
    [
        ("morris", "3", "3", "samples", "is not a whole number from 4"),
        ("sobol_indices", "12", "3", "samples", "is not a power of two"),
        ("sobol_indices", "8", "sampled", "patients", "gives neighbouring rows other patients"),
    ],
)
def test_what_rows_that_are_compared_cannot_have(
    design: str, samples: str, patients: str, path: str, rule: str, tmp_path: Path
) -> None:
    text = COMPARED.replace("%s", design, 1).replace("%s", samples, 1).replace("%s", patients)
    (found,) = problems(tmp_path, text)
    assert found.path == path
    assert rule in found.rule
    assert found.hint


def test_without_its_library_a_design_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsim.study.study_file.find_spec", lambda name: None)
    text = COMPARED.replace("%s", "morris", 1).replace("%s", "6", 1).replace("%s", "3")
    (found,) = problems(tmp_path, text)
    assert (found.path, found.value) == ("design", "morris")
    assert "itsim[sensitivity]" in found.hint
