"""What the README promises is so: its code runs, its scenario is one, its commands and links exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

import itsim
from itsim import cli
from itsim.parameters import safety

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
GENERATED = {"figures"}
"""Folders that a command writes; what lies in them is checked by name."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def links() -> list[str]:
    return [target for target in re.findall(r"\]\(([^)#\s]+)\)", README) if "://" not in target]


def commands() -> list[str]:
    return sorted(set(re.findall(r"`itsim (\w+)", README)))


def test_the_python_of_the_readme_runs() -> None:
    code, *_ = blocks("python")
    seen: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), seen)
    assert isinstance(seen["run"], itsim.Run)
    assert seen["later"].until_h == seen["run"].scenario.until_h


def test_the_number_in_the_readme_is_the_one_that_comes() -> None:
    said = re.search(r"value with its band: (\d+) h \((\d+) h to \"not within the run\"\)", README)
    assert said is not None
    metric = itsim.simulate("abrupt_stop").summary["metrics"]["withdrawal_onset_h"]
    assert [round(metric["value"]), round(metric["low"])] == [int(said[1]), int(said[2])]
    assert metric["high"] is None


def test_the_scenario_of_the_readme_is_the_shipped_one() -> None:
    text, _ = blocks("yaml")
    scenario = itsim.scenario_from(YAML(typ="safe", pure=True).load(text))
    shipped = itsim.load("abrupt_stop")
    assert (scenario.until_h, len(scenario.timeline)) == (shipped.until_h, len(shipped.timeline))
    assert [(entry.at_h, entry.id, entry.parameters) for entry in scenario.timeline] == [
        (entry.at_h, entry.id, entry.parameters) for entry in shipped.timeline
    ]


@pytest.mark.xdist_group("processes")
def test_the_study_of_the_readme_runs_here_and_on_a_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask.distributed

    _, text = blocks("yaml")
    _, here, there = blocks("python")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "src"))
    seen: dict[str, Any] = {"__name__": "__main__", "itsim": itsim, "dask": dask}
    exec(compile(here, "README.md", "exec"), seen)
    alone = seen["swept"]
    assert len(alone.table) == 25
    with dask.distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        moved = there.replace("tcp://host:8786", cluster.scheduler_address).replace("rows", "others")
        exec(compile(moved, "README.md", "exec"), seen)
        seen["client"].close()
    assert seen["swept"].table.equals(alone.table)
    for part in sorted((tmp_path / "rows").iterdir()):
        assert (tmp_path / "others" / part.name).read_bytes() == part.read_bytes()


@pytest.mark.parametrize("name", commands())
def test_command_exists(name: str) -> None:
    assert CliRunner().invoke(cli.app, [name, "--help"]).exit_code == 0


def test_every_command_is_in_the_readme() -> None:
    listed = set(re.findall(r"^  (\w+)  ", CliRunner().invoke(cli.app, ["--help"]).stdout, re.MULTILINE))
    assert listed == set(commands())


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_make_target_exists(target: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("target", links())
def test_link_and_picture_exist(target: str) -> None:
    assert (PROJECT / target).is_file(), f"{target} is named in README.md" + (
        "; `make figures` draws it" if target.split("/")[0] in GENERATED else ""
    )


def test_every_shipped_scenario_is_in_the_table() -> None:
    table = README[README.index("## What is shipped") :]
    rows = "".join(re.findall(r"^\| `.*$", table, re.MULTILINE))
    for name in itsim.scenarios():
        stem, _, suffix = name.rpartition("_")
        assert f"`{name}`" in rows or (f"`{stem}_" in rows and f"`_{suffix}`" in rows), name


def test_the_first_screen_says_what_it_is_not() -> None:
    first = " ".join(README.split("```")[0].lower().split())
    for promise in (
        "not** a medical device",
        "diagnosis",
        "dosing",
        "pump programming",
        "refill timing",
        "emergencies",
    ):
        assert promise in first
    assert "emergency services and the managing team" in first
    assert "not a medical device" in safety()["disclaimer"]
