"""What reaches the body, and the record of how: the result of the device for one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from itsim.arrays import Array, frozen
from itsim.device import layout
from itsim.device.codes import Alarm, Amount, FillMode, Primitive
from itsim.device.outflow import Outflow, outflows
from itsim.device.pieces import C0, C1, C2, C3, CE, LAM, START
from itsim.device.plan import Plan, make_plan, workspace
from itsim.device.stages import deliver as run_stages
from itsim.device.times import begins, ends
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
class Drainage:
    """Lumbar CSF let off at one instant, with the drug in it."""

    t_h: float
    volume_mL: float


@dataclass(frozen=True)
class Therapy:
    """All that acts on the body: a dose rate at the catheter tip (µg/h), instant doses, CSF let off, the
    patient's own course, and CSF that is being lost."""

    catheter: Pieces
    doses: tuple[Dose, ...]
    drainages: tuple[Drainage, ...] = ()
    conditions: Mapping[str, Pieces] = field(default_factory=dict)
    """Factors on the response by name, "spasticity" and "potency", over the whole run; 1 where absent."""
    outflows: tuple[Outflow, ...] = ()


@dataclass(frozen=True)
class LogEntry:
    """One line of the pump's log, or of the truth that no sensor sees."""

    t_h: float
    kind: str
    detail: str
    tone: str
    """"critical", "non-critical", "log" or "silent" (nothing sounds, nothing is written)."""
    shown_h: float | None = None
    """When an interrogation first shows it; None where none does. After a strong magnetic field the recovery
    of the rotor is shown only by the second interrogation (medtronic_mri_2008)."""

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
    limit_mL: float
    """Largest difference that is not flagged: the accuracy band, or the clinic's rule if that is larger."""

    @property
    def flagged(self) -> bool:
        """Whether the clinic's rule takes the difference for a sign."""
        return abs(self.surplus_mL) > self.limit_mL

    @property
    def ratio(self) -> float | None:
        """Delivered over programmed volume as read, 1 − surplus/programmed; None where none was."""
        return 1.0 - self.surplus_mL / self.programmed_mL if self.programmed_mL > 0.0 else None

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
    leaving_mL_h: Pieces
    """Flow that leaves the reservoir: what is pumped, and what leaks past the pump."""
    line_mL_h: Pieces
    """Flow through the catheter: what is pumped, less what is held back, with what is let go."""
    log: tuple[LogEntry, ...]
    evidence: tuple[Reading, ...]
    levels: Array
    """``[visits, 3]``: time, calculated and true volume after each visit and each backflow."""
    ledger: Mapping[str, float]
    dead_volume_mL: float
    boluses: tuple[Dose, ...]
    """What the pump was meant to push at once, at the concentration it was told; no priming."""
    begins_h: Mapping[int, float]
    """When each entry of the timeline begins, by its place; infinite where it never does."""
    ends_h: Mapping[int, float]
    """When an entry that lasts has ceased to act, by its place, also where a part is replaced or the run is
    over before; infinite where it never does. Without what acts at once."""

    def calculated_volume_mL(self, times_h: Array) -> Array:
        """What the pump thinks is in the reservoir; a belief that may pass below zero."""
        return self._volume(times_h, 1, self.believed_mL_h)

    def true_volume_mL(self, times_h: Array) -> Array:
        """What is in the reservoir."""
        return self._volume(times_h, 2, self.leaving_mL_h)

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
    layout.LOG_ERI: ("eri_alarm", "estimated replacement date has come", "non-critical"),
    layout.LOG_EOS: ("eos_alarm", "end of service: the pump has stopped for good", "critical"),
    layout.LOG_RESET: ("battery_reset_alarm", "low-battery reset: the flow has fallen", "critical"),
    layout.LOG_MEMORY: ("memory_error_alarm", "critical memory error", "critical"),
    layout.LOG_MEMORY_WARNING: ("memory_error_alarm", "non-critical memory error", "non-critical"),
    layout.LOG_DENIED: (
        "bolus_denied",
        "a patient's bolus was denied: within the lock-out, or more than the daily maximum",
        "log",
    ),
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
    believed = _pieces(work.tables[layout.BELIEVED], work.counts[layout.BELIEVED])
    tip = _pieces(work.tables[layout.TIP], work.counts[layout.TIP])
    twin = _pieces(work.tables[layout.TWIN], work.counts[layout.TWIN])
    return Delivery(
        therapy=Therapy(
            tip,
            _doses(plan, work, layout.GIVEN),
            _drainages(plan, work),
            _conditions(work),
            outflows(plan, work),
        ),
        intended=Therapy(twin, _doses(plan, work, layout.INTENDED)),
        believed_mL_h=believed,
        programmed_ug_h=_pieces(work.tables[layout.PROGRAMMED], work.counts[layout.PROGRAMMED]),
        pumped_mL_h=_pieces(work.tables[layout.PUMPED], work.counts[layout.PUMPED]),
        leaving_mL_h=_pieces(work.tables[layout.LEAVING], work.counts[layout.LEAVING]),
        line_mL_h=_pieces(work.tables[layout.THROUGH], work.counts[layout.THROUGH]),
        log=_log(plan, work),
        evidence=_evidence(plan, work, believed, device),
        levels=_levels(work),
        ledger=_ledger(work),
        dead_volume_mL=float(plan.hardware[0, layout.DEAD_VOLUME]),
        boluses=_boluses(plan, work),
        begins_h=begins(plan, work),
        ends_h=ends(plan, work),
    )


def _pieces(table: Array, n: int) -> Pieces:
    return Pieces(frozen(table[: n + 1].copy()))


def _acting(plan: Plan, work: layout.Work, primitive: Primitive, whose: int = layout.GIVEN) -> list[int]:
    """Effects of a primitive that come within the run, in order of time."""
    end_h = plan.hardware[0, layout.HORIZON_H]
    return [
        int(e)
        for e in work.order
        if plan.codes[e, layout.PRIMITIVE] == primitive
        and plan.codes[e, whose] == 1
        and work.begins[e] < end_h
    ]


def _doses(plan: Plan, work: layout.Work, whose: int) -> tuple[Dose, ...]:
    numbers = plan.numbers[0]
    return tuple(
        Dose(float(work.begins[e]), float(numbers[e, layout.DOSE_AMOUNT]), plan.effects[e].inlet)
        for e in _acting(plan, work, Primitive.DOSE, whose)
    )


def _drainages(plan: Plan, work: layout.Work) -> tuple[Drainage, ...]:
    return tuple(
        Drainage(float(work.begins[e]), float(plan.numbers[0, e, layout.VOLUME]))
        for e in _acting(plan, work, Primitive.DRAIN_CSF)
    )


def _conditions(work: layout.Work) -> dict[str, Pieces]:
    """The conditions that are not 1 all the time."""
    tables = {
        "spasticity": _pieces(work.tables[layout.SPASTICITY], work.counts[layout.SPASTICITY]),
        "potency": _pieces(work.tables[layout.POTENCY], work.counts[layout.POTENCY]),
    }
    return {
        name: pieces for name, pieces in tables.items() if len(pieces.rows) > 2 or pieces.rows[0, C0] != 1.0
    }


def _boluses(plan: Plan, work: layout.Work) -> tuple[Dose, ...]:
    claimed = _pieces(work.tables[layout.CLAIMED], work.counts[layout.CLAIMED])
    boluses = []
    for e in _acting(plan, work, Primitive.BOLUS, layout.INTENDED):
        t, size = float(work.begins[e]), float(plan.numbers[0, e, layout.BOLUS_SIZE])
        strength = float(claimed.rate(np.array([t]))[0]) if plan.effects[e].code == Amount.FLOW else 1.0
        if size > 0.0:  # a denied one is empty
            boluses.append(Dose(t, size * strength, "catheter"))
    return tuple(boluses)


def _log(plan: Plan, work: layout.Work) -> tuple[LogEntry, ...]:
    looks = [float(work.begins[e]) for e in _acting(plan, work, Primitive.READ)]
    entries = []
    for t, what, e in work.log[: work.counts[layout.N_LOG]]:
        words = LOG_WORDS[int(what)]
        late = e >= 0 and plan.effects[int(e)].code == Alarm.STALL_AFTER_FIELD
        second = late and what == layout.LOG_RECOVERED
        shown = [look for look in looks if look >= t][int(second) :]
        entries.append(LogEntry(float(t), *words, shown[0] if shown and words[2] != "silent" else None))
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
        measured = effect.primitive == Primitive.READ or effect.code == FillMode.REPLACE
        looked = measured and not np.isnan(visit[layout.VISIT_FOUND])
        if looked and filled_h is not None and not any(r.t_h == t for r in readings):
            programmed = float(np.diff(believed.integral(np.array([filled_h, t])))[0])
            expected, found = float(visit[layout.VISIT_EXPECTED]), float(visit[layout.VISIT_FOUND])
            limit = max(device["residual_flag_fraction"] * programmed, device["residual_flag_volume"])
            readings.append(Reading(t, expected, found, programmed, limit))
        if effect.primitive == Primitive.FILL:
            filled_h = t if visit[layout.CALCULATED_AFTER] > 0.0 else None
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
        "leaked_ug": float(ledger[layout.LEAKED]),
        "sequestered_ug": float(ledger[layout.SEQUESTERED]),
        "relieved_ug": float(ledger[layout.RELIEVED]),
        "drained_ug": float(ledger[layout.DRAINED]),
        "pumped_mL": float(ledger[layout.PUMPED_mL]),
        "line_mL": float(ledger[layout.LINE_mL]),
        "stored_mL": float(ledger[layout.STORED_mL]),
        "relieved_mL": float(ledger[layout.RELIEVED_mL]),
        "removed_mL": float(ledger[layout.REMOVED_mL]),
        "drained_mL": float(ledger[layout.DRAINED_mL]),
    }
