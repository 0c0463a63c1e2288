"""A measured or invented flow profile: times and rates in the file or in a CSV beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import model_validator

from itsim.device.codes import Amount
from itsim.device.effects import Effect, program_pieces
from itsim.device.limits import NOT_PROGRAMMABLE, dose_complaints, rate_complaints
from itsim.device.profiles import Between, check_times, pieces_from_points
from itsim.scenario.kinds import Complaint, DoseRate, Flow, Hours, Kind, KindModel


class Table(KindModel):
    """Times from the entry's own `at`, and a rate or a daily dose at each; steps or lines between them."""

    times_h: tuple[Hours, ...]
    rates_mL_h: tuple[Flow, ...] | None = None
    daily_doses_ug_h: tuple[DoseRate, ...] | None = None
    between: Between = "steps"

    @model_validator(mode="after")
    def _one_value_per_time(self) -> Table:
        if (self.rates_mL_h is None) == (self.daily_doses_ug_h is None):
            raise ValueError("needs either rates (mL/day) or daily_doses (ug/day), not both")
        check_times(self.times_h, self.values)
        return self

    @property
    def values(self) -> tuple[float, ...]:
        """The rates, whichever was given."""
        return self.rates_mL_h if self.rates_mL_h is not None else self.daily_doses_ug_h or ()


def effects(p: Table, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump follows the table and keeps the last rate."""
    amount = Amount.FLOW if p.rates_mL_h is not None else Amount.DOSE
    return (program_pieces(at_h, pieces_from_points(p.times_h, p.values, p.between), amount),)


def complaints(p: Table, device: Mapping[str, float]) -> Iterator[Complaint]:
    """A pump that takes no programme, or rates that it cannot run."""
    if not device["programmable"]:
        yield NOT_PROGRAMMABLE
        return
    for i, rate in enumerate(p.rates_mL_h or ()):
        yield from rate_complaints(f"rates.{i}", rate, device)
    for i, dose in enumerate(p.daily_doses_ug_h or ()):
        yield from dose_complaints(f"daily_doses.{i}", dose, device)


KIND = Kind(
    group="programs",
    name="table",
    summary="A flow profile from times and rates, in the file or in a CSV; steps or lines between them.",
    parameters=Table,
    effects=effects,
    example={
        "times": ["0 day", "3.3 day", "10 day", "17.2 day"],
        "rates": ["0.15 mL/day", "0.6 mL/day", "0 mL/day", "0.3 mL/day"],
    },
    intended=True,
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"profile of {len(p.times_h)} points",
)
