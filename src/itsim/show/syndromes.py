"""The staged course of withdrawal and of sedation: as data, and in words with the signs in clinical order.

Sedation is told as overdose where more than the intended dose explains it or where it is deep; drowsiness
that the intended dose brings is told as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itsim.parameters import Stage, stages
from itsim.pd.symptoms import SERIES, rank_of, spells_of
from itsim.run import RunRecord
from itsim.show import words
from itsim.show.marks import is_excess

WITHDRAWAL, OVERDOSE, DROWSINESS = "withdrawal", "overdose", "drowsiness"

HEADINGS = {
    WITHDRAWAL: "Stages of withdrawal",
    OVERDOSE: "Stages of overdose",
    DROWSINESS: "Stages of sedation",
}

WORST = {"withdrawal": "withdrawal_stage", "sedation": "overdose_stage"}
"""The metric that holds the number of the worst stage."""

GROUNDS = {
    "withdrawal": "Stages are a convention, no diagnosis",
    "sedation": "Stages are a convention, and which sign goes with which is an assumption",
}

DEEP = 2
"""From this stage on (somnolent, confused) sedation is no ordinary drowsiness, whatever dose brought it."""

Row = Mapping[str, Any]


def syndrome_of(run: RunRecord, bands: str) -> str:
    """What the stages of an index are called in this run: withdrawal; overdose or drowsiness."""
    if bands == "withdrawal":
        return WITHDRAWAL
    worst, usual = _worst_sedation(run)
    if worst >= DEEP:
        return OVERDOSE
    return OVERDOSE if worst > usual and is_given_too_much(run) else DROWSINESS


def is_overdose(run: RunRecord) -> bool:
    """Whether the run is told through sedation first: an overdose that no withdrawal came before."""
    if _worst_sedation(run)[0] == 0 or syndrome_of(run, "sedation") != OVERDOSE:
        return False
    withdrawn = spells_of(run.solution, "withdrawal")
    return not withdrawn or spells_of(run.solution, "sedation")[0].from_h <= withdrawn[0].from_h


def _worst_sedation(run: RunRecord) -> tuple[int, int]:
    """Number of the worst stage of sedation, in the patient and on the intended therapy."""
    ours, twin = (rank_of(s.extremum("sedation", 0.0)[1], "sedation") for s in (run.solution, run.twin))
    return ours, twin


def is_given_too_much(run: RunRecord) -> bool:
    """Whether more than intended comes from the catheter, or drug that nobody intended from elsewhere."""
    therapy, intended = run.delivery.therapy, run.delivery.intended
    by_other_ways = sum(dose.amount_ug for dose in therapy.doses if dose.t_h < run.course.end_h)
    meant = sum(dose.amount_ug for dose in intended.doses if dose.t_h < run.course.end_h)
    return run.course.first_excess_h is not None or by_other_ways > meant


def spell_rows(run: RunRecord) -> list[dict[str, Any]]:
    """Every stay of the typical patient in a stage, withdrawal first, each in order of time.

    ``until_h`` is None where the stage lasts to the end of the run; the milder stages last while a worse one
    does.
    """
    return [
        {"syndrome": syndrome_of(run, bands), "stage": s.stage.name, "from_h": s.from_h, "until_h": s.until_h}
        for bands in SERIES
        for s in spells_of(run.solution, bands)
    ]


def withdrawal_lines(summary: Row, run: RunRecord) -> Iterator[str]:
    """Stages of withdrawal, rebound of tone and relief after restoration, where they come."""
    yield from _stages_line(summary, run, "withdrawal")
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
    yield from _stages_line(summary, run, "sedation")


def why_drowsy(run: RunRecord) -> str:
    """What an ordinary drowsiness comes from; empty where there is none."""
    worst, usual = _worst_sedation(run)
    if worst == 0 or syndrome_of(run, "sedation") != DROWSINESS:
        return ""
    if usual >= worst:
        return (
            "drowsiness that the intended dose brings, no overdose: on the intended therapy it comes as well"
        )
    return "drowsiness on no more than the intended dose, in a patient who has become less used to it"


def _after(metric: Row, origin: str) -> str:
    return f"{words.duration(metric['value'])} ({words.around(words.band_of(metric))}) after {origin}"


def _stages_line(summary: Row, run: RunRecord, bands: str) -> Iterator[str]:
    """Nothing where neither the typical patient nor 95 % of the virtual ones reach a stage."""
    syndrome = syndrome_of(run, bands)
    rows = [row for row in summary["spells"] if row["syndrome"] == syndrome]
    reached = {stage: [row for row in rows if row["stage"] == stage.name] for stage in stages(bands)[1:]}
    is_timed = words.is_banded(summary["cohort"])
    told = [_stage(stage, spells, is_timed) for stage, spells in reached.items() if spells]
    others = _others(summary["metrics"][WORST[bands]], stages(bands))
    if not told and not others:
        return
    typical = "; ".join(told) if told else "none is reached"
    untold = "" if is_timed else ". When is told only with a band (cohort)"
    yield f"{HEADINGS[syndrome]}, typical patient: {typical}{untold}{others}. {GROUNDS[bands]}."


def _stage(stage: Stage, spells: Sequence[Row], is_timed: bool) -> str:
    signs = f"{stage.name} ({', '.join(stage.signs)})"
    if not is_timed:
        return signs
    often = f"{len(spells)} times, " if len(spells) > 1 else ""
    return f"{signs} {often}{words.span(spells[0]['from_h'], spells[-1]['until_h'])}"


def _others(worst: Row, known: Sequence[Stage]) -> str:
    """The worst stage of the virtual patients, 5th to 95th percentile and median; nothing where none reaches
    any."""
    if not worst["high"]:
        return ""
    least, most, middle = (known[int(worst[end])].name for end in ("low", "high", "median"))
    around = least if least == most else f"{least} to {most}; median {middle}"
    return f". Virtual patients: at worst {around}"
