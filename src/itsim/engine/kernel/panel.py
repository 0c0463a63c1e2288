"""One panel on trial: what drives it, what the stages make of it, and whether it is right as it stands."""

from __future__ import annotations

from itsim.arrays import Array
from itsim.device.pieces import LAM, shift
from itsim.engine.kernel.input import added_input, input_at
from itsim.engine.kernel.places import (
    CLOCK_OF,
    CLOSED,
    CSF,
    FIRST_STAGE,
    N_COLUMNS,
    N_POINTS,
    N_READ,
    Desk,
)
from itsim.engine.kernel.relax import POINT_BARYCENTRIC, relax
from itsim.engine.panels import N_NODES, POINTS, RESOLUTION, TO_LEGENDRE
from itsim.pd.chain import INDEX, N_DRIVERS, N_STAGES, Law, drive, target_of
from itsim.pd.withdrawal import FULL_INDEX

ROUNDING, NO_BEND = 1e-12, 1e-9
"""Numerical: as in the exact engine."""
NOT_BENT = -1.0
ROOT_WITHIN = 1e-15


def drive_panel(
    table: int,
    from_s: float,
    width_h: float,
    rates: Array,
    residues: Array,
    inlet: Array,
    first: int,
    desk: Desk,
) -> None:
    """The read-outs at the points of a panel that begins *from_s* hours after its segment."""
    fading = desk.rows[0, LAM]
    for r in range(N_READ):
        row = desk.values[r if r < N_DRIVERS else CSF]
        for j in range(N_POINTS):
            row[j] = input_at(desk.inputs[r], from_s + width_h * POINTS[j], fading)
    for m in range(first, rates.shape[0]):
        decay = desk.tables[table, m]
        for r in range(N_READ):
            amount = residues[r, m] * desk.modes[m]
            row = desk.values[r if r < N_DRIVERS else CSF]
            for j in range(N_COLUMNS):
                row[j] += amount * decay[j]
        if desk.particular[m, CLOSED] == 0.0:
            _drive_by_integrals(width_h, rates[m], residues, inlet, m, desk)
    for r in range(N_READ):
        row = desk.values[r if r < N_DRIVERS else CSF]
        for j in range(N_POINTS):
            desk.largest[r] = max(desk.largest[r], abs(row[j]))


def _drive_by_integrals(
    width_h: float, rate: float, residues: Array, inlet: Array, m: int, desk: Desk
) -> None:
    for j in range(1, N_POINTS):
        amount = inlet[m] * added_input(rate, desk.rows[1], width_h * POINTS[j])
        for r in range(N_READ):
            desk.values[r if r < N_DRIVERS else CSF, j] += residues[r, m] * amount


def leave_panel(
    table: int, from_s: float, width_h: float, rates: Array, inlet: Array, first: int, desk: Desk
) -> None:
    """Take the modes to the end of a panel; the input's piece is seen from there."""
    for m in range(first, rates.shape[0]):
        desk.modes[m] *= desk.tables[table, m, N_POINTS - 1]
        if desk.particular[m, CLOSED] == 0.0:
            desk.modes[m] += inlet[m] * added_input(rates[m], desk.rows[1], width_h)
    shift(desk.rows[0], from_s + width_h, desk.rows[1])


def try_stages(
    table: int, width_h: float, stage_rates: Array, law: Law, with_csf: bool, desk: Desk
) -> tuple[float, float]:
    """Every stage over the panel. Returns where it bends first, as a position (NOT_BENT where nowhere), and
    how much the roughest target leaves over what is allowed."""
    worst, n_modes = 0.0, desk.modes.shape[0]
    if with_csf:
        worst = _roughness(desk.values[CSF], 0.0)
    for k in range(N_STAGES):
        slot, targets, states = FIRST_STAGE + k, desk.targets[k], desk.values[FIRST_STAGE + k]
        for j in range(N_POINTS):
            targets[j] = target_of(slot, desk.values[:, j], law)
        clock = CLOCK_OF[k, 0 if targets[1] > desk.now[k] else 1]
        rate = stage_rates[k, 0 if targets[1] > desk.now[k] else 1]
        relax(desk.tables[table, n_modes + clock], rate * width_h, targets, desk.now[k], states)
        if slot == INDEX:
            for j in range(N_POINTS):
                desk.scratch[0, j] = _cleaned(drive(desk.values[:, j], law))
        elif stage_rates[k, 0] != stage_rates[k, 1]:
            for j in range(N_POINTS):
                desk.scratch[0, j] = _cleaned(targets[j] - states[j])
        if slot == INDEX or stage_rates[k, 0] != stage_rates[k, 1]:
            if changes_sign(desk.scratch[0]):
                return first_root(desk.scratch[0]), worst
        worst = max(worst, _roughness_of(slot, targets, law, desk))
    return NOT_BENT, worst


def _cleaned(value: float) -> float:
    return 0.0 if abs(value) <= NO_BEND else value


def _roughness_of(slot: int, targets: Array, law: Law, desk: Desk) -> float:
    if slot == INDEX:
        return _roughness(targets, FULL_INDEX)
    rough = _roughness(targets, 1.0)
    if rough <= 1.0:
        return rough
    moved, noise = desk.scratch[1], 0.0
    for j in range(N_POINTS):
        for r in range(N_DRIVERS):
            desk.values[r, j] += ROUNDING * desk.largest[r]
        moved[j] = target_of(slot, desk.values[:, j], law)
        for r in range(N_DRIVERS):
            desk.values[r, j] -= ROUNDING * desk.largest[r]
        noise = max(noise, abs(moved[j] - targets[j]))
    return 0.5 if rough * _allowed(targets, 1.0) <= _allowed(targets, 1.0) + noise else rough


def _allowed(values: Array, size: float) -> float:
    largest = 1e-6 * size
    for j in range(1, N_NODES + 1):
        largest = max(largest, abs(values[j]))
    return RESOLUTION * largest


def _roughness(values: Array, size: float) -> float:
    """The last two Legendre coefficients over what is allowed of them: above 1 a panel is too coarse."""
    last, before = 0.0, 0.0
    for j in range(N_NODES):
        last += TO_LEGENDRE[N_NODES - 1, j] * values[j + 1]
        before += TO_LEGENDRE[N_NODES - 2, j] * values[j + 1]
    allowed = _allowed(values, size)
    return max(abs(last), abs(before)) / allowed if allowed > 0.0 else 0.0


def changes_sign(values: Array) -> bool:
    """Whether a row of points has both signs."""
    low, high = 0.0, 0.0
    for j in range(N_POINTS):
        low, high = min(low, values[j]), max(high, values[j])
    return low < 0.0 and high > 0.0


def first_root(values: Array) -> float:
    """Where the polynomial through a row of points first passes zero, as a position 0…1; the row must change
    its sign. Regula falsi, halving what stays."""
    i = 0
    while values[i] == 0.0:
        i += 1
    sign = values[i]
    while values[i] * sign >= 0.0:
        i += 1
    low, high, at_low, at_high = POINTS[i - 1], POINTS[i], values[i - 1], values[i]
    if at_low == 0.0:
        return low
    kept = 0
    for _ in range(100):
        if high - low <= ROOT_WITHIN:
            break
        x = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < x < high:
            x = 0.5 * (low + high)
        value = through_points(values, x)
        if value == 0.0:
            return x
        if value * at_low > 0.0:
            low, at_low = x, value
            at_high *= 0.5 if kept == 1 else 1.0
            kept = 1
        else:
            high, at_high = x, value
            at_low *= 0.5 if kept == 2 else 1.0
            kept = 2
    return high if abs(at_high) < abs(at_low) else low


def through_points(values: Array, x: float) -> float:
    """The polynomial through a row of points, at a position."""
    above, below = 0.0, 0.0
    for j in range(N_POINTS):
        gap = x - POINTS[j]
        if gap == 0.0:
            return values[j]
        weight = POINT_BARYCENTRIC[j] / gap
        above += weight * values[j]
        below += weight
    return above / below
