"""The shape of the house: who may import whom, what a bare import may cost, how long a file may grow.

The rules of import are not written here: they are read from the table of ``docs/design.md``.
"""

from __future__ import annotations

import ast
import fnmatch
import graphlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = PROJECT / "src" / "itsim"
TESTS = PROJECT / "tests"

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

BOTTOM = {"arrays", "resources"}
"""Rooms without a row in the table: every room that may use the units may use them, and they use nothing."""

LEAVES = {
    "matplotlib": {"show"},
    "pandas": {"exchange", "study", "api"},
    "xarray": {"exchange", "study", "result"},
    "SALib": {"study"},
}
"""Heavy libraries, the only rooms that may import them, and there only inside functions or for types."""

TYPES_ONLY = {"matplotlib": {"api", "result"}, "pandas": {"result"}}
"""Rooms that may name a heavy library's types, under TYPE_CHECKING, and never run it."""

TESTED_ELSEWHERE = {
    "device.faults.*": ("device/test_faults.py", "kinds are data: one contract test runs over all of them"),
    "device.programs.*": (
        "device/test_programs.py",
        "kinds are data: one contract test runs over all of them",
    ),
    "device.events.*": ("device/test_events.py", "kinds are data: one contract test runs over all of them"),
    "engine.kernel.course": ("engine/test_fast.py", "whole courses, against the exact engine"),
    "engine.kernel.march": ("engine/test_fast.py", "whole courses, against the exact engine"),
    "engine.kernel.facts": ("study/test_batch.py", "every fact is a metric there, against single runs"),
    "engine.kernel.scenarios": ("study/test_batch.py", "whole scenarios, against single runs"),
    "engine.kernel.run": ("engine/test_fast.py", "one problem, against the exact engine"),
    "engine.kernel.places": ("engine/kernel/test_decay.py", "names of places; every kernel's test uses them"),
    "engine.kernel.slots": ("engine/test_fast.py", "one line; a slot in the wrong place spoils every course"),
    "resources": ("test_packaging.py", "where it looks depends on how itsim was installed"),
    "arrays": ("test_architecture.py", "names of types, and one line that every room's tests run through"),
}
"""Modules without a test file of their own name: pattern -> (test file, reason)."""


@dataclass(frozen=True)
class Import:
    """One imported name and where it stands."""

    importer: str
    target: str
    line: int
    deferred: bool
    types_only: bool

    def __str__(self) -> str:
        return f"itsim.{self.importer}:{self.line} imports {self.target}"


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCES).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """The part of the house that a module belongs to; ``itsim`` for the package's own ``__init__``."""
    return module.split(".")[0] or "itsim"


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for path in sorted(SOURCES.rglob("*.py"))}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_type_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def targets(node: ast.AST) -> list[str]:
    """The dotted names that a statement or an ``import_module`` call with a literal name brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports are not used here"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and node.args:
        called = ast.unparse(node.func).split(".")[-1]
        name = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
        if called in {"import_module", "__import__"} and isinstance(name, ast.Constant):
            return [str(name.value)]
    return []


def walk(node: ast.AST, importer: str, deferred: bool = False, types_only: bool = False) -> Iterator[Import]:
    for target in targets(node):
        yield Import(importer, target, getattr(node, "lineno", 0), deferred, types_only)
    inside = deferred or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    guarded = is_type_guard(node)
    for child in ast.iter_child_nodes(node):
        skips_run = guarded and child not in node.orelse  # type: ignore[attr-defined]
        yield from walk(child, importer, inside, types_only or skips_run)


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for name, path in modules().items() for found in walk(tree(path), name))


def resolve(target: str) -> str | None:
    """The module or folder of ours that a dotted name leads to; None for someone else's."""
    parts = target.rstrip(".").split(".")
    if parts[0] != "itsim":
        return None
    while ".".join(parts[1:]) not in modules() and not SOURCES.joinpath(*parts[1:]).is_dir():
        parts.pop()
    return ".".join(parts[1:])


def read_table(text: str) -> dict[str, set[str]]:
    """The rows ``| `room` | holds | may import |`` as room -> what its row names."""
    table: dict[str, set[str]] = {}
    for name, cell in re.findall(r"^\| `(\w+)(?:/|\.py)` \|.*\| ([^|]+) \|$", text, re.MULTILINE):
        words = {word.strip(" `/").removesuffix(".py") for word in cell.split(",")} - {"–"}
        table[name] = set(table) if words & {"all above", "everything above"} else words
    return table


@cache
def allowed() -> dict[str, set[str]]:
    """Room -> every room it may import: those of its row, and what those may import."""
    table = read_table((PROJECT / "docs" / "design.md").read_text(encoding="utf-8"))
    table["itsim"] = {"api"}
    table["__main__"] = {"cli"}
    table["cli"] = table.get("cli", set()) | {"itsim"}
    closed: dict[str, set[str]] = {name: set() for name in BOTTOM}

    def close(name: str) -> set[str]:
        if name not in closed:
            closed[name] = set(table[name]).union(*(close(other) for other in table[name]))
            closed[name] |= BOTTOM if "units" in closed[name] else set()
        return closed[name]

    for name in table:
        close(name)
    return closed


def test_table_of_the_design_page_is_read() -> None:
    table = read_table((PROJECT / "docs" / "design.md").read_text(encoding="utf-8"))
    assert {"units", "scenario", "device", "engine", "run", "api"} <= set(table)
    unknown = {word for words in table.values() for word in words} - set(table) - BOTTOM
    assert not unknown, f"docs/design.md names rooms that have no row: {sorted(unknown)}"
    assert table["units"] == set()
    assert "run" not in allowed()["engine"]


def test_every_room_has_a_row() -> None:
    missing = {room(name) for name in modules()} - set(allowed())
    assert not missing, f"no row in the table of docs/design.md: {sorted(missing)}"


def test_imports_go_down_only() -> None:
    wrong = []
    for found in imports():
        target = resolve(found.target)
        if target is None or room(target) == room(found.importer):
            continue
        if room(target) not in allowed().get(room(found.importer), set()):
            wrong.append(f"{found}: {room(found.importer)} may not import {room(target)}")
    assert not wrong, "\n".join(wrong)


def test_no_circles_between_modules() -> None:
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for found in imports():
        target = resolve(found.target)
        if target is not None and target != found.importer:
            graph[found.importer].add(target)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail("a circle: " + " <- ".join(f"itsim.{name}" for name in error.args[1]))


@pytest.mark.parametrize("library", sorted(LEAVES))
def test_heavy_libraries_stay_in_their_rooms(library: str) -> None:
    wrong = []
    for found in imports():
        if found.target.split(".")[0] != library:
            continue
        here = room(found.importer)
        if here in LEAVES[library]:
            fine = found.deferred or found.types_only
        else:
            fine = here in TYPES_ONLY.get(library, set()) and found.types_only
        if not fine:
            wrong.append(str(found))
    rooms = ", ".join(sorted(LEAVES[library]))
    assert not wrong, f"{library} belongs into functions of {rooms}:\n" + "\n".join(wrong)


def test_bare_import_is_light() -> None:
    heavy = ["SALib", "matplotlib", "numba", "pandas", "pint", "xarray"]
    code = (
        "import json, sys, time; t = time.perf_counter(); import itsim; t = time.perf_counter() - t\n"
        f"print(json.dumps([t, itsim.__file__, sorted(set({heavy}) & set(sys.modules))]))"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    seconds, file, loaded = json.loads(done.stdout)
    print(f"import itsim took {seconds:.2f} s")
    assert file == str(SOURCES / "__init__.py")
    assert loaded == []


def elsewhere(module: str) -> list[str]:
    return [pattern for pattern in TESTED_ELSEWHERE if fnmatch.fnmatchcase(module, pattern)]


def test_tests_mirror_sources() -> None:
    missing = []
    for name, path in modules().items():
        if path.name == "__init__.py" or path.stem.startswith("_") or elsewhere(name):
            continue
        stem, folders = f"test_{path.stem}.py", name.split(".")[:-1]
        places = {TESTS.joinpath(*folders, stem), TESTS.joinpath(*folders[:1], stem), TESTS / stem}
        if not any(place.is_file() for place in places):
            missing.append(f"itsim.{name} has no {'/'.join(['tests', *folders, stem])}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("pattern", sorted(TESTED_ELSEWHERE))
def test_declared_exceptions_are_current(pattern: str) -> None:
    file, reason = TESTED_ELSEWHERE[pattern]
    assert fnmatch.filter(modules(), pattern), f"no module is called {pattern} any more: drop the entry"
    assert (TESTS / file).is_file(), f"tests/{file} does not exist, but is said to test {pattern} ({reason})"


def test_source_files_are_short() -> None:
    counts = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()}
    long = {name: n for name, n in counts.items() if n > MAX_FILE_LINES}
    assert not long, f"longer than {MAX_FILE_LINES} lines: {long}"


def test_functions_are_short() -> None:
    long = {}
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                n = (node.end_lineno or node.lineno) - node.lineno + 1
                if n > MAX_FUNCTION_LINES:
                    long[f"{name}.{node.name}"] = n
    assert not long, f"longer than {MAX_FUNCTION_LINES} lines: {long}"


MACHINE_PATH = re.compile(
    r"(?<![\w.)}\]:/-])/(?:home|root|Users|work|tmp|opt|mnt|media|srv|var|private|usr/local|workspace|builds)/\w"
    r"|\b[A-Za-z]:[\\/]+(?:Users|Windows|Program|Temp)"
    r"|file:/{3}"
)
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|--(?:extra-)?index-url|--find[-]links|(?:extra-)?index-url\s*=|anaconda\.org"
    r"|npmjs\.(?:org|com)|https?://[^\s\"'<>]+/simple\b",
    re.IGNORECASE,
)
NOT_OURS = {".git", ".venv", "build", "dist", "itsim-out", "node_modules", "__pycache__"}


def repository_files() -> list[Path]:
    """Tracked files, and untracked ones that are not ignored; the whole tree where there is no git."""
    listed = None
    if (PROJECT / ".git").exists():
        try:
            command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
            listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            listed = None
    if listed is not None:
        return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
    found = (path for path in PROJECT.rglob("*") if path.is_file())
    return [
        path
        for path in found
        if not any(part in NOT_OURS or part.endswith("_cache") for part in path.relative_to(PROJECT).parts)
    ]


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (MACHINE_PATH, "see /hom" + "e/x/y", "tests/tmp/x"),
        (MACHINE_PATH, "C:" + "\\Users\\x", "keys:\\n Users"),
        (REGISTRY, "https://pypi" + ".org/project/x", "pip install -c constraints.txt"),
    ],
)
def test_patterns_find_what_they_should(pattern: re.Pattern[str], bad: str, good: str) -> None:
    assert pattern.search(bad)
    assert not pattern.search(good)


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "package registry"])
def test_no_file_names_a_place(pattern: re.Pattern[str]) -> None:
    found = []
    for path in repository_files():
        data = path.read_bytes()
        if b"\0" in data[:8192]:
            continue
        for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), 1):
            hit = pattern.search(line)
            if hit:
                found.append(f"{path.relative_to(PROJECT)}:{number}: {hit.group()}")
    assert not found, "\n".join(found)
