"""The table as one HTML page that needs nothing from anywhere: style and pictures are in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from itsim.parameters import references, safety
from itsim.qualify import words
from itsim.qualify.qualification import Qualification, Result, Row
from itsim.qualify.report import (
    few_lines,
    fitted_line,
    headline,
    misfits_first,
    not_validated,
    patients,
    population_line,
    versions,
)
from itsim.qualify.strip import strip
from itsim.qualify.verification import Verified

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a }
body { max-width: 62rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
.box { border: 2px solid #1a1a1a; padding: .6rem 1rem }
article { border-top: 1px solid #d9d9d9; padding: .7rem 0 }
article h3 { font-size: 1rem; margin: 0 } .small { color: #555; font-size: .88rem; margin: .25rem 0 }
.inside { color: #0072b2 } .outside { color: #b34700 } .verdict { font-weight: 600 }
.check { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: center; margin: .35rem 0 }
.check div { flex: 1 1 22rem } svg { max-width: 100%; height: auto }
table { border-collapse: collapse }
td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top }
"""

READING = (
    "Grey: what was published, as the rule reads it (a mean alone stands for 30 % either way). Dot: the "
    "median of the virtual patients, or the share of them. Line: 5th to 95th percentile; an end at the edge "
    "may lie beyond it."
)


def page(q: Qualification) -> str:
    """The page."""
    rows = misfits_first(q.rows)
    outside, inside = [r for r in rows if not r.verdict.inside], [r for r in rows if r.verdict.inside]
    say = safety()
    body = [
        "<h1>itsim: published facts against simulation</h1>",
        f'<p class="box">{escape(say["disclaimer"])}</p>',
        f'<p class="verdict">{escape(headline(q))}</p><p>{escape(fitted_line(q))}</p>',
        _section("What is not validated", [_list((*not_validated(), say["outside_population"]))]),
        f"<p>{escape(population_line(q))} {escape(READING)}</p>",
        *(f'<p class="verdict">{escape(line)}</p>' for line in few_lines(q)),
        _section(f"Outside: {len(outside)} of {len(rows)}", [_article(row) for row in outside]),
        _section(f"Inside: {len(inside)} of {len(rows)}", [_article(row) for row in inside]),
        _section(
            "Not counted: plausibility, emergent behaviour, and what else a number was fitted to",
            [_article(row) for row in misfits_first(q.behaviour)],
        ),
        _section("Code and calculation", [_verification(q.verified)]),
        _section("Sources", [_sources([*q.rows, *q.behaviour])]),
        f'<p class="box">{escape(say["withdrawal"])} {escape(say["indices"])}</p>',
        f'<p class="small">{escape(versions())} {escape(say["grades"])}</p>',
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>itsim: published facts against simulation</title><style>{STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(body)}\n</body></html>\n"
    )


def _section(title: str, parts: Sequence[str]) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{chr(10).join(parts)}</section>"


def _list(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _article(row: Row) -> str:
    fact = row.fact
    verdict = f'<span class="{words.side(row)}">{escape(words.verdict(row))}</span>'
    parts = [
        f"<h3>{escape(fact.id)} {escape(fact.fact)} {verdict}</h3>",
        f'<p class="small">Published: {escape(fact.published)}. Simulated: {escape(fact.protocol)}.</p>',
        *(_check(result) for result in row.results),
        f'<p class="small">Assumed: {escape(fact.assumed)}.</p>',
        f'<p class="small">{escape(_origin(row))}</p>',
    ]
    if fact.note:
        parts.append(f'<p class="small">{escape(fact.note)}.</p>')
    if fact.reason and not row.verdict.inside:
        parts.append(f"<p>Why: {escape(fact.reason)}.</p>")
    if len(row.by_seed) > 1:
        parts.append(f'<p class="small">Inside for {sum(row.by_seed)} of {len(row.by_seed)} seeds.</p>')
    return f'<article id="{escape(fact.id)}">{"".join(parts)}</article>'


def _check(result: Result) -> str:
    check, side = result.check, words.side(result)
    said = (
        f"{escape(check.name)}: published {escape(words.reported(check))}, simulated "
        f'<span class="{side}">{escape(words.simulated(check, result.found))}</span>; '
        f"{escape(patients(result))}"
    )
    return f'<div class="check"><div>{said}</div>{strip(result)}</div>'


def _origin(row: Row) -> str:
    fact = row.fact
    fitted = f"Fitted to it: {', '.join(fact.fitted)}" if fact.fitted else "Nothing was fitted to it"
    return f"Source: {fact.source}, grade {fact.grade}. {fitted}. Category: {fact.category}."


def _verification(checks: Sequence[Verified]) -> str:
    rows = "".join(
        f"<tr><td>{escape(c.id)}</td><td>{escape(c.claim)}</td><td>{c.found:.1e}</td><td>{c.allowed:.1e}</td>"
        f"<td>{'holds' if c.holds else 'FAILS'}</td><td>{escape(c.category)}</td></tr>"
        for c in checks
    )
    head = "".join(f"<th>{t}</th>" for t in ("", "claim", "found", "allowed", "verdict", "category"))
    return f"<table><tr>{head}</tr>{rows}</table>"


def _sources(rows: Sequence[Row]) -> str:
    keys = dict.fromkeys(key.strip() for row in rows for key in row.fact.source.split(","))
    found = references(keys)
    return _list([f"{r.key}: {r.line}" for r in found])
