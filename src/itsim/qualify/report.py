"""The table as text and as plain data, misfits first."""

from __future__ import annotations

import math
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from itsim.parameters import safety
from itsim.parameters import version as parameters_version
from itsim.qualify import words
from itsim.qualify.qualification import Qualification, Result, Row
from itsim.qualify.rules import limits
from itsim.qualify.verification import Verified
from itsim.resources import itsim_version

WIDTH = 110

LEAST_PATIENTS = 200
"""With fewer the ends of a band, and with them verdicts, still move from seed to seed."""


def headline(q: Qualification) -> str:
    """The sentence that stands for the whole table."""
    return safety()["not_validated"].format(inside=q.n_inside, total=len(q.rows))


def fitted_line(q: Qualification) -> str:
    """How much of the agreement is evidence."""
    alone = q.independent
    inside = sum(row.verdict.inside for row in alone)
    fitted = len(q.rows) - len(alone)
    return (
        f"Parameters were set with {fitted} of the {len(q.rows)} facts in view: that those agree shows that "
        f"the fit worked, no more. Of the {len(alone)} others {inside} lie inside."
    )


@lru_cache(maxsize=1)
def not_validated() -> tuple[str, ...]:
    """What the table does not say, sentence by sentence."""
    place = files("itsim.data").joinpath("qualification").joinpath("scope.toml")
    return tuple(tomllib.loads(place.read_text(encoding="utf-8"))["not_validated"])


def population_line(q: Qualification) -> str:
    """Who was simulated."""
    seeds = f"seed {q.seeds[0]}" if len(q.seeds) == 1 else f"median over the seeds {_listed(q.seeds)}"
    return (
        f"{q.size} virtual patients, {seeds}. Simulated: median and, in brackets, 5th and 95th percentile; "
        "or the share of patients. Marginal: within 6 % of the limit, or not the same for every seed."
    )


def few_lines(q: Qualification) -> tuple[str, ...]:
    """A warning where the population is too small for its verdicts."""
    if q.size >= LEAST_PATIENTS:
        return ()
    return (
        f"WARNING: {q.size} virtual patients are fewer than {LEAST_PATIENTS}: bands and verdicts would "
        "change with the seed.",
    )


def misfits_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Outside, those beyond doubt first; then inside, marginal ones first; else the order of the facts."""

    def place(row: Row) -> tuple[bool, bool]:
        return row.verdict.inside, row.verdict.marginal != row.verdict.inside

    return tuple(sorted(rows, key=place))


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(str(seed) for seed in seeds)


# Text


def text(q: Qualification) -> str:
    """The report for a terminal."""
    rows = misfits_first(q.rows)
    outside = [row for row in rows if not row.verdict.inside]
    parts = [
        [headline(q), fitted_line(q), *(f"- {line}" for line in _scope()), population_line(q), *few_lines(q)],
        [f"OUTSIDE ({len(outside)} of {len(rows)})"],
        *([*_row(row)] for row in outside),
        [f"INSIDE ({q.n_inside} of {len(rows)})"],
        *([*_row(row)] for row in rows if row.verdict.inside),
        ["NOT COUNTED: PLAUSIBILITY, EMERGENT BEHAVIOUR, AND WHAT ELSE A NUMBER WAS FITTED TO"],
        *([*_row(row)] for row in misfits_first(q.behaviour)),
        ["CODE AND CALCULATION", *(_verified(check) for check in q.verified)],
        [safety()["withdrawal"], safety()["indices"], f"{safety()['disclaimer']} {versions()}"],
    ]
    return "\n\n".join("\n".join(_wrapped(line) for line in lines) for lines in parts) + "\n"


def _scope() -> tuple[str, ...]:
    return (*not_validated(), safety()["outside_population"])


def versions() -> str:
    """Both versions in one line."""
    return f"itsim {itsim_version()}, parameters {parameters_version()}."


def _wrapped(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _row(row: Row) -> Iterator[str]:
    yield f"{row.fact.id:<4} {row.fact.fact} [{words.verdict(row)}]"
    for result in row.results:
        published, simulated = words.reported(result.check), words.simulated(result.check, result.found)
        mark = "" if result.verdict.inside else f" ({words.verdict(result)})"
        found = f"simulated {simulated}{mark}; {patients(result)}"
        yield f"     {result.check.name}: published {published}; {found}"
    yield f"     {_origin(row)}"
    if row.fact.reason and not row.verdict.inside:
        yield f"     Why: {row.fact.reason}."


def patients(result: Result) -> str:
    """In how many patients the check could be made."""
    return f"{result.found.n} patient" + ("" if result.found.n == 1 else "s")


def _origin(row: Row) -> str:
    fitted = f"fitted to it: {', '.join(row.fact.fitted)}" if row.fact.fitted else "nothing was fitted to it"
    return f"{row.fact.source}, grade {row.fact.grade}; {fitted}"


def _verified(check: Verified) -> str:
    mark = "holds" if check.holds else "FAILS"
    return f"{check.id:<4} {mark}  {check.claim}: {check.found:.1e}, allowed {check.allowed:.1e}"


# Plain data


def as_json(q: Qualification) -> dict[str, Any]:
    """What ``itsim qualify --json`` prints; nothing in it is NaN or infinite."""
    return {
        "itsim_version": itsim_version(),
        "parameters_version": parameters_version(),
        "disclaimer": safety()["disclaimer"],
        "not_validated": [headline(q), fitted_line(q), *_scope()],
        "population": {"size": q.size, "seeds": list(q.seeds)},
        "warnings": list(few_lines(q)),
        "inside": q.n_inside,
        "total": len(q.rows),
        "rows": [_row_data(row, q.seeds) for row in misfits_first(q.rows)],
        "behaviour": [_row_data(row, q.seeds[:1]) for row in misfits_first(q.behaviour)],
        "verification": [_verified_data(check) for check in q.verified],
    }


def _row_data(row: Row, seeds: Sequence[int]) -> dict[str, Any]:
    fact = row.fact
    return {
        "id": fact.id,
        "fact": fact.fact,
        "protocol": fact.protocol,
        "reported": fact.published,
        "simulated": words.row_simulated(row),
        "verdict": words.side(row),
        "fitted": list(fact.fitted),
        "marginal": row.verdict.marginal,
        "category": fact.category,
        "source": fact.source,
        "grade": fact.grade,
        "assumed": fact.assumed,
        "note": fact.note or None,
        "reason": fact.reason if fact.reason and not row.verdict.inside else None,
        "checks": [_result_data(result) for result in row.results],
        "seeds": [
            {"seed": seed, "verdict": "inside" if inside else "outside"}
            for seed, inside in zip(seeds, row.by_seed, strict=True)
        ],
    }


def _result_data(result: Result) -> dict[str, Any]:
    check, found = result.check, result.found
    low, high = limits(check.rule, check.reported)
    is_share = check.rule == words.SHARE
    return {
        "name": check.name,
        "observable": check.observable,
        "protocols": list(check.protocols),
        "rule": check.rule,
        "unit": check.unit,
        "reported": dict(check.reported),
        "allowed": {"low": _finite(low), "high": _finite(high)},
        "value": _finite(found.mean if is_share else found.median),
        "low": None if is_share else _finite(found.low),
        "high": None if is_share else _finite(found.high),
        "patients": found.n,
        "verdict": words.side(result),
        "marginal": result.verdict.marginal,
    }


def _verified_data(check: Verified) -> dict[str, Any]:
    return {
        "id": check.id,
        "category": check.category,
        "claim": check.claim,
        "found": check.found,
        "allowed": check.allowed,
        "verdict": "holds" if check.holds else "fails",
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
