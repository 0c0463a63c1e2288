"""The staged course of withdrawal and of overdose: as data, and in words with the signs in clinical order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itsim.parameters import Stage, stages
from itsim.pd.symptoms import SERIES, spells_of
from itsim.run import RunRecord
from itsim.show import words
from itsim.show.marks import is_excess

SYNDROMES = {"withdrawal": "withdrawal", "sedation": "overdose"}
"""What the stages of an index are called, by the name of its bands."""

WORST = {"withdrawal": "withdrawal_stage", "sedation": "overdose_stage"}
"""The metric that holds the number of the worst stage."""

GROUNDS = {
    "withdrawal": "Stages are a convention, no diagnosis",
    "sedation": "Stages are a convention, and which sign goes with which is an assumption",
}

Row = Mapping[str, Any]


def spell_rows(run: RunRecord) -> list[dict[str, Any]]:
    """Every stay of the typical patient in a stage, withdrawal first, each in order of time.

    ``until_h`` is None where the stage lasts to the end of the run; the milder stages last while a worse one
    does.
    """
    return [
        {"syndrome": SYNDROMES[bands], "stage": s.stage.name, "from_h": s.from_h, "until_h": s.until_h}
        for bands in SERIES
        for s in spells_of(run.solution, bands)
    ]


def withdrawal_lines(summary: Row, run: RunRecord) -> Iterator[str]:
    """Stages of withdrawal, rebound of tone and relief after restoration, where they come."""
    yield from _stages_line(summary, "withdrawal")
    if summary["cohort"] is None:  # no time of withdrawal stands without its band
        return
    rebound, peak = summary["metrics"]["rebound_h"], summary["metrics"]["tone_peak"]
    if rebound["value"] is not None:
        origin = "first excess" if is_excess(run) else "first loss"
        highest = f"{words.percent(peak['value'])} ({words.percent_band(peak['low'], peak['high'])})"
        yield f"Rebound: {_after(rebound, origin)} tone is above the untreated level; at most {highest}."
    relief = summary["metrics"]["relief_after_restoration_h"]
    if relief["value"] is not None:
        yield f"Relief: {_after(relief, 'delivery is restored')} the withdrawal index is halved."


def overdose_lines(summary: Row) -> Iterator[str]:
    """Stages of overdose, by the sedation index, where they come."""
    yield from _stages_line(summary, "sedation")


def _after(metric: Row, origin: str) -> str:
    return f"{words.duration(metric['value'])} ({words.band(metric['low'], metric['high'])}) after {origin}"


def _stages_line(summary: Row, bands: str) -> Iterator[str]:
    """Nothing where neither the typical patient nor 95 % of the virtual ones reach a stage."""
    rows = [row for row in summary["spells"] if row["syndrome"] == SYNDROMES[bands]]
    reached = {stage: [row for row in rows if row["stage"] == stage.name] for stage in stages(bands)[1:]}
    is_timed = summary["cohort"] is not None
    told = [_stage(stage, spells, is_timed) for stage, spells in reached.items() if spells]
    others = _others(summary["metrics"][WORST[bands]], stages(bands))
    if not told and not others:
        return
    typical = "; ".join(told) if told else "none is reached"
    untold = "" if is_timed else ". When is told only with a band (cohort)"
    yield f"Stages of {SYNDROMES[bands]}, typical patient: {typical}{untold}{others}. {GROUNDS[bands]}."


def _stage(stage: Stage, spells: Sequence[Row], is_timed: bool) -> str:
    signs = f"{stage.name} ({', '.join(stage.signs)})"
    if not is_timed:
        return signs
    often = f"{len(spells)} times, " if len(spells) > 1 else ""
    return f"{signs} {often}{words.span(spells[0]['from_h'], spells[-1]['until_h'])}"


def _others(worst: Row, known: Sequence[Stage]) -> str:
    """The worst stage of the virtual patients, 5th to 95th percentile; nothing where none reaches any."""
    if not worst["high"]:
        return ""
    least, most = known[int(worst["low"])].name, known[int(worst["high"])].name
    return f". Virtual patients: at worst {least if least == most else f'{least} to {most}'}"
