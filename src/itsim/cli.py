"""The command line: thin, one function per command. Exit codes: 0 done, 2 bad input, 1 a fault of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    help="What happens when a spinal pump fails. Educational and research simulation; not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Only JSON on standard output.")]
ScenarioName = Annotated[str, typer.Argument(help="A scenario file, or the name of a shipped one.")]


@app.command()
def run(
    scenario: ScenarioName = "vorenkamp_2023",
    out: Annotated[Path | None, typer.Option(help="Folder to write to; itsim-out/<name> by default.")] = None,
    as_json: AsJson = False,
    engine: Annotated[str, typer.Option(help="exact or reference")] = "exact",
    cohort: Annotated[int, typer.Option(min=1, help="Virtual patients behind every band.")] = 100,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the cohort; from the content by default.")] = None,
) -> None:
    """Simulate a scenario: a summary in words, a picture, and the numbers."""
    from itsim import api
    from itsim.scenario import ScenarioError

    try:
        result = api.simulate(scenario, engine, cohort, seed)
    except ScenarioError as error:
        _refuse([problem.as_json() for problem in error.problems], str(error), as_json)
    except ValueError as error:
        _refuse([_problem(str(error), "--engine")], str(error), as_json)
    folder = out if out is not None else Path("itsim-out") / result.scenario.name
    if folder.exists() and not folder.is_dir():
        message = f"--out {folder}: is a file, not a folder; name another folder"
        _refuse([_problem(message, "--out")], message, as_json)
    if as_json:
        _print_json(result.summary)
    else:
        typer.echo(str(result))
    if out is not None or not as_json:
        _write(result, folder, quiet=as_json)


def _write(result: Any, folder: Path, quiet: bool) -> None:
    from itsim import api

    try:
        paths = api.write_run(result, folder)
    except OSError as error:
        message = f"--out {folder}: cannot be written ({error.strerror}); name another folder"
        _refuse([_problem(message, "--out")], message, quiet)
    for path in paths if not quiet else ():
        typer.echo(str(path))


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names of shipped ones.")],
    as_json: AsJson = False,
) -> None:
    """Validate scenario files; every problem of a file at once, with line, column and repair."""
    from itsim import api
    from itsim.scenario import ScenarioError

    problems: list[dict[str, Any]] = []
    for name in files:
        try:
            api.check(name)
        except ScenarioError as error:
            problems += [problem.as_json() for problem in error.problems]
            if not as_json:
                typer.echo(str(error), err=True)
        else:
            if not as_json:
                typer.echo(f"{name}: ok")
    if as_json:
        _print_json({"errors": problems})
    if problems:
        raise typer.Exit(2)


@app.command()
def kinds(
    group: Annotated[str | None, typer.Argument(help="faults, programs, events, bodies, metrics, …")] = None,
    as_json: AsJson = False,
) -> None:
    """What exists: faults, programmes, events, bodies, metrics, pumps and patients, with their parameters."""
    from itsim import api

    try:
        groups = api.kinds(group)
    except ValueError as error:
        _refuse([_problem(str(error), "group")], str(error), as_json)
    if as_json:
        _print_json(groups)
        return
    for name, rows in groups.items():
        typer.echo(f"{name}:")
        for row in rows:
            typer.echo(f"  {row['kind']:<26}{row['summary']}")
            for number in row["parameters"] if group else ():
                typer.echo(f"      {number['name']} [{number['unit']}]" + _default(number["default"]))


def _default(value: Any) -> str:
    return "" if value is None else f" = {value}"


@app.command()
def params(as_json: AsJson = False) -> None:
    """Every number with unit, range, source and grade."""
    from itsim import api

    rows = api.params()
    if as_json:
        _print_json({"parameters": rows})
        return
    for row in rows:
        span = f"{row['low']:g} to {row['high']:g}"
        typer.echo(
            f"{row['part']:<28}{row['name']:<26}{row['value']:<12.6g}{row['unit']:<9}{span:<24}"
            f"{row['grade']:<5}{row['source']}"
        )


@app.command()
def cite(
    scenario: ScenarioName,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="As BibTeX.")] = False,
) -> None:
    """The references that a scenario rests on."""
    from itsim import api
    from itsim.scenario import ScenarioError

    try:
        found = api.cite(scenario)
    except ScenarioError as error:
        _refuse([], str(error), as_json=False)
    for reference in found:
        typer.echo(reference.text if bibtex else f"{reference.key}: {reference.line}")


@app.command()
def figures(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("figures"),
    names: Annotated[list[str] | None, typer.Argument(help="Scenarios; all shipped ones by default.")] = None,
) -> None:
    """Draw the pictures of all shipped scenarios."""
    from itsim import api

    for path in api.write_figures(out, names):
        typer.echo(str(path))


def _problem(message: str, path: str) -> dict[str, Any]:
    return {"file": "", "line": 0, "column": 0, "path": path, "message": message, "hint": "see --help"}


def _refuse(problems: list[dict[str, Any]], text: str, as_json: bool) -> NoReturn:
    """Bad input: errors as JSON on standard output or as text on standard error, exit code 2."""
    if as_json:
        _print_json({"errors": problems})
    else:
        typer.echo(text, err=True)
    raise typer.Exit(2)


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def main() -> None:
    """Entry point of the ``itsim`` command."""
    app()
