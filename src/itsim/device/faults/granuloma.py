"""A mass grows at the tip and keeps more and more of the drug from the CSF.

    dose rate to the CSF = f(t) × dose rate at the tip
    linear    f = 1 − (1 − end) (t − at)/T, then end
    logistic  an S from 1 to end in T, steepest in the middle

T is `lasting`, usually months; `end` is the share that still reaches the CSF. What is kept away counts as
sequestered. Sources: loss of effect after 38 stable months with a mass at the tip under baclofen alone
(Murphy 2006), two more patients (Pain Med 2007). That baclofen alone makes such a mass is disputed: the
images may show other faults of the catheter (the re-evaluation). The course is an assumption.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from itsim.device.checks import share_complaints, time_complaints
from itsim.device.codes import Shape, Station
from itsim.device.effects import Effect, scale
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind

_SHAPES = {"linear": Shape.RAMP, "logistic": Shape.LOGISTIC}


class Granuloma(Triggered):
    """How much still reaches the CSF in the end, and how long the mass grows."""

    end_frac: Fraction
    lasting_h: Hours
    shape: Literal["linear", "logistic"] = "linear"


def effects(p: Granuloma, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """A share that falls slowly, until the catheter is replaced."""
    shape = _SHAPES[p.shape]
    return (scale(at_h, after=p.end_frac, lasting_h=p.lasting_h, shape=shape, station=Station.TISSUE),)


def complaints(p: Granuloma, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A share that is none, a growth without a length."""
    yield from share_complaints("end", p.end_frac, "0.3")
    yield from time_complaints("lasting", p.lasting_h, "6 month")


KIND = Kind(
    group="faults",
    name="granuloma",
    summary="Mass at the catheter tip: less and less of the drug reaches the CSF, over months.",
    parameters=Granuloma,
    effects=effects,
    example={"end": 0.3, "lasting": "1 month", "shape": "linear"},
    evidence="none: the volume has left the pump as programmed",
    sources=("murphy2006", "painmed2007", "granuloma_reevaluation"),
    complaints=complaints,
    words=lambda p: "mass at the tip",
)
