"""Effects packed as data: integer columns for structure, one table for numbers, for one run or a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from itsim.arrays import Array, Codes, Number
from itsim.device import layout
from itsim.device.codes import Primitive, Shape
from itsim.device.effects import N_NUMBERS, Effect, over_variants
from itsim.device.pieces import WIDTH
from itsim.device.trigger import begins_h, volume_first_mL
from itsim.scenario.model import Entry


@dataclass(frozen=True)
class Plan:
    """What the stages read. ``v`` variants (1 for a run), ``e`` effects, ``k`` rows of knots."""

    effects: tuple[Effect, ...]
    entries: tuple[int, ...]
    """Which entry of the timeline each effect came from."""
    codes: Codes
    """``[e, N_COLUMNS]``"""
    numbers: Array
    """``[v, e, N_NUMBERS]``"""
    knots: Array
    """``[v or 1, k, 7]``"""
    hardware: Array
    """``[v, N_HARDWARE]``"""

    @property
    def n_variants(self) -> int:
        """How many scenarios this plan holds."""
        return int(self.numbers.shape[0])


def make_plan(
    timeline: Sequence[Entry], device: Mapping[str, Number], until_h: Number, history_ug_h: Number | None
) -> Plan:
    """Turn a timeline into a plan. Any number in *timeline* or *device* may be an array over variants.

    *history_ug_h*: the dose rate the patient has lived on. The catheter then holds the first fill's
    concentration at the start, and this dose is intended until a programme says otherwise. None: a naive
    patient and an empty line.
    """
    effects: list[Effect] = []
    entries: list[int] = []
    triggers: list[tuple[Number, Number]] = []
    for entry in timeline:
        begins = begins_h(entry.parameters, entry.at_h, entry.id)
        for effect in entry.kind.effects(entry.parameters, begins, device):
            effects.append(effect)
            entries.append(entry.place)
            triggers.append((volume_first_mL(entry.parameters), begins))
    knots, first = _pack_knots(effects)
    rows = [_code_row(effect, first[i], i) for i, effect in enumerate(effects)]
    codes = np.array(rows, dtype=np.int64).reshape(len(effects), layout.N_COLUMNS)
    hardware = _pack_hardware(device, until_h, 0.0 if history_ug_h is None else history_ug_h)
    numbers = _pack_numbers(effects, triggers, max(len(hardware), len(knots)))
    if len(numbers) != len(hardware):
        hardware = np.repeat(hardware, len(numbers), axis=0)
    if history_ug_h is not None:
        hardware[:, layout.LINE_START] = _first_concentration(codes, numbers)
    return Plan(tuple(effects), tuple(entries), codes, numbers, knots, hardware)


def workspace(plan: Plan, times_larger: int = 1) -> layout.Work:
    """A workspace that is large enough for all but the most winding scenarios; else ask for a larger one."""
    days = float(np.max(plan.hardware[:, layout.HORIZON_H])) / 24.0
    n = 64
    for effect, row in zip(plan.effects, plan.codes, strict=True):
        n += 160 if effect.shape == Shape.LOGISTIC else 6
        n += int(row[layout.KNOT_COUNT] * (_periods(effect, days) if effect.shape == Shape.REPEATED else 1))
    n_log = 64 + int(plan.codes[:, layout.KNOT_COUNT].sum()) * 2
    return layout.workspace(n * times_larger, len(plan.effects), n_log * times_larger)


def _periods(effect: Effect, days: float) -> float:
    return days * 24.0 / float(np.min(effect.numbers[layout.PERIOD])) + 2.0


def _code_row(effect: Effect, first_knot: int, place: int) -> list[int]:
    row = [0] * layout.N_COLUMNS
    row[layout.PRIMITIVE], row[layout.RANK] = effect.primitive, effect.rank
    row[layout.SHAPE], row[layout.CODE] = effect.shape, effect.code
    row[layout.ENDED_BY], row[layout.ENDS] = effect.ended_by, effect.ends
    row[layout.INTENDED], row[layout.GIVEN] = int(effect.intended), int(effect.given)
    row[layout.SKIPPED_AS], row[layout.PLACE] = effect.skipped_as, place
    row[layout.KNOT_FIRST] = first_knot
    row[layout.KNOT_COUNT] = 0 if effect.knots is None else effect.knots.shape[-2]
    return row


def _pack_knots(effects: Sequence[Effect]) -> tuple[Array, list[int]]:
    first, tables, n = [], [], 0
    for effect in effects:
        first.append(n)
        if effect.knots is not None:
            tables.append(effect.knots if effect.knots.ndim == 3 else effect.knots[None])
            n += effect.knots.shape[-2]
    if not tables:
        return np.zeros((1, 0, WIDTH)), first
    n_variants = max(len(table) for table in tables)
    return np.concatenate([np.repeat(t, n_variants // len(t), axis=0) for t in tables], axis=1), first


def _pack_numbers(
    effects: Sequence[Effect], triggers: Sequence[tuple[Number, Number]], n_variants: int
) -> Array:
    for effect, trigger in zip(effects, triggers, strict=True):
        n_variants = max(n_variants, *(np.size(number) for number in (*effect.numbers, *trigger)))
    numbers = np.zeros((n_variants, len(effects), N_NUMBERS))
    for i, (effect, trigger) in enumerate(zip(effects, triggers, strict=True)):
        for j, number in enumerate(effect.numbers):
            numbers[:, i, j] = number
        numbers[:, i, layout.TRIGGER_VOLUME], numbers[:, i, layout.TRIGGER_FROM] = trigger
    return numbers


def _in_order(codes: Codes, numbers: Array) -> Codes:
    """The fills of every variant in the order in which they come, ``[v, fills]``."""
    fills = np.flatnonzero(codes[:, layout.PRIMITIVE] == Primitive.FILL)
    fills = fills[np.argsort(codes[fills, layout.RANK], kind="stable")]
    return np.asarray(fills[np.argsort(numbers[:, fills, layout.FROM], axis=1, kind="stable")])


def _first_concentration(codes: Codes, numbers: Array) -> Array:
    """What the first fill of every variant holds; nothing where there is none."""
    fills = _in_order(codes, numbers)
    if fills.shape[1] == 0:
        return np.zeros(len(numbers))
    return np.asarray(numbers[np.arange(len(numbers)), fills[:, 0], layout.FILL_CONCENTRATION])


_ABILITIES = {
    layout.ALARMS_LOW: "alarms_low_reservoir",
    layout.ALARMS_EMPTY: "alarms_empty_reservoir",
    layout.ALARMS_STOPPED: "alarms_stopped",
    layout.SENSES_STALL: "senses_stall",
    layout.SENSES_BATTERY: "senses_battery",
    layout.SENSES_MEMORY: "senses_memory",
}


def _pack_hardware(device: Mapping[str, Number], until_h: Number, history_ug_h: Number) -> Array:
    row: list[Number] = [0.0] * layout.N_HARDWARE
    row[layout.HORIZON_H] = until_h
    row[layout.DEAD_VOLUME] = device["tubing_volume"] + device["volume_per_length"] * device["length"]
    row[layout.UNUSABLE_VOLUME] = device["unusable_volume"]
    row[layout.TAPER_VOLUME] = device["taper_volume"]
    row[layout.LOW_ALARM_VOLUME] = device["low_alarm_volume"]
    row[layout.CAPACITY] = device["reservoir_capacity"]
    row[layout.STOPPED_DELAY] = device["stopped_alarm_delay"]
    row[layout.BIAS] = device["flow_bias"]
    row[layout.INTENDED_START] = history_ug_h
    for slot, name in _ABILITIES.items():
        row[slot] = device[name]
    return over_variants(row).reshape(-1, layout.N_HARDWARE)
