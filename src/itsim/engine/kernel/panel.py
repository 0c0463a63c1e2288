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
    P0,
    P1,
    P2,
    P3,
    PE,
    READ_CSF,
    Desk,
)
from itsim.engine.kernel.relax import LAST_PANEL, MOST_DECAY, POINT_BARYCENTRIC, relax
from itsim.engine.kernel.slots import at_point
from itsim.engine.panels import N_NODES, POINTS, TO_LEGENDRE
from itsim.pd.chain import INDEX, N_DRIVERS, N_STAGES, Law, brain_taken, cord_taken, drive, index_under
from itsim.pd.withdrawal import FULL_INDEX

ROUNDING, NO_BEND = 1e-12, 1e-9
"""Numerical: as in the exact engine."""
NOT_BENT, TOO_WIDE = -1.0, 1e9
RESOLVED = 1e-8
"""Numerical: what the last two coefficients may leave of a target, as far as a stage feels it. States at the
ends of panels are right to 1e-9 and better, for by Gauss what is left out has hardly a share in them."""
STRICTER, STEADY_SHARE = 10.0, 1e3
"""Numerical: what is asked of read-outs that are read between points; relative to a share of the largest."""
LEAST_SHARE = 1e-8
"""A target below this share of its size counts as so large."""
FELT = 2.0
"""Numerical: of an error in a target a stage feels no more than rate · width; with a margin of two."""
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
    fading, n_read = desk.rows[0, LAM], N_READ if desk.asked[READ_CSF] else N_DRIVERS
    for r in range(n_read):
        row, part = desk.values[r if r < N_DRIVERS else CSF], desk.inputs[r]
        if part[P1] == 0.0 and part[P2] == 0.0 and part[P3] == 0.0 and part[PE] == 0.0:
            row[:] = part[P0]
            continue
        for j in range(N_POINTS):
            row[j] = input_at(part, from_s + width_h * POINTS[j], fading)
    for m in range(first, rates.shape[0]):
        decay = desk.tables[table, m]
        for r in range(n_read):
            amount = residues[r, m] * desk.modes[m]
            row = desk.values[r if r < N_DRIVERS else CSF]
            for j in range(N_COLUMNS):
                row[j] += amount * decay[j]
        if desk.particular[m, CLOSED] == 0.0:
            _drive_by_integrals(width_h, rates[m], residues, inlet, m, desk)
    for r in range(n_read):
        row = desk.values[r if r < N_DRIVERS else CSF]
        desk.largest[r] = max(desk.largest[r], max(abs(row[0]), abs(row[N_POINTS - 1])))


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
    table: int, width_h: float, stage_rates: Array, law: Law, desk: Desk
) -> tuple[float, int, float]:
    """Every stage over the panel. Returns where it bends first, as a position (NOT_BENT where nowhere), the
    slot that bends there, and how much the roughest target leaves over what is allowed."""
    values, worst = desk.values, 0.0
    for r in range(N_READ):
        if desk.asked[r]:
            row = values[r if r < N_DRIVERS else CSF]
            worst = max(worst, STRICTER * _roughness(row, STEADY_SHARE * desk.largest[r], 1.0))
    for j in range(N_COLUMNS):
        desk.targets[0, j] = cord_taken(at_point(values, j), law)
        desk.targets[2, j] = brain_taken(at_point(values, j), law)
    for j in range(N_COLUMNS):
        desk.targets[1, j], desk.targets[3, j] = desk.targets[0, j], desk.targets[2, j]
    for k in range(N_STAGES - 1):
        _relax_stage(k, table, width_h, stage_rates, desk)
        if stage_rates[k, 0] != stage_rates[k, 1]:
            states = values[FIRST_STAGE + k]
            for j in range(N_COLUMNS):
                desk.scratch[0, j] = _cleaned(desk.targets[k, j] - states[j])
            if changes_sign(desk.scratch[0]):
                return first_root(desk.scratch[0]), FIRST_STAGE + k, worst
        if k % 2 == 1:  # fast and slow of a site share their target
            worst = max(worst, _roughness_of(k, width_h, stage_rates, law, desk))
    bends, rough = _try_index(table, width_h, stage_rates, law, desk)
    if bends:
        return first_root(desk.scratch[0]), INDEX, worst
    return NOT_BENT, INDEX, max(worst, rough)


def _try_index(table: int, width_h: float, stage_rates: Array, law: Law, desk: Desk) -> tuple[bool, float]:
    """The index over the panel: whether its drive, cleaned on the scratch, changes sign, and its roughness.
    Where nothing drives it, it only decays, and a panel may be of any width."""
    k, driven = N_STAGES - 1, False
    targets = desk.targets[k]
    for j in range(N_COLUMNS):
        pushing = drive(at_point(desk.values, j), law)
        desk.scratch[0, j] = _cleaned(pushing)
        targets[j] = pushing
    for j in range(N_POINTS):
        driven |= targets[j] > 0.0
    if not driven:
        targets[:] = 0.0
        _relax_stage(k, table, width_h, stage_rates, desk)
        return False, 0.0
    for j in range(N_POINTS):
        targets[j] = index_under(targets[j], law) if targets[j] > 0.0 else 0.0
    if changes_sign(desk.scratch[0]):
        return True, 0.0
    quickest = max(stage_rates[k, 0], stage_rates[k, 1])
    if quickest * width_h > MOST_DECAY * LAST_PANEL:
        return False, TOO_WIDE
    _relax_stage(k, table, width_h, stage_rates, desk)
    return False, _roughness(targets, FULL_INDEX, quickest * width_h)


def _relax_stage(k: int, table: int, width_h: float, stage_rates: Array, desk: Desk) -> None:
    way, n_modes = 0 if desk.targets[k, 1] > desk.now[k] else 1, desk.modes.shape[0]
    decay = desk.tables[table, n_modes + CLOCK_OF[k, way]]
    rate = stage_rates[k, way]
    relax(decay, rate * width_h, desk.targets[k], desk.now[k], desk.values[FIRST_STAGE + k])


def _cleaned(value: float) -> float:
    return 0.0 if abs(value) <= NO_BEND else value


def _roughness_of(k: int, width_h: float, stage_rates: Array, law: Law, desk: Desk) -> float:
    """Of a site's tolerances, the slow one in place *k*; what rounding may do to the driver is smooth."""
    quickest = max(
        max(stage_rates[k, 0], stage_rates[k, 1]), max(stage_rates[k - 1, 0], stage_rates[k - 1, 1])
    )
    targets, decay = desk.targets[k], quickest * width_h
    if decay > MOST_DECAY * LAST_PANEL:
        return TOO_WIDE
    rough = _roughness(targets, 1.0, decay)
    if rough <= 1.0:
        return rough
    r = 0 if k < 2 else 1
    noise, by = 0.0, ROUNDING * desk.largest[r]
    for j in range(N_POINTS):
        value = desk.values[r, j]
        desk.values[r, j] = value + by
        point = at_point(desk.values, j)
        moved = cord_taken(point, law) if r == 0 else brain_taken(point, law)
        desk.values[r, j] = value
        noise = max(noise, abs(moved - targets[j]))
    allowed = RESOLVED * _largest_of(targets, LEAST_SHARE)
    return rough * allowed / (allowed + noise * min(1.0, FELT * decay))


def _largest_of(values: Array, least: float) -> float:
    """The size of a row, from three of its points."""
    ends = max(abs(values[1]), abs(values[N_NODES]))
    return max(least, max(ends, abs(values[N_NODES // 2])))


def _tail(values: Array) -> float:
    """The larger of the last two Legendre coefficients; four sums, so that none waits for the other."""
    last, before, last_too, before_too = 0.0, 0.0, 0.0, 0.0
    for j in range(0, N_NODES, 2):
        last += TO_LEGENDRE[N_NODES - 1, j] * values[j + 1]
        before += TO_LEGENDRE[N_NODES - 2, j] * values[j + 1]
        last_too += TO_LEGENDRE[N_NODES - 1, j + 1] * values[j + 2]
        before_too += TO_LEGENDRE[N_NODES - 2, j + 1] * values[j + 2]
    return max(abs(last + last_too), abs(before + before_too))


def _roughness(values: Array, size: float, decay: float) -> float:
    """The last two Legendre coefficients over what is allowed of them: above 1 a panel is too coarse. What a
    stage of this rate · width feels of its target is a share of it."""
    allowed = RESOLVED * _largest_of(values, LEAST_SHARE * size)
    return _tail(values) * min(1.0, FELT * decay) / allowed if allowed > 0.0 else 0.0


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
