"""Times and values, or a Python function, as pieces: steps, lines, or cubics that follow a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from itsim.arrays import Array
from itsim.device.pieces import C0, C1, FIT_TOLERANCE, START, WIDTH

Between = Literal["steps", "lines"]

_NODES = 0.5 * (1.0 - np.cos((2 * np.arange(4) + 1) * np.pi / 8.0))
_CHECKS = np.linspace(0.0, 1.0, 9)


def check_times(times_h: Sequence[float], values: Sequence[float]) -> None:
    """Raises ValueError unless there is one value per time and times begin at zero and rise."""
    if len(times_h) != len(values):
        raise ValueError(f"has {len(times_h)} times but {len(values)} values; give one value per time")
    if len(times_h) == 0 or times_h[0] != 0.0:
        raise ValueError("the first time is 0 h: times count from the entry's own `at`")
    if any(b <= a for a, b in zip(times_h, times_h[1:], strict=False)):
        raise ValueError("times rise from row to row")


def pieces_from_points(times_h: Sequence[float], values: Sequence[float], between: Between) -> Array:
    """Rows of pieces from points; the last value is kept. Steps hold each value until the next time."""
    rows = np.zeros((len(times_h), WIDTH))
    rows[:, START], rows[:, C0] = times_h, values
    if between == "lines" and len(times_h) > 1:
        rows[:-1, C1] = np.diff(values) / np.diff(times_h)
    return rows


def pieces_from_function(
    function: Callable[[float], float], lasting_h: float, edges_h: Sequence[float] = ()
) -> Array:
    """Rows of cubic pieces that follow *function* (of hours from the start) within 5e-10 of its largest value.

    *edges_h* names the instants where it jumps or bends; between them it must be smooth.
    Raises ValueError where it gives a value that is not finite, or never becomes smooth.
    """
    edges = [0.0, *sorted(edge for edge in edges_h if 0.0 < edge < lasting_h), float(lasting_h)]
    rows: list[Array] = []
    for left, right in zip(edges, edges[1:], strict=False):
        rows += _fit(function, left, right)
    end = np.zeros(WIDTH)
    end[START], end[C0] = lasting_h, function(lasting_h)
    return np.array([*rows, end])


def _fit(function: Callable[[float], float], left: float, right: float) -> list[Array]:
    inside = right - 1e-9 * (right - left)
    scale = max(abs(_value(function, t)) for t in np.linspace(left, inside, 17))
    rows, t, width = [], left, right - left
    while t < right:
        width = min(width, right - t)
        row, worst = _cubic(function, t, width, inside)
        if worst > FIT_TOLERANCE * max(scale, 1e-300):
            if width < 1e-7 * (right - left):
                raise ValueError(f"the function is not smooth near {t:g} h; name the jump in edges_h")
            width /= 2.0
            continue
        rows.append(row)
        t = right if t + width >= inside else t + width
        width *= 2.0
    return rows


def _cubic(function: Callable[[float], float], t: float, width: float, inside: float) -> tuple[Array, float]:
    values = [_value(function, min(t + x * width, inside)) for x in _NODES]
    coefficients = np.linalg.solve(np.vander(_NODES, 4, increasing=True), values)
    seen = [_value(function, min(t + x * width, inside)) for x in _CHECKS]
    worst = float(np.max(np.abs(np.vander(_CHECKS, 4, increasing=True) @ coefficients - seen)))
    row = np.zeros(WIDTH)
    row[START] = t
    row[C0 : C0 + 4] = coefficients / width ** np.arange(4)
    return row, worst


def _value(function: Callable[[float], float], t_h: float) -> float:
    value = float(function(float(t_h)))
    if not np.isfinite(value):
        raise ValueError(f"the function gives {value} at {t_h:g} h")
    return value
