"""The staged course of withdrawal and of sedation: as data, and in words with the signs in clinical order.

Sedation is told as overdose where more than the intended dose explains it or where it is deep; drowsiness
that the intended dose brings is told as that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from itsim.parameters import Stage, stages
from itsim.pd.symptoms import SERIES, Spell, rank_of, spells_of
from itsim.run import RunRecord
from itsim.show import words
from itsim.show.causes import drowsiness, is_given_too_much
from itsim.show.marks import is_excess

WITHDRAWAL, OVERDOSE, DROWSINESS = "withdrawal", "overdose", "drowsiness"

HEADINGS = {
    WITHDRAWAL: "Stages of withdrawal",
    OVERDOSE: "Stages of overdose",
    DROWSINESS: "Stages of sedation",
}

SYNDROMES = {"withdrawal": (WITHDRAWAL,), "sedation": (OVERDOSE, DROWSINESS)}
"""By the bands of an index."""

WORST = {"withdrawal": "withdrawal_stage", "sedation": "overdose_stage"}
"""The metric that holds the number of the worst stage."""

GROUNDS = {
    "withdrawal": "Stages are a convention, no diagnosis",
    "sedation": "Stages are a convention, and which sign goes with which is an assumption",
}

DEEP = 2
"""From this stage on (somnolent, confused) sedation is no ordinary drowsiness, whatever dose brought it."""

N_SAMPLES = 400

Row = Mapping[str, Any]


def syndrome_of(run: RunRecord, bands: str) -> str:
    """What the stages of an index are called in this run: withdrawal; overdose or drowsiness."""
    if bands == "withdrawal":
        return WITHDRAWAL
    return OVERDOSE if _overdoses(run) else DROWSINESS


def is_overdose(run: RunRecord) -> bool:
    """Whether the run is told through sedation first: an overdose that no withdrawal came before."""
    overdoses, withdrawn = _overdoses(run), spells_of(run.solution, "withdrawal")
    return bool(overdoses) and (not withdrawn or overdoses[0].from_h <= withdrawn[0].from_h)


def _overdoses(run: RunRecord) -> list[Spell]:
    spells, usual = (spells_of(s, "sedation") for s in (run.solution, run.twin))
    return [spell for spell in spells if _is_overdose(spell, spells, usual, run)]


def _is_overdose(spell: Spell, ours: Sequence[Spell], usual: Sequence[Spell], run: RunRecord) -> bool:
    """Whether one stay in a stage of sedation is deep, or leads to a deep one and is not the twin's too, or
    is worse than the twin's and more drug than intended was given by then."""
    rank, worst, twin = _rank(spell), _worst_during(spell, ours), _worst_during(spell, usual)
    if rank >= DEEP or (worst >= DEEP and twin != rank):
        return True
    end_h = run.course.end_h if spell.until_h is None else spell.until_h
    return rank > twin and is_given_too_much(run, min(end_h, _peak_h(run, spell.from_h, end_h)))


def _rank(spell: Spell) -> int:
    return rank_of(spell.stage.from_index, "sedation")


def _worst_during(spell: Spell, spells: Sequence[Spell]) -> int:
    """Number of the worst stage among *spells* at any time of *spell*; 0 where there is none."""
    return max((_rank(other) for other in spells if _meet(spell, other)), default=0)


def _meet(one: Spell, other: Spell) -> bool:
    ends_h = [math.inf if each.until_h is None else each.until_h for each in (one, other)]
    return one.from_h < ends_h[1] and other.from_h < ends_h[0]


def _peak_h(run: RunRecord, from_h: float, until_h: float) -> float:
    """When sedation is highest in a stretch of the run, on a grid."""
    times = np.linspace(from_h, until_h, N_SAMPLES)
    return float(times[run.solution.series("sedation", times).argmax()])


def spell_rows(run: RunRecord) -> list[dict[str, Any]]:
    """Every stay of the typical patient in a stage, withdrawal first, each in order of time.

    ``until_h`` is None where the stage lasts to the end of the run; the milder stages last while a worse one
    does.
    """
    overdoses = _overdoses(run)
    return [
        {
            "syndrome": _label(spell, bands, overdoses),
            "stage": spell.stage.name,
            "from_h": spell.from_h,
            "until_h": spell.until_h,
        }
        for bands in SERIES
        for spell in spells_of(run.solution, bands)
    ]


def _label(spell: Spell, bands: str, overdoses: Sequence[Spell]) -> str:
    if bands == "withdrawal":
        return WITHDRAWAL
    return OVERDOSE if spell in overdoses else DROWSINESS


def withdrawal_lines(summary: Row, run: RunRecord) -> Iterator[str]:
    """Stages of withdrawal, rebound of tone and relief after restoration, where they come."""
    yield from _stages_lines(summary, run, "withdrawal")
    if not words.is_banded(summary["cohort"]):  # no time of withdrawal stands without its band
        return
    rebound, peak = summary["metrics"]["rebound_h"], summary["metrics"]["tone_peak"]
    if rebound["value"] is not None:
        origin = "first excess" if is_excess(run) else "first loss"
        highest = f"{words.percent(peak['value'])} ({words.shares_around(words.band_of(peak))})"
        yield f"Rebound: {_after(rebound, origin)} tone is above the untreated level; at most {highest}."
    relief = summary["metrics"]["relief_after_restoration_h"]
    if relief["value"] is not None:
        yield f"Relief: {_after(relief, 'delivery is restored')} the withdrawal index is halved."


def sedation_lines(summary: Row, run: RunRecord) -> Iterator[str]:
    """Stages of overdose or of ordinary sedation, by the sedation index, where they come."""
    yield from _stages_lines(summary, run, "sedation")


def why_drowsy(run: RunRecord) -> str:
    """What an ordinary drowsiness comes from; empty where there is none."""
    is_drowsy = rank_of(run.solution.extremum("sedation", 0.0)[1], "sedation") > 0
    return drowsiness(run) if is_drowsy and syndrome_of(run, "sedation") == DROWSINESS else ""


def _after(metric: Row, origin: str) -> str:
    return f"{words.duration(metric['value'])} ({words.around(words.band_of(metric))}) after {origin}"


def _stages_lines(summary: Row, run: RunRecord, bands: str) -> Iterator[str]:
    """Nothing where neither the typical patient nor 95 % of the virtual ones reach a stage; of sedation what
    is overdose before what is not."""
    found = {row["syndrome"] for row in summary["spells"]}
    told = [syndrome for syndrome in SYNDROMES[bands] if syndrome in found]
    others = _others(summary["metrics"][WORST[bands]], stages(bands))
    if not told and not others:
        return
    is_timed = words.is_banded(summary["cohort"])
    untold = "" if is_timed or not told else ". When is told only with a band (cohort)"
    for syndrome in told or [syndrome_of(run, bands)]:
        rows = [row for row in summary["spells"] if row["syndrome"] == syndrome]
        typical = _typical(rows, bands, run.course.end_h if is_timed else None)
        yield f"{HEADINGS[syndrome]}, typical patient: {typical}{untold}{others}. {GROUNDS[bands]}."
        others = ""


def _typical(rows: Sequence[Row], bands: str, end_h: float | None) -> str:
    """The stages that are reached, with their times where *end_h* is given."""
    reached = {stage: [row for row in rows if row["stage"] == stage.name] for stage in stages(bands)[1:]}
    told = [_stage(stage, spells, end_h) for stage, spells in reached.items() if spells]
    return "; ".join(told) if told else "none is reached"


def _stage(stage: Stage, spells: Sequence[Row], end_h: float | None) -> str:
    signs = f"{stage.name} ({', '.join(stage.signs)})"
    if end_h is None:
        return signs
    return f"{signs} {words.spans([(row['from_h'], row['until_h']) for row in spells], end_h)}"


def _others(worst: Row, known: Sequence[Stage]) -> str:
    """The worst stage of the virtual patients, 5th to 95th percentile and median; nothing where none reaches
    any."""
    if not worst["high"]:
        return ""
    least, most, middle = (known[int(worst[end])].name for end in ("low", "high", "median"))
    around = least if least == most else f"{least} to {most}; median {middle}"
    return f". Virtual patients: at worst {around}"
