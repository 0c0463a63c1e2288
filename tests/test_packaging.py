"""What a user gets from the wheel: built as for a release, installed away from the sources, used elsewhere.

The wheel is built from the source distribution, so that one is complete too. The short version of the clean
environment borrows the libraries of the environment that runs the tests, by a line in a ``.pth`` file. Python
reads no further ``.pth`` files in a folder that was added so: the editable itsim in there stays out of sight,
and a test checks it. The long version installs the libraries as well.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from itsim import resources

PROJECT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PYPROJECT["project"]["version"]
SHIPPED = "vorenkamp_2023"
"""The case that `itsim run` takes without an argument."""

METRICS = {
    "withdrawal_onset_h",
    "withdrawal_peak",
    "withdrawal_peak_h",
    "effect_baseline_frac",
    "effect_nadir_frac",
    "effect_halved_h",
    "csf_lumbar_baseline_ng_mL",
    "csf_lumbar_nadir_ng_mL",
    "sedation_peak_frac",
    "delivered_frac",
    "alarm_first_h",
    "rescue_window_h",
}
SUMMARY = {
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

pytestmark = pytest.mark.xdist_group("wheel")  # one process builds the wheel, once


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a fresh user would: no variables of Python or the tests, no standard input."""
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=inherited | {"PYTHONUTF8": "1"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )


def must(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.args} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Installed:
    """A clean environment that holds the wheel."""

    folder: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    def itsim(self, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return run([self.scripts / "itsim", *arguments], folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source distribution and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    must(run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, PROJECT], folder))
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("itsim-*.whl")
    return found


@pytest.fixture(scope="module", params=["borrowed", "complete"])
def installed(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    folder = tmp_path_factory.mktemp(f"clean-{request.param}") / "env"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    environment = Installed(folder)
    pip = [sys.executable, "-m", "pip", "--python", environment.python, "install", "--quiet"]
    if request.param == "complete":
        must(run([*pip, "-c", PROJECT / "constraints.txt", wheel], folder))
        return environment
    must(run([*pip, "--no-deps", "--no-index", wheel], folder))
    lines = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site,) = {path.parent for path in folder.rglob("itsim-*.dist-info")}
    (site / "borrowed.pth").write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="utf-8")
    return environment


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def contents(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def check_summary(summary: Mapping[str, object]) -> None:
    assert set(summary) >= SUMMARY
    assert summary["itsim_version"] == VERSION
    assert "not a medical device" in str(summary["disclaimer"]).lower()
    scenario, metrics, mass = summary["scenario"], summary["metrics"], summary["mass"]
    assert isinstance(scenario, dict)
    assert scenario["name"] == SHIPPED
    assert re.fullmatch(r"[0-9a-f]{64}", scenario["sha256"])
    assert isinstance(metrics, dict)
    assert set(metrics) >= METRICS
    for name, metric in metrics.items():
        assert set(metric) >= {"value", "unit", "low", "high", "censored"}, name
        assert (metric["value"] is None) == (metric["censored"] is not False), name
    assert isinstance(mass, dict)
    assert set(mass) >= LEDGER
    assert abs(mass["error_frac"]) <= 1e-9


# What is in the wheel


@pytest.mark.parametrize("name", resources.NAMES)
def test_folder_travels_in_the_wheel(wheel: Path, name: str) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = [path for path in (PROJECT / name).rglob("*") if path.is_file()]
    ours = [
        path.relative_to(PROJECT).as_posix() for path in sources if not is_hidden(path.relative_to(PROJECT))
    ]
    assert ours, f"{name}/ is empty"
    assert {f"itsim/{path}" for path in ours} <= names


def is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def test_data_and_types_travel_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = [path for path in (PROJECT / "src" / "itsim" / "data").rglob("*") if path.is_file()]
    ours = {
        path.relative_to(PROJECT / "src").as_posix()
        for path in data
        if not is_hidden(path.relative_to(PROJECT))
    }
    assert ours
    assert ours | {"itsim/py.typed", "itsim/__init__.py"} <= names


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    info = f"itsim-{VERSION}.dist-info/"
    assert [name for name in names if not name.startswith(("itsim/", info))] == []
    assert [name for name in names if is_hidden(Path(name)) or name.endswith(".pyc")] == []
    assert f"{info}licenses/LICENSE" in names


def test_source_distribution_is_complete(built: Path) -> None:
    (found,) = built.glob("itsim-*.tar.gz")
    with tarfile.open(found) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {
        "pyproject.toml",
        "Makefile",
        "constraints.txt",
        "LICENSE",
        "README.md",
        "docs/design.md",
    } <= names
    assert "tests/test_packaging.py" in names


# What its users do


def test_the_wheel_and_not_the_sources_is_imported(installed: Installed, empty: Path) -> None:
    code = (
        "import importlib.metadata as m, itsim, itsim.resources as r\n"
        "print(itsim.__file__, m.version('itsim'), *(r.folder(name) for name in r.NAMES), sep='\\n')"
    )
    file, version, *folders = must(run([installed.python, "-c", code], empty)).splitlines()
    assert Path(file).is_relative_to(installed.folder)
    assert version == VERSION
    assert [Path(folder).name for folder in folders] == list(resources.NAMES)
    assert all(Path(folder).parent == Path(file).parent for folder in folders)


def test_run_json_prints_the_summary_and_writes_nothing(installed: Installed, empty: Path) -> None:
    check_summary(json.loads(must(installed.itsim(empty, "run", "--json"))))
    assert contents(empty) == []


def test_run_out_writes_picture_summary_and_trajectory(installed: Installed, empty: Path) -> None:
    printed = must(installed.itsim(empty, "run", "--out", "results/first"))
    assert "not a medical device" in printed.lower()
    picture = Path(printed.splitlines()[-1])
    assert not picture.is_absolute()
    assert picture.parts[:2] == ("results", "first")
    head = (empty / picture).read_bytes()[:200]
    assert head.startswith(b"\x89PNG") or b"<svg" in head or b"<?xml" in head
    written = contents(empty / "results" / "first")
    check_summary(json.loads((empty / "results/first/summary.json").read_text(encoding="utf-8")))
    assert [name for name in written if name.startswith("trajectory")], written
    assert contents(empty)[0] == "results"


def test_check_finds_a_shipped_scenario_by_name(installed: Installed, empty: Path) -> None:
    must(installed.itsim(empty, "check", SHIPPED))
    assert contents(empty) == []


def test_bad_input_ends_with_2_and_writes_nothing(installed: Installed, empty: Path) -> None:
    done = installed.itsim(empty, "run", "no_such_scenario", "--json")
    assert done.returncode == 2, done.stderr
    (error,) = json.loads(done.stdout)["errors"]
    assert set(error) >= {"file", "line", "column", "path", "message", "hint"}
    assert contents(empty) == []


# What the project declares


def test_folder_finds_the_source_tree() -> None:
    for name in resources.NAMES:
        assert resources.folder(name) == PROJECT / name


def test_folder_refuses_other_names() -> None:
    with pytest.raises(ValueError, match="notebooks, scenarios, schemas"):
        resources.folder("../secrets")


def test_folder_says_what_to_do_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "lib" / "itsim" / "resources.py"))
    (tmp_path / "scenarios").mkdir()  # somebody else's: no pyproject.toml beside it
    with pytest.raises(FileNotFoundError, match="install itsim"):
        resources.folder("scenarios")


def declared(requirements: Sequence[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", Requirement(text).name).lower() for text in requirements}


def test_every_import_is_declared() -> None:
    """What is imported is a base dependency; what an extra brings may only be imported inside functions."""
    base = declared(PYPROJECT["project"]["dependencies"])
    extras = declared(
        [text for group in PYPROJECT["project"]["optional-dependencies"].values() for text in group]
    )
    owners = importlib.metadata.packages_distributions()
    wrong = []
    for path in sorted((PROJECT / "src" / "itsim").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        deferred = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"itsim"}:
                known = {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners.get(top, [top])}
                known |= {"ruamel-yaml"} if top == "ruamel" else set()
                if not known & (base | extras if id(node) in deferred else base):
                    wrong.append(f"{path.relative_to(PROJECT)}:{node.lineno} imports {top}")
    assert not wrong, "\n".join(wrong)


def test_constraints_pin_every_dependency_exactly() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)
    project = PYPROJECT["project"]
    wanted = list(project["dependencies"])
    for extra in ("lab", "sbml", "sensitivity", "dev"):
        wanted += project["optional-dependencies"][extra]
    assert declared(wanted) <= declared(pins)


def test_one_version_everywhere() -> None:
    citation = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE)[1] == VERSION  # type: ignore[index]
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[(\d[^\]]*)\]", changes, re.MULTILINE)[1] == VERSION  # type: ignore[index]
    assert importlib.metadata.version("itsim") == VERSION
