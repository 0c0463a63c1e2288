"""The words of effects as whole numbers, as the stages read them."""

from __future__ import annotations

from enum import IntEnum


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
    OVERRIDE = 8
    ADD = 9
    DRAIN = 10
    BACKFLOW = 11
    HOLD = 12
    STORE = 13
    RELEASE = 14
    SKIP = 15
    SILENCE = 16
    CONDITION = 17
    DRAIN_CSF = 18
    LOSE_CSF = 19


class Shape(IntEnum):
    """How an effect runs in time."""

    BOX = 0
    RAMP = 1
    DECAY = 2
    LOGISTIC = 3
    PIECES = 4
    TELEGRAPH = 5
    REPEATED = 6


class Amount(IntEnum):
    """What the numbers of a programme or a bolus are: a flow in mL/h (mL) or a dose rate in µg/h (µg)."""

    FLOW = 0
    DOSE = 1


class FillMode(IntEnum):
    """What happens to the fluid that is already in the reservoir."""

    REFILL = 0
    """aspirated and discarded, then filled"""
    REPLACE = 1
    """goes with the old pump; the new one starts with this fill"""


class Part(IntEnum):
    """What ends an effect: hardware by its replacement, a latch or a setting by what frees it."""

    NONE = 0
    PUMP = 1
    CATHETER = 2
    LATCH = 3
    """what an interrogation frees; a new pump does too"""
    SETTING = 4
    """what programming the pump sets right; a new pump does too"""


class Rank(IntEnum):
    """The order at one instant, by meaning."""

    SWAP = 0
    REFILL = 1
    LINE = 2
    PROGRAMME = 3
    BOLUS = 4
    FAULT = 5


class Alarm(IntEnum):
    """What an effect makes the pump say; whether a pump can, its data say."""

    NONE = 0
    STALL = 1
    ERI = 2
    EOS = 3
    RESET = 4
    MEMORY = 5
    """critical"""
    MEMORY_WARNING = 6
    """non-critical"""
    DENIED = 7
    """A bolus that the patient asked for within the lock-out."""
    STALL_AFTER_FIELD = 8
    """As STALL, but the log shows the recovery only at the second interrogation."""


class Station(IntEnum):
    """Where a share is taken away."""

    PUMP = 0
    """of the flow: what is not pumped stays in the reservoir"""
    CATHETER = 1
    """of what arrives at the tip: it leaks into tissue on the way"""
    TISSUE = 2
    """of what leaves the tip: it misses the CSF and is sequestered there"""


class Condition(IntEnum):
    """What the patient's own course changes in the response."""

    SPASTICITY = 0
    """factor on the concentration that relieves legs and arms"""
    POTENCY = 1
    """factor on every concentration that is needed for an effect, sedation too"""


class Overflow(IntEnum):
    """What a full store does with more fluid."""

    RELIEF = 0
    """it leaves through a leak"""
    SLIP = 1
    """the rotor slips: it is not pumped"""


class Skipped(IntEnum):
    """What does not happen while somebody or something misses it."""

    NOTHING = 0
    REFILL = 1
    ORAL = 2
