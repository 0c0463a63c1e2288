"""The counterpart of a case report's figure: phases in words, what was known, what is assumed, and relief."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from itsim.run import RunRecord
from itsim.show import page, style
from itsim.show.about import footer_lines
from itsim.show.event_strip import draw_strip, plan_strip
from itsim.show.marks import MAX_JOINED, Mark
from itsim.show.panels import draw_relief
from itsim.show.phases import Moment, Phase, moments_of, phases_of
from itsim.show.view import View
from itsim.show.window import Window
from itsim.study.cohort import Cohort, enough

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN, NEAR_SHARE = 5.6, 0.0015
SHADES = {
    "stable benefit": "#cfe6f3",
    "benefit regained": "#cfe6f3",
    "benefit returning": "#e7eef2",
    "benefit not yet regained": "#f3d9b0",
    "fading benefit": "#f3d9b0",
    "too strong an effect": "#ecd3e1",
}


def plot_case_timeline(run: RunRecord, cohort: Cohort | None = None) -> Figure:
    """The whole run as one horizontal timeline, with the relief curve and its twin below.

    Filled marks are the entries that the scenario marks as reported; where it marks none, all that a clinic
    could see.
    """
    banded = enough(cohort)
    known = {entry.id for entry in run.scenario.timeline if entry.reported} or None
    end = run.course.end_h
    window = Window(0.0, end, end, coarse=True)
    figure = style.new_figure(page.WIDTH_IN, HEIGHT_IN)
    phases, moments = phases_of(run), moments_of(run, known)
    marks = _marks(moments, NEAR_SHARE * end)
    narrow = [phase for phase in phases[:-1] if not _fits(figure, phase, end)]
    words = [*marks, *(Mark(phase.from_h, phase.words, "phase") for phase in narrow)]
    strip = plan_strip(figure, sorted(words, key=lambda mark: mark.t_h), window)
    top = page.write_header(figure, run.scenario.title, _subtitle(known, banded)) + strip.height_in
    bottom = page.write_footer(figure, footer_lines(run))
    bar, relief = page.stack(figure, window, top, bottom, (0.46, 1.9))
    _draw_phases(figure, bar, phases, narrow, window)
    draw_relief(relief, View(run, banded, window))
    draw_strip(figure, strip, (bar, relief), window)
    _draw_moments(bar, marks, window)
    return figure


def _subtitle(known: Collection[str] | None, cohort: Cohort | None) -> str:
    seen = "seen by patient or clinic" if known is None else "reported (its numbers are the model's)"
    who = "typical patient"
    bands = f", band: 5–95 % of {len(cohort.patients)} virtual patients" if cohort is not None else ""
    return f"●  {seen}     ○  assumption of the scenario     line: {who}{bands}"


def _marks(moments: Sequence[Moment], near_h: float) -> list[Mark]:
    """One mark for moments at the same time that are both known or both assumed."""
    marks: list[Mark] = []
    for moment in moments:
        tone = "known" if moment.known else "assumed"
        last = marks[-1] if marks else None
        words = f"{last.words} · {moment.words}" if last else moment.words
        near = last is not None and moment.t_h - last.t_h <= near_h
        if last is not None and near and last.tone == tone and len(words) <= MAX_JOINED:
            marks[-1] = Mark(last.t_h, words, tone)
        else:
            marks.append(Mark(moment.t_h, moment.words, tone))
    return marks


def _fits(figure: Figure, phase: Phase, end_h: float) -> bool:
    return _folded(figure, phase, end_h) is not None


def _folded(figure: Figure, phase: Phase, end_h: float) -> str | None:
    """The words in one or two lines as the block has room for; None where it has none."""
    room_in = page.PLOT_IN * (phase.until_h - phase.from_h) / end_h - 0.08
    for words in (phase.words, phase.words.replace(" ", "\n", 1)):
        if max(page.text_width_in(figure, w, style.NORMAL, bold=True) for w in words.split("\n")) < room_in:
            return words
    return None


def _draw_phases(
    figure: Figure, ax: Axes, phases: Sequence[Phase], narrow: Sequence[Phase], window: Window
) -> None:
    """Blocks with their words; a narrow one at the end has them beside it, others in the strip above."""
    ax.set_ylim(0.0, 1.0)
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    for phase in phases:
        left, right = (float(window.scaled(t)) for t in (phase.from_h, phase.until_h))
        color = SHADES.get(phase.words, style.PALE)
        ax.axvspan(left, right, 0.0, 0.7, facecolor=color, edgecolor=style.PAPER, linewidth=1.5, zorder=2)
        if phase in narrow:
            continue
        words = _folded(figure, phase, window.end_h)
        inside = words is not None
        ax.annotate(
            words or phase.words,
            (0.5 * (left + right) if inside else right, 0.36),
            xytext=(0.0 if inside else 6.0, 0.0),
            textcoords="offset points",
            ha="center" if inside else "left",
            va="center",
            fontsize=style.NORMAL,
            fontweight="bold",
            annotation_clip=False,
            zorder=4,
            gid="phase",
        )


def _draw_moments(ax: Axes, marks: Sequence[Mark], window: Window) -> None:
    """A line with a mark for each moment: filled when known, hollow when assumed."""
    ax.plot([0.0, 1.0], [0.86, 0.86], transform=ax.transAxes, color=style.BLACK, linewidth=1.2, zorder=3)
    for mark in marks:
        known = mark.tone == "known"
        ax.plot(
            [float(window.scaled(mark.t_h))],
            [0.93 if known else 0.80],
            marker="o",
            markersize=6.0,
            color=style.BLACK,
            markerfacecolor=style.BLACK if known else style.PAPER,
            clip_on=False,
            zorder=5 if known else 6,
        )
