"""A run in one picture: what happened, what was delivered, what it did, on one axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsim.run import RunRecord
from itsim.show import page, style
from itsim.show.about import footer_lines
from itsim.show.event_strip import draw_strip, plan_strip
from itsim.show.marks import marks_of
from itsim.show.panels import OVERDOSE_PANELS, PANELS
from itsim.show.patient import patient_words
from itsim.show.syndromes import is_overdose
from itsim.show.view import View
from itsim.show.window import window_of
from itsim.study.cohort import Cohort, enough

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_run(
    run: RunRecord, cohort: Cohort | None = None, *, from_h: float | None = None, until_h: float | None = None
) -> Figure:
    """The whole run, or what matters of it, or the window asked for; bands where a cohort is given.

    Raises ValueError for a window that is empty or outside the run.
    """
    window = window_of(run, from_h, until_h)
    figure = style.new_figure(page.WIDTH_IN, page.HEIGHT_IN)
    strip = plan_strip(figure, marks_of(run, window), window)
    if strip.numbered:  # there is no room for the ends
        strip = plan_strip(figure, marks_of(run, window, ends=False), window)
    top = page.write_header(figure, run.scenario.title, _subtitle(run, cohort)) + strip.height_in
    bottom = page.write_footer(figure, footer_lines(run))
    panels = OVERDOSE_PANELS if is_overdose(run) else PANELS
    axes = page.stack(figure, window, top, bottom, [share for _, share in panels])
    view = View(run, enough(cohort), window)
    for ax, (draw, _) in zip(axes, panels, strict=True):
        draw(ax, view)
    draw_strip(figure, strip, axes, window)
    figure.align_ylabels(axes)
    return figure


def _subtitle(run: RunRecord, cohort: Cohort | None) -> str:
    who = f"Patient: {patient_words(run.scenario)}; pump {run.scenario.pump}"
    if cohort is None:
        return f"{who}. One typical patient; no bands, because no cohort was given."
    n = len(cohort.patients)
    if enough(cohort) is None:
        return f"{who}. One typical patient; no bands: {n} virtual patients are too few."
    return f"{who}. Lines: typical patient; bands: 5–95 % of {n} virtual patients."
