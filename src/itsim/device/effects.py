"""The small closed set of effects: the only words in which a programme, a fault or an event speaks.

A number in an effect is a float or an array over the variants of a sweep. Which slot of ``numbers`` holds
what is written at each constructor, and read by name in ``device/stages/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from itsim.arrays import Array, Number
from itsim.device.pieces import WIDTH


class Primitive(IntEnum):
    """What an effect does."""

    PROGRAM = 0
    SCALE = 1
    BOLUS = 2
    FILL = 3
    SET_LINE = 4
    ANNOUNCE = 5
    READ = 6
    DOSE = 7


class Shape(IntEnum):
    """How an effect runs in time."""

    BOX = 0
    RAMP = 1
    DECAY = 2
    LOGISTIC = 3
    PIECES = 4
    TELEGRAPH = 5
    DAILY = 6


class Amount(IntEnum):
    """What a programme's numbers are: a flow in mL/h or a dose rate in µg/h."""

    FLOW = 0
    DOSE = 1


class FillMode(IntEnum):
    """What happens to the fluid that is already in the reservoir."""

    REFILL = 0
    """aspirated and discarded, then filled"""
    ADD_ON = 1
    """stays and mixes"""
    REPLACE = 2
    """goes with the old pump; the new one starts with this fill"""


class Part(IntEnum):
    """Hardware whose replacement ends an effect."""

    NONE = 0
    PUMP = 1
    CATHETER = 2


class Rank(IntEnum):
    """The order at one instant, by meaning."""

    SWAP = 0
    REFILL = 1
    LINE = 2
    PROGRAMME = 3
    BOLUS = 4
    FAULT = 5


class Alarm(IntEnum):
    """What an effect makes the pump say."""

    NONE = 0
    STALL = 1


N_NUMBERS = 6
"""Slots of an effect's numbers: from_h, until_h and four more."""

FOREVER_H = np.inf


@dataclass(frozen=True)
class Effect:
    """One effect. Built by the functions below, packed by ``device/plan.py``."""

    primitive: Primitive
    rank: Rank
    numbers: tuple[Number, ...]
    shape: Shape = Shape.BOX
    code: int = 0
    """Amount of a programme, mode of a fill, alarm of an announcement, index of a dose's inlet."""
    ended_by: Part = Part.NONE
    ends: Part = Part.NONE
    intended: bool = True
    """False for what people or the pump did against the therapy: the twin does not see it."""
    knots: Array | None = None
    """Rows of pieces, steps or switching times; ``[variants, n, width]`` or ``[n, width]``."""
    inlet: str = ""


def program(from_h: Number, rate: Number, amount: Amount) -> Effect:
    """The pump is told to run at *rate* (numbers: from, until, rate) and believes it does."""
    return Effect(Primitive.PROGRAM, Rank.PROGRAMME, (from_h, FOREVER_H, rate), code=amount)


def stop(from_h: Number, until_h: Number = FOREVER_H) -> Effect:
    """The pump is told to stop, and knows it; nobody intends it. The stop ends with this pump, and has the
    last word against a programme of the same instant."""
    return Effect(
        Primitive.PROGRAM,
        Rank.FAULT,
        (from_h, until_h, 0.0),
        code=Amount.FLOW,
        ended_by=Part.PUMP,
        intended=False,
    )


def program_daily(from_h: Number, steps: Array, amount: Amount) -> Effect:
    """The pump is told to repeat a day: *steps* has rows (hour of the day, rate), the first at hour 0."""
    return Effect(
        Primitive.PROGRAM, Rank.PROGRAMME, (from_h, FOREVER_H), Shape.DAILY, code=amount, knots=steps
    )


def program_pieces(from_h: Number, pieces: Array, amount: Amount) -> Effect:
    """The pump is told to follow *pieces* (rows as in ``device/pieces.py``, times from the start);
    the rate at their end is held."""
    return Effect(
        Primitive.PROGRAM, Rank.PROGRAMME, (from_h, FOREVER_H), Shape.PIECES, code=amount, knots=pieces
    )


def scale(
    from_h: Number,
    until_h: Number = FOREVER_H,
    before: Number = 1.0,
    after: Number = 0.0,
    lasting_h: Number = 0.0,
    shape: Shape = Shape.BOX,
    knots: Array | None = None,
    ended_by: Part = Part.PUMP,
) -> Effect:
    """The pump delivers a share of what it believes (numbers: from, until, before, after, lasting).

    BOX: *after* at once. RAMP: from *before* to *after* in *lasting_h*. DECAY: towards *after* with the time
    constant *lasting_h*. LOGISTIC: an S from *before* to *after* in *lasting_h*. PIECES: *knots* as rows of
    pieces from the start. TELEGRAPH: *knots* as switching times, *after* from the first to the second.
    """
    numbers = (from_h, until_h, before, after, lasting_h)
    return Effect(Primitive.SCALE, Rank.FAULT, numbers, shape, ended_by=ended_by, knots=knots, intended=False)


def bolus(at_h: Number, volume_mL: Number, lasting_h: Number) -> Effect:
    """The pump is told to push *volume_mL* on top of its programme (numbers: from, until, volume)."""
    return Effect(Primitive.BOLUS, Rank.BOLUS, (at_h, at_h + lasting_h, volume_mL))


def fill(
    at_h: Number,
    volume_mL: Number,
    concentration_ug_mL: Number,
    claimed_volume_mL: Number,
    claimed_ug_mL: Number,
    mode: FillMode = FillMode.REFILL,
) -> Effect:
    """Fluid into the reservoir, and what the pump is told about it
    (numbers: from, until, volume, concentration, claimed volume, claimed concentration)."""
    swap = mode == FillMode.REPLACE
    return Effect(
        Primitive.FILL,
        Rank.SWAP if swap else Rank.REFILL,
        (at_h, FOREVER_H, volume_mL, concentration_ug_mL, claimed_volume_mL, claimed_ug_mL),
        code=mode,
        ends=Part.PUMP if swap else Part.NONE,
    )


def set_line(at_h: Number, volume_mL: Number, concentration_ug_mL: Number, from_reservoir: bool) -> Effect:
    """The *volume_mL* of the line next to the pump gets a concentration, or the reservoir's
    (numbers: from, until, volume, concentration; code 1 where the reservoir's)."""
    return Effect(
        Primitive.SET_LINE,
        Rank.LINE,
        (at_h, FOREVER_H, volume_mL, concentration_ug_mL),
        code=int(from_reservoir),
    )


def announce(
    from_h: Number,
    alarm: Alarm,
    latency_h: Number,
    until_h: Number = FOREVER_H,
    knots: Array | None = None,
    ended_by: Part = Part.PUMP,
) -> Effect:
    """A condition the pump can sense (numbers: from, until, latency): it is logged when it has lasted
    *latency_h*, and again when it ends. With *knots* it comes and goes at these switching times."""
    shape = Shape.TELEGRAPH if knots is not None else Shape.BOX
    return Effect(
        Primitive.ANNOUNCE,
        Rank.FAULT,
        (from_h, until_h, latency_h),
        shape,
        code=alarm,
        ended_by=ended_by,
        knots=knots,
        intended=False,
    )


def read(at_h: Number, syringe_error_mL: Number = 0.0) -> Effect:
    """Somebody compares the calculated with the aspirated volume (numbers: from, until, syringe error)."""
    return Effect(Primitive.READ, Rank.SWAP, (at_h, FOREVER_H, syringe_error_mL), intended=False)


def dose(at_h: Number, amount_ug: Number, inlet: str, intended: bool = True) -> Effect:
    """Drug that bypasses the pump, at one instant (numbers: from, until, amount)."""
    return Effect(Primitive.DOSE, Rank.BOLUS, (at_h, FOREVER_H, amount_ug), inlet=inlet, intended=intended)


def knot_rows(rows: Array) -> Array:
    """Steps or switching times widened to the common width of knots."""
    wide = np.zeros((*rows.shape[:-1], WIDTH))
    wide[..., : rows.shape[-1]] = rows
    return wide


def over_variants(numbers: Sequence[Number]) -> Array:
    """Numbers side by side: ``[n]``, or ``[variants, n]`` where any of them is an array over variants."""
    return np.stack(np.broadcast_arrays(*numbers), axis=-1).astype(float)
