"""A run as a small HTML table for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from itsim.metrics import METRICS, NOT_WITHIN
from itsim.parameters import safety
from itsim.run import RunRecord
from itsim.show import words
from itsim.show.patient import patient_words
from itsim.show.syndromes import is_overdose, sedation_lines, why_drowsy, withdrawal_lines

SHOWN = (
    "withdrawal_onset_h",
    "withdrawal_peak",
    "effect_baseline_frac",
    "effect_nadir_frac",
    "effect_halved_h",
    "csf_lumbar_baseline_ng_mL",
    "csf_lumbar_nadir_ng_mL",
    "sedation_peak_frac",
    "delivered_frac",
    "alarm_first_h",
    "rescue_window_h",
)

NEEDS_BAND = ("withdrawal_onset_h", "rescue_window_h")
"""Never printed alone."""

_BOX = "font-family:sans-serif;max-width:46em;border:1px solid #bbb;border-radius:6px;padding:.7em 1em;"
_CELL = "text-align:left;padding:.15em .9em .15em 0;border:none;"
_SMALL = "font-size:85%;margin:.5em 0 0;"


def run_html(run: RunRecord, summary: Mapping[str, Any]) -> str:
    """Title, the metrics that matter with their bands, and the safety wording."""
    metrics = summary["metrics"]
    has_band = metrics["effect_baseline_frac"]["low"] is not None
    head = "".join(
        f'<th style="{_CELL}">{text}</th>' for text in ("", "typical", "patients: median (5–95 %)")
    )
    rows = "".join(_row(name, metrics[name], has_band) for name in SHOWN)
    flagged = sum(reading["flagged"] for reading in summary["evidence"])
    visits = f"{len(summary['evidence'])} reservoir readings, {flagged} flagged"
    versions = f"itsim {summary['itsim_version']}, parameters {summary['parameters_version']}"
    assumed = "; ".join(run.scenario.assumptions)
    story = f'<p style="{_SMALL}">The story assumes: {escape(assumed)}.</p>' if assumed else ""
    warned = "".join(
        f'<p style="{_SMALL}"><strong>Warning: {escape(text)}</strong></p>' for text in summary["warnings"]
    )
    course = "".join(f'<p style="{_SMALL}">{escape(line)}</p>' for line in _course(summary, run))
    foot = f"{visits}. {len(summary['assumptions'])} numbers are assumptions or not verified. {versions}."
    return (
        f'<div style="{_BOX}"><strong style="font-size:115%">{escape(run.scenario.title)}</strong>'
        f'<table style="border-collapse:collapse;margin:.5em 0"><tr>{head}</tr>{rows}</table>'
        f'{warned}{course}{story}<p style="{_SMALL}">{escape(foot)}</p>'
        f'<p style="{_SMALL}"><strong>{escape(safety()["withdrawal"])}</strong></p>'
        f'<p style="{_SMALL}">{escape(summary["disclaimer"])}</p></div>'
    )


def _row(name: str, metric: Mapping[str, Any], has_band: bool) -> str:
    low, high, value = metric["low"], metric["high"], metric["value"]
    if value is None:
        typical = str(metric["censored"] or "–")
    elif name in NEEDS_BAND and not has_band:
        typical = "give a cohort: not shown without its band"
    else:
        typical = _shown(name, value)
    comes = has_band and not (low is None and metric["censored"] not in (False, NOT_WITHIN))
    band = _band(name, low, high, metric["median"]) if comes else "–"
    cells = (METRICS[name].label, typical, band)
    return "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in cells) + "</tr>"


def _course(summary: Mapping[str, Any], run: RunRecord) -> Iterator[str]:
    """Who, and the stages: an overdose before the withdrawal."""
    yield f"Patient: {patient_words(run.scenario)}."
    parts = [[*withdrawal_lines(summary, run)], [*sedation_lines(summary, run)]]
    for lines in reversed(parts) if is_overdose(run) else parts:
        yield from lines
    why = why_drowsy(run)
    if why:
        yield f"Sedation: {why}."


def _band(name: str, low: float | None, high: float | None, median: float | None) -> str:
    ends = [NOT_WITHIN if end is None else _shown(name, end) for end in (low, high, median)]
    return ends[0] if ends[0] == ends[1] else f"{ends[2]} ({ends[0]} to {ends[1]})"


def _shown(name: str, value: float) -> str:
    if name.endswith("_frac"):
        return words.percent(value)
    if name.endswith("_ng_mL"):
        return f"{value:.0f} ng/mL"
    return words.duration(value) if name.endswith("_h") else f"{value:.0f}"
