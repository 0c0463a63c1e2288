"""The pump delivers more than it is told, perhaps more and more, and does not know it.

    g(t) = min(gain (1 + drift s) F(s), most)    s = t − at, F the product of the factors of all jumps so far
    Q_pump = g Q_programmed

Over-infusion is defined as more than 14.5 % above the programmed rate; reports begin five months after the
implantation, and once begun it may grow, sometimes abruptly. The low-reservoir alarm is calculated from the
programme, so the pump runs dry in silence before it sounds. Source: Hong Kong MDD 2014, ECRI 2014 and the
maker's field safety notice of 2016; the course in time is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from pydantic import model_validator

from itsim.arrays import Array, Number
from itsim.device.checks import amount_complaints
from itsim.device.codes import Shape
from itsim.device.effects import Effect, over_variants, scale
from itsim.device.pieces import C0, C1, START, WIDTH
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel, PerHour


class Jump(KindModel):
    """From *after* the start of the fault on, so many times as much."""

    after_h: Hours
    factor_frac: Fraction


class Overinfusion(Triggered):
    """Delivered over programmed flow at the start, how it grows, and the most it comes to."""

    gain_frac: Fraction
    drift_per_h: PerHour = 0.0
    jumps: tuple[Jump, ...] = ()
    most_frac: Fraction | None = None

    @model_validator(mode="after")
    def _jumps_in_order(self) -> Overinfusion:
        if any(b.after_h <= a.after_h for a, b in pairwise(self.jumps)):
            raise ValueError("jumps follow one another: each later than the last")
        return self


def effects(p: Overinfusion, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One gain above 1 on the pump's flow until the pump is replaced."""
    return (scale(at_h, shape=Shape.PIECES, knots=_gain_pieces(p)),)


def _gain_pieces(p: Overinfusion) -> Array:
    """G as rows of pieces: from jump to jump a line, and the level where it comes to the most."""
    starts: list[Number] = [0.0, *(jump.after_h for jump in p.jumps)]
    gain: Number = p.gain_frac
    rows: list[tuple[Number, Number, Number]] = []
    for i, (start, stop) in enumerate(pairwise([*starts, np.inf])):
        gain = gain * p.jumps[i - 1].factor_frac if i else gain
        rows.append((start, gain * (1.0 + p.drift_per_h * start), gain * p.drift_per_h))
        if p.most_frac is not None:
            rows.append(
                (np.clip(_reaches_h(p.most_frac / gain, p.drift_per_h), start, stop), p.most_frac, 0.0)
            )
    if p.most_frac is None:
        rows.append((np.inf, 0.0, 0.0))  # a table ends with a level; here the last line runs on
    times, values, slopes = (over_variants(column) for column in zip(*rows, strict=True))
    times, values, slopes = np.broadcast_arrays(times, values, slopes)
    pieces = np.zeros((*times.shape, WIDTH))
    pieces[..., START], pieces[..., C0], pieces[..., C1] = times, values, slopes
    return pieces


def _reaches_h(factor: Number, drift_per_h: Number) -> Number:
    """When 1 + drift s comes to *factor*; never, or at once, where nothing drifts."""
    steady_h = np.where(factor > 1.0, np.inf, 0.0)
    slope = np.where(drift_per_h > 0.0, drift_per_h, 1.0)
    return np.where(drift_per_h > 0.0, (factor - 1.0) / slope, steady_h)


def complaints(p: Overinfusion, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A gain that is no excess, a drift back, factors that are none, a most below the start."""
    if p.gain_frac <= 1.0:
        rule = "is not above 1, so it is no over-infusion"
        yield Complaint("gain", rule, "write more than 1, such as 1.15, or use the fault gain_drift")
    if p.drift_per_h < 0.0:
        yield Complaint("drift", "is negative", "write zero or more, such as 0.1 1/month")
    for i, jump in enumerate(p.jumps):
        yield from amount_complaints(f"jumps.{i}.factor", jump.factor_frac, "1.2")
    if p.most_frac is not None and p.most_frac < p.gain_frac:
        yield Complaint("most", "is below the gain at the start", "write a larger number, or leave it out")


KIND = Kind(
    group="faults",
    name="overinfusion",
    summary="The pump delivers more than programmed, perhaps growing and with jumps.",
    parameters=Overinfusion,
    effects=effects,
    example={"gain": 1.2},
    alarm="none; the reservoir runs dry before the low-reservoir alarm",
    evidence="deficit: programmed flow times (g − 1) over the time since the start",
    sources=("hk_mdd_2014", "ecri2014", "medtronic_fsn_2016"),
    complaints=complaints,
    words=lambda p: f"over-infusion × {p.gain_frac:g}",
)
