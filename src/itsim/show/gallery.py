"""The gallery: every story on one page in Markdown, with its picture, its text and its key numbers.

A story names its chapter (`topic`); the chapters and their order are data (``data/topics.toml``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itsim.metrics import NO_ALARM, NOT_WITHIN
from itsim.parameters import about, safety
from itsim.run import RunRecord
from itsim.scenario.model import Entry
from itsim.show import words
from itsim.show.about import version_line
from itsim.show.marks import is_excess
from itsim.show.patient import patient_words, shows_arms
from itsim.show.summary import FIRST_LOSS
from itsim.show.window import relief_lost

OTHER = {"name": "", "heading": "Other stories", "words": "Stories that name no chapter of this page."}
NONE = "–"

Row = tuple[str, str, str]
"""What is told, the typical patient, and the band."""


@dataclass(frozen=True)
class Section:
    """One story as the page shows it."""

    name: str
    title: str
    topic: str
    text: str


def topics() -> tuple[Mapping[str, str], ...]:
    """The chapters in their order, each with ``name``, ``heading`` and ``words``."""
    return tuple(about("topics")["topic"])


def page(sections: Sequence[Section]) -> str:
    """The whole page; a story whose topic is no chapter stands at the end."""
    known = {topic["name"] for topic in topics()}
    chapters = [(topic, [s for s in sections if s.topic == topic["name"]]) for topic in topics()]
    chapters.append((OTHER, [s for s in sections if s.topic not in known]))
    told = [(topic, stories) for topic, stories in chapters if stories]
    return "\n\n".join([*_head(), *_contents(told), *_chapters(told)]) + "\n"


def section(run: RunRecord, summary: Mapping[str, Any], pictures: Sequence[str], file: str) -> Section:
    """One story; *pictures* and *file* are links from where the page stands."""
    scenario = run.scenario
    parts = [
        f'### <a id="{scenario.name}"></a>{scenario.title}',
        *(f"![{scenario.title}: dose, reservoir, CSF, relief, withdrawal]({link})" for link in pictures),
        scenario.story.strip(),
        f"**Patient:** {patient_words(scenario)}.",
        f"**What goes wrong:** {_trouble(run)}.",
        *(f"**Warning:** {warning}" for warning in summary["warnings"]),
        _table(("", "typical patient", "virtual patients: median (5 to 95 %)"), _rows(run, summary)),
        *_evidence(summary["evidence"]),
        *_basis(run),
        f"[`scenarios/{scenario.name}.yaml`]({file}) · `itsim run {scenario.name}`",
    ]
    return Section(scenario.name, scenario.title, scenario.topic, "\n\n".join(parts))


def _head() -> Iterator[str]:
    said = safety()
    yield "# Gallery"
    yield "<!-- Written by `itsim figures`; do not edit. -->"
    yield f"> **{said['withdrawal']}**\n>\n> {said['disclaimer']} {said['indices']} {said['grades']}"
    yield about("topics")["reading"]
    yield f"{version_line()}."


def _contents(told: Sequence[tuple[Mapping[str, str], Sequence[Section]]]) -> Iterator[str]:
    lines = []
    for topic, stories in told:
        links = " · ".join(f"[{story.title}](#{story.name})" for story in stories)
        lines.append(f"- **{topic['heading']}:** {links}")
    yield "\n".join(lines)


def _chapters(told: Sequence[tuple[Mapping[str, str], Sequence[Section]]]) -> Iterator[str]:
    for topic, stories in told:
        yield f"## {topic['heading']}"
        yield topic["words"]
        yield from (story.text for story in stories)


def _trouble(run: RunRecord) -> str:
    faults = sorted((e for e in run.happened if e.kind.group == "faults"), key=lambda e: e.at_h)
    return "; ".join(_fault(run, fault) for fault in faults) or "no fault of the device"


def _fault(run: RunRecord, entry: Entry) -> str:
    basis = "reported" if entry.reported else "assumed"
    return f"{run.label(entry)} from {words.moment(entry.at_h)} ({basis})"


def _rows(run: RunRecord, summary: Mapping[str, Any]) -> Iterator[Row]:
    """The key numbers, without bands where there are too few patients for one."""
    is_banded = words.is_banded(summary["cohort"])
    for name, typical, around in _key_numbers(run, summary):
        yield name, typical, around if is_banded else NONE


def _key_numbers(run: RunRecord, summary: Mapping[str, Any]) -> Iterator[Row]:
    """The few numbers that a story is told by."""
    metrics = summary["metrics"]
    first = next((event for event in summary["events"] if event["kind"] == FIRST_LOSS), None)
    origin = "first excess" if is_excess(run) else "first loss"
    yield origin, NONE if first is None else words.moment(first["t_h"]), NONE
    yield "first alarm", _alarm(metrics["alarm_first_h"], origin), NONE
    if first is not None:
        yield f"relief halved after {origin}", *_time(metrics["effect_halved_h"])
        yield f"onset of withdrawal after {origin}", *_time(metrics["withdrawal_onset_h"])
    yield "highest withdrawal index", *_index(metrics["withdrawal_peak"])
    yield f"relief at {'start' if first is None else origin}", *_share(metrics["effect_baseline_frac"])
    yield "relief at worst", *_share(metrics["effect_nadir_frac"])
    yield "most relief lost, against the intended therapy", _relief_lost(run), NONE
    if shows_arms(run):
        yield (
            f"relief of the arms at {'start' if first is None else origin}",
            *_share(metrics["arm_effect_baseline_frac"]),
        )
        yield "relief of the arms at worst", *_share(metrics["arm_effect_nadir_frac"])
    yield "highest sedation index", *_index(metrics["sedation_peak_frac"], 100.0)
    yield "delivered, of what is intended", _share(metrics["delivered_frac"])[0], NONE


def _relief_lost(run: RunRecord) -> str:
    """How far the leg's relief falls behind that of the same patient without any trouble, and when."""
    t_h, lost = relief_lost(run)
    return f"{100.0 * lost:.0f} points, {words.moment(t_h)}" if lost >= 0.01 else "none"


def _time(metric: Mapping[str, Any]) -> tuple[str, str]:
    """The typical patient and the band; what is missing says why."""
    value = metric["value"]
    typical = metric["censored"] if value is None else words.duration(value)
    return typical, _beside(words.band(metric["low"], metric["high"]), metric, words.duration)


def _share(metric: Mapping[str, Any]) -> tuple[str, str]:
    value, low, high = metric["value"], metric["low"], metric["high"]
    if value is None:
        return metric["censored"], NONE
    ends = "" if low is None else words.percent_band(low, high)
    return words.percent(value), _beside(ends, metric, words.percent)


def _index(metric: Mapping[str, Any], scale: float = 1.0) -> tuple[str, str]:
    low, high = metric["low"], metric["high"]
    ends = "" if low is None else f"{scale * low:.0f} to {scale * high:.0f}"
    return f"{scale * metric['value']:.0f}", _beside(ends, metric, lambda x: f"{scale * x:.0f}")


def _beside(ends: str, metric: Mapping[str, Any], told: Callable[[float], str]) -> str:
    """The median with the band in brackets; the band alone where nothing comes at all."""
    if metric["low"] is None:
        return ends or NONE
    return f"{NOT_WITHIN if metric['median'] is None else told(metric['median'])} ({ends})"


def _alarm(metric: Mapping[str, Any], origin: str) -> str:
    if metric["censored"] == NO_ALARM:
        return "none sounds"
    if metric["value"] is None:
        return "one sounds, though nothing is lost"
    side = "after" if metric["value"] >= 0.0 else "before"
    if metric["value"] == 0.0:
        return f"at {origin}"
    return f"{words.duration(abs(metric['value']))} {side} {origin}"


def _evidence(readings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not readings:
        yield "The reservoir is never measured."
        return
    shown = {words.moment(r["t_h"]): r for r in readings}
    rows = [
        (
            moment,
            _volume(r["expected_mL"]),
            _volume(r["found_mL"]),
            _volume(r["surplus_mL"], "+"),
            "**flagged**" if r["flagged"] else "not flagged",
        )
        for moment, r in shown.items()
    ]
    yield _table(("reservoir at", "calculated", "found", "surplus", ""), rows)


def _volume(volume_mL: float, sign: str = "") -> str:
    return f"{round(volume_mL, 1) + 0.0:{sign}.1f} mL".replace("-", "−")


def _basis(run: RunRecord) -> Iterator[str]:
    if run.scenario.assumptions:
        yield f"*Assumed:* {'; '.join(run.scenario.assumptions)}."
    if run.scenario.sources:
        yield f"*After:* {', '.join(f'`{key}`' for key in run.scenario.sources)} (`itsim cite`)."


def _table(head: Sequence[str], rows: Iterator[Row] | Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
