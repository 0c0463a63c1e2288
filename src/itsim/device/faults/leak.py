"""Part of the drug leaves the catheter before the tip: a leak or a microfracture.

    dose rate at the tip = (1 − leak(t)) × flow × concentration
    abrupt        leak = end
    linear        leak = end (t − at)/T, then end
    logistic      an S from 0 to end in T, steepest in the middle
    exponential   leak = end (1 − exp(−(t − at)/τ))
    intermittent  tight for a mean of `mean_tight`, leaking the share end for a mean of `mean_leaking` [h],
                  exponential spells, for T in all

T is `lasting`, τ is `tau` [h]. The share is taken at the tip: fluid behind the leak is taken to move on at
the undiminished flow, so that a new concentration arrives no later than through a sound catheter. The volume
has left the pump as programmed. Sources: a microfracture with under- and overdose in turn (Dawes 2003, title
only), accuracy of CT myelography (Erasmus 2020), holes and breaks among complications (J Neurosurg 1995); the
courses are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import model_validator

from itsim.arrays import Number
from itsim.device.checks import check_form, share_complaints, time_complaints
from itsim.device.codes import Shape, Station
from itsim.device.effects import Effect, scale
from itsim.device.renewal import switching_times
from itsim.device.trigger import Triggered, stream_of
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind

_NEEDED = {
    "abrupt": (),
    "linear": ("lasting",),
    "logistic": ("lasting",),
    "exponential": ("tau",),
    "intermittent": ("lasting", "mean_leaking", "mean_tight"),
}
_EXAMPLES = {"lasting": "14 day", "tau": "5 day", "mean_leaking": "8 h", "mean_tight": "30 h"}
_SHAPES = {"linear": Shape.RAMP, "logistic": Shape.LOGISTIC, "exponential": Shape.DECAY}


class Leak(Triggered):
    """`end` is the share that leaks in the end; which other numbers are needed depends on the onset."""

    end_frac: Fraction
    onset: Literal["abrupt", "linear", "exponential", "logistic", "intermittent"] = "abrupt"
    lasting_h: Hours | None = None
    tau_h: Hours | None = None
    mean_leaking_h: Hours | None = None
    mean_tight_h: Hours | None = None

    @model_validator(mode="after")
    def _numbers_of_the_onset(self) -> Leak:
        given = {
            "lasting": self.lasting_h,
            "tau": self.tau_h,
            "mean_leaking": self.mean_leaking_h,
            "mean_tight": self.mean_tight_h,
        }
        check_form(f"the onset {self.onset}", _NEEDED[self.onset], given, _EXAMPLES)
        return self


def effects(p: Leak, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A share that does not reach the tip, until the catheter is replaced."""
    left = 1.0 - p.end_frac
    if p.onset == "abrupt":
        return (scale(at_h, after=left, station=Station.CATHETER),)
    if p.onset == "intermittent":
        return (_in_spells(p, at_h, left),)
    lasting_h = p.tau_h if p.onset == "exponential" else p.lasting_h
    shape = _SHAPES[p.onset]
    return (scale(at_h, after=left, lasting_h=lasting_h, shape=shape, station=Station.CATHETER),)


def _in_spells(p: Leak, at_h: Number, left: Number) -> Effect:
    lasting_h: Number = p.lasting_h
    knots = switching_times(
        0.0, lasting_h, p.mean_tight_h, p.mean_leaking_h, 0.0, 0.0, "exponential", p.seed, stream_of("leak")
    )
    until_h = at_h + lasting_h
    shape = Shape.TELEGRAPH
    return scale(at_h, until_h, after=left, shape=shape, knots=knots, station=Station.CATHETER)


def complaints(p: Leak, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Shares that are none, and times that do not last."""
    yield from share_complaints("end", p.end_frac, "0.8")
    yield from time_complaints("lasting", p.lasting_h, "14 day")
    yield from time_complaints("tau", p.tau_h, "5 day")
    yield from time_complaints("mean_leaking", p.mean_leaking_h, "8 h")
    yield from time_complaints("mean_tight", p.mean_tight_h, "30 h")


KIND = Kind(
    group="faults",
    name="leak",
    summary="Leaking catheter: a share of the drug leaves it before the tip, at once, slowly or in spells.",
    parameters=Leak,
    effects=effects,
    example={"end": 0.6},
    evidence="none: the volume has left the pump as programmed",
    sources=("dawes2003", "erasmus2020", "jneurosurg1995"),
    complaints=complaints,
    words=lambda p: (
        f"catheter leaks {100.0 * p.end_frac:g} %" + (" in spells" if p.onset == "intermittent" else "")
    ),
)
