"""What ``import itsim`` offers, used as a notebook would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import itsim
from itsim import api
from itsim.scenario import Scenario, ScenarioError
from itsim.units import UnitError

DAYS = 24.0


def healthy(until: str = "20 day", **more: Any) -> Scenario:
    """One compartment on 350 µg a day, and nothing wrong."""
    content = {
        "itsim": 1,
        "title": "healthy",
        "body": "one_compartment",
        "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
        "history": {"daily_dose": "350 ug/day", "lasting": "10 month"},
        "timeline": [
            {"at": "0 h", "id": "full", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
            {"at": "0 h", "id": "go", "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}},
        ],
        "until": until,
    }
    return itsim.scenario_from(content | more)


def with_drift(**fault: Any) -> Scenario:
    timeline = [
        {"at": "0 h", "id": "full", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
        {"at": "0 h", "id": "go", "program": {"mode": "simple_continuous", "daily_dose": "350 ug/day"}},
        {"at": "2 day", "id": "decline", "fault": {"kind": "gain_drift", **fault}},
    ]
    return healthy(timeline=timeline)


def delivered(scenario: Scenario, times_h: Any) -> Any:
    return itsim.simulate(scenario).delivery.therapy.catheter.rate(times_h)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# The package


def test_import_offers_what_it_names() -> None:
    assert {"load", "simulate", "cohort", "vary", "with_fault", "with_program", "Run"} <= set(dir(itsim))
    for name in dir(itsim):
        assert getattr(itsim, name) is not None
    assert itsim.simulate is api.simulate
    assert itsim.vary is api.vary_scenario
    with pytest.raises(AttributeError, match="nonsense"):
        itsim.nonsense  # noqa: B018


def test_import_is_lazy() -> None:
    code = "import itsim, sys; assert 'itsim.api' not in sys.modules; itsim.load; sys.modules['itsim.api']"
    heavy = "assert not {'matplotlib', 'pandas', 'xarray'} & set(sys.modules), 'heavy'"
    subprocess.run([sys.executable, "-c", f"{code}; {heavy}"], check=True, env=environment())


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(itsim.__file__).parents[1])}


# Loading


def test_load_by_name_by_file_name_and_by_path_is_the_same(elsewhere: Path) -> None:
    path = Path(api.folder("scenarios")) / "abrupt_stop.yaml"
    loaded = [itsim.load(given) for given in ("abrupt_stop", "abrupt_stop.yaml", path, str(path))]
    assert {scenario.sha256 for scenario in loaded} == {loaded[0].sha256}
    assert {scenario.name for scenario in loaded} == {"abrupt_stop"}


def test_a_file_here_goes_before_a_shipped_one(elsewhere: Path) -> None:
    text = (Path(api.folder("scenarios")) / "abrupt_stop.yaml").read_text(encoding="utf-8")
    (elsewhere / "abrupt_stop.yaml").write_text(text.replace("at: 21 day", "at: 20 day"), encoding="utf-8")
    assert itsim.load("abrupt_stop.yaml").sha256 != itsim.load("abrupt_stop").sha256


def test_a_folder_of_the_same_name_hides_no_shipped_scenario(elsewhere: Path) -> None:
    (elsewhere / "abrupt_stop").mkdir()
    assert itsim.load("abrupt_stop").name == "abrupt_stop"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("abrupt_stopp", "abrupt_stop"),
        ("abrupt-stop", "abrupt_stop"),
        ("Vorenkamp2023.yaml", "vorenkamp_2023"),
    ],
)
def test_unknown_name_gets_the_nearest_shipped_one(name: str, meant: str) -> None:
    with pytest.raises(ScenarioError, match=f"did you mean '{meant}'") as caught:
        itsim.load(name)
    (problem,) = caught.value.problems
    assert (problem.file, problem.value) == (name, name)


@pytest.mark.parametrize("name", ["", ".", "..", "x" * 300, "no/such/file.yaml", "/", "nonsense"])
def test_what_no_file_can_be_is_a_scenario_error(name: str) -> None:
    with pytest.raises(ScenarioError):
        itsim.load(name)


def test_scenarios_lists_what_can_be_loaded() -> None:
    assert "vorenkamp_2023" in itsim.scenarios()
    assert all(itsim.load(name).name == name for name in itsim.scenarios())


def test_scenario_from_a_mapping_and_its_errors() -> None:
    scenario = healthy()
    assert (scenario.name, scenario.title, scenario.until_h) == ("scenario", "healthy", 20 * DAYS)
    with pytest.raises(ScenarioError, match="untill"):
        healthy(untill="3 day")


# Varying


def test_vary_changes_by_path_and_leaves_the_original() -> None:
    original = itsim.load("abrupt_stop")
    later = itsim.vary(original, {"timeline.stall.at": "22 day", "patient.csf_loss": "0.4 1/h"})
    (stall,) = [entry for entry in later.timeline if entry.id == "stall"]
    assert stall.at_h == 22 * DAYS
    assert later.patient.numbers["csf_loss"] == 0.4
    assert original.patient.numbers["csf_loss"] != 0.4
    assert later.sha256 != original.sha256
    with pytest.raises(ScenarioError, match="stall"):
        itsim.vary(original, {"timeline.stal.at": "22 day"})


# Functions


def test_a_straight_line_as_a_function_is_the_linear_fault() -> None:
    """Independent of each other: one is fitted to values, the other is written by its kind."""
    times = np.linspace(0.0, 20 * DAYS, 2001)
    function = itsim.with_fault(healthy(), "2 day", lambda h: 1.0 - 0.8 * h / (10 * DAYS), "10 day")
    linear = with_drift(shape="linear", end=0.2, lasting="10 day")
    assert delivered(function, times) == pytest.approx(delivered(linear, times), rel=1e-9)


def test_a_decay_as_a_function_is_the_exponential_fault() -> None:
    times = np.linspace(0.0, 20 * DAYS, 2001)
    function = itsim.with_fault(
        healthy(), "2 day", lambda h: 0.1 + 0.9 * np.exp(-h / (4 * DAYS)), "18 day", id="mine"
    )
    exponential = with_drift(shape="exponential", end=0.1, tau="4 day")
    expected = delivered(exponential, times)
    assert delivered(function, times) == pytest.approx(expected, abs=1e-9 * expected.max())


def test_a_function_with_a_jump_needs_its_edge() -> None:
    def jumping(hours: float) -> float:
        return 1.0 if hours < 30.0 else 0.5

    made = itsim.with_fault(healthy(), "2 day", jumping, "5 day", edges_h=[30.0])
    rates = delivered(made, np.array([2 * DAYS + 29.9, 2 * DAYS + 30.0, 19 * DAYS]))
    assert rates / rates[0] == pytest.approx([1.0, 0.5, 0.5])
    with pytest.raises(ValueError, match=r"edge|smooth"):
        itsim.with_fault(healthy(), "2 day", jumping, "5 day")


def test_a_function_of_a_flow_and_of_a_dose_rate_are_the_same_therapy() -> None:
    """A milligram per day in 2 mg/mL is half a millilitre per day."""
    times = np.linspace(0.0, 20 * DAYS, 401)

    def rhythm(hours: float) -> float:
        return 0.2 + 0.05 * np.cos(2.0 * np.pi * hours / DAYS)

    flow = itsim.with_program(healthy(), "1 day", rhythm, "15 day", "mL/day")
    dose = itsim.with_program(healthy(), "1 day", lambda h: 2.0 * rhythm(h), "15 day", "mg/day")
    expected = delivered(flow, times)
    assert delivered(dose, times) == pytest.approx(expected, rel=1e-9)
    hours = times[(times > DAYS) & (times < 16 * DAYS)] - DAYS
    lag_free = 2000.0 / DAYS * np.array([rhythm(h) for h in hours])
    assert expected[(times > DAYS) & (times < 16 * DAYS)] == pytest.approx(lag_free, rel=1e-8)


def test_a_programmed_function_is_intended_and_no_loss() -> None:
    made = itsim.with_program(healthy(), "1 day", lambda h: 0.1, "5 day", "mL/day")
    assert itsim.simulate(made).course.first_loss_h is None


@pytest.mark.parametrize(
    ("at", "lasting", "unit"), [("1", "5 day", "mL/day"), ("1 day", "5", "mL/day"), ("1 day", "5 day", "mL")]
)
def test_functions_need_units(at: str, lasting: str, unit: str) -> None:
    with pytest.raises(UnitError):
        itsim.with_program(healthy(), at, lambda h: 0.1, lasting, unit)


def test_a_function_after_the_end_is_refused() -> None:
    with pytest.raises(ScenarioError):
        itsim.with_fault(healthy(), "30 day", lambda h: 0.5, "5 day")


def test_vary_keeps_what_came_from_python() -> None:
    made = itsim.with_fault(healthy(), "2 day", lambda h: 0.5, "1 day", id="half")
    varied = itsim.vary(made, {"until": "10 day"})
    assert "half" in [entry.id for entry in varied.timeline]
    assert delivered(varied, np.array([9 * DAYS]))[0] == pytest.approx(0.5 * 350.0 / DAYS)


# Running


def test_simulate_takes_a_name_a_path_or_a_scenario() -> None:
    path = Path(api.folder("scenarios")) / "abrupt_stop.yaml"
    onsets = {
        itsim.simulate(given).metrics["withdrawal_onset_h"].value
        for given in ("abrupt_stop", path, itsim.load("abrupt_stop"))
    }
    assert len(onsets) == 1


def test_an_unknown_engine_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="exact, reference"):
        itsim.simulate(healthy(), engine="nonsense")


def test_cohort_of_a_scenario_has_its_size_and_seed() -> None:
    made = itsim.cohort(healthy(), size=2, seed=5)
    assert (len(made.metrics), made.seed) == (2, 5)


def test_runs_are_compared_in_a_figure() -> None:
    from matplotlib.figure import Figure

    runs = {"a": itsim.simulate("abrupt_stop"), "b": itsim.simulate(healthy())}
    assert isinstance(itsim.compare(runs, size=3), Figure)


# Writing


def test_write_run_leaves_three_whole_files_the_picture_last(tmp_path: Path) -> None:
    run = itsim.simulate("abrupt_stop", cohort_size=3)
    paths = api.write_run(run, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["summary.json", "trajectory.csv", "abrupt_stop.png"]
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(
        p.name for p in paths
    )
    assert paths[-1].read_bytes().startswith(b"\x89PNG")


def test_write_run_adds_the_onset_curve_where_asked(tmp_path: Path) -> None:
    run = itsim.simulate("abrupt_stop", cohort_size=3)
    assert "onset.png" in [path.name for path in api.write_run(run, tmp_path, onset=True)]
    nothing_lost = itsim.simulate(healthy(), cohort_size=2)
    assert "onset.png" not in [path.name for path in api.write_run(nothing_lost, tmp_path / "b", onset=True)]
    only_excess = itsim.simulate("programming_60_per_hour", cohort_size=2)
    assert only_excess.course.first_loss_h is not None, "counted from the first excess"
    assert only_excess.onset is None


def test_a_file_that_could_not_be_written_leaves_nothing_beside_it(tmp_path: Path) -> None:
    def fails(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        api._whole(tmp_path / "x.csv", fails)
    assert list(tmp_path.iterdir()) == []


def test_cautions_are_those_of_the_run_and_need_none() -> None:
    assert api.cautions("abrupt_stop") == []
    (line,) = api.cautions("csf_leak")
    assert line in itsim.simulate("csf_leak", cohort_size=1, draws=0).summary["warnings"]


def test_check_kinds_params_and_cite_are_plain_data() -> None:
    assert api.check("abrupt_stop").name == "abrupt_stop"
    assert list(api.kinds("faults")) == ["faults"]
    assert list(api.kinds()) == list(api.GROUPS)
    with pytest.raises(ValueError, match="faults"):
        api.kinds("nonsense")
    assert {row["source"] for row in api.params() if row["grade"] == "X"} == {"assumption"}
    assert {row["part"] for row in api.params("drug")} == {"drug"}
    with pytest.raises(ValueError, match="drug"):
        api.params("nonsense")
    assert "vorenkamp2023" in {reference.key for reference in api.cite("vorenkamp_2023")}


def test_notice_says_what_it_is_not_and_both_versions() -> None:
    assert "not a medical device" in api.notice()
    assert itsim.__version__ in api.notice()


def test_the_teaching_matrix_is_a_table_of_all_faults() -> None:
    table = itsim.teaching_matrix()
    assert list(table.index) == list(api.catalogue().kinds["faults"])
    assert table.loc["motor_stall", "volume"] == "surplus"
    assert table.loc["leak", "alarms"] == ()


# Facts


def test_facts_against_a_few_patients_and_their_page(elsewhere: Path) -> None:
    found = api.qualify(2, (1,))
    path = api.write_qualification(found, elsewhere / "site" / "facts.html")
    assert (found.size, found.seeds, len(found.rows)) == (2, (1,), 26)
    assert found.is_verified
    assert "</html>" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["facts.html"]


def test_the_default_population_is_a_thousand_of_one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    from itsim.qualify import qualification

    monkeypatch.setattr(qualification, "qualify", lambda *given: given)
    assert api.qualify() == (1000, (1,), 1, None)
