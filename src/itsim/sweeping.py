"""What ``itsim.sweep`` and ``itsim sweep`` do: find a study, run what is missing of it, return its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from itsim.catalogue import catalogue
from itsim.resources import folder
from itsim.result import Sensitivity, Sweep
from itsim.scenario import Problem, Scenario, ScenarioError
from itsim.scenario.problems import suggest
from itsim.show.progress import shown
from itsim.show.swept import MOST_TOLD
from itsim.study.model import Study
from itsim.study.store import Unwritten
from itsim.study.study_file import load_study, study_from
from itsim.study.sweep import run
from itsim.study.workers import Progress

FAILURES = "failures"
"""The folder in a store that holds the scenarios of failed rows."""


def sweep(
    study: Study | str | Path | Mapping[str, Any],
    out: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | bool = True,
) -> Sweep:
    """Run a study: every row of a file, a shipped study by name, or a mapping with a file's keys.

    In *out* the rows are kept as they are done, and what is there already is not run again; without it they
    are kept in memory alone. *workers* processes share the work, all processors by default and where it is
    worth it: a script needs ``if __name__ == "__main__":`` then. An *executor*, such as Dask's
    ``client.get_executor()``, takes their place. *progress* is a bar, nothing where False, or a function that
    is told of (rows done, rows). In a mapping ``scenario`` may also be a scenario, or a list of them.

    A run that cannot be made is a row with its reason in ``failure``. Raises ScenarioError for a study that
    cannot be used, ``Refused`` for a folder that holds something else, and ``Unwritten`` where a part cannot
    be written: those before it are kept, and the same call goes on from there.
    """
    planned = study if isinstance(study, Study) else load_sweep(study)
    with _kept(out) as place, _told(planned, progress) as tell:
        store = run(planned, Path(place), workers, executor, tell)
        found = Sweep(planned, kept=store.read()) if out is None else Sweep(planned, store.folder)
        if found.folder is not None and found.n_failed:
            _write_failures(found, found.folder / FAILURES)
    return found


def sensitivity(
    study: Study | str | Path | Mapping[str, Any],
    method: str | None = None,
    metric: str | None = None,
    samples: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Progress | bool = True,
    never: bool = False,
    horizon_h: float | None = None,
) -> Sensitivity:
    """What a metric of a study hangs on: its numbers are drawn by the design that *method* names, every row
    is run, and indices with intervals are made of the rows.

    *method* is ``"morris"``, for which numbers matter at all (*samples* times the numbers + 1 runs), or
    ``"sobol_indices"``, for how much each takes part (*samples* times the numbers + 2; a power of two). What
    the study itself names stands where *method*, *samples* or *seed* are None. *out*, *workers* and
    *progress* are those of ``sweep``; *metric*, *never* and *horizon_h* those of ``Sweep.sensitivity``.

    Raises what ``sweep`` raises, ValueError for a design that cannot be, and NotAnalysable.
    """
    if isinstance(study, Mapping):
        given = {"design": method, "samples": samples, "seed": seed}
        study = dict(study) | {key: value for key, value in given.items() if value is not None}
    planned = study if isinstance(study, Study) else load_sweep(study)
    design = planned.design
    drawn = replace(
        design,
        kind=design.kind if method is None else method,
        samples=design.samples if samples is None else samples,
        seed=design.seed if seed is None else seed,
    )
    found = sweep(replace(planned, design=drawn), out, workers, progress=progress)
    return found.sensitivity(metric, never=never, horizon_h=horizon_h)


def load_sweep(study: str | Path | Mapping[str, Any]) -> Study:
    """The study of a file, of a shipped one by name, or of a mapping. Raises ScenarioError."""
    if isinstance(study, Mapping):
        content = dict(study)
        return study_from(content, str(content.get("title", "study")), catalogue(), _objects(content))
    return load_study(found_study(study), catalogue())


def studies() -> tuple[str, ...]:
    """The names of the shipped studies."""
    return tuple(sorted(path.stem for path in (folder("scenarios") / "studies").glob("*.yaml")))


def found_study(path: str | Path) -> Path:
    """The file that *path* names: itself, or the shipped study of that name. Raises ScenarioError."""
    given = Path(path)
    if given.parent != Path() or given.suffix == ".yaml" or given.is_file():
        return given
    if given.name in studies():
        return folder("scenarios") / "studies" / f"{given.name}.yaml"
    rule, hint = "is neither a file here nor a shipped study", suggest(given.name, studies())
    raise ScenarioError([Problem(str(path), 1, 1, "", str(path), rule, hint)])


def _objects(content: dict[str, Any]) -> tuple[Scenario, ...]:
    """The scenarios that a mapping holds themselves, taken out of it."""
    for key in ("scenario", "scenarios"):
        value = content.get(key)
        items = [value] if isinstance(value, Scenario) else value
        if isinstance(items, Sequence) and items and all(isinstance(item, Scenario) for item in items):
            del content[key]
            return tuple(items)
    return ()


def _kept(out: str | Path | None) -> AbstractContextManager[str | Path]:
    if out is not None:
        return nullcontext(out)
    return _InMemory()


class _InMemory(TemporaryDirectory[str]):
    """A folder that is gone afterwards, its log with it."""

    def __enter__(self) -> str:
        return str(Path(super().__enter__()) / "study")


def _told(study: Study, progress: Progress | bool) -> AbstractContextManager[Progress | None]:
    if progress is True:
        return shown(study.name)
    return nullcontext(None if progress is False else progress)


def _write_failures(found: Sweep, place: Path) -> None:
    """The scenarios of the first failed rows, each a file that shows the failure again."""
    try:
        place.mkdir(exist_ok=True)
        for row in found.failures.index[:MOST_TOLD]:
            found.write_scenario(int(row), place / f"row-{row:06d}.yaml")
    except OSError as error:
        raise Unwritten(f"{place} could not be written: {error.strerror or error}") from error
