"""The panels of a run's picture: dose, reservoir, CSF, relief, sedation, withdrawal; of an overdose that of
sedation is the large one."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from itsim.arrays import Array
from itsim.metrics import NG_PER_UG
from itsim.parameters import Stage, stages
from itsim.pd.symptoms import rank_of, spells_of
from itsim.show import curves, page, style
from itsim.show.onset import draw_onset, draw_words
from itsim.show.page import EndLabel, end_labels
from itsim.show.patient import ARM_SERIES, shows_arms
from itsim.show.reservoir_panel import draw_reservoir
from itsim.show.view import View, plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CSF_LEVELS = (
    ("csf_tip", "at the tip", style.TIP),
    ("csf_lumbar", "lumbar L3/4", style.LUMBAR),
    ("csf_cisternal", "cistern", style.CISTERNAL),
)
SAME_LEVEL = 0.03
"""Levels that differ by less than this share of the higher one are drawn once."""

MOST_NG_ML = 10_000.0
"""From here on an axis of concentration is in µg/mL: longer numbers would push its name off the page."""

SIGNS_WIDTH, NAME_PT, SIGNS_PT = 26, 10.5, 9.0
"""Letters on a line of signs, and the heights of a stage's name and of such a line, in points."""

NOT_DROWSY = "not drowsy"
LOW_TEXT_HEIGHT, OVERDOSE_HEIGHT = 78.0, 84.0
"""Where the words of the onset stand in a low panel, and those of an overdose, on the indices' scales."""

PEAK_FACTOR = 3.0
"""A rate that is higher than the rest by this factor for less than a hundredth of the time is cut off."""


def draw_dose(ax: Axes, view: View) -> None:
    """Programmed against delivered dose, µg/day, the difference shaded; of a comb also the mean."""
    delivery, window = view.run.delivery, view.window
    times, told, given = curves.both_curves(delivery.programmed_ug_h, delivery.therapy.catheter, window)
    x, told, given = window.scaled(times), 24.0 * told, 24.0 * given
    style.dress(ax, "dose at the tip\nµg/day")
    ax.fill_between(x, given, told, color=style.ORANGE, alpha=0.35, linewidth=0, zorder=1.0)
    plot(ax, x, given, style.DELIVERED.thin() if view.mean_over_h else style.DELIVERED)
    plot(ax, x, told, style.PROGRAMMED)
    delivered = style.DELIVERED.thin() if view.mean_over_h else style.DELIVERED
    labels = [
        EndLabel(float(told[-1]), "programmed", style.PROGRAMMED),
        EndLabel(float(given[-1]), "delivered", delivered),
    ]
    if view.mean_over_h:
        middle, mean = curves.mean_curve(delivery.therapy.catheter, window, view.mean_over_h)
        plot(ax, window.scaled(middle), 24.0 * mean, style.DELIVERED)
        labels.append(EndLabel(24.0 * float(mean[-1]), view.mean_words, style.DELIVERED))
    top, cut = _top(times, np.maximum(told, given))
    ax.set_ylim(0.0, top)
    _note_cut(ax, cut, "µg/day")
    end_labels(ax, labels)


def _note_cut(ax: Axes, peak: float, unit: str) -> None:
    if peak:
        note = f"short peaks up to {peak:,.0f} {unit} are cut off"
        ax.text(
            0.995,
            0.97,
            note,
            transform=ax.transAxes,
            ha="right",
            va="top",
            fontsize=style.TINY,
            color=style.GREY,
        )


def _top(times: Array, values: Array) -> tuple[float, float]:
    """Top of the axis, and the peak that it cuts off (0 where none)."""
    even = np.linspace(times[0], times[-1], 2000)
    usual = float(np.quantile(np.interp(even, times, values), 0.99))
    peak = float(values.max())
    if usual > 0.0 and peak > PEAK_FACTOR * usual:
        return 1.6 * usual, peak
    return 1.18 * max(peak, 1.0), 0.0


def draw_csf(ax: Axes, view: View) -> None:
    """Baclofen in CSF at the levels that this body has and that differ; the twin's lumbar in grey."""
    found, twin = _csf_levels(view), view.twin("csf_lumbar")
    shown = [*found.values(), *([] if twin is None else [twin])]
    top, cut = _top(view.times_h, NG_PER_UG * np.max(shown, axis=0))
    scale, unit = (NG_PER_UG, "ng/mL") if top < MOST_NG_ML else (1.0, "µg/mL")
    style.dress(ax, f"baclofen in CSF\n{unit}")
    labels = []
    for name, label, line in CSF_LEVELS:
        if name in found:
            last = view.draw(ax, scale * found[name], line)
            labels.append(EndLabel(last, label, line.thin() if view.mean_over_h else line))
    if twin is not None:
        plot(ax, view.x, scale * twin, style.TWIN)
        labels.append(EndLabel(scale * float(twin[-1]), "lumbar, intended", style.TWIN))
    ax.set_ylim(0.0, top * scale / NG_PER_UG)
    _note_cut(ax, cut, "ng/mL")
    end_labels(ax, labels)


def _csf_levels(view: View) -> dict[str, Array]:
    """Concentrations in µg/mL at the levels worth a line: of a comb the lumbar one, else all that differ."""
    solution = view.run.solution
    levels = CSF_LEVELS[1:2] if view.mean_over_h else CSF_LEVELS
    names = [name for name, _, _ in levels if name in solution.names]
    found = solution.some_series(names, view.times_h)
    lumbar = found["csf_lumbar"]
    return {name: found[name] for name in names if name == "csf_lumbar" or not _same(found[name], lumbar)}


def _same(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max() <= SAME_LEVEL * max(float(np.abs(a).max()), float(np.abs(b).max())))


def draw_relief(ax: Axes, view: View) -> None:
    """Relief of spasticity, % of its full range; the twin in grey, the leg's band where there is a cohort."""
    style.dress(ax, "relief of\nspasticity, %")
    view.band(ax, "effect_leg", 100.0, style.RELIEF)
    ours = view.run.solution.some_series(("effect_leg", "effect_hreflex"), view.times_h)
    last = view.draw(ax, 100.0 * ours["effect_leg"], style.RELIEF)
    labels = [EndLabel(last, "leg, Ashworth", style.RELIEF.thin() if view.mean_over_h else style.RELIEF)]
    if view.mean_over_h:
        mean = view.draw_mean(ax, "effect_leg", 100.0, style.RELIEF)
        labels.append(EndLabel(mean, view.mean_words, style.RELIEF))
    else:
        last = view.draw(ax, 100.0 * ours["effect_hreflex"], style.HREFLEX)
        labels.append(EndLabel(last, "leg, H-reflex", style.HREFLEX))
    if shows_arms(view.run):
        labels.append(EndLabel(_draw_arms(ax, view), "arms, Ashworth", style.ARM))
    twin = view.twin("effect_leg")
    if twin is not None:
        plot(ax, view.x, 100.0 * twin, style.TWIN)
        labels.append(EndLabel(100.0 * float(twin[-1]), "leg, intended", style.TWIN))
    ax.set_ylim(0.0, 103.0)
    end_labels(ax, labels)


def _draw_arms(ax: Axes, view: View) -> float:
    """The arms' line, of a comb its mean; returns its last value."""
    if view.mean_over_h:
        return view.draw_mean(ax, ARM_SERIES, 100.0, style.ARM)
    return view.draw(ax, 100.0 * view.run.solution.series(ARM_SERIES, view.times_h), style.ARM)


def draw_sedation(ax: Axes, view: View) -> None:
    """Sedation index, 0 to 100."""
    style.dress(ax, "sedation\nindex")
    view.band(ax, "sedation", 100.0, style.SEDATION)
    values = 100.0 * view.run.solution.series("sedation", view.times_h)
    last = view.draw(ax, values, style.SEDATION)
    ax.set_ylim(0.0, 100.0)
    end_labels(ax, [EndLabel(last, "sedation index", style.SEDATION)])
    _note_worst(ax, stages("sedation")[rank_of(0.01 * float(values.max()), "sedation")], last)


def _note_worst(ax: Axes, worst: Stage, last: float) -> None:
    """The worst stage that is seen, away from the label of the line."""
    if not worst.signs:
        return
    y, va = (0.97, "top") if last < 50.0 else (0.03, "bottom")
    _beside(ax, y, f"up to {worst.name}", va, style.TINY)


def dress_withdrawal(ax: Axes) -> None:
    """Axes of the withdrawal index with its stages as labelled grounds."""
    style.dress(ax, "withdrawal index\n0 to 100")
    _draw_stages(ax, stages("withdrawal"), "no withdrawal")


def _draw_stages(ax: Axes, known: Sequence[Stage], nothing: str) -> None:
    """Grounds with names beside them, on a scale of 0 to 100; *nothing* names the lowest."""
    ax.set_ylim(0.0, 100.0)
    ax.grid(visible=False)
    scale = 100.0 / known[-1].to_index
    for stage, shade in zip(known, style.STAGE_SHADES, strict=False):
        low, high = scale * stage.from_index, scale * stage.to_index
        ax.axhspan(low, high, color=shade, linewidth=0, zorder=0.1)
        name = nothing if stage.name == "none" else stage.name
        _name_stage(ax, stage._replace(name=name, from_index=low, to_index=high))
    ax.set_yticks([scale * stage.from_index for stage in known] + [100.0])


def _name_stage(ax: Axes, stage: Stage) -> None:
    """The name of a stage beside its ground, and under it as many of its signs as there is room for."""
    tall_pt = page.height_pt(ax)
    room_pt = 0.01 * (stage.to_index - stage.from_index) * tall_pt
    signs = textwrap.wrap(", ".join(stage.signs), SIGNS_WIDTH)
    shown = signs[: max(0, int((room_pt - NAME_PT) / SIGNS_PT))]
    if 0 < len(shown) < len(signs):
        shown[-1] = f"{shown[-1].rstrip(',')}, …"
    middle, half = 0.005 * (stage.from_index + stage.to_index), 0.5 / tall_pt
    _beside(ax, middle + half * len(shown) * SIGNS_PT, stage.name, "center", style.SMALL)
    if shown:
        _beside(ax, middle - half * NAME_PT, "\n".join(shown), "center", style.TINY)


def _beside(ax: Axes, y: float, words: str, va: str, size: float) -> None:
    color = style.BLACK if size > style.TINY else style.GREY
    ax.text(
        1.012,
        y,
        words,
        transform=ax.transAxes,
        fontsize=size,
        va=va,
        color=color,
        linespacing=1.1,
        gid="stage",
    )


def draw_withdrawal(ax: Axes, view: View) -> None:
    """Withdrawal index with its stages, its band and its onset."""
    dress_withdrawal(ax)
    view.band(ax, "withdrawal_index", 1.0, style.WITHDRAWAL)
    view.draw(ax, view.run.solution.series("withdrawal_index", view.times_h), style.WITHDRAWAL)
    draw_onset(ax, view)


def draw_overdose(ax: Axes, view: View) -> None:
    """Sedation index with its stages and band, the worst stage in words: the large panel of an overdose."""
    style.dress(ax, "sedation index\n0 to 100")
    known = stages("sedation")
    _draw_stages(ax, known, NOT_DROWSY)
    view.band(ax, "sedation", 100.0, style.SEDATION_MAIN)
    view.draw(ax, 100.0 * view.run.solution.series("sedation", view.times_h), style.SEDATION_MAIN)
    twin = view.twin("sedation")
    if twin is not None:
        plot(ax, view.x, 100.0 * twin, style.TWIN)
        note = "dotted: on the intended therapy"
        ax.text(0.995, 0.03, note, transform=ax.transAxes, ha="right", fontsize=style.TINY, color=style.GREY)
    worst = known[rank_of(view.run.solution.extremum("sedation", 0.0)[1], "sedation")]
    told = f"overdose: up to {worst.name}"
    around = None if view.cohort is None else view.cohort.band("overdose_stage")
    if around is not None and around.low is not None and around.high is not None:
        names = [NOT_DROWSY, *(stage.name for stage in known[1:])]
        least, most = names[int(around.low)], names[int(around.high)]
        told += f"\n(patients: {least if least == most else f'{least} to {most}'})"
    spells = spells_of(view.run.solution, "sedation")
    ends = [view.window.until_h if spell.until_h is None else spell.until_h for spell in spells]
    low, high = (float(view.window.scaled(t_h)) for t_h in (spells[0].from_h, max(ends)))
    draw_words(ax, told, (low, high), OVERDOSE_HEIGHT)


def draw_low_withdrawal(ax: Axes, view: View) -> None:
    """Withdrawal index beside an overdose, without its grounds; the onset where one comes."""
    style.dress(ax, "withdrawal\nindex")
    view.band(ax, "withdrawal_index", 1.0, style.WITHDRAWAL)
    values = view.run.solution.series("withdrawal_index", view.times_h)
    last = view.draw(ax, values, style.WITHDRAWAL)
    ax.set_ylim(0.0, 100.0)
    end_labels(ax, [EndLabel(last, "withdrawal index", style.WITHDRAWAL)])
    _note_worst(ax, stages("withdrawal")[rank_of(float(values.max()), "withdrawal")], last)
    draw_onset(ax, view, LOW_TEXT_HEIGHT)


PANELS: tuple[tuple[Callable[[Axes, View], None], float], ...] = (
    (draw_dose, 1.1),
    (draw_reservoir, 0.8),
    (draw_csf, 1.1),
    (draw_relief, 1.35),
    (draw_sedation, 0.55),
    (draw_withdrawal, 1.45),
)
"""Every panel with its share of the height, top to bottom."""

OVERDOSE_PANELS = (*PANELS[:-2], (draw_low_withdrawal, 0.55), (draw_overdose, 1.45))
"""The same of a run that is told through sedation first."""
