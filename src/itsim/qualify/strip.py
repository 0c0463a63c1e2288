"""One picture per check, drawn as inline SVG: what was published as a grey bar, what was simulated on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from itsim.qualify import words
from itsim.qualify.qualification import Result
from itsim.qualify.rules import limits

WIDTH_PX, HEIGHT_PX, SIDE_PX, MIDDLE_PX = 420.0, 46.0, 20.0, 16.0
LOG_FROM_RATIO = 8.0
"""Where the largest value is this many times the smallest, the axis is logarithmic."""
ROOM_FRAC = 0.08
INSIDE, OUTSIDE, PUBLISHED, INK = "#0072b2", "#d55e00", "#d9d9d9", "#1a1a1a"


@dataclass(frozen=True)
class Axis:
    """From values to pixels."""

    low: float
    high: float
    is_log: bool

    def at(self, value: float) -> float:
        """The place of a value; beyond the ends it stays at the end."""
        clipped = min(max(value, self.low), self.high)
        low, high, x = (math.log(v) if self.is_log else v for v in (self.low, self.high, clipped))
        return SIDE_PX + (x - low) / (high - low) * (WIDTH_PX - 2.0 * SIDE_PX)

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round values, at least two and at most seven."""
        return _decades(self.low, self.high) if self.is_log else _steps(self.low, self.high)


def strip(result: Result) -> str:
    """The picture of one check."""
    check, found = result.check, result.found
    low, high = limits(check.rule, check.reported)
    is_share = check.rule == words.SHARE
    shown = [found.mean] if is_share else [found.median, found.low, found.high]
    seen = [v for v in (low, high, *shown) if math.isfinite(v)]
    axis = Axis(0.0, 1.0, False) if is_share else axis_for(seen)
    colour = INSIDE if result.verdict.inside else OUTSIDE
    marks = [_published(axis, low, high)]
    if not is_share and found.n > 0:
        marks.append(_line(axis.at(found.low), axis.at(found.high), colour))
    marks += [_dot(axis.at(shown[0]), colour)] if found.n > 0 and not math.isnan(shown[0]) else []
    title = (
        f"{check.name}: published {words.reported(check)}; simulated {words.simulated(check, found)}; "
        f"{words.verdict(result)}"
    )
    return _svg(title, [*marks, *_axis(axis, is_share)])


def axis_for(values: Sequence[float]) -> Axis:
    """An axis that holds all values with some room; logarithmic where they span much."""
    low, high = min(values), max(values)
    if low > 0.0 and high / low >= LOG_FROM_RATIO:
        room = (high / low) ** ROOM_FRAC
        return Axis(low / room, high * room, True)
    room = ROOM_FRAC * (high - low) or ROOM_FRAC * abs(high) or 1.0
    return Axis(low - room if low < 0.0 else max(low - room, 0.0), high + room, False)


def _decades(low: float, high: float) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for leads in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        ticks = [lead * 10.0**p for p in powers for lead in leads if low <= lead * 10.0**p <= high]
        if len(ticks) <= 6:
            break
    return tuple(ticks)


def _steps(low: float, high: float) -> tuple[float, ...]:
    raw = (high - low) / 6.0
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(lead * size for lead in (1.0, 2.0, 5.0, 10.0) if lead * size >= raw)
    first = math.ceil(low / step - 1e-9)
    return tuple(i * step for i in range(first, math.floor(high / step + 1e-9) + 1))


def _published(axis: Axis, low: float, high: float) -> str:
    left = axis.at(low) if math.isfinite(low) else SIDE_PX
    right = axis.at(high) if math.isfinite(high) else WIDTH_PX - SIDE_PX
    width = max(right - left, 3.0)
    return (
        f'<rect x="{left:.1f}" y="{MIDDLE_PX - 9.0:.1f}" width="{width:.1f}" height="18" fill="{PUBLISHED}"/>'
    )


def _line(left: float, right: float, colour: str) -> str:
    y = f"{MIDDLE_PX:.1f}"
    return (
        f'<line x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}" stroke="{colour}" stroke-width="3" '
        'stroke-linecap="round"/>'
    )


def _dot(x: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{MIDDLE_PX:.1f}" r="5.5" fill="{colour}" stroke="#ffffff"/>'


def _axis(axis: Axis, is_share: bool) -> list[str]:
    foot, right = MIDDLE_PX + 12.0, WIDTH_PX - SIDE_PX
    parts = [f'<line x1="{SIDE_PX}" y1="{foot}" x2="{right}" y2="{foot}" stroke="{INK}" stroke-width="0.6"/>']
    for tick in axis.ticks:
        x, label = axis.at(tick), words.percent(tick) if is_share else words.number(tick)
        parts.append(f'<line x1="{x:.1f}" y1="{foot}" x2="{x:.1f}" y2="{foot + 3.0}" stroke="{INK}"/>')
        place = f'x="{x:.1f}" y="{foot + 13.0}" font-size="10" text-anchor="middle" fill="{INK}"'
        parts.append(f"<text {place}>{label}</text>")
    return parts


def _svg(title: str, parts: Sequence[str]) -> str:
    words_ = escape(title)
    return (
        f'<svg role="img" aria-label="{words_}" viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}" '
        f'width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}"><title>{words_}</title>{"".join(parts)}</svg>'
    )
