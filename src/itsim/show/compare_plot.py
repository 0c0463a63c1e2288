"""Several runs on one axis of time: the rivals of a case side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from itsim.device.delivery import Reading
from itsim.run import RunRecord
from itsim.show import curves, page, style
from itsim.show.about import footer_lines
from itsim.show.page import EndLabel, end_labels
from itsim.show.panels import dress_withdrawal
from itsim.show.style import RIVAL_MARKERS, RIVALS, Line
from itsim.show.view import View, plot
from itsim.show.window import Window, window_of
from itsim.study.cohort import Cohort, enough

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN = 8.0
MAX_NAME = 17
DODGE_IN = 0.11


def plot_compare(runs: Mapping[str, RunRecord], cohorts: Mapping[str, Cohort] | None = None) -> Figure:
    """Delivered dose, relief, withdrawal index and residual surplus of several runs, with bands from cohorts.

    Raises ValueError for no runs, or more than can be told apart.
    """
    if not 1 <= len(runs) <= len(RIVALS):
        raise ValueError(f"{len(runs)} runs: give between 1 and {len(RIVALS)}")
    window = _common([window_of(run) for run in runs.values()])
    given = cohorts or {}
    known = {name: enough(given.get(name)) for name in runs}
    views = {name: View(run, known[name], _own(window, run)) for name, run in runs.items()}
    figure = style.new_figure(page.WIDTH_IN, HEIGHT_IN)
    top = page.write_header(figure, " / ".join(runs), _note(known)) + 0.1
    bottom = page.write_footer(figure, footer_lines(*runs.values()))
    axes = page.stack(figure, window, top, bottom, (1.1, 1.3, 1.2, 1.0))
    for ax, draw in zip(axes, (_draw_dose, _draw_relief, _draw_withdrawal, _draw_surplus), strict=True):
        draw(ax, views)
    figure.align_ylabels(axes)
    return figure


_BANDS = "Lines: typical patient; bands: 5–95 % of virtual patients"
_NO_BANDS = (
    "Typical patients; no bands, because there are no cohorts, or too small ones: patients differ widely."
)


def _note(cohorts: Mapping[str, Cohort | None]) -> str:
    """What lines and bands are, and which runs have no band."""
    without = [name for name, cohort in cohorts.items() if cohort is None]
    if len(without) == len(cohorts):
        return _NO_BANDS
    return f"{_BANDS}; none for {', '.join(without)} (no cohort, or too small)." if without else f"{_BANDS}."


def _common(windows: Sequence[Window]) -> Window:
    return Window(
        min(w.from_h for w in windows), max(w.until_h for w in windows), max(w.end_h for w in windows)
    )


def _own(window: Window, run: RunRecord) -> Window:
    """The common window as far as this run goes, in the common unit."""
    return Window(window.from_h, min(window.until_h, run.course.end_h), window.end_h, like=window)


def _styled(views: Mapping[str, View]) -> list[tuple[str, View, Line, str]]:
    rows = zip(short_names(list(views)), views.values(), RIVALS, RIVAL_MARKERS, strict=False)
    return list(rows)


def short_names(names: Sequence[str]) -> list[str]:
    """Names that fit beside a line: without the words that all begin with, cut where still too long."""
    words = [name.replace("_", " ").split() for name in names]
    while len(words) > 1 and all(len(w) > 1 for w in words) and len({w[0] for w in words}) == 1:
        words = [w[1:] for w in words]
    told = [" ".join(w) for w in words]
    return [name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1]}…" for name in told]


def _draw_dose(ax: Axes, views: Mapping[str, View]) -> None:
    """Delivered dose; a comb is drawn as its mean."""
    style.dress(ax, "delivered dose\nµg/day")
    labels, top = [], 1.0
    for name, view, line, _ in _styled(views):
        rate = view.run.delivery.therapy.catheter
        if view.mean_over_h:
            times, values = curves.mean_curve(rate, view.window, view.mean_over_h)
        else:
            times, values = curves.rate_curve(rate, view.window)
        plot(ax, view.window.scaled(times), 24.0 * values, line)
        labels.append(EndLabel(24.0 * float(values[-1]), name, line))
        top = max(top, 24.0 * float(values.max()))
    ax.set_ylim(0.0, 1.15 * top)
    end_labels(ax, labels)


def _draw_relief(ax: Axes, views: Mapping[str, View]) -> None:
    """Relief on the leg Ashworth; of a comb the mean, over the comb."""
    style.dress(ax, "relief of\nspasticity, %")
    labels = []
    for name, view, line, _ in _styled(views):
        view.band(ax, "effect_leg", 100.0, line, shared_by=len(views))
        last = view.draw(ax, 100.0 * view.run.solution.series("effect_leg", view.times_h), line)
        if view.mean_over_h:
            last = view.draw_mean(ax, "effect_leg", 100.0, line)
        labels.append(EndLabel(last, name, line))
    ax.set_ylim(0.0, 103.0)
    end_labels(ax, labels)


def _draw_withdrawal(ax: Axes, views: Mapping[str, View]) -> None:
    """Withdrawal index on its stages."""
    dress_withdrawal(ax)
    for _, view, line, _ in _styled(views):
        view.band(ax, "withdrawal_index", 1.0, line)
        view.draw(ax, view.run.solution.series("withdrawal_index", view.times_h), line)


def _draw_surplus(ax: Axes, views: Mapping[str, View]) -> None:
    """Found minus calculated volume at each visit: filled where the clinic's rule flags it."""
    style.dress(ax, "surplus found\nat visits, mL")
    ax.axhline(0.0, color=style.GREY, linewidth=0.8)
    labels, seen = [], [0.0]
    for i, (name, view, line, marker) in enumerate(_styled(views)):
        shift = (i - 0.5 * (len(views) - 1)) * DODGE_IN * _unit_per_in(ax)
        readings = [r for r in view.run.delivery.evidence if view.window.holds(r.t_h)]
        for reading in readings:
            x = float(view.window.scaled(reading.t_h)) + shift
            _draw_dot(ax, x, reading, line.color, marker)
        seen += [reading.surplus_mL for reading in readings]
        last = readings[-1].surplus_mL if readings else 0.0
        labels.append(EndLabel(last, name, Line(line.color, width=line.width, marker=marker)))
    size = max(1.0, *(abs(surplus) for surplus in seen))
    ax.set_ylim(1.2 * min(seen) - 0.08 * size, 1.2 * max(seen) + 0.08 * size)
    end_labels(ax, labels)
    note = "filled: flagged by the clinic's rule"
    ax.text(0.005, 0.96, note, transform=ax.transAxes, va="top", fontsize=style.TINY, color=style.GREY)


def _draw_dot(ax: Axes, x: float, reading: Reading, color: str, marker: str) -> None:
    ax.plot([x, x], [0.0, reading.surplus_mL], color=color, linewidth=0.8, zorder=2)
    ax.plot(
        [x],
        [reading.surplus_mL],
        marker=marker,
        color=color,
        markerfacecolor=color if reading.flagged else style.PAPER,
        markersize=6.5,
        linestyle="",
        clip_on=False,
        zorder=4,
    )


def _unit_per_in(ax: Axes) -> float:
    low, high = ax.get_xlim()
    return (high - low) / page.PLOT_IN
