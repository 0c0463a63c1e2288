"""Effects are plain data; the words that build them put every number into its slot."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.device import effects, layout
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
from itsim.device.effects import N_NUMBERS


def test_slots_are_those_of_the_layout() -> None:
    fill = effects.fill(1.0, 2.0, 3.0, 4.0, 5.0).numbers
    slots = [
        layout.FROM,
        layout.FILL_VOLUME,
        layout.FILL_CONCENTRATION,
        layout.CLAIMED_VOLUME,
        layout.CLAIMED_CONCENTRATION,
    ]
    assert [fill[slot] for slot in slots] == [1.0, 2.0, 3.0, 4.0, 5.0]
    scale = effects.scale(1.0, 2.0, 3.0, 4.0, 5.0, Shape.RAMP).numbers
    assert [scale[s] for s in (layout.BEFORE, layout.AFTER, layout.LASTING)] == [3.0, 4.0, 5.0]
    assert effects.program(1.0, 7.0, Amount.FLOW).numbers[layout.RATE] == 7.0
    assert effects.bolus(1.0, 7.0, 2.0).numbers == (1.0, 3.0, 7.0)
    assert effects.set_line(1.0, 7.0, 8.0, False).numbers[layout.LINE_CONCENTRATION] == 8.0
    assert effects.announce(1.0, Alarm.STALL, 7.0).numbers[layout.LATENCY] == 7.0
    assert effects.read(1.0, 7.0).numbers[layout.READ_ERROR] == 7.0
    assert effects.dose(1.0, 7.0, "gut").numbers[layout.DOSE_AMOUNT] == 7.0
    assert all(len(numbers) <= N_NUMBERS for numbers in (fill, scale))


def test_a_replacement_ends_what_belongs_to_the_pump() -> None:
    swap = effects.fill(0.0, 40.0, 500.0, 40.0, 500.0, FillMode.REPLACE)
    assert (swap.rank, swap.ends) == (Rank.SWAP, Part.PUMP)
    assert effects.scale(0.0).ended_by == Part.PUMP
    assert effects.scale(0.0, station=Station.CATHETER).ended_by == Part.CATHETER
    assert effects.scale(0.0, station=Station.TISSUE).ended_by == Part.CATHETER
    assert {effect.ended_by for effect in effects.hold(0, 1, 0.5, 1, Overflow.SLIP)} == {Part.CATHETER}
    assert effects.program(0.0, 1.0, Amount.DOSE).ended_by == Part.NONE


def test_faults_readings_and_alarms_are_not_intended() -> None:
    assert not effects.scale(0.0).intended
    assert not effects.read(0.0).intended
    assert not effects.announce(0.0, Alarm.STALL, 1.0).intended


def test_every_primitive_has_a_word() -> None:
    made = {
        effects.program(0, 1, Amount.DOSE),
        effects.scale(0),
        effects.bolus(0, 1, 1),
        effects.fill(0, 1, 1, 1, 1),
        effects.set_line(0, 1, 1, True),
        effects.announce(0, Alarm.STALL, 1),
        effects.read(0),
        effects.dose(0, 1, "gut"),
        effects.override(0, 1),
        effects.add(0, 1, 1),
        effects.drain(0, 1, 1),
        effects.backflow(0, 1),
        *effects.hold(0, 1, 0.5, 1, Overflow.SLIP),
        effects.release(0, 1, 1),
        effects.skip(0, 1, Skipped.REFILL),
        effects.silence(0),
        effects.condition(0, Condition.POTENCY, 2),
        effects.drain_csf(0, 1),
        effects.lose_csf(0, "L3/4", 1),
    }
    assert {effect.primitive for effect in made} == set(Primitive)


@pytest.mark.parametrize(("numbers", "shape"), [([1.0, 2.0], (2,)), ([1.0, np.ones(3)], (3, 2))])
def test_numbers_side_by_side(numbers: list[object], shape: tuple[int, ...]) -> None:
    assert effects.over_variants(numbers).shape == shape


def test_knots_are_widened() -> None:
    rows = effects.knot_rows(np.ones((4, 3, 2)))
    assert rows.shape == (4, 3, 7)
    assert rows[..., 2:].sum() == 0.0
