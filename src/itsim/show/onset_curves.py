"""The onset of withdrawal over time in the virtual patients of a study, a curve for every case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from itsim.metrics import ONSET_INDEX
from itsim.show import page, style, words
from itsim.show.study_page import (
    HOURS_UP_TO,
    MOST_LINES,
    RIGHT_IN,
    add_axes,
    begin,
    cases,
    level_words,
    varied,
)
from itsim.study.model import Study
from itsim.study.survival import CaseCurve, case_curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_IN, BELOW_IN, ROW_PT = 5.4, 0.62, 13.0
LEFT_IN = 2.2
SHOWN_AFTER_LAST = 1.2


def plot_onset_curves(study: Study, rows: Any) -> Figure:
    """Share of virtual patients still without withdrawal since first loss, for each case of a study: steps,
    95 % intervals, numbers at risk.

    Raises ValueError where nothing is lost in any case, or there are more cases than can be told apart.
    """
    curves = case_curves(study, rows)
    if not curves or len(curves) > MOST_LINES:
        raise ValueError(f"{len(curves)} cases with a loss; from 1 to {MOST_LINES} can be told apart")
    n = max(case.curve.n for case in curves)
    subtitle = (
        f"Onset: the withdrawal index of the model passes {ONSET_INDEX:g}. {n} virtual patients in each "
        "case, the same ones. Bands: 95 % intervals for their number, not the model."
    )
    under = BELOW_IN + (len(curves) + 1) * ROW_PT / 72.0
    figure, top, bottom = begin(study, HEIGHT_IN + 0.2 * len(curves), subtitle)
    height = figure.get_figheight() - top - bottom - under - 0.1
    ax = add_axes(figure, LEFT_IN, bottom + under, page.WIDTH_IN - LEFT_IN - RIGHT_IN, height)
    end_h = _end_h(curves)
    name, size_h = ("hours", 1.0) if end_h <= HOURS_UP_TO else ("days", 24.0)
    for i, case in enumerate(curves):
        _draw(ax, case, i, end_h, size_h, _told(study, case))
    style.dress(ax, "still without withdrawal\n% of virtual patients")
    ax.set(xlim=(0.0, end_h / size_h), ylim=(0.0, 103.0))
    ax.set_xlabel(f"{name} since first loss of delivery", fontsize=style.NORMAL, color=style.BLACK)
    ax.legend(loc="upper right", fontsize=style.SMALL, frameon=True, edgecolor="none", handlelength=3.2)
    _write_at_risk(ax, study, curves, size_h)
    return figure


def case_words(study: Study, case: CaseCurve) -> str:
    """What sets a case apart from the others."""
    numbers = cases(study)[case.place]
    parts = [study.scenarios[case.scenario].name] if study.shape[0] > 1 else []
    parts += [level_words(study.design.factors[j], float(numbers[j])) for j in varied(study)]
    return ", ".join(parts) or study.scenarios[case.scenario].name


def _told(study: Study, case: CaseCurve) -> str:
    half = case.curve.quantile(0.5).t_h
    told = "half not within the run" if half is None else f"half by {words.duration(half)}"
    return f"{case_words(study, case)}: {told}; never {words.percent(case.curve.never_frac)}"


def _end_h(curves: Sequence[CaseCurve]) -> float:
    last = 24.0
    for case in curves:
        passes = case.curve.times_h[np.diff(case.curve.surviving, prepend=1.0) < 0.0]
        last = max(last, float(passes[-1])) if len(passes) else last
    return min(max(case.curve.until_h for case in curves), SHOWN_AFTER_LAST * last)


def _draw(ax: Axes, case: CaseCurve, i: int, end_h: float, size_h: float, label: str) -> None:
    curve, look = case.curve, style.RIVALS[i]
    x = np.concatenate([[0.0], curve.times_h, [max(end_h, float(curve.times_h[-1]))]]) / size_h

    def stepped(values: Any) -> Any:
        return 100.0 * np.concatenate([[1.0], values, values[-1:]])

    ends = stepped(curve.low), stepped(curve.high)
    ax.fill_between(
        x, *ends, step="post", color=look.color, alpha=style.BAND_ALPHA, linewidth=0, gid="interval"
    )
    ax.plot(
        x, stepped(curve.surviving), drawstyle="steps-post", color=look.color, linestyle=look.dashes,
        linewidth=look.width, label=label, gid="steps",
    )  # fmt: skip


def _write_at_risk(ax: Axes, study: Study, curves: Sequence[CaseCurve], size_h: float) -> None:
    """How many are still watched and without, a row for each case under the axis."""
    first_pt = -72.0 * BELOW_IN + 4.0
    under: dict[str, Any] = {
        "xycoords": ax.get_xaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
    }
    ax.annotate("at risk", (0.0, 0.0), (-16.0, first_pt), ha="right", fontsize=style.SMALL, **under)
    ticks = [x for x in ax.get_xticks() if 0.0 <= x <= ax.get_xlim()[1]]
    for i, case in enumerate(curves):
        y, color = first_pt - (i + 1) * ROW_PT, style.RIVALS[i].color
        ax.annotate(
            case_words(study, case),
            (0.0, 0.0),
            (-16.0, y),
            ha="right",
            fontsize=style.SMALL,
            color=color,
            **under,
        )
        for x in ticks:
            n = str(case.curve.n_at_risk(x * size_h))
            ax.annotate(n, (x, 0.0), (0.0, y), ha="center", fontsize=style.SMALL, gid="at risk", **under)
