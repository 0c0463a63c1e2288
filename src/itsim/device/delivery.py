"""What reaches the body, and the record of how: the result of the device for one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from itsim.arrays import Array, frozen
from itsim.device import layout
from itsim.device.effects import FillMode, Primitive
from itsim.device.pieces import C0, C1, C2, C3, CE, LAM, START
from itsim.device.plan import Plan, make_plan, workspace
from itsim.device.stages import deliver as run_stages
from itsim.scenario.model import Scenario


@dataclass(frozen=True)
class Pieces:
    """A rate given in pieces; rows as in ``device/pieces.py``, half-open, jumps allowed."""

    rows: Array

    @property
    def edges_h(self) -> Array:
        """Start of every piece and the end of the last."""
        return self.rows[:, START]

    def rate(self, times_h: Array) -> Array:
        """The rate at each time; at an edge the piece that begins there."""
        return _rates(*self._located(times_h, "right"))

    def rate_before(self, times_h: Array) -> Array:
        """The limit of the rate from the left."""
        return _rates(*self._located(times_h, "left"))

    def slope(self, times_h: Array) -> Array:
        """The rate's derivative at each time, per hour; at an edge that of the piece that begins there."""
        return _slopes(*self._located(times_h, "right"))

    def slope_before(self, times_h: Array) -> Array:
        """The limit of the derivative from the left."""
        return _slopes(*self._located(times_h, "left"))

    def integral(self, times_h: Array) -> Array:
        """The integral from the first edge to each time."""
        widths = np.diff(self.edges_h)
        whole = np.concatenate([[0.0], np.cumsum(_integrals(self.rows[:-1], widths))])
        rows, s = self._located(times_h, "right")
        i = self._place(np.asarray(times_h, float), "right")
        return np.asarray(whole[i] + _integrals(rows, s))

    def _place(self, t: Array, side: Literal["left", "right"]) -> Array:
        return np.clip(np.searchsorted(self.edges_h, t, side=side) - 1, 0, len(self.rows) - 2)

    def _located(self, times_h: Array, side: Literal["left", "right"]) -> tuple[Array, Array]:
        t = np.asarray(times_h, float)
        rows = self.rows[self._place(t, side)]
        return rows, t - rows[:, START]


def _rates(rows: Array, s: Array) -> Array:
    poly = rows[:, C0] + s * (rows[:, C1] + s * (rows[:, C2] + s * rows[:, C3]))
    return np.asarray(poly + rows[:, CE] * np.exp(-rows[:, LAM] * s))


def _slopes(rows: Array, s: Array) -> Array:
    poly = rows[:, C1] + s * (2.0 * rows[:, C2] + s * 3.0 * rows[:, C3])
    return np.asarray(poly - rows[:, LAM] * rows[:, CE] * np.exp(-rows[:, LAM] * s))


def _integrals(rows: Array, s: Array) -> Array:
    poly = s * (rows[:, C0] + s * (rows[:, C1] / 2 + s * (rows[:, C2] / 3 + s * rows[:, C3] / 4)))
    lam = np.where(rows[:, LAM] == 0.0, 1.0, rows[:, LAM])
    decay = np.where(rows[:, LAM] == 0.0, s, -np.expm1(-lam * s) / lam)
    return np.asarray(poly + rows[:, CE] * decay)


@dataclass(frozen=True)
class Dose:
    """Drug at one instant, past the pump."""

    t_h: float
    amount_ug: float
    inlet: str


@dataclass(frozen=True)
class Therapy:
    """All that enters the body: a dose rate at the catheter tip (µg/h) and instant doses."""

    catheter: Pieces
    doses: tuple[Dose, ...]


@dataclass(frozen=True)
class LogEntry:
    """One line of the pump's log, or of the truth that no sensor sees."""

    t_h: float
    kind: str
    detail: str
    tone: str
    """"critical", "non-critical", "log" or "silent" (nothing sounds, nothing is written)."""

    @property
    def is_alarm(self) -> bool:
        """Whether it sounds."""
        return self.tone in ("critical", "non-critical")


@dataclass(frozen=True)
class Reading:
    """Calculated against found volume at one visit."""

    t_h: float
    expected_mL: float
    found_mL: float
    programmed_mL: float
    """What the pump believes it has pumped since the reservoir was last filled."""
    flagged: bool

    @property
    def surplus_mL(self) -> float:
        """Found minus expected: positive where less was pumped than programmed."""
        return self.found_mL - self.expected_mL


@dataclass(frozen=True)
class Delivery:
    """What the device made of a scenario. All times in hours from the start, arrays read-only."""

    therapy: Therapy
    intended: Therapy
    """The same timeline delivered exactly from a full reservoir through a primed line, without faults."""
    believed_mL_h: Pieces
    programmed_ug_h: Pieces
    pumped_mL_h: Pieces
    log: tuple[LogEntry, ...]
    evidence: tuple[Reading, ...]
    levels: Array
    """``[visits, 3]``: time, calculated and true volume after each visit."""
    ledger: Mapping[str, float]
    dead_volume_mL: float
    boluses: tuple[Dose, ...]
    """What the pump was told to push at once, at the concentration it was told."""

    def calculated_volume_mL(self, times_h: Array) -> Array:
        """What the pump thinks is in the reservoir; a belief that may pass below zero."""
        return self._volume(times_h, 1, self.believed_mL_h)

    def true_volume_mL(self, times_h: Array) -> Array:
        """What is in the reservoir."""
        return self._volume(times_h, 2, self.pumped_mL_h)

    def _volume(self, times_h: Array, column: int, flow: Pieces) -> Array:
        t = np.asarray(times_h, float)
        i = np.searchsorted(self.levels[:, 0], t, side="right") - 1
        last = self.levels[np.maximum(i, 0)]
        used = flow.integral(t) - flow.integral(last[:, 0])
        return np.where(i >= 0, last[:, column] - used, 0.0)


LOG_WORDS = {
    layout.LOG_LOW: (
        "low_reservoir_alarm",
        "calculated volume has reached the low-reservoir mark",
        "non-critical",
    ),
    layout.LOG_EMPTY: ("empty_reservoir_alarm", "calculated volume has reached zero", "critical"),
    layout.LOG_STOPPED: (
        "stopped_pump_alarm",
        "pump has been programmed to stop for longer than allowed",
        "critical",
    ),
    layout.LOG_STALL: ("motor_stall_alarm", "motor stall occurred", "critical"),
    layout.LOG_RECOVERED: ("motor_stall_recovery", "motor stall recovered", "log"),
    layout.LOG_RAN_DRY: ("reservoir_ran_dry", "no usable fluid is left; no sensor sees it", "silent"),
}


def deliver(scenario: Scenario) -> Delivery:
    """Run the device for one scenario."""
    device = scenario.device.numbers
    history_ug_h = scenario.history.dose_rate_ug_h if scenario.history else None
    plan = make_plan(scenario.timeline, device, scenario.until_h, history_ug_h)
    work, times_larger = workspace(plan), 1
    while run_stages(plan.codes, plan.numbers[0], plan.knots[0], plan.hardware[0], work) != layout.DONE:
        times_larger *= 4
        work = workspace(plan, times_larger)
    return _collect(plan, work, device)


def _collect(plan: Plan, work: layout.Work, device: Mapping[str, float]) -> Delivery:
    believed = _pieces(work.believed, work.counts[layout.BELIEVED])
    tip = _pieces(work.tip, work.counts[layout.TIP])
    twin = _pieces(work.twin, work.counts[layout.TWIN])
    return Delivery(
        therapy=Therapy(tip, _doses(plan, only_intended=False)),
        intended=Therapy(twin, _doses(plan, only_intended=True)),
        believed_mL_h=believed,
        programmed_ug_h=_pieces(work.programmed, work.counts[layout.PROGRAMMED]),
        pumped_mL_h=_pieces(work.pumped, work.counts[layout.PUMPED]),
        log=_log(work),
        evidence=_evidence(plan, work, believed, device),
        levels=_levels(work),
        ledger=_ledger(work),
        dead_volume_mL=float(plan.hardware[0, layout.DEAD_VOLUME]),
        boluses=_boluses(plan),
    )


def _pieces(table: Array, n: int) -> Pieces:
    return Pieces(frozen(table[: n + 1].copy()))


def _doses(plan: Plan, only_intended: bool) -> tuple[Dose, ...]:
    doses = [
        Dose(float(row[layout.FROM]), float(row[layout.DOSE_AMOUNT]), effect.inlet)
        for effect, row in zip(plan.effects, plan.numbers[0], strict=True)
        if effect.primitive == Primitive.DOSE and (effect.intended or not only_intended)
    ]
    return tuple(sorted(doses, key=lambda dose: dose.t_h))


def _boluses(plan: Plan) -> tuple[Dose, ...]:
    fills = [
        (row[layout.FROM], row[layout.CLAIMED_CONCENTRATION])
        for effect, row in zip(plan.effects, plan.numbers[0], strict=True)
        if effect.primitive == Primitive.FILL
    ]
    boluses = []
    for effect, row in zip(plan.effects, plan.numbers[0], strict=True):
        if effect.primitive == Primitive.BOLUS:
            before = [fill for fill in fills if fill[0] <= row[layout.FROM]]
            strength = max(before)[1] if before else 0.0
            boluses.append(
                Dose(float(row[layout.FROM]), float(row[layout.BOLUS_VOLUME] * strength), "catheter")
            )
    return tuple(boluses)


def _log(work: layout.Work) -> tuple[LogEntry, ...]:
    rows = work.log[: work.counts[layout.N_LOG]]
    entries = [LogEntry(float(t), *LOG_WORDS[int(what)]) for t, what, _ in rows]
    return tuple(sorted(entries, key=lambda entry: entry.t_h))


def _evidence(
    plan: Plan, work: layout.Work, believed: Pieces, device: Mapping[str, float]
) -> tuple[Reading, ...]:
    """Every look at the volume but the first fill, with the flag of the clinic's rule."""
    readings: list[Reading] = []
    filled_h: float | None = None
    for e in work.order:
        effect, visit = plan.effects[e], work.visits[e]
        t = float(visit[layout.VISIT_TIME])
        if np.isnan(t):
            continue
        looked = effect.primitive == Primitive.READ or effect.code == FillMode.REPLACE
        if looked and filled_h is not None and not any(r.t_h == t for r in readings):
            programmed = float(np.diff(believed.integral(np.array([filled_h, t])))[0])
            expected, found = float(visit[layout.VISIT_EXPECTED]), float(visit[layout.VISIT_FOUND])
            limit = max(device["residual_flag_fraction"] * programmed, device["residual_flag_volume"])
            readings.append(Reading(t, expected, found, programmed, abs(found - expected) > limit))
        if effect.primitive == Primitive.FILL and effect.code != FillMode.ADD_ON:
            filled_h = t
    return tuple(readings)


def _levels(work: layout.Work) -> Array:
    columns = [layout.VISIT_TIME, layout.CALCULATED_AFTER, layout.TRUE_AFTER]
    rows = work.visits[work.order][:, columns]
    rows = rows[~np.isnan(rows[:, 0])]
    return frozen(rows if len(rows) else np.zeros((1, 3)))


def _ledger(work: layout.Work) -> dict[str, float]:
    ledger = work.ledger
    return {
        "filled_ug": float(ledger[layout.FILLED]),
        "line_at_start_ug": float(ledger[layout.LINE_AT_START]),
        "primed_ug": float(ledger[layout.PRIMED]),
        "reservoir_ug": float(ledger[layout.RESERVOIR_LEFT]),
        "catheter_ug": float(ledger[layout.LINE_LEFT]),
        "delivered_ug": float(ledger[layout.DELIVERED]),
        "discarded_ug": float(ledger[layout.DISCARDED]),
        "removed_ug": float(ledger[layout.REMOVED]),
    }
