"""When a fault begins: at its time, at a time drawn from a hazard rate, or when enough has been pumped.

hazard        begins at `at` + E/h, E a draw from the unit exponential
after_volume  begins when the pump has delivered this volume since `at`, whatever it believed
"""

from __future__ import annotations

import zlib

import numpy as np
from pydantic import model_validator

from itsim.arrays import Number
from itsim.scenario.kinds import KindModel, Millilitres, PerHour

HAZARD_STREAM = 1
"""Draws of a hazard and other draws of the same fault do not share random numbers."""


def stream_of(words: str) -> int:
    """A stream of random numbers of its own for *words*, the same on every machine."""
    return zlib.crc32(words.encode())


class Triggered(KindModel):
    """Base of every fault's parameters. Without a trigger the fault begins at its own `at`; with `hazard` the
    beginning is drawn from `seed`, with `after_volume` it is when so much has been pumped since `at`."""

    hazard_per_h: PerHour | None = None
    seed: int = 1
    after_volume_mL: Millilitres | None = None

    @model_validator(mode="after")
    def _one_trigger(self) -> Triggered:
        if self.hazard_per_h is not None and self.after_volume_mL is not None:
            raise ValueError("begins either by hazard or after_volume; take one of them out")
        if self.hazard_per_h is not None and self.hazard_per_h <= 0.0:
            raise ValueError("hazard is a rate above zero, such as 0.0046 1/year")
        if self.after_volume_mL is not None and self.after_volume_mL <= 0.0:
            raise ValueError("after_volume is more than zero, such as 20 mL")
        if self.seed < 0:
            raise ValueError("seed is a whole number of zero or more")
        return self


def begins_h(parameters: KindModel, at_h: Number, id: str) -> Number:
    """When the entry *id* begins, but for a volume that is to be pumped first. Entries draw independently."""
    if not isinstance(parameters, Triggered) or parameters.hazard_per_h is None:
        return at_h
    draws = np.random.Generator(
        np.random.Philox(key=[parameters.seed, (HAZARD_STREAM << 32) + stream_of(id)])
    )
    return at_h + draws.exponential() / parameters.hazard_per_h


def volume_first_mL(parameters: KindModel) -> Number:
    """What is pumped before an entry begins; none for most."""
    volume = parameters.after_volume_mL if isinstance(parameters, Triggered) else None
    return 0.0 if volume is None else volume
