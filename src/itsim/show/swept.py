"""A study in words: how many runs, what came of each metric, what could not be run."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from itsim.metrics import METRICS
from itsim.parameters import safety
from itsim.parameters import version as parameters_version
from itsim.resources import itsim_version
from itsim.study.columns import CENSORED
from itsim.study.design import SAMPLED
from itsim.study.model import Study
from itsim.study.screening import METHODS

MOST_TOLD = 100
"""Failures that are told one by one; the table holds all of them."""
MOST_IN_WORDS = 5
ROUNDING = 1e-9

BOX = "font-family:sans-serif;max-width:52em;border:1px solid #bbb;border-radius:6px;padding:.7em 1em;"
CELL = "text-align:left;padding:.15em .9em .15em 0;border:none;"
SMALL = "font-size:85%;margin:.5em 0 0;"


def sweep_summary(study: Study, rows: Any) -> dict[str, Any]:
    """What ``itsim sweep --json`` prints; *rows* is the study's Arrow table."""
    failed = rows.filter(rows["failure"].is_valid())
    return {
        "itsim_version": itsim_version(),
        "parameters_version": parameters_version(),
        "disclaimer": safety()["disclaimer"],
        "emergency": safety()["withdrawal"],
        "study": {"name": study.name, "title": study.title, "sha256": study.sha256},
        "scenarios": [scenario.name for scenario in study.scenarios],
        "design": study.design.kind,
        "seed": study.design.seed,
        "rows": study.n_rows,
        "failed": failed.num_rows,
        "metrics": {name: _spread(rows, name) for name in study.metrics},
        "failures": failed.slice(0, MOST_TOLD).select(_identifying(study)).to_pylist(),
    }


def _identifying(study: Study) -> list[str]:
    patient = ["patient"] if study.patients or study.one_patient_each else []
    return ["row", "scenario", *patient, *(f.name for f in study.design.factors), "failure"]


def _spread(rows: Any, name: str) -> dict[str, Any]:
    """Over the runs in which the metric comes; the others are counted by their reason."""
    values = rows[name].drop_null().to_numpy()
    reasons = rows[name + CENSORED].drop_null().value_counts().to_pylist()
    ends = [float(x) for x in np.percentile(values, [0.0, 50.0, 100.0])] if len(values) else [None] * 3
    return {
        "unit": METRICS[name].unit,
        "n": len(values),
        "least": ends[0],
        "median": ends[1],
        "most": ends[2],
        "censored": {str(found["values"]): found["counts"] for found in reasons},
    }


def sweep_text(summary: Mapping[str, Any], study: Study) -> str:
    """The summary in words, the safety wording with it."""
    lines = [study.title, *_told(study), ""]
    for name, found in summary["metrics"].items():
        lines.append(f"  {METRICS[name].label}: {_in_words(found)}")
    for ranked in summary.get("sensitivity", []):
        lines += ["", *ranked_lines(ranked)]
    lines += ["", *failure_lines(summary), no_band(study), safety()["indices"], summary["emergency"]]
    versions = f"itsim {summary['itsim_version']}, parameters {summary['parameters_version']}."
    return "\n".join([*lines, f"{summary['disclaimer']} {versions}"])


def _told(study: Study) -> list[str]:
    scenarios, rows, patients = study.shape
    names = ", ".join(scenario.name for scenario in study.scenarios)
    many = f"{scenarios} scenarios ({names})" if scenarios > 1 else names
    crossed = f" × {patients} virtual patients" if study.patients else ""
    each = ", a virtual patient of its own in each" if study.one_patient_each else ""
    kind = study.design.kind.replace("_", " ")
    method = METHODS.get(study.design.kind)
    what_of = f"{rows} of a {kind}"
    if method is not None:
        what_of = f"{rows} in {study.design.samples} {method.sampled} ({method.title})"
    seed = f", seed {study.design.seed}" if study.design.kind in SAMPLED or crossed or each else ""
    what = ", ".join(f"{f.name} ({', '.join(f.paths)})" for f in study.design.factors)
    return [f"{study.n_rows} runs: {many} × {what_of}{crossed}{each}{seed}", f"varied: {what}"]


def _in_words(found: Mapping[str, Any]) -> str:
    unit = "" if found["unit"] == "1" else f" {found['unit']}"
    parts = [f"{n} × {reason}" for reason, n in found["censored"].items()]
    if found["n"]:
        spread = f"{found['least']:.4g} to {found['most']:.4g}{unit}, median {found['median']:.4g}{unit}"
        parts.insert(0, f"{spread} in {found['n']} runs")
    return "; ".join(parts) or "in no run"


def ranked_lines(ranked: Mapping[str, Any]) -> list[str]:
    """What a metric hangs on, the number that matters most first, by the first of its indices."""
    where = f"{METRICS[ranked['metric']].label} ({ranked['scenario']})"
    if "refused" in ranked:
        return [f"No indices of {where}: {ranked['refused']}"]
    name, unit = list(ranked["indices"][0])[1], "" if ranked["unit"] == "1" else f" {ranked['unit']}"
    lines = [f"What matters for {where}, {name} with its 95 % interval:"]
    for row in ranked["indices"]:
        value, low, high = (index_text(row[name][end]) for end in ("value", "low", "high"))
        lines.append(f"  {row['factor']}: {value}{unit} ({low} to {high})")
    return [*lines, ranked["convergence"], *([ranked["rule"]] if ranked["rule"] else [])]


def index_text(value: float | None) -> str:
    """An index to three digits; what is rounding is nothing."""
    if value is None:
        return "unknown"
    return "0" if abs(value) < ROUNDING else f"{value:.3g}"


def failure_lines(summary: Mapping[str, Any]) -> list[str]:
    """How many runs could not be made, and why the first of them could not."""
    failed = summary["failed"]
    if not failed:
        return ["Every run was made."]
    lines = [f"{failed} of {summary['rows']} runs could not be made; their rows say why:"]
    lines += [f"  row {row['row']}: {row['failure']}" for row in summary["failures"][:MOST_IN_WORDS]]
    return lines + ([f"  and {failed - MOST_IN_WORDS} more"] if failed > MOST_IN_WORDS else [])


def no_band(study: Study) -> str:
    """What the spread of a study is, and what it is not."""
    if study.patients or study.one_patient_each:
        return "The spread is that of what was varied and of virtual patients; it is no person's probability."
    return (
        "Each run is one typical patient without a band between patients: `patients: 100` adds virtual ones. "
        "The spread is that of what was varied."
    )


def sweep_html(summary: Mapping[str, Any], study: Study) -> str:
    """The summary as a box for notebooks."""
    rows = "".join(
        f'<tr><td style="{CELL}">{escape(METRICS[name].label)}</td>'
        f'<td style="{CELL}">{escape(_in_words(found))}</td></tr>'
        for name, found in summary["metrics"].items()
    )
    lines = [*_told(study), *failure_lines(summary), no_band(study)]
    small = "".join(f'<p style="{SMALL}">{escape(line)}</p>' for line in lines)
    return (
        f'<div style="{BOX}"><strong style="font-size:115%">{escape(study.title)}</strong>'
        f'<table style="border-collapse:collapse;margin:.5em 0">{rows}</table>{small}'
        f'<p style="{SMALL}"><strong>{escape(summary["emergency"])}</strong></p>'
        f'<p style="{SMALL}">{escape(summary["disclaimer"])}</p></div>'
    )
