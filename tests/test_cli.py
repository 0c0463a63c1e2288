"""The commands: what they print, what they write, how they end. The contract is in the design page's plan.

Most commands run in this process; what a shell sees (streams, exit codes, encodings) is tried on real ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import itsim
from itsim import api, cli
from itsim.parameters import safety
from qualify import made

KEYS = {
    "itsim_version",
    "parameters_version",
    "disclaimer",
    "scenario",
    "engine",
    "metrics",
    "events",
    "evidence",
    "mass",
    "sources",
}
LEDGER = {"entered_ug", "reservoir_ug", "catheter_ug", "lost_ug", "body_ug", "eliminated_ug", "error_frac"}
CENSORED = {False, "not within the run", "no loss", "no alarm", "no withdrawal", "not in this body"}
FEW, BANDED = ("--cohort", "3"), ("--cohort", "20")
BROKEN = Path(__file__).parent / "scenario" / "broken"
DISCLAIMER = safety()["disclaimer"]


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command runs in an empty folder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``python -m itsim`` as a process of its own."""
    sources = str(Path(itsim.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-m", "itsim", *arguments],
        env=os.environ | {"PYTHONPATH": sources} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def contents() -> list[str]:
    return sorted(path.relative_to(Path.cwd()).as_posix() for path in Path.cwd().rglob("*"))


def errors(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 2, result.output
    found = json.loads(result.stdout)["errors"]
    for error in found:
        assert set(error) >= {"file", "line", "column", "path", "message", "hint"}
        assert error["message"]
    return found


# run


def test_run_json_prints_the_contracts_keys_and_writes_nothing() -> None:
    result = call("run", "abrupt_stop", "--json", *FEW)
    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert set(summary) >= KEYS
    assert summary["scenario"] == {"name": "abrupt_stop", "sha256": api.load("abrupt_stop").sha256}
    assert summary["disclaimer"] == DISCLAIMER
    assert set(summary["mass"]) == LEDGER
    assert all(set(event) >= {"t_h", "kind", "detail"} for event in summary["events"])
    (visit,) = summary["evidence"]
    assert set(visit) >= {"t_h", "expected_mL", "found_mL", "surplus_mL", "flagged"}
    assert visit["surplus_mL"] == pytest.approx(visit["found_mL"] - visit["expected_mL"])
    assert "vorenkamp2023" in summary["sources"]
    assert contents() == []


def test_run_json_gives_every_metric_with_a_band_or_a_reason() -> None:
    metrics = json.loads(call("run", "gradual_linear", "--json", *BANDED).stdout)["metrics"]
    assert set(metrics) >= set(api.catalogue().metrics)
    for name, metric in metrics.items():
        assert set(metric) >= {"value", "unit", "low", "high", "censored"}, name
        assert metric["censored"] in CENSORED
        assert (metric["value"] is None) == (metric["censored"] is not False), name
    assert metrics["alarm_first_h"]["censored"] == "no alarm"
    assert metrics["effect_baseline_frac"]["low"] < metrics["effect_baseline_frac"]["high"]


def test_run_writes_summary_trajectory_and_picture_and_ends_with_its_path() -> None:
    result = call("run", "abrupt_stop", *FEW)
    assert result.exit_code == 0
    folder = "itsim-out/abrupt_stop"
    assert [name for name in contents() if name.startswith(f"{folder}/")] == sorted(
        f"{folder}/{name}" for name in ("abrupt_stop.png", "onset.png", "summary.json", "trajectory.csv")
    )
    last = Path(result.stdout.splitlines()[-1])
    assert last == Path("itsim-out", "abrupt_stop", "abrupt_stop.png")
    assert last.read_bytes().startswith(b"\x89PNG")
    assert DISCLAIMER in words(result.stdout)
    assert safety()["withdrawal"] in words(result.stdout)
    assert itsim.__version__ in result.stdout


def test_summary_in_the_file_is_the_one_that_json_prints() -> None:
    printed = json.loads(call("run", "abrupt_stop", "--json", "--out", "here", *FEW).stdout)
    assert json.loads(Path("here/summary.json").read_text(encoding="utf-8")) == printed
    files = ["abrupt_stop.png", "onset.png", "summary.json", "trajectory.csv"]
    assert contents() == ["here", *(f"here/{name}" for name in files)]


def test_run_without_a_name_is_the_shipped_case() -> None:
    assert json.loads(call("run", "--json", *FEW).stdout)["scenario"]["name"] == "vorenkamp_2023"


def test_run_takes_a_file_of_ones_own() -> None:
    text = (Path(api.folder("scenarios")) / "abrupt_stop.yaml").read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text, encoding="utf-8")
    assert call("run", "mine.yaml", *FEW).exit_code == 0
    assert Path("itsim-out/mine/mine.png").is_file()


def test_cohort_and_seed_make_the_band_and_nothing_else() -> None:
    def metrics(*more: str) -> dict[str, Any]:
        return json.loads(call("run", "abrupt_stop", "--json", *more).stdout)["metrics"]

    first, again = (metrics("--cohort", "20", "--seed", "1") for _ in range(2))
    other_seed, other_size = (
        metrics("--cohort", "20", "--seed", "2"),
        metrics("--cohort", "10", "--seed", "1"),
    )
    assert first == again
    for other in (other_seed, other_size):
        assert other != first
        assert {name: m["value"] for name, m in other.items()} == {
            name: m["value"] for name, m in first.items()
        }


def test_the_uncertainty_is_another_band_and_can_be_left_out() -> None:
    def told(*more: str) -> dict[str, Any]:
        return json.loads(call("run", "abrupt_stop", "--json", *BANDED, *more).stdout)

    usual, more, none = told(), told("--draws", "21"), told("--draws", "0")
    assert (usual["uncertainty"]["size"], more["uncertainty"]["size"], none["uncertainty"]) == (20, 21, None)
    for name, metric in none["metrics"].items():
        assert metric["uncertainty_low"] is metric["uncertainty_high"] is None
        assert (metric["low"], metric["high"]) == (
            more["metrics"][name]["low"],
            more["metrics"][name]["high"],
        )
    relief = more["metrics"]["effect_baseline_frac"]
    assert relief["uncertainty_low"] < relief["uncertainty_high"]


def test_fewer_than_twenty_patients_give_no_band_and_say_so() -> None:
    printed = call("run", "abrupt_stop", "--json", "--cohort", "19")
    assert all(
        m["low"] is m["high"] is m["median"] is None for m in json.loads(printed.stdout)["metrics"].values()
    )
    assert "19, too few for a band" in words(call("run", "abrupt_stop", "--cohort", "19").stdout)


def test_the_onset_curve_comes_with_a_cohort_and_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "DEFAULT_SIZE", 2)
    assert call("run", "abrupt_stop", "--out", "usual").exit_code == 0
    assert call("run", "baseline", "--out", "nothing_lost", *FEW).exit_code == 0
    assert not [name for name in contents() if name.endswith("onset.png")]
    printed = call("run", "abrupt_stop", "--out", "asked", *FEW).stdout.splitlines()
    assert printed[-2:] == [str(Path("asked", name)) for name in ("onset.png", "abrupt_stop.png")]
    assert json.loads(Path("usual/summary.json").read_text(encoding="utf-8"))["cohort"]["size"] == 2
    assert any(line.startswith("To compare two files give both the same --seed") for line in printed)
    seeded = call("run", "abrupt_stop", "--out", "seeded", *FEW, "--seed", "1").stdout
    assert "To compare two files" not in seeded


def test_the_reference_engine_gives_the_same_answer() -> None:
    exact, reference = (
        json.loads(call("run", "abrupt_stop", "--json", "--engine", engine, *FEW).stdout)
        for engine in ("exact", "reference")
    )
    assert (exact["engine"], reference["engine"]) == ("exact", "reference")
    for name, metric in exact["metrics"].items():
        value = metric["value"]
        expected = None if value is None else pytest.approx(value, rel=1e-4)
        assert reference["metrics"][name]["value"] == expected, name
        assert reference["metrics"][name]["low"] == metric["low"], "bands are always the exact engine's"


# run, refused


@pytest.mark.parametrize(
    "arguments",
    [
        ("--engine", "nonsense"),
        ("--nonsense",),
        ("--cohort", "0"),
        ("--cohort", "many"),
        ("--draws", "-1"),
        ("--seed", "-1"),
        ("--seed", str(2**63)),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_wrong_option_is_refused_and_nothing_is_written(arguments: tuple[str, ...], as_json: bool) -> None:
    result = call("run", "abrupt_stop", *arguments, *(("--json",) if as_json else ()))
    assert result.exit_code == 2
    assert contents() == []
    if as_json:
        (error,) = errors(result)
        assert arguments[0] in error["message"]
    else:
        assert result.stdout == ""
        assert arguments[0] in result.stderr


def test_an_unknown_scenario_is_one_error_with_the_nearest_name() -> None:
    (error,) = errors(call("run", "abrupt_stopp", "--json"))
    assert "abrupt_stop'" in error["hint"]
    assert error["file"] == "abrupt_stopp"
    plain = call("run", "abrupt_stopp")
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert "did you mean 'abrupt_stop'" in plain.stderr
    assert contents() == []


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_out_that_is_a_file_is_refused_before_anything_is_printed(out: str) -> None:
    Path("taken").write_text("mine", encoding="utf-8")
    result = call("run", "abrupt_stop", "--out", out, *FEW)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--out taken" in result.stderr
    (error,) = errors(call("run", "abrupt_stop", "--json", "--out", out, *FEW))
    assert error["path"] == "--out"
    assert contents() == ["taken"]
    assert Path("taken").read_text(encoding="utf-8") == "mine"


def test_a_broken_file_gives_all_its_errors() -> None:
    found = errors(call("run", BROKEN / "several_errors.yaml", "--json"))
    assert len(found) > 1
    assert all(error["line"] >= 1 and error["hint"] for error in found)
    plain = call("run", BROKEN / "several_errors.yaml")
    assert (plain.exit_code, plain.stdout) == (2, "")
    assert len(plain.stderr.splitlines()) == len(found)
    assert contents() == []


def test_a_fault_of_ours_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(api.pipeline, "simulate", fails)
    result = call("run", "abrupt_stop", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert contents() == []


# check


def test_check_says_ok_for_every_good_file() -> None:
    result = call("check", "abrupt_stop", "baseline")
    assert result.exit_code == 0
    assert DISCLAIMER in words(result.stdout)
    assert result.stdout.splitlines()[-2:] == ["abrupt_stop: ok", "baseline: ok"]


CHILD = """
itsim: 1
title: A child with a leak
patient: {preset: child, posture: 3}
device: {pump: synchromed_ii_40, catheter: ascenda}
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 500 ug/mL}}
  - {at: 0 day, program: {mode: simple_continuous, daily_dose: 100 ug/day}}
  - {at: 1 day, csf_leak: {level: L3/4, flow: 30 mL/h}}
until: 3 day
"""


def test_check_warns_of_what_can_be_known_without_a_run() -> None:
    """As the run does, in text and JSON; a warning is no error."""
    Path("child.yaml").write_text(CHILD, encoding="utf-8")
    (_, ok, *lines) = call("check", "child.yaml").stdout.splitlines()
    assert ok == "child.yaml: ok"
    for cause in ("a child (8 years)", "a CSF leak 30 mL/h at L3/4", "posture = 3", "more than the 11 mL/h"):
        assert sum(cause in line for line in lines) == 1, cause
    assert all(line.startswith("child.yaml: WARNING: ") for line in lines)
    told = json.loads(call("check", "child.yaml", "abrupt_stop", "--json").stdout)
    assert told["errors"] == []
    assert [f"{w['file']}: WARNING: {w['message']}" for w in told["warnings"]] == lines
    run = json.loads(call("run", "child.yaml", "--json", *FEW).stdout)
    assert [w["message"] for w in told["warnings"]] == run["warnings"]


def test_check_goes_through_all_files_and_lists_all_errors() -> None:
    files = [BROKEN / "bare_until.yaml", "abrupt_stop", BROKEN / "several_errors.yaml", "nonsense"]
    found = errors(call("check", *files, "--json"))
    assert len({error["file"] for error in found}) == 3
    plain = call("check", *files)
    assert plain.exit_code == 2
    assert "abrupt_stop: ok" in plain.stdout.splitlines()
    assert len(plain.stderr.splitlines()) == len(found)


def test_check_json_of_good_files_is_an_empty_list() -> None:
    result = call("check", "abrupt_stop", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["errors"] == []
    assert call("check").exit_code == 2


# kinds, params, cite


def test_kinds_json_holds_every_group() -> None:
    content = json.loads(call("kinds", "--json").stdout)
    assert set(content) == {*api.GROUPS, "disclaimer"}
    for group in api.GROUPS:
        for row in content[group]:
            assert set(row) - {"example"} == {"kind", "summary", "parameters", "alarm", "evidence", "sources"}
            assert row["sources"]
            for number in row["parameters"]:
                assert set(number) == {"name", "unit", "default", "required", "choices"}


def test_kinds_of_one_group_with_their_parameters() -> None:
    assert set(json.loads(call("kinds", "faults", "--json").stdout)) == {"faults", "disclaimer"}
    result = call("kinds", "faults")
    assert "gain_drift" in result.stdout
    assert "lasting [h]" in result.stdout
    assert "shape [1] (required; one of linear, exponential, logistic, steps)" in result.stdout
    assert "silence [1] = exponential (one of exponential, fixed)" in result.stdout
    assert "end [1] = 0.0\n" in result.stdout
    assert DISCLAIMER in result.stdout
    assert all(f"{group}:" in call("kinds").stdout for group in api.GROUPS)


def test_numbers_of_patients_are_shown_in_the_units_of_their_files() -> None:
    assert "age [year] = 8.0\n" in call("kinds", "patients").stdout
    (age,) = [row for row in api.params("person") if row["name"] == "age"]
    assert (age["value"], age["low"], age["high"], age["unit"]) == (40.0, 0.0, 100.0, "year")


def test_kinds_of_nonsense_is_refused() -> None:
    assert call("kinds", "nonsense").exit_code == 2
    (error,) = errors(call("kinds", "nonsense", "--json"))
    assert "faults" in error["message"]


def test_params_json_has_the_contracts_keys() -> None:
    rows = json.loads(call("params", "--json").stdout)["parameters"]
    assert len(rows) > 100
    for row in rows:
        assert set(row) >= {"name", "value", "unit", "low", "high", "source", "grade"}
        assert row["low"] <= row["value"] <= row["high"]
        assert row["unit"]
        assert (row["grade"] == "X") <= (row["source"] == "assumption")


def test_params_in_words_has_a_line_for_each() -> None:
    result = call("params")
    assert DISCLAIMER in result.stdout
    head, *rows = result.stdout.splitlines()[1:]
    assert head.split() == ["part", "name", "value", "unit", "range", "grade", "source"]
    assert len(rows) == len(api.params())
    starts = [head.index(word) for word in head.split()]
    for row in rows:
        assert all(row[start - 2 : start] == "  " and row[start] != " " for start in starts[1:]), row


def test_params_of_one_part() -> None:
    rows = json.loads(call("params", "--part", "response", "--json").stdout)["parameters"]
    assert {row["part"] for row in rows} == {"response"}
    (error,) = errors(call("params", "--part", "nonsense", "--json"))
    assert error["path"] == "--part"
    assert "response" in error["message"]


def test_cite_names_the_references_of_a_scenario() -> None:
    result = call("cite", "vorenkamp_2023")
    assert result.exit_code == 0
    keys = [line.split(":")[0] for line in result.stdout.splitlines()[1:-2]]
    assert keys == [reference.key for reference in api.cite("vorenkamp_2023")]
    assert DISCLAIMER in result.stdout
    assert result.stdout.splitlines()[-2:] == list(api.assumptions("vorenkamp_2023"))
    assert "supraspinal_share" in result.stdout


def test_cite_as_bibtex_is_bibtex() -> None:
    printed = call("cite", "vorenkamp_2023", "--bibtex").stdout
    first, *rest = printed.splitlines()
    assert all(line.startswith("% ") for line in rest[-2:])
    assert first.startswith("% ")
    assert DISCLAIMER in first
    assert "\n".join(rest).count("\n@") + rest[0].startswith("@") == len(api.cite("vorenkamp_2023"))
    assert printed.count("{") == printed.count("}")


def test_cite_of_an_unknown_scenario_is_refused() -> None:
    assert call("cite", "nonsense").exit_code == 2


# qualify


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the command asked for; answered with a made-up table at once."""
    found: list[tuple[Any, ...]] = []

    def pretend(size: int, seeds: Any, workers: int, progress: Any) -> Any:
        found.append((size, list(seeds), workers))
        return made.qualification({"B2"})

    monkeypatch.setattr(api, "qualify", pretend)
    return found


def test_qualify_json_holds_the_contract_and_writes_nothing(asked: list[tuple[Any, ...]]) -> None:
    result = call("qualify", "--json", "--workers", "1")
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["disclaimer"] == DISCLAIMER
    for row in content["rows"]:
        assert set(row) >= {"id", "fact", "protocol", "reported", "simulated", "verdict", "fitted"}
        assert row["verdict"] in {"inside", "outside"}
    assert content["rows"][0]["id"] == "B2"
    assert contents() == []
    assert asked == [(1000, [1], 1)]


def test_qualify_takes_population_seed_and_seeds(asked: list[tuple[Any, ...]]) -> None:
    assert (
        call("qualify", "--population", "20", "--seed", "5", "--seeds", "3", "--workers", "2").exit_code == 0
    )
    assert asked == [(20, [5, 6, 7], 2)]


def test_qualify_writes_its_page_and_ends_with_its_path(asked: list[tuple[Any, ...]]) -> None:
    result = call("qualify", "--out", "site/facts.html")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == str(Path("site/facts.html"))
    assert "25 of 26 facts" in words(result.stdout)
    assert DISCLAIMER in words(result.stdout)
    assert Path("site/facts.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert contents() == ["site", "site/facts.html"]


def test_qualify_refuses_before_it_simulates(asked: list[tuple[Any, ...]]) -> None:
    Path("taken").mkdir()
    Path("file").write_text("mine", encoding="utf-8")
    wrong = (
        ("--out", "taken"),
        ("--out", "file/facts.html"),
        ("--population", "0"),
        ("--seeds", "0"),
        ("--seed", str(2**63 - 1), "--seeds", "2"),
    )
    for options in wrong:
        assert call("qualify", *options).exit_code == 2, options
        (error,) = errors(call("qualify", "--json", *options))
        assert options[0] in error["message"]
    assert asked == []
    assert contents() == ["file", "taken"]


def test_qualify_ends_with_1_where_the_code_does_not_solve_its_equations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "qualify", lambda *given: made.qualification(set(), code_holds=False))
    result = call("qualify")
    assert result.exit_code == 1
    assert "FAILS" in result.stdout


# figures


def test_figures_draws_the_named_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = api.simulate
    monkeypatch.setattr(api, "simulate", lambda scenario: simulate(scenario, cohort_size=3))
    result = call("figures", "abrupt_stop", "vorenkamp_2023", "--out", "drawn")
    assert result.exit_code == 0, result.output
    names = ["abrupt_stop.svg", "vorenkamp_2023.svg", "vorenkamp_2023_case.svg"]
    assert result.stdout.splitlines()[1:] == [str(Path("drawn", name)) for name in names]
    assert sorted(path.name for path in Path("drawn").iterdir()) == names
    assert b"<svg" in Path("drawn/abrupt_stop.svg").read_bytes()[:1000]


def test_figures_of_all_writes_the_gallery_too_and_the_same_bytes_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulate = api.simulate
    monkeypatch.setattr(api, "simulate", lambda scenario: simulate(scenario, cohort_size=3))
    monkeypatch.setattr(api, "scenarios", lambda: ("abrupt_stop", "baseline"))
    written = []
    for _ in range(2):
        result = call("figures", "--out", "site/figures", "--gallery", "site/docs/gallery.md")
        assert result.exit_code == 0, result.output
        pages = [str(Path("site/docs", name)) for name in ("gallery.md", "evidence.md")]
        assert result.stdout.splitlines()[-2:] == pages
        written.append({path: path.read_bytes() for path in Path("site").rglob("*.*")})
    assert written[0] == written[1]
    page = Path("site/docs/gallery.md").read_text(encoding="utf-8")
    assert "](../figures/abrupt_stop.svg)" in page
    assert page.index("#baseline") < page.index("#abrupt_stop")


def test_figures_refuses_what_it_cannot_draw_or_write() -> None:
    assert call("figures", "abrupt_stop", "nonsense").exit_code == 2
    Path("taken").write_text("", encoding="utf-8")
    assert call("figures", "abrupt_stop", "--out", "taken").exit_code == 2
    assert contents() == ["taken"]


# In a shell


def test_lines_for_machines_are_never_wrapped() -> None:
    """A narrow terminal breaks no path and no JSON."""
    folder = "a-folder-with-a-rather-long-name-that-a-narrow-terminal-would-break"
    done = shell("run", "abrupt_stop", "--out", folder, *FEW, COLUMNS="40")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(Path(folder, "abrupt_stop.png"))
    printed = shell(
        "run", "no/such/file/with/a/rather/long/name/that/would/break.yaml", "--json", COLUMNS="40"
    )
    (error,) = json.loads(printed.stdout)["errors"]
    assert printed.returncode == 2
    assert error["file"] in printed.stdout


def test_output_is_utf8_whatever_the_machine_speaks() -> None:
    done = shell("kinds", "--json", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["faults"]


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")])
def test_help_ends_with_0(arguments: tuple[str, ...]) -> None:
    done = shell(*arguments)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_a_wrong_command_ends_with_2() -> None:
    assert shell("nonsense").returncode == 2
    done = shell("nonsense", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["errors"]
