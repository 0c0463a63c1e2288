"""The tip has slipped out of the CSF: beneath the dura, outside it, or out of the canal.

    dose rate to the CSF = f(t) × dose rate at the tip,   f from 1 to `reached` in `lasting` [h], or at once
    sequestered = ∫ (1 − f) × dose rate at the tip dt  [µg]
    at + release_after: the share `released` of what is sequestered reaches the CSF in `release_lasting` [h]

Source: a catheter beneath the dura that did nothing at rising doses, until contrast pushed through it freed
the sequestered drug and overdosed the patient (Lew 2005). Shares and times are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import share_complaints, time_complaints
from itsim.device.codes import Shape, Station
from itsim.device.effects import Effect, release, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind


class Migration(Triggered):
    """`reached` is the share that still reaches the CSF; without `release_after` nothing ever comes back."""

    reached_frac: Fraction
    lasting_h: Hours | None = None
    release_after_h: Hours | None = None
    released_frac: Fraction = 1.0
    release_lasting_h: Hours = 1.0


def effects(p: Migration, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A share that misses the CSF, until the catheter is replaced, and its release."""
    if p.lasting_h is None:
        missing = scale(at_h, after=p.reached_frac, station=Station.TISSUE)
    else:
        missing = scale(
            at_h, after=p.reached_frac, lasting_h=p.lasting_h, shape=Shape.RAMP, station=Station.TISSUE
        )
    if p.release_after_h is None:
        return (missing,)
    return (missing, release(at_h + p.release_after_h, p.released_frac, p.release_lasting_h))


def complaints(p: Migration, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Shares that are none, and times that do not last."""
    yield from share_complaints("reached", p.reached_frac, "0.1")
    yield from share_complaints("released", p.released_frac, "0.5")
    yield from time_complaints("lasting", p.lasting_h, "7 day, or leave it out")
    yield from time_complaints("release_after", p.release_after_h, "20 day, or leave it out")
    yield from time_complaints("release_lasting", p.release_lasting_h, "1 h")


KIND = Kind(
    group="faults",
    name="migration",
    summary="Migrated tip: part of the drug misses the CSF and is sequestered; some may come back at once.",
    parameters=Migration,
    effects=effects,
    example={"reached": 0.1},
    evidence="none: the volume has left the pump as programmed",
    sources=("lew2005",),
    complaints=complaints,
    words=lambda p: "tip migrated",
)
