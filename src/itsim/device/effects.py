"""The small closed set of effects: the only words in which a programme, a fault or an event speaks.

A number in an effect is a float or an array over the variants of a sweep. Which slot of ``numbers`` holds
what is written at each constructor, and read by name in ``device/stages/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from itsim.arrays import Array, Number
from itsim.device.codes import (
    Alarm,
    Amount,
    Condition,
    FillMode,
    Overflow,
    Part,
    Primitive,
    Rank,
    Shape,
    Skipped,
    Station,
)
from itsim.device.pieces import WIDTH

N_NUMBERS = 8
"""Slots of an effect's numbers: from_h, until_h, four more, and two of the trigger (``layout.py``)."""

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
    given: bool = True
    """False for what was intended and did not happen: only the twin sees it."""
    skipped_as: Skipped = Skipped.NOTHING
    """As what the effect can be missed."""
    knots: Array | None = None
    """Rows of pieces, steps or switching times; ``[variants, n, width]`` or ``[n, width]``."""
    inlet: str = ""
    place: str = ""
    """Where CSF is lost: a vertebral level, or "intraventricular"."""


def program(
    from_h: Number,
    rate: Number,
    amount: Amount,
    until_h: Number = FOREVER_H,
    intended: bool = True,
    given: bool = True,
) -> Effect:
    """The pump is told to run at *rate* (numbers: from, until, rate) and believes it does; after *until_h*
    the programme before it is in force again."""
    return replace(_programme((from_h, until_h, rate), amount), intended=intended, given=given)


def _programme(
    numbers: tuple[Number, ...], amount: Amount, shape: Shape = Shape.BOX, knots: Array | None = None
) -> Effect:
    """Every programme sets the pump right again."""
    return Effect(
        Primitive.PROGRAM, Rank.PROGRAMME, numbers, shape, code=amount, ends=Part.SETTING, knots=knots
    )


def stop(from_h: Number, until_h: Number = FOREVER_H) -> Effect:
    """The pump is told to stop, and knows it; nobody intends it. The stop ends with this pump, and has the
    last word against a programme of the same instant."""
    return wrong_program(from_h, 0.0, Amount.FLOW, until_h)


def wrong_program(
    from_h: Number,
    rate: Number,
    amount: Amount,
    until_h: Number = FOREVER_H,
    skipped_as: Skipped = Skipped.NOTHING,
) -> Effect:
    """The pump is told to run at a rate that nobody intends (numbers: from, until, rate). It ends with this
    pump, and has the last word against a programme of the same instant."""
    told = _programme((from_h, until_h, rate), amount)
    return replace(told, rank=Rank.FAULT, ended_by=Part.PUMP, intended=False, skipped_as=skipped_as)


def program_repeated(
    from_h: Number, steps: Array, amount: Amount, period_h: Number = 24.0, origin_h: Number = 0.0
) -> Effect:
    """The pump is told to repeat a period counted from *origin_h* (numbers: from, until, period, origin);
    *steps* has rows (hours into the period, rate), the first at 0."""
    numbers = (from_h, FOREVER_H, period_h, origin_h)
    return _programme(numbers, amount, Shape.REPEATED, steps)


def program_pieces(from_h: Number, pieces: Array, amount: Amount, intended: bool = True) -> Effect:
    """The pump is told to follow *pieces* (rows as in ``device/pieces.py``, times from the start);
    the rate at their end is held."""
    told = _programme((from_h, FOREVER_H), amount, Shape.PIECES, pieces)
    return replace(told, intended=intended)


def override(from_h: Number, rate_mL_h: Number, until_h: Number = FOREVER_H) -> Effect:
    """The pump runs at another flow than it believes (numbers: from, until, rate), until it is programmed
    again or replaced."""
    numbers = (from_h, until_h, rate_mL_h)
    return Effect(Primitive.OVERRIDE, Rank.FAULT, numbers, ended_by=Part.SETTING, intended=False)


def add(from_h: Number, volume_mL: Number, lasting_h: Number) -> Effect:
    """A volume leaves the reservoir through the pump on top of its flow, and the pump does not know
    (numbers: from, until, volume)."""
    numbers = (from_h, from_h + lasting_h, volume_mL)
    return Effect(Primitive.ADD, Rank.FAULT, numbers, ended_by=Part.PUMP, intended=False)


def scale(
    from_h: Number,
    until_h: Number = FOREVER_H,
    before: Number = 1.0,
    after: Number = 0.0,
    lasting_h: Number = 0.0,
    shape: Shape = Shape.BOX,
    knots: Array | None = None,
    station: Station = Station.PUMP,
    ended_by: Part | None = None,
) -> Effect:
    """A share of what arrives at *station* passes it (numbers: from, until, before, after, lasting).

    BOX: *after* at once. RAMP: from *before* to *after* in *lasting_h*. DECAY: towards *after* with the time
    constant *lasting_h*. LOGISTIC: an S from *before* to *after* in *lasting_h*. PIECES: *knots* as rows of
    pieces from the start. TELEGRAPH: *knots* as switching times, counted from the start as well, *after* from
    the first to the second. It ends with the part it belongs to, or as *ended_by* says.
    """
    numbers = (from_h, until_h, before, after, lasting_h)
    part = ended_by or (Part.PUMP if station == Station.PUMP else Part.CATHETER)
    return Effect(
        Primitive.SCALE, Rank.FAULT, numbers, shape, code=station, ended_by=part, knots=knots, intended=False
    )


def hold(
    from_h: Number,
    until_h: Number,
    passing: Number,
    capacity_mL: Number,
    overflow: Overflow,
    released_frac: Number = 1.0,
    release_h: Number = 1.0,
    knots: Array | None = None,
    shape: Shape = Shape.BOX,
    lasting_h: Number = 0.0,
) -> tuple[Effect, Effect]:
    """Only a share of the flow passes into the catheter; the rest is stored before it, up to a capacity, and
    let go when nothing is held back any more: *released_frac* of it into the catheter over *release_h*, the
    rest is lost.

    Two effects, for one has not enough slots (numbers of the first: from, until, 1, passing, lasting; of the
    second: from, until, capacity, released share, release time, passing). Shapes as for ``scale``; with
    *knots* the hold comes and goes at these switching times, counted from *from_h*. It ends with the
    catheter.
    """
    comes_and_goes = knots is not None
    share = Effect(
        Primitive.HOLD,
        Rank.FAULT,
        (from_h, until_h, 1.0, passing, lasting_h),
        Shape.TELEGRAPH if comes_and_goes else shape,
        ended_by=Part.CATHETER,
        knots=knots,
        intended=False,
    )
    store = Effect(
        Primitive.STORE,
        Rank.FAULT,
        (from_h, until_h, capacity_mL, released_frac, release_h, passing),
        Shape.TELEGRAPH if comes_and_goes else Shape.BOX,
        code=overflow,
        ended_by=Part.CATHETER,
        knots=knots,
        intended=False,
    )
    return share, store


def release(at_h: Number, released_frac: Number, lasting_h: Number) -> Effect:
    """A share of all drug that is sequestered in tissue by then reaches the CSF at the tip after all
    (numbers: from, until, share)."""
    numbers = (at_h, at_h + lasting_h, released_frac)
    return Effect(Primitive.RELEASE, Rank.FAULT, numbers, intended=False)


def drain(from_h: Number, until_h: Number, rate_mL_h: Number) -> Effect:
    """Fluid leaves the reservoir past the pump and is lost (numbers: from, until, rate)."""
    numbers = (from_h, until_h, rate_mL_h)
    return Effect(Primitive.DRAIN, Rank.FAULT, numbers, ended_by=Part.PUMP, intended=False)


def backflow(at_h: Number, volume_mL: Number) -> Effect:
    """Drug-free fluid is driven in at the tip, the line's content back into the reservoir
    (numbers: from, until, volume); as much as the reservoir has room for."""
    return Effect(Primitive.BACKFLOW, Rank.FAULT, (at_h, FOREVER_H, volume_mL), intended=False)


def bolus(
    at_h: Number,
    size: Number,
    lasting_h: Number,
    amount: Amount = Amount.FLOW,
    intended: bool = True,
    given: bool = True,
) -> Effect:
    """The pump is told to push *size* on top of its programme, mL or (Amount.DOSE) µg at the concentration it
    was told (numbers: from, until, size)."""
    numbers = (at_h, at_h + lasting_h, size)
    return Effect(
        Primitive.BOLUS,
        Rank.BOLUS,
        numbers,
        code=amount,
        ended_by=Part.PUMP,
        intended=intended,
        given=given,
    )


def fill(
    at_h: Number,
    volume_mL: Number,
    concentration_ug_mL: Number,
    claimed_volume_mL: Number,
    claimed_ug_mL: Number,
    mode: FillMode = FillMode.REFILL,
    skipped_as: Skipped = Skipped.NOTHING,
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
        skipped_as=skipped_as,
    )


def set_line(
    at_h: Number,
    volume_mL: Number,
    concentration_ug_mL: Number,
    from_reservoir: bool,
    ends: Part = Part.NONE,
    rank: Rank = Rank.LINE,
) -> Effect:
    """The *volume_mL* of the line next to the pump gets a concentration, or the reservoir's
    (numbers: from, until, volume, concentration; code 1 where the reservoir's). *ends*: CATHETER where the
    catheter is a new one."""
    return Effect(
        Primitive.SET_LINE,
        rank,
        (at_h, FOREVER_H, volume_mL, concentration_ug_mL),
        code=int(from_reservoir),
        ends=ends,
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
    *latency_h*, and again when it ends. With *knots* it comes and goes at these switching times, counted from
    *from_h*."""
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


def read(
    at_h: Number,
    syringe_error_mL: Number = 0.0,
    aspirates: bool = True,
    skipped_as: Skipped = Skipped.NOTHING,
) -> Effect:
    """Somebody reads the pump, and (code 1) compares the calculated with the aspirated volume
    (numbers: from, until, syringe error)."""
    return Effect(
        Primitive.READ,
        Rank.SWAP,
        (at_h, FOREVER_H, syringe_error_mL),
        code=int(aspirates),
        ends=Part.LATCH,
        intended=False,
        skipped_as=skipped_as,
    )


def dose(
    at_h: Number,
    amount_ug: Number,
    inlet: str,
    intended: bool = True,
    given: bool = True,
    skipped_as: Skipped = Skipped.NOTHING,
) -> Effect:
    """Drug that bypasses the pump, at one instant (numbers: from, until, amount)."""
    return Effect(
        Primitive.DOSE,
        Rank.BOLUS,
        (at_h, FOREVER_H, amount_ug),
        inlet=inlet,
        intended=intended,
        given=given,
        skipped_as=skipped_as,
    )


def skip(from_h: Number, until_h: Number, what: Skipped) -> Effect:
    """Whatever can be missed as *what* does not happen in this time (numbers: from, until)."""
    return Effect(Primitive.SKIP, Rank.FAULT, (from_h, until_h), code=what, intended=False)


def silence(from_h: Number) -> Effect:
    """There is no pump to speak (numbers: from, until), until one is implanted."""
    return Effect(Primitive.SILENCE, Rank.FAULT, (from_h, FOREVER_H), ended_by=Part.PUMP, intended=False)


def condition(
    from_h: Number,
    what: Condition,
    factor: Number,
    until_h: Number = FOREVER_H,
    lasting_h: Number = 0.0,
    shape: Shape = Shape.BOX,
) -> Effect:
    """The patient changes: a factor on what the response needs, from 1 to *factor*, shapes as for ``scale``
    (numbers: from, until, 1, factor, lasting). No device changes it, and the twin does not have it."""
    numbers = (from_h, until_h, 1.0, factor, lasting_h)
    return Effect(Primitive.CONDITION, Rank.FAULT, numbers, shape, code=what, intended=False)


def drain_csf(at_h: Number, volume_mL: Number) -> Effect:
    """Lumbar CSF is let off, with the drug in it (numbers: from, until, volume)."""
    return Effect(Primitive.DRAIN_CSF, Rank.BOLUS, (at_h, FOREVER_H, volume_mL), intended=False)


def lose_csf(from_h: Number, place: str, flow_mL_h: Number, until_h: Number = FOREVER_H) -> Effect:
    """CSF leaves the body at a place all the time, with the drug in it (numbers: from, until, flow). No stage
    of the device reads it: the body changes. Nothing of the device ends it, and the twin does not have it."""
    numbers = (from_h, until_h, flow_mL_h)
    return Effect(Primitive.LOSE_CSF, Rank.FAULT, numbers, place=place, intended=False)


def knot_rows(rows: Array) -> Array:
    """Steps or switching times widened to the common width of knots."""
    wide = np.zeros((*rows.shape[:-1], WIDTH))
    wide[..., : rows.shape[-1]] = rows
    return wide


def over_variants(numbers: Sequence[Number]) -> Array:
    """Numbers side by side: ``[n]``, or ``[variants, n]`` where any of them is an array over variants."""
    return np.stack(np.broadcast_arrays(*numbers), axis=-1).astype(float)
