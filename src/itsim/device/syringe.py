"""How far off a volume is read when the reservoir is aspirated.

    read = aspirated + syringe_error + N(0, σ)     σ the clinic's `syringe_error`, only where a seed is given

That small volumes are read wrongly was reported (Wesemann 2014); the size of σ is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import model_validator

from itsim.arrays import Number
from itsim.scenario.kinds import KindModel, Millilitres

SYRINGE_STREAM = 2
"""A reading and a hazard of the same seed do not share random numbers."""


class SyringeReading(KindModel):
    """Base of the visits at which a volume is read: `syringe_error` is added to it, and with `syringe_seed`
    an error drawn from the clinic's."""

    syringe_error_mL: Millilitres = 0.0
    syringe_seed: int | None = None

    @model_validator(mode="after")
    def _seed_is_a_seed(self) -> SyringeReading:
        if self.syringe_seed is not None and self.syringe_seed < 0:
            raise ValueError("syringe_seed is a whole number of zero or more")
        return self


def reading_error_mL(p: SyringeReading, device: Mapping[str, Number]) -> Number:
    """What is added to the volume that is found."""
    if p.syringe_seed is None:
        return p.syringe_error_mL
    draws = np.random.Generator(np.random.Philox(key=[p.syringe_seed, SYRINGE_STREAM]))
    return p.syringe_error_mL + draws.standard_normal() * device["syringe_error"]
