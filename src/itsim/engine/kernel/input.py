"""What a piece of input adds to the modes of a body: as in ``modal.py``, mode by mode.

A mode z' = λz + βu follows, under u = Σ c_k s^k + c_e e^{−μs}, a polynomial and an exponential of its own,

    p_k = ((k+1) p_{k+1} − β c_k)/λ ,   e = −β c_e/(λ + μ) ,   and what is left decays as e^{λs},

which is cheap but cancels where λ is small against the course of the input, or near −μ. There z is carried
whole, and the integrals I_k and E of ``modal.py`` are used: right everywhere.
"""

from __future__ import annotations

import math

from itsim.arrays import Array
from itsim.device.pieces import C0, CE, LAM, is_constant
from itsim.engine.kernel.places import CLOSED, N_READ, P0, P3, PE, Desk

SLOW, MOST_TERMS, NEAR = 1e-4, 100.0, 1e-2
"""Numerical: a mode that hardly moves in the whole run, terms that cancel, rates too near to each other."""
FEW = 0.5
N_SERIES = 14


def drive_modes(
    rates: Array, residues: Array, inlet: Array, span_h: float, largest: float, desk: Desk
) -> None:
    """Take the input's part out of the state in ``desk.modes``, under the piece in ``desk.rows[0]``;
    *largest* is the largest rate of the run, *span_h* its length."""
    row = desk.rows[0]
    desk.inputs[:] = 0.0
    if is_constant(row):
        _drive_evenly(rates, residues, inlet, span_h, desk)
        return
    for m in range(rates.shape[0]):
        own = desk.particular[m]
        if is_cancelling(rates[m], row, span_h, largest):
            own[:] = 0.0
            continue
        particular_part(rates[m], inlet[m], row, own)
        desk.modes[m] -= own[P0] + own[PE]
        for r in range(N_READ):
            for k in range(CLOSED):
                desk.inputs[r, k] += residues[r, m] * own[k]


def _drive_evenly(rates: Array, residues: Array, inlet: Array, span_h: float, desk: Desk) -> None:
    """The same under a constant rate, which is most of what pumps do."""
    rate_ug_h, desk.particular[:] = desk.rows[0, C0], 0.0
    for m in range(rates.shape[0]):
        if abs(rates[m]) * span_h >= SLOW:
            steady = -rate_ug_h * inlet[m] / rates[m]
            desk.particular[m, P0], desk.particular[m, CLOSED] = steady, 1.0
            desk.modes[m] -= steady
            for r in range(N_READ):
                desk.inputs[r, P0] += residues[r, m] * steady


def is_cancelling(rate: float, row: Array, span_h: float, largest: float) -> bool:
    """Whether the closed form would lose digits in this mode."""
    if abs(rate) * span_h < SLOW:
        return True
    size, term = 0.0, 1.0
    for k in range(1, 4):
        term *= k / abs(rate)
        size += term * abs(row[C0 + k])
    if size > MOST_TERMS * largest:
        return True
    return row[CE] != 0.0 and abs(rate + row[LAM]) < NEAR * max(abs(rate), abs(row[LAM]))


def particular_part(rate: float, inlet: float, row: Array, own: Array) -> None:
    """The polynomial and the exponential that the input drives a mode along."""
    above = 0.0
    for k in range(3, -1, -1):
        above = ((k + 1) * above - inlet * row[C0 + k]) / rate
        own[P0 + k] = above
    own[PE] = -inlet * row[CE] / (rate + row[LAM]) if row[CE] != 0.0 else 0.0
    own[CLOSED] = 1.0


def added_input(rate: float, row: Array, s_h: float) -> float:
    """What the input adds to a mode of inlet 1 within *s_h* hours: Σ c_k I_k + c_e E."""
    x = rate * s_h
    total = row[C0] * (math.expm1(x) / rate if x != 0.0 else s_h)
    if row[C0 + 1] != 0.0 or row[C0 + 2] != 0.0 or row[C0 + 3] != 0.0:
        total += _higher_powers(rate, x, row, s_h)
    if row[CE] != 0.0:
        total += row[CE] * exponential_input(x, s_h, row[LAM])
    return total


def _higher_powers(rate: float, x: float, row: Array, s_h: float) -> float:
    """c_1 I_1 + c_2 I_2 + c_3 I_3: upwards where λs is large, else from the series of the last downwards."""
    if abs(x) >= FEW:
        scaled, power, total = math.expm1(x) / x, s_h, 0.0
        for k in range(1, 4):
            scaled = (k * scaled - 1.0) / x
            power *= s_h
            total += row[C0 + k] * power * scaled
        return total
    term = 0.25
    scaled = term
    for j in range(1, N_SERIES):
        term *= x / (4.0 + j)
        scaled += term
    cubic = scaled
    square = (x * cubic + 1.0) / 3.0
    line = (x * square + 1.0) / 2.0
    return s_h * s_h * (row[C0 + 1] * line + s_h * (row[C0 + 2] * square + s_h * row[C0 + 3] * cubic))


def exponential_input(x: float, s_h: float, fading_per_h: float) -> float:
    """E = (e^{λs} − e^{−μs})/(λ+μ), safe where λ + μ vanishes and where either of the two underflows."""
    y = -fading_per_h * s_h
    fall = -abs(x - y)
    return math.exp(max(x, y)) * s_h * (math.expm1(fall) / fall if fall != 0.0 else 1.0)


def input_at(part: Array, s_h: float, fading_per_h: float) -> float:
    """A particular part *s_h* hours after its segment began."""
    value = part[P0] + s_h * (part[P0 + 1] + s_h * (part[P0 + 2] + s_h * part[P3]))
    if part[PE] != 0.0:
        value += part[PE] * math.exp(-fading_per_h * s_h)
    return value


def whole_modes(s_h: float, first: int, desk: Desk) -> None:
    """Put the input's part back into the state, *s_h* hours after the segment began; what has died is what
    the input makes of it."""
    fading, is_even = desk.rows[0, LAM], is_constant(desk.rows[0])
    for m in range(first):
        desk.modes[m] = 0.0
    for m in range(desk.modes.shape[0]):
        if is_even:
            desk.modes[m] += desk.particular[m, P0]
        elif desk.particular[m, CLOSED] > 0.0:
            desk.modes[m] += input_at(desk.particular[m], s_h, fading)
