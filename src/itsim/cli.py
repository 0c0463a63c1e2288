"""The command line: thin, one function per command. Exit codes: 0 done, 2 bad input, 1 a fault of ours."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

# The matrices here are small: more threads than one would only wait for each other.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

UsageError: Any = typer.BadParameter.__bases__[0]
"""click's own class, wherever this typer keeps it."""

LARGEST_SEED = 2**63 - 1
MOST_WORKERS = 2


class _Commands(TyperGroup):
    """The group of commands; with ``--json`` a wrong option is JSON as every other error."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            if not ctx.meta["as_json"]:
                raise
            message = error.format_message()
            _refuse([_problem(message, "command line")], message, as_json=True)


app = typer.Typer(
    cls=_Commands,
    help="What happens when a spinal pump fails. Educational and research simulation; not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output.")]
ScenarioName = Annotated[str, typer.Argument(help="A scenario file, or the name of a shipped one.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write to; itsim-out/<name> by default.")]
Seed = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of the cohort; from the content by default."),
]


@app.command()
def run(
    scenario: ScenarioName = "vorenkamp_2023",
    out: Out = None,
    as_json: AsJson = False,
    engine: Annotated[str, typer.Option(help="exact, reference or compiled")] = "exact",
    cohort: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100_000,
            help="Virtual patients behind every band, 100 by default; also draws onset.png.",
        ),
    ] = None,
    seed: Seed = None,
    draws: Annotated[
        int | None,
        typer.Option(min=0, help="Of the typical patient's uncertain numbers; at most 40 by default."),
    ] = None,
) -> None:
    """Simulate a scenario: a summary in words, a picture, and the numbers."""
    from itsim import api

    if engine not in api.ENGINES:
        message = f"--engine {engine}: is not known; choose one of {', '.join(api.ENGINES)}"
        _refuse([_problem(message, "--engine")], message, as_json)
    loaded = _load(scenario, as_json)
    folder = out if out is not None else Path("itsim-out") / loaded.name
    _refuse_file(folder, as_json)
    with _progress_bar() as progress:
        size = api.DEFAULT_SIZE if cohort is None else cohort
        result = api.simulate(loaded, engine, size, seed, progress, draws, _workers())
        result.band  # noqa: B018 - the long part of the work, under the bar
    onset = cohort is not None
    paths = _written(result, folder, as_json, onset) if out is not None or not as_json else []
    if as_json:
        _print_json(result.summary)
        return
    typer.echo(str(result))
    if cohort is not None and seed is None:
        typer.echo(f"To compare two files give both the same --seed; this file's is {result.band.seed}.")
    for path in paths:
        typer.echo(str(path))


def _workers() -> int:
    """Two processes where there are two cores: a student's computer has other things to do as well."""
    from itsim.study.workers import cores

    return min(MOST_WORKERS, cores())


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar with the time left, on standard error and only where a person watches it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("virtual patients", total=None)
        yield lambda done, size: bar.update(task, completed=done, total=size)


def _load(scenario: str, as_json: bool) -> Any:
    from itsim import api
    from itsim.scenario import ScenarioError

    try:
        return api.load(scenario)
    except ScenarioError as error:
        _refuse([problem.as_json() for problem in error.problems], str(error), as_json)


def _refuse_file(folder: Path, as_json: bool = False) -> None:
    if folder.exists() and not folder.is_dir():
        message = f"--out {folder}: is a file, not a folder; name another folder"
        _refuse([_problem(message, "--out")], message, as_json)


def _written(result: Any, folder: Path, as_json: bool, onset: bool) -> list[Path]:
    from itsim import api

    try:
        return api.write_run(result, folder, onset)
    except OSError as error:
        _refuse_unwritable(folder, error, as_json)


def _refuse_unwritable(folder: Path, error: OSError, as_json: bool = False) -> NoReturn:
    message = f"--out {folder}: cannot be written ({error.strerror}); name another folder"
    _refuse([_problem(message, "--out")], message, as_json)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario or study files, or names of shipped ones.")],
    as_json: AsJson = False,
) -> None:
    """Validate scenario and study files; every problem of a file at once, with line, column and repair; and
    warnings of what the model was not made for."""
    from itsim import api
    from itsim.scenario import ScenarioError

    _print_notice(as_json)
    problems: list[dict[str, Any]] = []
    warnings: list[dict[str, str]] = []
    for name in files:
        try:
            said = api.cautions(api.check(name))
        except ScenarioError as error:
            problems += [problem.as_json() for problem in error.problems]
            if not as_json:
                typer.echo(str(error), err=True)
        else:
            warnings += [{"file": name, "message": line} for line in said]
            if not as_json:
                typer.echo(f"{name}: ok")
                for line in said:
                    typer.echo(f"{name}: WARNING: {line}")
    if as_json:
        _print_json({"errors": problems, "warnings": warnings})
    if problems:
        raise typer.Exit(2)


@app.command()
def sweep(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a shipped one.")],
    out: Out = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores by default.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    picture: Annotated[Path | None, typer.Option(help=".png or .svg; <out>.png by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run many variants of scenarios, or what is missing of them: one row each, kept as they are done."""
    from itsim import sweep_command

    try:
        found, written = sweep_command.sweep(study, out, workers, scheduler, as_json, picture)
    except sweep_command.Bad as error:
        _refuse(error.problems, str(error), as_json)
    except sweep_command.Stopped as error:
        _refuse([_problem(str(error), "")], str(error), as_json, code=1)
    if as_json:
        _print_json(found.summary)
    else:
        typer.echo("\n".join(map(str, [found, *written])))
    if found.n_failed:
        raise typer.Exit(1)


@app.command()
def kinds(
    group: Annotated[str | None, typer.Argument(help="faults, programs, events, bodies, metrics, …")] = None,
    as_json: AsJson = False,
) -> None:
    """What exists: faults, programmes, events, bodies, metrics, pumps and patients, with their parameters."""
    from itsim import api

    if group is not None and group not in api.GROUPS:
        message = f"{group}: is no group of kinds; choose one of {', '.join(api.GROUPS)}"
        _refuse([_problem(message, "group")], message, as_json)
    groups = api.kinds(group)
    if as_json:
        _print_json(groups)
        return
    _print_notice(as_json)
    for name, rows in groups.items():
        typer.echo(f"{name}:")
        for row in rows:
            typer.echo(f"  {row['kind']:<28}{row['summary']}")
            for number in row["parameters"] if group else ():
                typer.echo(f"      {number['name']} [{number['unit']}]" + _given(number))
            for told in ("alarm", "evidence") if group in ("faults", "programs", "events") else ():
                typer.echo(f"      {told}: {row[told]}")


def _given(number: dict[str, Any]) -> str:
    """The default of a parameter, whether it must be given, and the words it is chosen from."""
    default = "" if number["default"] is None else f" = {number['default']}"
    notes = ["required"] if number["required"] else []
    notes += [f"one of {', '.join(number['choices'])}"] if number["choices"] else []
    return default + (f" ({'; '.join(notes)})" if notes else "")


@app.command()
def params(
    as_json: AsJson = False,
    part: Annotated[str | None, typer.Option(help="Only this part of the data, such as response.")] = None,
) -> None:
    """Every number with unit, range, source and grade."""
    from itsim import api

    try:
        rows = api.params(part)
    except ValueError as error:
        _refuse([_problem(f"--part {error}", "--part")], f"--part {error}", as_json)
    if as_json:
        _print_json({"parameters": rows})
        return
    _print_notice(as_json)
    shown = [
        (
            r["part"],
            r["name"],
            f"{r['value']:.6g}",
            r["unit"],
            f"{r['low']:g} to {r['high']:g}",
            r["grade"],
            r["source"],
        )
        for r in rows
    ]
    for line in _columns([("part", "name", "value", "unit", "range", "grade", "source"), *shown]):
        typer.echo(line)


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines with every column as wide as its widest text, two spaces apart; never wrapped."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


@app.command()
def cite(
    scenario: ScenarioName,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="As BibTeX.")] = False,
) -> None:
    """The references that a scenario rests on, and the numbers that rest on none."""
    from itsim import api

    loaded = _load(scenario, as_json=False)
    mark = "% " if bibtex else ""
    typer.echo(mark + api.notice())
    for reference in api.cite(loaded):
        typer.echo(reference.text if bibtex else f"{reference.key}: {reference.line}")
    for line in api.assumptions(loaded):
        typer.echo(mark + line)


@app.command()
def qualify(
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option("--out", help="HTML page to write.")] = None,
    population: Annotated[int, typer.Option(min=1, help="Virtual patients.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of the population.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Median verdict over so many seeds.")] = 1,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores by default.")] = None,
) -> None:
    """Published facts against simulation, misfits first; some minutes."""
    from itsim import api
    from itsim.qualify import report
    from itsim.study.workers import cores

    if out is not None and out.is_dir():
        message = f"--out {out}: is a folder; name a file such as facts.html"
        _refuse([_problem(message, "--out")], message, as_json)
    for above in out.parents if out is not None else ():
        _refuse_file(above, as_json)
    if seed + seeds - 1 > LARGEST_SEED:
        message = f"--seed {seed}: leaves no room for {seeds} seeds; give a smaller one"
        _refuse([_problem(message, "--seed")], message, as_json)
    with _progress_bar() as progress:
        found = api.qualify(population, range(seed, seed + seeds), workers or cores(), progress)
    if out is not None:
        try:
            api.write_qualification(found, out)
        except OSError as error:
            _refuse_unwritable(out, error, as_json)
    if as_json:
        _print_json(report.as_json(found))
    else:
        typer.echo(report.text(found))
        typer.echo(str(out) if out is not None else "--out FILE.html writes this with pictures.")
    if not found.is_verified:
        raise typer.Exit(1)


@app.command()
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Scenarios; all shipped ones by default.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("figures"),
    gallery: Annotated[
        Path, typer.Option(help="Page that shows them all; written only when all are drawn.")
    ] = Path("docs/gallery.md"),
) -> None:
    """Draw the pictures of all shipped scenarios, and write the gallery; a few seconds each."""
    from itsim import api

    loaded = [_load(name, as_json=False) for name in names or api.scenarios()]
    _refuse_file(out)
    _print_notice(as_json=False)
    try:
        for path in api.write_figures(out, loaded, None if names else gallery):
            typer.echo(str(path))
    except OSError as error:
        _refuse_unwritable(out, error)


def _print_notice(as_json: bool) -> None:
    """Every output says what itsim is not; JSON says it in a key of its own."""
    from itsim import api

    if not as_json:
        typer.echo(api.notice())


def _problem(message: str, path: str) -> dict[str, Any]:
    return {"file": "", "line": 0, "column": 0, "path": path, "message": message, "hint": "see --help"}


def _refuse(problems: list[dict[str, Any]], text: str, as_json: bool, code: int = 2) -> NoReturn:
    """Bad input: errors as JSON on standard output or as text on standard error, exit code 2."""
    if as_json:
        _print_json({"errors": problems})
    else:
        typer.echo(text, err=True)
    raise typer.Exit(code)


def _print_json(content: dict[str, Any]) -> None:
    from itsim.parameters import safety

    said = content if "disclaimer" in content else content | {"disclaimer": safety()["disclaimer"]}
    typer.echo(json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False))


def main() -> None:
    """Entry point of the ``itsim`` command; what it prints is UTF-8 everywhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    app()
