"""Where words go so that none covers another: pure geometry in pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import isotonic_regression

Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""

N_PLACES, LINE = 12, 0.005


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places close to the wanted ones, at least *gap* apart, in their order, within low and high."""
    if len(wanted) == 0:
        return []
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    free = isotonic_regression(np.asarray(wanted, float)[order] - steps).x
    places = np.clip(free, low, max(low, high - steps[-1])) + steps
    result = np.empty(len(wanted))
    result[order] = places
    return [float(place) for place in result]


def free_place(size: tuple[float, float], taken: Sequence[Box], room: float) -> tuple[float, float]:
    """The lower left corner of a box of *size* (width, height) in a panel of 1 by 1, at least *room* from
    what is taken and from the edges; from the upper right on, and where none is free, the least covered."""
    width, height = size
    lefts = np.linspace(max(1.0 - room - width, room), room, N_PLACES)
    bottoms = np.linspace(max(1.0 - room - height, room), room, N_PLACES)
    places = [(float(left), float(bottom)) for bottom in bottoms for left in lefts]
    covered = [
        sum(
            _shared(left - room, left + width + room, box[0], box[1])
            * _shared(bottom - room, bottom + height + room, box[2], box[3])
            for box in taken
        )
        for left, bottom in places
    ]
    return places[int(np.argmin(covered))]


def _shared(low: float, high: float, other_low: float, other_high: float) -> float:
    """Length that two stretches share; a line that is crossed counts a little."""
    inside = low < other_high and other_low < high
    return max(min(high, other_high) - max(low, other_low), LINE) if inside else 0.0


def rows(anchors: Sequence[float], widths: Sequence[float], right: float) -> tuple[list[int], list[bool]]:
    """A row from the bottom for each text, and whether it stands to the left of its line.

    A text begins at its line, or ends there where it would pass *right*. Its row lies above that of every
    line that it would otherwise be crossed by.
    """
    left_of = _sides(anchors, widths, right)
    spans = _spans(anchors, widths, left_of)
    taken: dict[int, int] = {}
    for i in _lowest_first(anchors, spans):
        crossed = [row for j, row in taken.items() if _inside(anchors[j], spans[i])]
        met = {row for j, row in taken.items() if _meet(spans[i], spans[j])}
        row = max(crossed, default=-1) + 1
        while row in met:
            row += 1
        taken[i] = row
    return [taken[i] for i in range(len(anchors))], left_of


def _spans(
    anchors: Sequence[float], widths: Sequence[float], left_of: Sequence[bool]
) -> list[tuple[float, float]]:
    return [(x - w, x) if flip else (x, x + w) for x, w, flip in zip(anchors, widths, left_of, strict=True)]


def _sides(anchors: Sequence[float], widths: Sequence[float], right: float) -> list[bool]:
    """To the left where there is no room to the right, and where two texts would cross each other's lines."""
    left_of = [x + w > right for x, w in zip(anchors, widths, strict=True)]
    for i in reversed(np.argsort(anchors, kind="stable").tolist()):
        spans = _spans(anchors, widths, left_of)
        crossed = any(
            left_of[j] and _inside(anchors[j], spans[i]) and _inside(anchors[i], spans[j])
            for j in range(len(anchors))
        )
        left_of[i] = left_of[i] or (crossed and widths[i] <= anchors[i])
    return left_of


def _lowest_first(anchors: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[int]:
    """An order in which every text comes after those whose lines would cross it; a circle is cut anywhere."""
    order: list[int] = []
    seen: set[int] = set()

    def visit(i: int) -> None:
        if i in seen:
            return
        seen.add(i)
        for j in sorted(range(len(anchors)), key=lambda j: -anchors[j]):
            if _inside(anchors[j], spans[i]):
                visit(j)
        order.append(i)

    for i in sorted(range(len(anchors)), key=lambda i: (-anchors[i], -i)):
        visit(i)
    return order


def _meet(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _inside(x: float, span: tuple[float, float]) -> bool:
    return span[0] < x < span[1]
