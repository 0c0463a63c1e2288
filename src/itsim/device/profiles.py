"""Times and values, or a Python function, as pieces: steps, lines, or cubics that follow a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from itsim.arrays import Array, Number
from itsim.device.effects import over_variants
from itsim.device.pieces import C0, C1, C2, C3, FIT_TOLERANCE, START, WIDTH

Between = Literal["steps", "lines"]

_NODES = 0.5 * (1.0 - np.cos((2 * np.arange(4) + 1) * np.pi / 8.0))
_CHECKS = np.linspace(0.0, 1.0, 9)
_N_LOOKS = 1001
_OVERLOOKED = 1e-7


def check_times(times_h: Sequence[float], values: Sequence[float]) -> None:
    """Raises ValueError unless there is one value per time and times begin at zero and rise."""
    if len(times_h) != len(values):
        raise ValueError(f"has {len(times_h)} times but {len(values)} values; give one value per time")
    if len(times_h) == 0 or times_h[0] != 0.0:
        raise ValueError("the first time is 0 h: times count from the entry's own `at`")
    if any(b <= a for a, b in pairwise(times_h)):
        raise ValueError("times rise from row to row")


def pieces_from_points(times_h: Sequence[Number], values: Sequence[Number], between: Between) -> Array:
    """Rows of pieces from points, ``[n, 7]`` or ``[variants, n, 7]``; the last value is kept.

    Steps hold each value until the next time.
    """
    t, v = np.broadcast_arrays(over_variants(times_h), over_variants(values))
    rows = np.zeros((*t.shape, WIDTH))
    rows[..., START], rows[..., C0] = t, v
    if between == "lines":
        rows[..., :-1, C1] = np.diff(v) / np.diff(t)
    return rows


def pieces_from_function(
    function: Callable[[float], float], lasting_h: float, edges_h: Sequence[float] = ()
) -> Array:
    """Rows of cubic pieces that follow *function* (of hours from the start) within FIT_TOLERANCE.

    *edges_h* names the instants where it jumps or bends; between them it must be smooth. Raises ValueError
    where it gives a value that is not finite, never becomes smooth, or leaves its course for longer than
    a thousandth of the time between two edges.
    """
    edges = [0.0, *sorted({edge for edge in edges_h if 0.0 < edge < lasting_h}), float(lasting_h)]
    rows: list[Array] = []
    for left, right in pairwise(edges):
        fitted = _fit(function, left, right)
        _look_between(function, np.array(fitted), left, right)
        rows += fitted
    end = np.zeros(WIDTH)
    end[START], end[C0] = lasting_h, _value(function, lasting_h)
    return np.array([*rows, end])


def _fit(function: Callable[[float], float], left: float, right: float) -> list[Array]:
    inside = _just_before(left, right)
    scale = max(abs(_value(function, t)) for t in np.linspace(left, inside, 17))
    rows, t, width = [], left, right - left
    while t < right:
        width = min(width, right - t)
        row, worst = _cubic(function, t, width, inside)
        if worst > FIT_TOLERANCE * max(scale, 1e-300):
            if width < 1e-7 * (right - left):
                raise ValueError(_not_smooth(t))
            width /= 2.0
            continue
        rows.append(row)
        t = right if t + width >= inside else t + width
        width *= 2.0
    return rows


def _just_before(left: float, right: float) -> float:
    """The latest time that is asked of a stretch: at its end the function may already have jumped."""
    return right - 1e-9 * (right - left)


def _cubic(function: Callable[[float], float], t: float, width: float, inside: float) -> tuple[Array, float]:
    nodes, checks = (np.minimum(x, (inside - t) / width) for x in (_NODES, _CHECKS))
    values = [_value(function, t + x * width) for x in nodes]
    coefficients = np.linalg.solve(np.vander(nodes, 4, increasing=True), values)
    seen = [_value(function, t + x * width) for x in checks]
    worst = float(np.max(np.abs(np.vander(checks, 4, increasing=True) @ coefficients - seen)))
    row = np.zeros(WIDTH)
    row[START] = t
    row[C0 : C0 + 4] = coefficients / width ** np.arange(4)
    return row, worst


def _look_between(function: Callable[[float], float], table: Array, left: float, right: float) -> None:
    """Raises ValueError where a fit has overlooked a short jump."""
    times = np.linspace(left, _just_before(left, right), _N_LOOKS)
    seen = np.array([_value(function, t) for t in times])
    row = table[np.searchsorted(table[:, START], times, side="right") - 1]
    s = times - row[:, START]
    fitted = row[:, C0] + s * (row[:, C1] + s * (row[:, C2] + s * row[:, C3]))
    error = np.abs(fitted - seen)
    if np.max(error) > _OVERLOOKED * np.max(np.abs(seen)):
        raise ValueError(_not_smooth(times[np.argmax(error)]))


def _not_smooth(t_h: float) -> str:
    return f"the function is not smooth near {t_h:g} h; name the jump in edges_h"


def _value(function: Callable[[float], float], t_h: float) -> float:
    value = float(function(float(t_h)))
    if not np.isfinite(value):
        raise ValueError(f"the function gives {value} at {t_h:g} h")
    return value
