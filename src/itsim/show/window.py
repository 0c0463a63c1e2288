"""Which stretch of a run a picture shows, and in which unit of time.

A long stable lead-in or a long quiet end would squeeze what matters into a sliver: the default window leaves
them out and says so on the axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array
from itsim.engine.solution import Solution
from itsim.metrics import ONSET_INDEX
from itsim.run import RunRecord
from itsim.show.words import MONTH_H, duration

QUIET_SHARE = 0.6
"""A stable lead-in or end that takes more of the run than this is left out."""

MARGIN_SHARE = 0.22
"""How much of it stays, as a share of what is shown."""

SAME_RELIEF_FRAC, SAME_INDEX = 0.02, 1.0
"""Closer to the twin than this is back to normal."""

N_SAMPLES = 1200
MAX_NODES = 6000


@dataclass(frozen=True)
class Window:
    """A stretch of the run in hours and the unit it is drawn in."""

    from_h: float
    until_h: float
    end_h: float
    """End of the whole run."""
    coarse: bool = False
    """Months from 60 days on, as case reports count."""
    like: Window | None = None
    """A window whose unit is used instead of the own."""

    @property
    def unit(self) -> tuple[str, float]:
        """Name and size in hours of the unit of the axis."""
        if self.like is not None:
            return self.like.unit
        span_h = self.until_h - self.from_h
        if span_h <= 96.0 and self.until_h <= 240.0:
            return "hours", 1.0
        if span_h <= 60.0 * 24.0:
            return "days", 24.0
        if self.coarse:
            return "months", MONTH_H
        return ("weeks", 168.0) if span_h <= 120.0 * 24.0 else ("months", MONTH_H)

    @property
    def label(self) -> str:
        """What the axis of time says, with what is not shown."""
        hidden = []
        if self.from_h > 0.0:
            hidden.append(f"the {duration(self.from_h)} before")
        if self.until_h < self.end_h:
            hidden.append(f"the {duration(self.end_h - self.until_h)} after")
        note = f"   ({' and '.join(hidden)} are not shown)" if hidden else ""
        name = self.unit[0]
        exact = " of 30.4 days" if name == "months" else ""
        return f"time since the start of the run, {name}{exact}{note}"

    def scaled(self, times_h: Array | float) -> Array:
        """Hours in the unit of the axis."""
        return np.asarray(times_h, float) / self.unit[1]

    def holds(self, t_h: float) -> bool:
        """Whether an instant is inside."""
        return self.from_h <= t_h <= self.until_h


def window_of(run: RunRecord, from_h: float | None = None, until_h: float | None = None) -> Window:
    """The window asked for, or the whole run without a long stable lead-in or a long quiet end.

    Raises ValueError for a window that is empty or outside the run.
    """
    end = run.course.end_h
    first, last = _action(run)
    chosen_until = _shown_until(first, last, end) if until_h is None else min(until_h, end)
    chosen_from = _shown_from(first, chosen_until) if from_h is None else from_h
    if not 0.0 <= chosen_from < chosen_until:
        raise ValueError(f"nothing to show from {chosen_from:g} h until {chosen_until:g} h of {end:g} h")
    return Window(chosen_from, chosen_until, end)


def _action(run: RunRecord) -> tuple[float, float]:
    """From the first trouble to the last instant at which patient and twin differ, or anything happens."""
    end, loss = run.course.end_h, run.course.first_loss_h
    peak_h, peak = run.solution.extremum("withdrawal_index", 0.0)
    changed = peak >= ONSET_INDEX and (loss is None or peak_h < loss)
    differ = _times_apart(run)
    if changed or (loss is None and len(differ) == 0):
        return 0.0, end
    starts = [*_troubles(run), *differ[:1], *([] if loss is None else [loss])]
    return min(starts), max(*(event.t_h for event in run.events), *differ[-1:], *starts)


def _times_apart(run: RunRecord) -> Array:
    """When the patient is not as the twin."""
    times, names = (
        np.linspace(0.0, run.course.end_h, N_SAMPLES),
        ("effect_leg", "withdrawal_index", "sedation"),
    )
    ours, twin = (s.some_series(names, times) for s in (run.solution, run.twin))
    apart = np.abs(ours["effect_leg"] - twin["effect_leg"]) > SAME_RELIEF_FRAC
    apart |= np.abs(ours["sedation"] - twin["sedation"]) > SAME_RELIEF_FRAC
    apart |= np.abs(ours["withdrawal_index"] - twin["withdrawal_index"]) > SAME_INDEX
    return np.asarray(times[apart])


def _troubles(run: RunRecord) -> Iterator[float]:
    """When faults begin and alarms sound: both may come long before the first loss."""
    yield from (entry.at_h for entry in run.happened if entry.kind.group == "faults")
    yield from (entry.t_h for entry in run.delivery.log if entry.is_alarm)


def _shown_until(first: float, last: float, end: float) -> float:
    quiet = end - last
    return min(end, last + MARGIN_SHARE * max(last - first, 24.0)) if quiet > QUIET_SHARE * end else end


def _shown_from(first: float, until: float) -> float:
    lead, rest = first, max(until - first, 24.0)
    return first - MARGIN_SHARE * rest if lead > QUIET_SHARE * until else 0.0


def sample_times(solution: Solution, window: Window) -> Array:
    """Times dense enough for a smooth line: an even grid, the engine's own points where they are few, both
    sides of every jump."""
    even = np.linspace(window.from_h, window.until_h, N_SAMPLES)
    nodes = solution.nodes_h[(solution.nodes_h > window.from_h) & (solution.nodes_h < window.until_h)]
    if len(nodes) > MAX_NODES:
        nodes = nodes[:: len(nodes) // MAX_NODES + 1]
    jumps = np.concatenate([solution.instants_h, *(c.edges_h for c in solution.conditions.values())])
    jumps = jumps[(jumps > window.from_h) & (jumps < window.until_h)]
    return np.asarray(np.unique(np.concatenate([even, nodes, jumps, np.nextafter(jumps, -np.inf)])))


def relief_lost(run: RunRecord) -> tuple[float, float]:
    """When the leg's relief falls furthest behind that of the same patient without any trouble, and how far
    (a share of full range)."""
    times = sample_times(run.solution, Window(0.0, run.course.end_h, run.course.end_h))
    lost = run.twin.series("effect_leg", times) - run.solution.series("effect_leg", times)
    worst = int(lost.argmax())
    return float(times[worst]), float(lost[worst])
