"""A summary in plain words, for a nurse or a student to read."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from itsim.metrics import NO_ALARM, NO_LOSS
from itsim.parameters import safety
from itsim.run import RunRecord
from itsim.scenario.model import Entry, Scenario
from itsim.show import words
from itsim.show.about import assumed_lines
from itsim.show.causes import headline
from itsim.show.marks import is_excess
from itsim.show.patient import patient_words, shows_arms
from itsim.show.summary import FIRST_LOSS
from itsim.show.syndromes import is_overdose, sedation_lines, why_drowsy, withdrawal_lines
from itsim.show.window import relief_lost
from itsim.study.cohort import LEAST_FOR_BAND, Band

WIDTH, MAX_VISITS, MAX_STORY = 100, 4, 270
WORTH_TELLING_ML = 0.05
MAX_OTHERS = 6
WORTH_POINTS = 0.01

Metrics = Mapping[str, Mapping[str, Any]]


def summary_text(summary: Mapping[str, Any], run: RunRecord) -> str:
    """What was simulated, what happens, what was found, how far to trust it, and what it is not; an overdose
    with the emergency before all else that was found."""
    metrics, scenario, emergency = summary["metrics"], run.scenario, safety()["withdrawal"]
    sedation = [*_sedation(metrics, run), *sedation_lines(summary, run)]
    first = [_headline(run), *sedation, emergency] if is_overdose(run) else []
    parts = [
        [scenario.title, *_what(scenario), *_trouble(run), *_story(scenario)],
        first,
        [
            *_warnings(summary),
            *_delivery(summary, metrics, run),
            *_relief(metrics, run),
            *_withdrawal(metrics),
            *withdrawal_lines(summary, run),
            *_alarm(metrics),
        ],
        [*_visits(summary), *([] if first else sedation), *_trust(summary, run)],
        [*([] if first else [emergency]), f"{summary['disclaimer']} {_versions(summary)}"],
    ]
    parts = [lines for lines in parts if lines]
    return "\n\n".join("\n".join(_wrapped(line) for line in lines) for lines in parts) + "\n"


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _what(scenario: Scenario) -> Iterator[str]:
    before = ""
    if scenario.history is not None:
        dose, lasting = 24.0 * scenario.history.dose_rate_ug_h, words.duration(scenario.history.lasting_h)
        before = f" after {lasting} on {words.plain(dose, 6)} µg/day"
    yield f"Simulated: {words.duration(scenario.until_h)} of intrathecal baclofen{before}."
    device = f"{scenario.pump}, catheter {scenario.catheter}"
    yield f"Patient: {patient_words(scenario)}. Device: {device}."


def _headline(run: RunRecord) -> str:
    later = ", and withdrawal follows" if run.metrics["withdrawal_stage"].value else ""
    return f"OVERDOSE: {headline(run)}; in this run sedation passes its stages{later}."


def _trouble(run: RunRecord) -> Iterator[str]:
    faults = sorted((e for e in run.happened if e.kind.group == "faults"), key=lambda e: e.at_h)
    told = [f"{run.label(e)} {_lasting(run, e)}" for e in faults]
    came = {entry.place for entry in run.happened}
    told += [
        f"{run.label(e)}, which does not begin within the run"
        for e in run.scenario.timeline
        if e.kind.group == "faults" and e.place not in came
    ]
    if told:
        yield f"What goes wrong (assumed by the scenario): {'; '.join(told)}."
    others = [entry for entry in run.happened if _is_worth_telling(entry)]
    if others:
        shown = sorted(others, key=lambda e: e.at_h)[:MAX_OTHERS]
        listed = "; ".join(f"{run.label(e)} ({_when(run, e)})" for e in shown)
        more = f"; and {len(others) - len(shown)} more" if len(others) > len(shown) else ""
        yield f"What else happens: {listed}{more}."


def _ended_h(run: RunRecord, entry: Entry) -> float | None:
    """When what lasts for a time has ended; None where it lasts to the end of the run, or acts at once."""
    end_h = run.delivery.ends_h.get(entry.place, math.inf)
    return end_h if entry.at_h < end_h < run.course.end_h else None


def _lasting(run: RunRecord, entry: Entry) -> str:
    """From when, and until when where it ends: "from day 3 to day 8 (5 days)"."""
    end_h = _ended_h(run, entry)
    return f"from {words.moment(entry.at_h)}" if end_h is None else words.span(entry.at_h, end_h)


def _when(run: RunRecord, entry: Entry) -> str:
    """The same for brackets: "day 3 to day 8"."""
    end_h = _ended_h(run, entry)
    return words.moment(entry.at_h) + ("" if end_h is None else f" to {words.moment(end_h)}")


def _is_worth_telling(entry: Entry) -> bool:
    """What is neither therapy nor a look at the pump: mimics, tablets, an explant, a puncture."""
    kind = entry.kind
    unusual = kind.group == "events" and not kind.intended and not kind.needs and not kind.sets
    return unusual or bool(kind.unsets)


def _story(scenario: Scenario) -> Iterator[str]:
    """What the story assumes, cut to a few lines."""
    if scenario.assumptions:
        told = textwrap.shorten(
            "; ".join(scenario.assumptions), MAX_STORY, placeholder=" … (see the scenario)"
        )
        yield f"The story assumes: {told}."


def _warnings(summary: Mapping[str, Any]) -> Iterator[str]:
    for warning in summary["warnings"]:
        yield f"WARNING: {warning}"


def _delivery(summary: Mapping[str, Any], metrics: Metrics, run: RunRecord) -> Iterator[str]:
    share = words.percent(metrics["delivered_frac"]["value"] or 0.0)
    first = next((event for event in summary["events"] if event["kind"] == FIRST_LOSS), None)
    if first is None:
        intended = metrics["delivered_frac"]["value"] is not None
        told = f"{share} of what is intended reaches the catheter tip" if intended else "nothing is intended"
        yield f"Delivery: nothing is lost; {told}."
    else:
        when, what = words.moment(first["t_h"]), "First excess" if is_excess(run) else "First loss"
        yield f"{what}: {when}, when {first['detail']}; over the whole run {share} of it is delivered."
    excess_h = run.course.first_excess_h
    if excess_h is not None and not is_excess(run):
        yield f"First excess: {words.moment(excess_h)}, when delivery passes what is intended by 1 %."


def _band_of(metrics: Metrics, name: str) -> Band | None:
    """The band of a metric; None where the summary was made without a cohort, or with too small a one."""
    return None if metrics["effect_baseline_frac"]["low"] is None else words.band_of(metrics[name])


def _with_band(metrics: Metrics, name: str) -> str:
    """A share with its median and band, such as "75 % (median 70 %; 23 to 97 %)"."""
    around = words.shares_around(words.band_of(metrics[name]))
    return words.percent(metrics[name]["value"]) + (f" ({around})" if around else "")


def _relief(metrics: Metrics, run: RunRecord) -> Iterator[str]:
    t_h, lost = relief_lost(run)
    if lost >= WORTH_POINTS:
        points = f"{100.0 * lost:.0f} points of relief in the legs ({words.moment(t_h)})"
        yield f"Against the intended therapy without any trouble, at most {points} are lost."
    before, least = _with_band(metrics, "effect_baseline_frac"), _with_band(metrics, "effect_nadir_frac")
    halved, band = metrics["effect_halved_h"], _band_of(metrics, "effect_halved_h")
    if halved["censored"] == NO_LOSS:
        yield f"Relief of spasticity (leg, share of full range): {before} at the start, never below {least}."
        yield from _arms(metrics, run, "the start")
        return
    around = "" if band is None or band.low is None else f" ({words.around(band)})"
    origin = "first excess" if is_excess(run) else "first loss"
    when = "is not halved within the run"
    if halved["value"] is not None:
        when = f"is halved {words.duration(halved['value'])} after {origin}"
    told = f"{before} at {origin}, at worst {least}; it {when}{around}"
    yield f"Relief of spasticity (leg, share of full range): {told}."
    yield from _arms(metrics, run, origin)


def _arms(metrics: Metrics, run: RunRecord, origin: str) -> Iterator[str]:
    """The arms beside the legs, where tip or origin make them matter."""
    if shows_arms(run):
        before, least = (_with_band(metrics, f"arm_effect_{when}_frac") for when in ("baseline", "nadir"))
        yield f"Relief of spasticity (arms, share of full range): {before} at {origin}, at worst {least}."


def _withdrawal(metrics: Metrics) -> Iterator[str]:
    onset, peak = metrics["withdrawal_onset_h"], metrics["withdrawal_peak"]
    band = _band_of(metrics, "withdrawal_peak")
    around = ""
    if band is not None and band.low is not None and band.high is not None:
        around = f" (median {band.median:.0f}; {band.low:.0f} to {band.high:.0f})"
    told = words.onset(onset["value"], onset["censored"], _band_of(metrics, "withdrawal_onset_h"))
    highest = f"its highest value is {peak['value']:.0f}{around}, on a scale of 0 to 100"
    yield f"Withdrawal index: {told}; {highest}. It is an index of a model; 10 is where first signs begin."


def _alarm(metrics: Metrics) -> Iterator[str]:
    first, window = metrics["alarm_first_h"], metrics["rescue_window_h"]
    if first["censored"] == NO_ALARM:
        yield "Alarm: none sounds in this run."
        return
    if first["value"] is None:
        yield "Alarm: one sounds, though nothing is lost."
        return
    when = (
        f"{words.duration(abs(first['value']))} {'after' if first['value'] >= 0.0 else 'before'} first loss"
    )
    line = f"Alarm: the first sounds {when}"
    band = _band_of(metrics, "rescue_window_h")
    if band is not None:
        typical = words.band(window["value"], window["value"]).replace("-", "−")
        around = words.around(band).replace("-", "−")
        ends = (window["value"], band.low, band.high, band.median)
        late = "; below zero: it sounds too late" if any(h is not None and h < 0.0 for h in ends) else ""
        line += f"; from the alarm to onset: {typical} ({around}{late})"
    yield f"{line}. This is not a safe window."


def _visits(summary: Mapping[str, Any]) -> Iterator[str]:
    telling = [e for e in summary["evidence"] if abs(e["surplus_mL"]) >= WORTH_TELLING_ML]
    if not summary["evidence"]:
        yield "Visits: the reservoir is never measured."
        return
    if not telling:
        n = len(summary["evidence"])
        yield f"Visits: {n}; what is found in the reservoir agrees with the pump's calculation."
        return
    shown = list({words.moment(e["t_h"]): e for e in telling}.values())[-MAX_VISITS:]
    found = "; ".join(_found(reading) for reading in shown)
    yield f"Visits (found minus calculated volume): {found}."


def _found(reading: Mapping[str, Any]) -> str:
    surplus = f"{reading['surplus_mL']:+.1f} mL".replace("-", "−")
    return f"{words.moment(reading['t_h'])} {surplus}, {'flagged' if reading['flagged'] else 'not flagged'}"


def _sedation(metrics: Metrics, run: RunRecord) -> Iterator[str]:
    when = words.moment(run.solution.extremum("sedation", 0.0)[0])
    highest = _with_band(metrics, "sedation_peak_frac")
    why = why_drowsy(run)
    told = f"highest value {highest} of its full range, first reached on {when}"
    yield f"Sedation index: {told}{f'; {why}' if why else ''}."


def _uncertainty(summary: Mapping[str, Any], overdosed: bool) -> Iterator[str]:
    """What the typical patient may be, with the onset where one can come; of an overdose its sedation."""
    drawn, metrics = summary["uncertainty"], summary["metrics"]
    if not words.is_banded(drawn) or _band_of(metrics, "withdrawal_onset_h") is None:
        return
    peak, relief, sedation = (
        metrics[name] for name in ("withdrawal_peak", "effect_baseline_frac", "sedation_peak_frac")
    )
    told = [
        f"highest index {peak['uncertainty_low']:.0f} to {peak['uncertainty_high']:.0f}",
        f"relief at first {words.percent_band(relief['uncertainty_low'], relief['uncertainty_high'])}",
    ]
    if overdosed:
        ends = words.percent_band(sedation["uncertainty_low"], sedation["uncertainty_high"])
        told = [
            f"highest sedation {ends}",
            f"highest withdrawal index{told[0].removeprefix('highest index')}",
        ]
    onset = metrics["withdrawal_onset_h"]
    if onset["censored"] != NO_LOSS and not overdosed:
        told.insert(0, f"onset {words.band(onset['uncertainty_low'], onset['uncertainty_high'])}")
    yield (
        f"Uncertainty of the typical patient, {drawn['size']} draws of its numbers from their ranges: "
        f"{', '.join(told)}."
    )


def _trust(summary: Mapping[str, Any], run: RunRecord) -> Iterator[str]:
    scenario, mass, n = run.scenario, summary["mass"], len(summary["assumptions"])
    if summary["cohort"] is not None and not words.is_banded(summary["cohort"]):
        size = summary["cohort"]["size"]
        yield f"Virtual patients: {size}, too few for a band (from {LEAST_FOR_BAND} on); none is given."
    if _band_of(summary["metrics"], "withdrawal_onset_h") is not None:
        yield "In brackets: virtual patients, median; 5 to 95 % of them. Before them: the typical patient."
        if scenario.history is not None:
            yield (
                "The virtual patients were titrated before the run: need and exposure go together in them "
                "(titration_margin, an assumption), so that their bands are narrower than by lot."
            )
    yield from _uncertainty(summary, is_overdose(run))
    told = (
        f"{mass['entered_ug']:.0f} µg of drug entered; a share of {mass['error_frac']:.0e} is unaccounted for"
    )
    yield f"Mass check: {told}."
    yield f"Trust: {n} of the numbers used are assumptions or not verified."
    yield from assumed_lines(scenario)


def _versions(summary: Mapping[str, Any]) -> str:
    return f"itsim {summary['itsim_version']}, parameters {summary['parameters_version']}."
