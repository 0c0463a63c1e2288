"""Any course of the delivered share, from points in the file or in a CSV beside it.

g(t) through the given points, steps or lines between them; the last is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.codes import Shape
from itsim.device.effects import Effect, scale
from itsim.device.profiles import Between, check_times, pieces_from_points
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Fraction, Hours, Kind


class GainProfile(Triggered):
    """Times from the entry's own `at`, and the delivered share at each."""

    times_h: tuple[Hours, ...]
    gains_frac: tuple[Fraction, ...]
    between: Between = "lines"

    @model_validator(mode="after")
    def _one_value_per_time(self) -> GainProfile:
        check_times(self.times_h, self.gains_frac)
        return self


def effects(p: GainProfile, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """One gain on the pump's flow until the pump is replaced."""
    return (scale(at_h, shape=Shape.PIECES, knots=pieces_from_points(p.times_h, p.gains_frac, p.between)),)


def complaints(p: GainProfile, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A share below zero."""
    for i, gain in enumerate(p.gains_frac):
        if gain < 0.0:
            yield Complaint(f"gains.{i}", "is negative", "write a share of zero or more, such as 0.8")


KIND = Kind(
    group="faults",
    name="gain_profile",
    summary="A measured or invented course of the delivered share, from points or a CSV.",
    parameters=GainProfile,
    effects=effects,
    example={"times": ["0 day", "4 day"], "gains": [0.9, 0.2], "between": "steps"},
    alarm="none",
    evidence="surplus where the share is below 1, deficit where above",
    complaints=complaints,
    words=lambda p: "flow along a given course",
)
