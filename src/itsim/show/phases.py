"""The phases of a case in words, read from the run: stable, fading, found, repaired, regained."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from itsim.metrics import LOSS_FRAC
from itsim.run import RunRecord
from itsim.scenario.model import Entry
from itsim.show.marks import is_excess

FADED_FRAC = 0.9
"""Relief below this share of the twin's counts as fading, above its inverse as too strong."""

N_SAMPLES = 4000
SHORT_SHARE = 0.015
"""A return of benefit shorter than this share of the run is no phase of its own."""

WORTH_TEXT_ML = 0.1
REPAIRS = ("replace_pump",)
FINDINGS = ("interrogate",)


@dataclass(frozen=True)
class Phase:
    """A stretch of the case in words."""

    words: str
    from_h: float
    until_h: float


@dataclass(frozen=True)
class Moment:
    """Something that happened: known to patient or clinic, or assumed by the scenario and seen by nobody."""

    t_h: float
    words: str
    known: bool


def phases_of(run: RunRecord) -> list[Phase]:
    """The phases, without gaps, from the start of the run to its end."""
    end = run.course.end_h
    apart = _apart_h(run)
    if apart is None:
        return [Phase("stable benefit", 0.0, end)]
    fade_h, back_h = apart
    repair = repair_of(run)
    repaired_h = repair.at_h if repair is not None and repair.at_h > fade_h else None
    fading = "too strong an effect" if is_excess(run) else "fading benefit"
    phases = [Phase("stable benefit", 0.0, fade_h)]
    if repaired_h is None or repaired_h >= back_h:
        phases.append(Phase(fading, fade_h, back_h))
    else:
        phases += [Phase(fading, fade_h, repaired_h), Phase("benefit returning", repaired_h, back_h)]
    phases.append(Phase("benefit regained", back_h, end))
    return _tidy(phases, end)


def _tidy(phases: list[Phase], end: float) -> list[Phase]:
    """Drop empty phases, and give a short return of benefit to what follows."""
    result: list[Phase] = []
    for phase in phases:
        if phase.until_h <= phase.from_h:
            continue
        last = result[-1] if result else None
        if last is not None and last.words == "benefit returning":
            if last.until_h - last.from_h < SHORT_SHARE * end:
                result[-1] = Phase(phase.words, last.from_h, phase.until_h)
                continue
        result.append(phase)
    if result[-1].words == "benefit returning":
        result[-1] = Phase("benefit not yet regained", result[-1].from_h, end)
    return result


def moments_of(run: RunRecord, known: Collection[str] | None = None) -> list[Moment]:
    """What happened, in order of time. *known* names timeline ids; by default all but faults are known."""
    finding, repair = finding_of(run), repair_of(run)
    moments = []
    for entry in run.happened:
        words = run.label(entry) + _surplus_words(run, entry)
        if entry is finding:
            words = f"finding: {words}"
        elif entry is repair:
            words = f"replacement: {words}" if entry.kind.name in REPAIRS else f"repair: {words}"
        seen = entry.kind.group != "faults" if known is None else entry.id in known
        moments.append(Moment(entry.at_h, words, seen))
    loss = run.course.first_loss_h
    if loss is not None:
        moments.append(Moment(loss, "first excess" if is_excess(run) else "first loss", False))
    return sorted(moments, key=lambda moment: moment.t_h)


def _surplus_words(run: RunRecord, entry: Entry) -> str:
    """What was found in the reservoir at a visit, where it differs from the calculated volume."""
    readings = [r for r in run.delivery.evidence if r.t_h == entry.at_h and entry.kind.evidence != "none"]
    if not readings or entry.kind.group == "faults" or abs(readings[0].surplus_mL) < WORTH_TEXT_ML:
        return ""
    return f" ({readings[0].surplus_mL:+.1f} mL)".replace("-", "−")


def repair_of(run: RunRecord) -> Entry | None:
    """The entry that ends the loss: a pump replaced, else the last intended act before delivery is whole."""
    loss, whole_h = run.course.first_loss_h, _whole_again_h(run)
    if loss is None or whole_h is None:
        return None
    acts = [entry for entry in run.happened if entry.kind.intended and entry.at_h > loss]
    whole = [act for act in acts if act.at_h <= whole_h + 1e-6]
    best = [act for act in acts if act.kind.name in REPAIRS] or whole
    return max(best, key=lambda entry: entry.at_h, default=None)


def finding_of(run: RunRecord) -> Entry | None:
    """Where the loss was found: at the last interrogation before the repair, else at a flagged visit."""
    loss, repair = run.course.first_loss_h, repair_of(run)
    if loss is None:
        return None
    until = run.course.end_h if repair is None else repair.at_h
    after = [e for e in run.happened if loss < e.at_h <= until and e is not repair]
    asked = [entry for entry in after if entry.kind.name in FINDINGS]
    if asked:
        return asked[-1]
    flagged = {reading.t_h for reading in run.delivery.evidence if reading.flagged}
    return next((entry for entry in after if entry.at_h in flagged and entry.kind.group == "events"), None)


def _apart_h(run: RunRecord) -> tuple[float, float] | None:
    """First and last time at which the relief is clearly not the twin's."""
    loss, end = run.course.first_loss_h, run.course.end_h
    if loss is None:
        return None
    times = np.linspace(loss, end, N_SAMPLES)
    ours, twin = run.solution.series("effect_leg", times), run.twin.series("effect_leg", times)
    apart = times[ours > twin / FADED_FRAC] if is_excess(run) else times[ours < FADED_FRAC * twin]
    return (float(apart[0]), float(apart[-1])) if len(apart) else None


def _whole_again_h(run: RunRecord) -> float | None:
    """When delivery is at least 99 % of what is intended for good; None where it never is again."""
    actual, intended = run.delivery.therapy.catheter, run.delivery.intended.catheter
    edges = np.union1d(actual.edges_h, intended.edges_h)
    starts, befores = edges[:-1], edges[1:]
    wrong = [
        np.abs(given - wanted) > (1.0 - LOSS_FRAC) * wanted
        for given, wanted in (
            (actual.rate(starts), intended.rate(starts)),
            (actual.rate_before(befores), intended.rate_before(befores)),
        )
    ]
    pieces = np.flatnonzero(wrong[0] | wrong[1])
    if len(pieces) == 0 or pieces[-1] == len(starts) - 1:
        return None
    return float(edges[pieces[-1] + 1])
