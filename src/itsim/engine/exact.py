"""The exact engine: closed-form segments, graded panels, states by exponential weights.

The body is solved between edges in closed form (``modal.py``). The response is marched in blocks of panels:
every stage is computed on the whole block at once; at the first panel that bends inside or is not resolved
the block is cut, that panel is split, and the march goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from itsim.arrays import Array, Codes, Flags, frozen
from itsim.device.pieces import C0, shift
from itsim.engine import panels
from itsim.engine.modal import Exponentials, Modes, propagator
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.pd.response import Stage, Values

BLOCK, SMALLEST_BLOCK = 48, 6
ROUNDING = 1e-12
NO_BEND = 1e-9
"""Numerical: what bends a stage is zero below this: so little moves no state; modes leave noise of 1e-10."""
BEND_WITHIN_H = 1e-9
"""Numerical: a bend is found to within this."""
JOINT = 1e-8
"""A step of the rate (or of its slope per hour) below this share of the largest rate is no edge here."""


@dataclass(frozen=True)
class Segments:
    """The body between edges: where each segment starts, in which state, under which piece of input."""

    edges_h: Array
    starts: Array
    """States of the body at the start of each segment, ``[segments, states]``."""
    rows: Array
    """The catheter's piece in each segment, seen from the segment's start, ``[segments, 7]``."""
    propagator: Modes | Exponentials

    @cached_property
    def modal_starts(self) -> Array:
        """The starts in modes, ``[segments, modes]``."""
        assert isinstance(self.propagator, Modes)
        return np.asarray(self.starts @ self.propagator.inverse.T)

    def states(self, times_h: Array) -> Array:
        """States of the body at any times, ``[n, states]``."""
        if isinstance(self.propagator, Modes):
            return np.asarray((self._modal(times_h) @ self.propagator.vectors.T).real)
        t = np.asarray(times_h, float)
        i, s = self._located(t)
        out = np.zeros((len(t), self.starts.shape[1]))
        for segment in np.unique(i):
            here = i == segment
            out[here] = self.propagator.states(self.starts[segment], self.rows[segment], s[here])
        return out

    @property
    def end(self) -> Array:
        """State of the body at the last edge, before anything is given there."""
        width_h = self.edges_h[-1:] - self.edges_h[-2]
        return np.asarray(self.propagator.states(self.starts[-1], self.rows[-1], width_h)[0])

    def _located(self, t: Array) -> tuple[Codes, Array]:
        i = np.clip(np.searchsorted(self.edges_h, t, side="right") - 1, 0, len(self.starts) - 1)
        return i, np.maximum(t - self.edges_h[i], 0.0)

    def _modal(self, times_h: Array) -> Array:
        assert isinstance(self.propagator, Modes)
        i, s = self._located(np.asarray(times_h, float))
        return self.propagator.modal(self.modal_starts[i], self.rows[i], s)

    def read(self, times_h: Array, readouts: Sequence[Array]) -> list[Array]:
        """Read-outs of the body at any times."""
        if not isinstance(self.propagator, Modes):
            return [self.states(times_h) @ row for row in readouts]
        z = self._modal(times_h)
        return [self.propagator.read(z, row) for row in readouts]


@dataclass(frozen=True)
class Spans:
    """Segments under one body after the other; each span ends where the next begins."""

    parts: tuple[Segments, ...]

    @property
    def edges_h(self) -> Array:
        """Every edge once."""
        return np.concatenate([*(part.edges_h[:-1] for part in self.parts), self.parts[-1].edges_h[-1:]])

    @property
    def rows(self) -> Array:
        """The catheter's piece in each segment."""
        return np.concatenate([part.rows for part in self.parts])

    def states(self, times_h: Array) -> Array:
        """States of the body at any times, ``[n, states]``."""
        t = np.asarray(times_h, float)
        out = np.zeros((len(t), self.parts[0].starts.shape[1]))
        for part, here in self._shared(t):
            out[here] = part.states(t[here])
        return out

    def read(self, times_h: Array, readouts: Sequence[Array]) -> list[Array]:
        """Read-outs of the body at any times."""
        t = np.asarray(times_h, float)
        out = [np.zeros(len(t)) for _ in readouts]
        for part, here in self._shared(t):
            for all_values, values in zip(out, part.read(t[here], readouts), strict=True):
                all_values[here] = values
        return out

    def _shared(self, t: Array) -> list[tuple[Segments, Codes]]:
        """Which times fall into which span; one before all belongs to the first."""
        begins = [part.edges_h[0] for part in self.parts[1:]]
        span = np.searchsorted(begins, t, side="right")
        found = ((part, np.flatnonzero(span == i)) for i, part in enumerate(self.parts))
        return [(part, here) for part, here in found if len(here) > 0]


@dataclass(frozen=True)
class Panels:
    """The response, panel by panel."""

    starts_h: Array
    widths_h: Array
    states: Array
    """At start, nodes and end: ``[panels, stages, points]``."""
    targets: Array
    """At the nodes: ``[panels, stages, nodes]``."""
    rates_per_h: Array
    """``[panels, stages]``"""

    def at(self, times_h: Array) -> Array:
        """States of the response at any times, ``[n, stages]``."""
        t = np.asarray(times_h, float)
        i = np.clip(np.searchsorted(self.starts_h, t, side="right") - 1, 0, len(self.starts_h) - 1)
        x = np.clip((t - self.starts_h[i]) / self.widths_h[i], 0.0, 1.0)
        return panels.relaxed(
            self.rates_per_h[i] * self.widths_h[i, None], x, self.states[i, :, 0], self.targets[i]
        )

    @property
    def nodes_h(self) -> Array:
        """Start and nodes of every panel, and the end of the last."""
        points = self.starts_h[:, None] + self.widths_h[:, None] * panels.POINTS[:-1]
        return np.append(points, self.starts_h[-1] + self.widths_h[-1])

    def at_nodes(self, stage: int) -> Array:
        """One stage at ``nodes_h``."""
        return np.append(self.states[:, stage, :-1], self.states[-1, stage, -1])


def solve(problem: Problem) -> Solution:
    """Solve a run in closed form but for the response's targets, which are resolved to 1e-9 of their size."""
    segments = spans(problem)
    return solution(problem, "exact", segments, _march(problem, segments))


def solution(problem: Problem, engine: str, segments: Spans, response: Panels) -> Solution:
    """What an engine that has marched the response in panels returns."""
    return Solution(
        problem.body,
        problem.response,
        engine,
        problem.edges_h,
        frozen(response.nodes_h),
        amounts=segments.states,
        stages=response.at,
        start_amounts=problem.start_amounts,
        instants_h=problem.instants_h,
        conditions=problem.therapy.conditions,
        known={s.name: response.at_nodes(k) for k, s in enumerate(problem.response.stages)},
    )


def spans(problem: Problem) -> Spans:
    """The whole run: the stops are cut where the body changes, and each span starts where the last ended."""
    stops, parts = problem.stops_h, list[Segments]()
    cuts = np.searchsorted(stops, problem.changes_h)
    now = problem.start_amounts
    for first, last in pairwise([0, *cuts, len(stops) - 1]):
        parts.append(_segments(problem, stops[first : last + 1], now))
        now = parts[-1].end
    return Spans(tuple(parts))


def _segments(problem: Problem, edges: Array, start: Array) -> Segments:
    rows = np.array([_row_from(problem, t) for t in edges[:-1]])
    by = propagator(problem.body_at(float(edges[0])))
    jumps = np.array([problem.jump_at(t) for t in edges[:-1]])
    found = ((i, problem.drainage_at(t)) for i, t in enumerate(edges[:-1]))
    drainages = {i: matrix for i, matrix in found if matrix is not None}
    starts = by.chain(start, rows, np.diff(edges), jumps, drainages)
    return Segments(edges, starts, rows, by)


def _row_from(problem: Problem, t_h: float) -> Array:
    """The piece in force at an edge, seen from there."""
    row = problem.piece_row(t_h)
    moved = row.copy()
    shift(row, t_h - row[0], moved)
    return moved


@dataclass(frozen=True)
class _Grid:
    """Panels with the read-outs that drive the response at start, nodes and end of each."""

    edges_h: Array
    drivers: Mapping[str, Array]
    """``[panels, points]`` each; the end seen from the left."""

    def part(self, first: int, stop: int) -> _Grid:
        """Some of the panels."""
        return _Grid(
            self.edges_h[first : stop + 1], {name: v[first:stop] for name, v in self.drivers.items()}
        )

    def rest(self, by: _Grid) -> _Grid:
        """What follows *by*'s first edge, with *by*'s panels as far as they reach."""
        i = int(np.searchsorted(self.edges_h, by.edges_h[-1]))
        return _Grid(
            np.concatenate([by.edges_h, self.edges_h[i + 1 :]]),
            {n: np.concatenate([by.drivers[n], v[i:]]) for n, v in self.drivers.items()},
        )


def _grid(problem: Problem, segments: Spans, edges_h: Array) -> _Grid:
    times = edges_h[:-1, None] + np.diff(edges_h)[:, None] * panels.POINTS
    times[:, -1] = np.nextafter(edges_h[1:], -np.inf)
    rows = [problem.body.readouts[name] for name in problem.response.drivers]
    seen = segments.read(times.ravel(), rows)
    shaped = {name: s.reshape(times.shape) for name, s in zip(problem.response.drivers, seen, strict=True)}
    return _Grid(edges_h, shaped)


def _first_grid(problem: Problem, segments: Spans) -> _Grid:
    """Graded panels after every edge, halved until every target that needs only drivers is resolved."""
    edges = segments.edges_h
    first = np.where(_is_sharp(problem, segments), panels.FIRST_PANEL_H, panels.LONGEST_PANEL_H)
    parts = [panels.graded(a, b, w) for a, b, w in zip(edges, edges[1:], first, strict=False)]
    grid = _grid(problem, segments, np.concatenate([*(part[:-1] for part in parts), edges[-1:]]))
    driven = [stage for stage in problem.response.stages if problem.response.is_driven(stage)]
    while True:
        rough = np.zeros(len(widths := np.diff(grid.edges_h)), dtype=bool)
        for stage in driven:
            target = np.asarray(stage.target(grid.drivers))
            noise = np.abs(np.asarray(stage.target(_rounded(grid.drivers))) - target).max(axis=1)
            rough |= panels.unresolved(target[:, 1:-1], stage.size, noise)
        rough &= widths > panels.SHORTEST_PANEL_H
        if not rough.any():
            return grid
        middles = grid.edges_h[:-1][rough] + 0.5 * widths[rough]
        grid = _grid(problem, segments, np.sort(np.concatenate([grid.edges_h, middles])))


def _rounded(drivers: Mapping[str, Array]) -> dict[str, Array]:
    """The drivers off by what rounding may do to them: a share of the largest value of the run."""
    return {name: values + ROUNDING * np.max(np.abs(values)) for name, values in drivers.items()}


def _is_sharp(problem: Problem, segments: Spans) -> Flags:
    """Whether the input jumps or bends at the start of each segment; joints of a fitted curve do neither."""
    catheter, starts = problem.therapy.catheter, segments.edges_h[:-1]
    largest = max(float(np.max(np.abs(segments.rows[:, C0]))), 1e-300)
    level = np.abs(catheter.rate(starts) - catheter.rate_before(starts)) / largest
    slope = np.abs(catheter.slope(starts) - catheter.slope_before(starts)) / largest
    sharp = (level > JOINT) | (slope > JOINT) | np.isin(starts, problem.instants_h)
    sharp |= np.isin(starts, problem.changes_h)
    sharp[0] = True
    return np.asarray(sharp)


def _march(problem: Problem, segments: Spans) -> Panels:
    """March all stages over the run, block by block."""
    grid = _first_grid(problem, segments)
    now = problem.start_stages.copy()
    done: list[_Block] = []
    at, block_size = 0, BLOCK
    while at < len(grid.edges_h) - 1:
        stop = min(at + block_size, len(grid.edges_h) - 1)
        block = _solve_block(problem, grid.part(at, stop), now)
        if block.good > 0:
            done.append(block.first(block.good))
            now = done[-1].states[-1, :, -1].copy()
        at += block.good
        block_size = min(BLOCK, 2 * block_size)
        if at < stop:
            grid, at = grid.rest(_grid(problem, segments, block.split)), 0
            block_size = max(block.good, len(block.split), SMALLEST_BLOCK)
    return _joined(done)


@dataclass(frozen=True)
class _Block:
    edges_h: Array
    states: Array
    targets: Array
    rates_per_h: Array
    good: int
    """How many panels from the left are right as they stand."""
    split: Array
    """Edges that replace those from the first panel on that is not."""

    def first(self, n: int) -> _Block:
        states, targets, rates = self.states[:n], self.targets[:n], self.rates_per_h[:n]
        return _Block(self.edges_h[: n + 1], states, targets, rates, n, self.split)


def _solve_block(problem: Problem, grid: _Grid, now: Array) -> _Block:
    stages, widths = problem.response.stages, np.diff(grid.edges_h)
    n, values = len(widths), dict(grid.drivers)
    states = np.zeros((n, len(stages), len(panels.POINTS)))
    targets = np.zeros((n, len(stages), panels.N_NODES))
    rates = np.zeros((n, len(stages)))
    good, split = n, grid.edges_h[:0]
    for k, stage in enumerate(stages):
        target = np.asarray(stage.target(values))
        targets[:, k] = target[:, 1:-1]
        states[:, k], rates[:, k] = _relax(stage, targets[:, k], widths, now[k])
        passing = _passing(stage, values, target, states[:, k])
        rough, bent = _trouble(stage, problem.response.is_driven(stage), target, passing, widths)
        if np.any((rough | bent)[:good]):
            good = int(np.argmax(rough | bent))
            split = _finer(stage, passing, rough, bent, grid.edges_h, good)
        values[stage.name] = states[:, k]
    return _Block(grid.edges_h, states, targets, rates, good, split)


def _relax(stage: Stage, targets: Array, widths: Array, start: float) -> tuple[Array, Array]:
    """One stage over a block: states at all points, and the rate used in each panel."""
    n = len(widths)
    states, rates = np.zeros((n, len(panels.POINTS))), np.zeros(n)
    for i in range(n):
        rates[i] = stage.rising_per_h if targets[i, 0] > start else stage.falling_per_h
        decay, weights = panels.relaxation(rates[i] * widths[i])
        states[i] = decay * start + weights @ targets[i]
        start = states[i, -1]
    return states, rates


def _passing(stage: Stage, values: Values, target: Array, states: Array) -> Array | None:
    """What bends the stage where it passes zero, ``[panels, points]``."""
    if stage.bend is not None:
        return np.asarray(stage.bend(values))
    return target - states if stage.switches else None


def _trouble(
    stage: Stage, driven: bool, target: Array, passing: Array | None, widths: Array
) -> tuple[Flags, Flags]:
    """Which panels are too coarse for the target, and which hold a bend."""
    rough = np.zeros(len(widths), dtype=bool)
    if not driven:  # the first grid has resolved those already
        rough |= panels.unresolved(target[:, 1:-1], stage.size)
    rough |= max(stage.rising_per_h, stage.falling_per_h) * widths > panels.MOST_DECAY
    bent = np.zeros(len(widths), dtype=bool) if passing is None else _changes_sign(passing)
    return rough & (widths > panels.SHORTEST_PANEL_H), bent & (widths > BEND_WITHIN_H)


def _finer(stage: Stage, passing: Array | None, rough: Flags, bent: Flags, edges_h: Array, i: int) -> Array:
    """New edges from panel *i* on: that one cut at its bend, with short panels beside it where the target
    bends; or, where it holds none, every panel too coarse halved as far as the next bend."""
    if passing is None or not bent[i]:
        stop = i + int(np.argmax(bent[i:])) if bent[i:].any() else len(rough)
        last = i + int(np.flatnonzero(rough[i:stop])[-1])
        middles = 0.5 * (edges_h[:-1] + edges_h[1:])[i : last + 1]
        return np.sort(np.concatenate([edges_h[i : last + 2], middles[rough[i : last + 1]]]))
    left, right = float(edges_h[i]), float(edges_h[i + 1])
    bend = left + panels.root(_without_rounding(passing[i])) * (right - left)
    return np.array([left, bend, right]) if stage.bend is None else panels.around(left, bend, right)


def _changes_sign(values: Array) -> Flags:
    cleaned = _without_rounding(values)
    return np.asarray((cleaned.max(axis=1) > 0.0) & (cleaned.min(axis=1) < 0.0))


def _without_rounding(values: Array) -> Array:
    """Rounding, also at a bend that is already an edge, counts as zero."""
    return np.where(np.abs(values) <= NO_BEND, 0.0, values)


def _joined(blocks: list[_Block]) -> Panels:
    edges = np.concatenate([block.edges_h[:-1] for block in blocks])
    widths = np.concatenate([np.diff(block.edges_h) for block in blocks])
    states = frozen(np.concatenate([block.states for block in blocks]))
    targets = frozen(np.concatenate([block.targets for block in blocks]))
    rates = frozen(np.concatenate([block.rates_per_h for block in blocks]))
    return Panels(frozen(edges), frozen(widths), states, targets, rates)
