"""Reads a study file: which scenarios, what varies and how, by which design, and what is asked.

The same machinery as for scenarios: every value keeps its line and column, and everything that is wrong with
a file comes in one ScenarioError.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from itsim.metrics import METRICS
from itsim.resources import folder
from itsim.run import series_of
from itsim.scenario import ScenarioError, load
from itsim.scenario.columns import read_columns
from itsim.scenario.folder import Place, named, place_of_file
from itsim.scenario.keys import FORMAT_VERSION, read_text_key, refuse_unknown
from itsim.scenario.mapping import as_node
from itsim.scenario.model import Catalogue, Scenario
from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Table, join, plain, shown
from itsim.scenario.paths import Target
from itsim.scenario.problems import suggest
from itsim.scenario.quantity import wrong_time
from itsim.scenario.resolve import raise_if_any
from itsim.scenario.text import read_text
from itsim.scenario.tree import read_tree
from itsim.study.design import DESIGNS, GRID, MOST_ROWS, SAMPLED, SOBOL, TABLE, Design
from itsim.study.distributions import Levels
from itsim.study.draws import LARGEST_SEED
from itsim.study.factors import read_factors
from itsim.study.forms import Reader
from itsim.study.model import Study
from itsim.study.screening import LEAST_SAMPLES, METHODS, SOBOL_INDICES
from itsim.units import parse

KEYS = {
    "itsim": "itsim: 1",
    "title": "title: Onset over the residual flow",
    "story": "story: What is asked, in a sentence",
    "scenario": "scenario: gradual_linear",
    "scenarios": "scenarios: [abrupt_stop, gradual_linear]",
    "vary": "vary: {timeline.decline.fault.end: [0, 0.2, 0.4]}",
    "table": "table: cases.csv",
    "design": "design: latin_hypercube",
    "samples": "samples: 1000",
    "seed": "seed: 7",
    "patients": "patients: 100",
    "metrics": "metrics: [withdrawal_onset_h, withdrawal_peak]",
    "trajectories": "trajectories: {of: [csf_lumbar], at: [0 day, 1 day]}",
}
"""Every key of a study file, in its natural order, with an example."""

EACH = "sampled"
"""What stands under ``patients`` where every row of the design has a patient of its own."""

MOST_PATIENTS = 1_000_000
MOST_TIMES = 10_000


def is_study(path: str | Path) -> bool:
    """Whether a file is a study and not a scenario; False where it cannot be read."""
    findings, place = Findings(), place_of_file(path)
    text = read_text(place.path, place.shown, findings)
    tree = None if text is None else read_tree(text, place.shown, findings)
    marks = ("vary", "table", "design", "scenario", "scenarios", "metrics")
    return tree is not None and any(name in tree for name in marks)


def load_study(path: str | Path, catalogue: Catalogue) -> Study:
    """The study of a file. Raises ScenarioError with everything that is wrong with it."""
    findings, place = Findings(), place_of_file(path)
    text = read_text(place.path, place.shown, findings)
    tree = None if text is None else read_tree(text, place.shown, findings)
    if tree is None:
        raise_if_any(findings)
        raise AssertionError("a file without a tree has a problem")
    return _read(tree, Path(path).stem, place, (), catalogue, findings)


def study_from(
    content: Mapping[str, Any], name: str, catalogue: Catalogue, scenarios: tuple[Scenario, ...] = ()
) -> Study:
    """The study of a dictionary with a file's keys; *scenarios* stand for those that it would name.

    Raises ScenarioError; its problems name no file.
    """
    findings = Findings()
    tree = as_node(content, (), findings)
    raise_if_any(findings)
    if not isinstance(tree, Table):
        raise TypeError(f"a study is a mapping, not {type(content).__name__}")
    return _read(tree, name, None, scenarios, catalogue, findings)


def _read(
    tree: Table, name: str, place: Place | None, given: tuple[Scenario, ...], catalogue: Catalogue,
    findings: Findings,
) -> Study:  # fmt: skip
    _check_root(tree, bool(given), findings)
    scenarios = given or _read_scenarios(tree, place, catalogue, findings)
    title, story = (read_text_key(tree, key, findings) for key in ("title", "story"))
    kind = _read_kind(tree, findings)
    columns = _table_of(tree, place, findings)
    design = _read_design(tree, columns, kind, scenarios, catalogue, findings)
    metrics = _read_names(tree, "metrics", tuple(METRICS), findings) or tuple(METRICS)
    series, times_h = _read_trajectories(tree, scenarios, findings)
    patients, each = _read_patients(tree, kind, findings)
    raise_if_any(findings)
    assert design is not None  # its absence is a finding
    study = Study(
        name=name,
        title=title or name,
        story=story,
        scenarios=scenarios,
        design=design,
        metrics=metrics,
        series=series,
        times_h=times_h,
        patients=patients,
        one_patient_each=each,
        content=plain(tree),
    )
    _check_size(study, tree, findings)
    raise_if_any(findings)
    return study if "seed" in tree else _seeded(study)


def _seeded(study: Study) -> Study:
    """With a seed from the content, so that no result depends on workers or order."""
    identity = {key: study.identity[key] for key in ("scenarios", "design", "factors")}
    seed = int(hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:15], 16)
    return replace(study, design=replace(study.design, seed=seed))


def _check_root(tree: Table, has_scenarios: bool, findings: Findings) -> None:
    version = tree.get("itsim")
    if version is not None and not (isinstance(version, Scalar) and version.text == FORMAT_VERSION):
        rule = "is not a version of the format that is read here"
        findings.add(version.mark, "itsim", shown(version), rule, f"write `itsim: {FORMAT_VERSION}`")
    refuse_unknown(tree, tuple(KEYS), "", "a study", findings)
    one_of = [("vary", "table")] if has_scenarios else [("scenario", "scenarios"), ("vary", "table")]
    for names in one_of:
        given = [key for key in names if key in tree]
        if not given:
            rule = f"the key `{names[0]}` is missing"
            findings.add(tree.mark, names[0], None, rule, f"add `{KEYS[names[0]]}`")
        for second in given[1:]:
            key = tree.key(second)
            assert key is not None
            findings.add(key.mark, second, second, f"stands beside `{given[0]}`", "keep one of the two")


def _read_scenarios(
    tree: Table, place: Place | None, catalogue: Catalogue, findings: Findings
) -> tuple[Scenario, ...]:
    node = tree.get("scenario") or tree.get("scenarios")
    if node is None:
        return ()
    items = node.items if isinstance(node, Listing) else (node,)
    found: dict[str, Scenario] = {}
    for i, item in enumerate(items):
        path = f"scenarios[{i}]" if isinstance(node, Listing) else "scenario"
        scenario = _scenario(item, path, place, catalogue, findings)
        if scenario is not None and scenario.name in found:
            findings.add(item.mark, path, shown(item), "has the name of another scenario of this study",
                         "name each once")  # fmt: skip
        elif scenario is not None:
            found[scenario.name] = scenario
    if not items:
        findings.add(node.mark, "scenarios", None, "no scenario is named", f"write `{KEYS['scenario']}`")
    return tuple(found.values())


def _scenario(
    node: Node, path: str, place: Place | None, catalogue: Catalogue, findings: Findings
) -> Scenario | None:
    text = shown(node) or ""
    shipped = {file.stem: file for file in sorted(folder("scenarios").glob("*.yaml"))}
    if text in shipped:
        file: str | Path = shipped[text]
    elif text.endswith(".yaml") or not text:
        beside = named(node, ".yaml", place, path, findings)
        if beside is None:
            return None
        file = beside.path
    else:
        findings.add(node.mark, path, text, "is neither a shipped scenario nor a .yaml file beside this one",
                     suggest(text, shipped))  # fmt: skip
        return None
    try:
        return load(file, catalogue)
    except ScenarioError as error:
        findings.problems += error.problems
        return None


def _read_kind(tree: Table, findings: Findings) -> str:
    node = tree.get("design")
    if node is None:
        return TABLE if "table" in tree else GRID
    text = shown(node) or ""
    if text not in DESIGNS:
        rule = "is not a design" if text else "the design is not named"
        findings.add(node.mark, "design", text or None, rule, suggest(text, DESIGNS))
    elif "table" in tree and text != TABLE:
        findings.add(node.mark, "design", text, "does not go with a table", "remove one of the two")
    elif text in METHODS and find_spec("SALib") is None:
        rule, hint = "needs the library SALib, which is not installed", "install itsim[sensitivity]"
        findings.add(node.mark, "design", text, rule, hint)
    return text


def _table_of(tree: Table, place: Place | None, findings: Findings) -> Table | None:
    """What varies: the group ``vary``, or the columns of a csv file in the same form."""
    node = tree.get("table") or tree.get("vary")
    if node is None:
        return None
    if "table" in tree:
        file = named(node, ".csv", place, "table", findings)
        return None if file is None else Table(Mark(file.shown, 1, 1), read_columns(file, findings))
    if isinstance(node, Table) and node.items:
        return node
    findings.add(node.mark, "vary", shown(node), "nothing that varies is named", f"write `{KEYS['vary']}`")
    return None


def _read_design(
    tree: Table, columns: Table | None, kind: str, scenarios: tuple[Scenario, ...], catalogue: Catalogue,
    findings: Findings,
) -> Design | None:  # fmt: skip
    known = columns is not None and scenarios  # a path means nothing where no scenario could be read
    factors = read_factors(columns, kind, scenarios, catalogue, findings) if columns and known else ()
    samples = _read_samples(tree, kind, findings)
    seed = _read_whole(tree, "seed", 0, LARGEST_SEED, findings) or 0
    if columns is None or findings.problems or kind not in DESIGNS:
        return None
    return Design(kind, factors, samples, seed)


def _read_samples(tree: Table, kind: str, findings: Findings) -> int:
    samples = _read_whole(tree, "samples", LEAST_SAMPLES if kind in METHODS else 1, MOST_ROWS, findings)
    node, key = tree.get("samples"), tree.key("samples")
    if kind in SAMPLED and node is None:
        findings.add(tree.mark, "samples", None, "the key `samples` is missing", f"add `{KEYS['samples']}`")
    if kind in (GRID, TABLE) and key is not None:
        findings.add(key.mark, "samples", shown(node) if node else None,
                     f"is not used: a {kind} has as many rows as its values say",
                     "remove it, or choose a design that samples, such as latin_hypercube")  # fmt: skip
    if kind in (SOBOL, SOBOL_INDICES) and samples and samples & (samples - 1) and node is not None:
        below = 1 << (samples.bit_length() - 1)
        findings.add(node.mark, "samples", shown(node),
                     "is not a power of two, without which Sobol points lose their balance",
                     f"write {below} or {2 * below}")  # fmt: skip
    return samples or 0


def _read_whole(tree: Table, name: str, least: int, most: int, findings: Findings) -> int | None:
    node = tree.get(name)
    if node is None:
        return None
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    findings.add(node.mark, name, shown(node), f"is not a whole number from {least} to {most}",
                 f"write `{KEYS[name]}`")  # fmt: skip
    return None


def _read_names(tree: Table, name: str, known: tuple[str, ...], findings: Findings) -> tuple[str, ...]:
    """The list of names under *name*, in its order; empty where there is none."""
    node = tree.get(name)
    if node is None:
        return ()
    items = node.items if isinstance(node, Listing) else ()
    if not items:
        hint = f"choose of: {', '.join(known)}"
        findings.add(node.mark, name, shown(node), f"`{name}` is a list of names", hint)
    names: list[str] = []
    for i, item in enumerate(items):
        text = shown(item) or ""
        if text not in known or text in names:
            rule = "stands there twice" if text in names else "is not known here"
            hint = "remove one of the two" if text in names else suggest(text, known)
            findings.add(item.mark, join(name, i), text or None, rule if text else "a name is missing", hint)
        names.append(text)
    return tuple(names)


def _read_trajectories(
    tree: Table, scenarios: tuple[Scenario, ...], findings: Findings
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    node = tree.get("trajectories")
    if node is None:
        return (), ()
    if not isinstance(node, Table) or not {"of", "at"} <= set(node.names):
        findings.add(node.mark, "trajectories", shown(node), "trajectories need `of` and `at`",
                     f"write `{KEYS['trajectories']}`")  # fmt: skip
        return (), ()
    refuse_unknown(node, ("of", "at"), "trajectories", "trajectories", findings)
    known = [series_of(scenario) for scenario in scenarios]
    common = tuple(name for name in (known or [{}])[0] if all(name in names for names in known))
    series = _read_names(node, "of", common, findings) if known else ()
    at = node.get("at")
    assert at is not None
    return series, _read_times(at, findings)


def _read_times(node: Node, findings: Findings) -> tuple[float, ...]:
    """Hours, ascending."""
    spread, unit = Reader("trajectories.at", Target("h"), findings).spread(node)
    if spread is None:
        return ()
    if not isinstance(spread, Levels) or len(spread.values) > MOST_TIMES:
        findings.add(node.mark, "trajectories.at", None,
                     f"the times are a list, linspace or logspace of at most {MOST_TIMES}",
                     "write `at: {linspace: {from: 0 day, to: 30 day, n: 31}}`")  # fmt: skip
        return ()
    times_h = sorted({parse(f"{value!r} {unit}", "h") for value in spread.values})
    wrong = next((said for t_h in times_h if (said := wrong_time(t_h))), None)
    if wrong:
        findings.add(node.mark, "trajectories.at", None, f"one of the times {wrong[0]}", wrong[1])
    return tuple(times_h)


def _read_patients(tree: Table, kind: str, findings: Findings) -> tuple[int, bool]:
    """How many virtual patients, or that each row has its own."""
    node = tree.get("patients")
    if isinstance(node, Scalar) and node.text == EACH and kind in METHODS:
        findings.add(node.mark, "patients", node.text,
                     f"gives neighbouring rows other patients, whom {kind} would take for what was varied",
                     "write `patients: 20` for the mean over the same ones in every row")  # fmt: skip
    if isinstance(node, Scalar) and node.text == EACH:
        return 0, True
    value = node.value if isinstance(node, Scalar) else None
    if node is None or (isinstance(value, int) and value is not True and 1 <= value <= MOST_PATIENTS):
        return (0 if node is None else int(value or 0)), False
    rule = f"is neither a number of virtual patients up to {MOST_PATIENTS} nor `{EACH}`"
    hint = f"write `patients: 100` for as many in every case, or `patients: {EACH}` for one in each"
    findings.add(node.mark, "patients", shown(node), rule, hint)
    return 0, False


def _check_size(study: Study, tree: Table, findings: Findings) -> None:
    if study.n_rows > MOST_ROWS:
        findings.add(tree.mark, "", None, f"the study has {study.n_rows} runs, more than {MOST_ROWS}",
                     "give fewer values, samples or patients")  # fmt: skip
