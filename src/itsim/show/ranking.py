"""A sensitivity analysis in words: what matters, how surely, and what was done about gaps."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from itsim.parameters import safety
from itsim.show.study_page import plain_unit
from itsim.show.swept import BOX, CELL, SMALL, index_text, ranked_lines
from itsim.study.model import Study
from itsim.study.screening import METHODS
from itsim.study.sensitivity import MOVED_LEAST, WIDTH_LEAST, Indices, NotAnalysable, indices

MEANINGS = {
    "morris": "mu_star is the mean size of the change of the metric for a step over half of the number's "
    "distribution, mu the same with its sign, sigma how differently it goes elsewhere.",
    "sobol_indices": "total is the share of the variance that a number has a part in, first what it has "
    "alone; they are estimates, and a small one may fall below zero.",
}


def settled_words(found: Indices) -> str:
    """Whether the sample was large enough, with the figures that say so."""
    of = "" if found.method.is_relative else " of the largest"
    moved = "no figure" if np.isnan(found.moved) else f"{found.moved:.2f}{of}"
    told = f"from half to all of the sample indices move by up to {moved}, widest interval {found.width:.2f}"
    if found.settled:
        return f"Settled: {told}."
    return f"NOT settled (limits {MOVED_LEAST:g} and {WIDTH_LEAST:g}): {told}; give more samples."


def sensitivity_summary(study: Study, found: Indices) -> dict[str, Any]:
    """The analysis as plain JSON types."""
    rows = [
        {"factor": found.factors[j]} | {
            name: {"value": _plain(found.values[i, j]), "low": _plain(found.low[i, j]),
                   "high": _plain(found.high[i, j]), "half": _plain(found.half[i, j])}
            for i, name in enumerate(found.method.indices)
        }
        for j in found.order
    ]  # fmt: skip
    return {
        "metric": found.asked.metric,
        "scenario": found.asked.scenario,
        "label": found.asked.label,
        "unit": "1" if found.method.is_relative else found.asked.unit,
        "method": found.method.name,
        "samples": found.samples,
        "runs": found.runs,
        "settled": found.settled,
        "convergence": settled_words(found),
        "rule": found.asked.rule,
        "indices": rows,
    }


def rankings(study: Study, rows: Any) -> list[dict[str, Any]]:
    """The analysis of every scenario and metric, or why there is none; empty where no rows are compared."""
    if study.design.kind not in METHODS:
        return []
    found = []
    for scenario in study.scenarios:
        for metric in study.metrics:
            try:
                found.append(sensitivity_summary(study, indices(study, rows, metric, scenario.name)))
            except NotAnalysable as error:
                found.append({"metric": metric, "scenario": scenario.name, "refused": str(error)})
    return found


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def sensitivity_text(study: Study, found: Indices) -> str:
    """The analysis in words, the safety wording with it."""
    words = safety()
    lines = ranked_lines(sensitivity_summary(study, found))
    closing = [MEANINGS[found.method.name], words["indices"], words["withdrawal"], words["disclaimer"]]
    return "\n".join([study.title, *lines, "", *closing])


def sensitivity_html(study: Study, found: Indices) -> str:
    """The analysis as a box for notebooks."""
    head = "".join(f'<th style="{CELL}">{escape(name)} (95 %)</th>' for name in found.method.indices)
    rows = "".join(_row(found, j) for j in found.order)
    words = safety()
    small = [settled_words(found), found.asked.rule, MEANINGS[found.method.name], words["indices"]]
    unit = "" if found.method.is_relative else f", {plain_unit(found.asked.unit)}".replace(", 1", "")
    return (
        f'<div style="{BOX}"><strong style="font-size:115%">{escape(study.title)}</strong>'
        f"<p>{escape(found.asked.label)}{escape(unit)}</p>"
        f'<table style="border-collapse:collapse;margin:.5em 0"><tr><th></th>{head}</tr>{rows}</table>'
        + "".join(f'<p style="{SMALL}">{escape(line)}</p>' for line in small if line)
        + f'<p style="{SMALL}"><strong>{escape(words["withdrawal"])}</strong></p>'
        f'<p style="{SMALL}">{escape(words["disclaimer"])}</p></div>'
    )


def _row(found: Indices, j: int) -> str:
    cells = "".join(
        f'<td style="{CELL}">{index_text(found.values[i, j])} '
        f"({index_text(found.low[i, j])} to {index_text(found.high[i, j])})</td>"
        for i in range(len(found.method.indices))
    )
    return f'<tr><td style="{CELL}">{escape(found.factors[j])}</td>{cells}</tr>'
