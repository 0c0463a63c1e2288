"""The pump delivers less and less of what it is told, and does not know it.

    linear       g = 1 − (1 − g_end) (t − at)/T, then g_end
    exponential  g = g_end + (1 − g_end) exp(−(t − at)/τ)
    logistic     an S from 1 to g_end in T, steepest in the middle
    steps        a table of gains, each kept until the next

T is `lasting`, τ is `tau`. No measured gradual decline of an explanted pump was found: gradual loss is a
hypothesis of this model, named so by its grade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import model_validator

from itsim.device.checks import check_form, share_complaints, time_complaints
from itsim.device.codes import Shape
from itsim.device.effects import Effect, scale
from itsim.device.profiles import check_times, pieces_from_points
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind, KindModel


class GainStep(KindModel):
    """From *after* the start of the fault on, this share of the programmed flow."""

    after_h: Hours
    gain_frac: Fraction


class GainDrift(Triggered):
    """Shape and size of the decline; which numbers it needs depends on the shape."""

    shape: Literal["linear", "exponential", "logistic", "steps"]
    end_frac: Fraction = 0.0
    lasting_h: Hours | None = None
    tau_h: Hours | None = None
    steps: tuple[GainStep, ...] | None = None

    @model_validator(mode="after")
    def _numbers_of_the_shape(self) -> GainDrift:
        given = {"lasting": self.lasting_h, "tau": self.tau_h, "steps": self.steps}
        check_form(f"a {self.shape} decline", _NEEDED[self.shape], given, _EXAMPLES)
        if self.steps is not None:
            check_times([s.after_h for s in self.steps], [s.gain_frac for s in self.steps])
        return self


_NEEDED = {
    "linear": ("lasting",),
    "logistic": ("lasting",),
    "exponential": ("tau",),
    "steps": ("steps",),
}
_EXAMPLES = {"lasting": "90 day", "tau": "40 day", "steps": "[{after: 0 day, gain: 0.75}]"}
_SHAPES = {"linear": Shape.RAMP, "logistic": Shape.LOGISTIC, "exponential": Shape.DECAY}


def effects(p: GainDrift, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One gain on the pump's flow until the pump is replaced."""
    if p.shape == "steps":
        steps = p.steps or ()
        knots = pieces_from_points([s.after_h for s in steps], [s.gain_frac for s in steps], "steps")
        return (scale(at_h, shape=Shape.PIECES, knots=knots),)
    lasting_h = p.tau_h if p.shape == "exponential" else p.lasting_h
    return (scale(at_h, after=p.end_frac, lasting_h=lasting_h, shape=_SHAPES[p.shape]),)


def complaints(p: GainDrift, device: Mapping[str, float]) -> Iterator[Complaint]:
    """Gains outside 0 to 1 and declines without a length."""
    yield from share_complaints("end", p.end_frac, "0.2")
    yield from time_complaints("lasting", p.lasting_h, "90 day")
    yield from time_complaints("tau", p.tau_h, "40 day")
    for i, step in enumerate(p.steps or ()):
        yield from share_complaints(f"steps.{i}.gain", step.gain_frac, "0.75")


KIND = Kind(
    group="faults",
    name="gain_drift",
    summary="Gradual under-delivery: linear, exponential, logistic or stepwise loss of flow.",
    parameters=GainDrift,
    effects=effects,
    example={"shape": "linear", "end": 0.2, "lasting": "20 day"},
    alarm="none",
    evidence="surplus that grows from refill to refill",
    complaints=complaints,
    words=lambda p: f"{'stepwise' if p.shape == 'steps' else p.shape} loss of flow",
)
