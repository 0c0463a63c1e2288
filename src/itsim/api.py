"""What ``import itsim`` offers: load, simulate, sweep, cohort; what the commands print and write."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from itsim import run as pipeline
from itsim.catalogue import GROUPS, catalogue, describe
from itsim.device import custom
from itsim.device.delivery import deliver
from itsim.engine import ENGINES
from itsim.parameters import Reference, all_parameters, parts, references, safety, version
from itsim.resources import folder, itsim_version
from itsim.result import Run, Sensitivity, Sweep
from itsim.scenario import Entry, Problem, Scenario, ScenarioError, add_entry, from_mapping, vary
from itsim.scenario import load as load_file
from itsim.scenario.problems import suggest
from itsim.study.cohort import DEFAULT_SIZE, Cohort, seed_of
from itsim.study.cohort import cohort as make_cohort
from itsim.study.study_file import is_study
from itsim.study.workers import Progress
from itsim.sweeping import load_sweep, sensitivity, studies, sweep
from itsim.units import parse

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from itsim.qualify.qualification import Qualification
    from itsim.study.model import Study

__all__ = [
    "DEFAULT_SIZE", "ENGINES", "GROUPS", "Run", "Sensitivity", "Sweep", "assumptions", "cautions", "check",
    "cite", "cohort", "compare", "kinds", "load", "load_sweep", "notice", "params", "qualify",
    "scenario_from", "scenarios", "sensitivity", "simulate", "studies", "sweep", "teaching_matrix",
    "vary_scenario", "with_fault", "with_program", "write_figures", "write_qualification", "write_run",
]  # fmt: skip

SHIPPED_CASE = "vorenkamp_2023"


def load(path: str | Path) -> Scenario:
    """Read a scenario file, or a shipped scenario by name (``"abrupt_stop"``).

    Raises ScenarioError, which lists every problem of the file with line, column and repair.
    """
    return load_file(found(path), catalogue())


def found(path: str | Path) -> Path:
    """The file that *path* names: itself, or the shipped scenario of that name.

    Raises ScenarioError, with the nearest shipped name, where it is neither.
    """
    given = Path(path)
    if given.parent != Path() or _is_file(given):
        return given
    if given.stem in scenarios() and given.suffix in ("", ".yaml"):
        return folder("scenarios") / f"{given.stem}.yaml"
    if _is_file(given, or_folder=True):
        return given
    rule, hint = "is neither a file here nor a shipped scenario", suggest(given.stem, scenarios())
    raise ScenarioError([Problem(str(path), 1, 1, "", str(path), rule, hint)])


def _is_file(path: Path, or_folder: bool = False) -> bool:
    try:
        return path.is_file() or (or_folder and path.is_dir())
    except OSError:  # a name that no file can have
        return False


def scenarios() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(sorted(path.stem for path in folder("scenarios").glob("*.yaml")))


def simulate(
    scenario: Scenario | str | Path,
    engine: str = "exact",
    cohort_size: int = DEFAULT_SIZE,
    cohort_seed: int | None = None,
    progress: Progress | None = None,
    draws: int | None = None,
    workers: int = 1,
) -> Run:
    """Simulate a scenario (or load and simulate a file or shipped name) and its fault-free twin.

    Bands come from *cohort_size* virtual patients, the typical patient's own uncertainty from *draws* of its
    numbers, all made when first asked for; *progress* is told of them, *workers* processes may share them.

    Raises ScenarioError for a file that cannot be used and ValueError for an unknown engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine {engine!r} is not known; choose one of {', '.join(ENGINES)}")
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    record = pipeline.simulate(loaded, engine)
    chosen = (cohort_size, cohort_seed, progress, draws, workers)
    return Run(record.scenario, record.delivery, record.solution, record.twin, *chosen)


def check(path: str | Path) -> Scenario | Study:
    """Validate a scenario or study file, or a shipped name, without running it. Raises ScenarioError."""
    if str(path) in studies() or (_is_file(Path(path)) and is_study(path)):
        return load_sweep(path)
    return load(path)


def cautions(scenario: Scenario | Study | str | Path) -> list[str]:
    """What can be warned of without a run: people, doses and numbers that the model was not made for. Of a
    study: what its scenarios would be warned of as they stand in their files."""
    from itsim.show.cautions import cautions
    from itsim.study.model import Study

    loaded = load(scenario) if isinstance(scenario, str | Path) else scenario
    scenarios = loaded.scenarios if isinstance(loaded, Study) else (loaded,)
    return list(dict.fromkeys(line for one in scenarios for line in cautions(one, deliver(one))))


def notice() -> str:
    """What stands in every output: what itsim is not, and both versions."""
    return f"{safety()['disclaimer']} itsim {itsim_version()}, parameters {version()}."


def kinds(group: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """What exists, by group. Raises ValueError for an unknown group."""
    if group is not None and group not in GROUPS:
        raise ValueError(f"{group!r} is no group; choose one of {', '.join(GROUPS)}")
    return {name: describe(name) for name in ([group] if group else GROUPS)}


def teaching_matrix() -> pd.DataFrame:
    """Which fault leaves which sign, read off the code: a table with one row per kind of fault."""
    import pandas as pd

    from itsim.study import evidence

    rows = [asdict(signs) | {"volume": signs.volume} for signs in evidence.teaching_matrix()]
    return pd.DataFrame(rows).set_index("kind")


def params(part: str | None = None) -> list[dict[str, Any]]:
    """Every number of the package, or of one part of its data, in the unit of its data file, with range,
    source and grade.

    Raises ValueError for an unknown part.
    """
    known = parts()
    if part is not None and part not in known:
        raise ValueError(f"{part!r} is no part of the data; choose one of {', '.join(known)}")
    rows = []
    for place, number in all_parameters():
        if part not in (None, place):
            continue
        p = number.as_stated()
        source = "assumption" if p.grade == "X" else p.source
        row = {"name": p.name, "value": p.value, "unit": p.unit, "low": p.low, "high": p.high}
        rows.append(row | {"source": source, "grade": p.grade, "part": place, "note": p.note})
    return rows


def cite(scenario: Scenario | str | Path) -> tuple[Reference, ...]:
    """The references that a scenario's numbers and kinds rest on."""
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    return references(pipeline.sources_of(loaded))


def assumptions(scenario: Scenario | str | Path) -> tuple[str, ...]:
    """The names of the numbers of a scenario that are assumed or not verified, a line for each grade."""
    from itsim.show.about import assumed_lines

    return assumed_lines(scenario if isinstance(scenario, Scenario) else load(scenario))


def write_run(run: Run, out: Path, onset: bool = False) -> list[Path]:
    """Write summary, trajectory and picture into a folder; returns their paths, the picture last.

    With *onset* also ``onset.png``, the onset curve of the cohort, where delivery is lost. Each file is
    written beside its place and moved there whole. Raises OSError where that is impossible.
    """
    from itsim.exchange.trajectory import write_csv

    figure, summary = run.plot(), run.summary
    curve = run.plot_onset() if onset and run.onset is not None else None
    out.mkdir(parents=True, exist_ok=True)
    return [
        _whole(out / "summary.json", lambda path: path.write_text(_as_json(summary), encoding="utf-8")),
        _whole(out / "trajectory.csv", lambda path: write_csv(run, path)),
        *([] if curve is None else [_drawn(curve, out / "onset.png")]),
        _drawn(figure, out / f"{run.scenario.name}.png"),
    ]


def _as_json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _whole(path: Path, write: Callable[[Path], Any]) -> Path:
    beside = path.with_name(f".{path.name}.part")
    try:
        write(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def write_figures(out: Path, chosen: Sequence[Scenario], gallery: Path | None = None) -> Iterator[Path]:
    """Draw scenarios into a folder as SVG, yielding each path when it is done, and at last the page that
    shows them all where *gallery* names it, and beside it the page of evidence. Raises OSError.
    """
    from itsim.show.evidence_page import evidence_page
    from itsim.show.gallery import page, section
    from itsim.study.evidence import teaching_matrix

    out.mkdir(parents=True, exist_ok=True)
    sections = []
    for scenario in chosen:
        run = simulate(scenario)
        pictures = [_drawn(run.plot(), out / f"{scenario.name}.svg")]
        if scenario.name == SHIPPED_CASE:
            pictures.append(_drawn(run.plot_case(), out / f"{scenario.name}_case.svg"))
        yield from pictures
        if gallery is not None:
            links = [_link(path, gallery) for path in pictures]
            file = _link(folder("scenarios") / f"{scenario.name}.yaml", gallery)
            sections.append(section(run, run.summary, links, file))
    if gallery is not None:
        gallery.parent.mkdir(parents=True, exist_ok=True)
        yield _whole(gallery, lambda beside: beside.write_text(page(sections), "utf-8", newline="\n"))
        signs = evidence_page(teaching_matrix())
        yield _whole(
            gallery.with_name("evidence.md"),
            lambda beside: beside.write_text(signs, "utf-8", newline="\n"),
        )


def _link(path: Path, page: Path) -> str:
    """How *page* refers to a file."""
    return Path(os.path.relpath(path, page.parent)).as_posix()


def _drawn(figure: Figure, path: Path) -> Path:
    from itsim.show.style import save

    form: Literal["png", "svg"] = "svg" if path.suffix == ".svg" else "png"
    return _whole(path, lambda beside: save(figure, beside, form))


def cohort(
    scenario: Scenario | str | Path,
    size: int = DEFAULT_SIZE,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Cohort:
    """Virtual patients around a scenario's patient; the seed comes from the content unless given."""
    return make_cohort(simulate(scenario), size, seed, progress)


def compare(runs: Mapping[str, Run], size: int = 20) -> Figure:
    """Several runs on one time axis, with bands of *size* virtual patients each, drawn from one seed.

    Raises ValueError for no runs, or more than can be told apart.
    """
    from itsim.show import plot_compare

    seed = seed_of(next(iter(runs.values())).scenario) if runs else None
    return plot_compare(runs, {name: make_cohort(run, size, seed) for name, run in runs.items()})


def qualify(
    size: int | None = None,
    seeds: Sequence[int] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Qualification:
    """Published facts against simulation in *size* virtual patients: 1,000 of one fixed seed by default.

    More than one worker are processes of their own: a script that asks for them must be importable.
    Raises ValueError for a population below 1, no seeds, or a seed that is none.
    """
    from itsim.qualify import population, qualification

    chosen = population.DEFAULT_SIZE if size is None else size
    drawn = (population.DEFAULT_SEED,) if seeds is None else seeds
    return qualification.qualify(chosen, drawn, workers, progress)


def write_qualification(qualification: Qualification, path: Path) -> Path:
    """Write the page that shows every fact; it needs nothing from anywhere. Raises OSError."""
    from itsim.qualify.page import page

    path.parent.mkdir(parents=True, exist_ok=True)
    return _whole(path, lambda beside: beside.write_text(page(qualification), "utf-8", newline="\n"))


def scenario_from(content: Mapping[str, Any], name: str = "scenario") -> Scenario:
    """A scenario from a Python mapping in the words of the file format. Raises ScenarioError."""
    return from_mapping(content, name, catalogue())


def vary_scenario(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """A copy with values changed by dotted path: ``{"timeline.stall.at": "22 day"}``.

    Raises ScenarioError.
    """
    return vary(scenario, changes, catalogue())


def with_fault(
    scenario: Scenario,
    at: str,
    gain: Callable[[float], float],
    lasting: str,
    edges_h: Sequence[float] = (),
    id: str = "function",
) -> Scenario:
    """A copy in which the pump delivers ``gain(hours since at)`` of its programme, the last value kept.

    *gain* must be smooth but at *edges_h*. Raises ValueError where it is not, UnitError for *at* and
    *lasting*.
    """
    curve = custom.fitted(gain, parse(lasting, "h"), edges_h)
    return add_entry(scenario, _entry(scenario, at, custom.FAULT, curve, id))


def with_program(
    scenario: Scenario,
    at: str,
    rate: Callable[[float], float],
    lasting: str,
    unit: str,
    edges_h: Sequence[float] = (),
    id: str = "function",
) -> Scenario:
    """A copy whose pump is programmed to ``rate(hours since at)`` in *unit*, a flow or a dose rate.

    Raises ValueError where *rate* is not smooth between *edges_h*, UnitError for *at*, *lasting* and *unit*.
    """
    kind, scale = _program_kind(unit)
    curve = custom.fitted(lambda t_h: scale * rate(t_h), parse(lasting, "h"), edges_h)
    return add_entry(scenario, _entry(scenario, at, kind, curve, id))


def _program_kind(unit: str) -> tuple[Any, float]:
    from itsim.units import UnitError, factor

    try:
        return custom.FLOW_PROGRAM, factor(unit, "mL/h")
    except UnitError:
        return custom.DOSE_PROGRAM, factor(unit, "ug/h")


def _entry(scenario: Scenario, at: str, kind: Any, curve: Any, id: str) -> Entry:
    return Entry(parse(at, "h"), id, kind, curve, len(scenario.timeline))
