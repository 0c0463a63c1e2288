"""What every engine is given: a body, a response, a therapy and a state to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from itsim.arrays import Array, frozen
from itsim.device.delivery import Dose, Therapy
from itsim.pd.response import Response
from itsim.pk.body import LinearBody


@dataclass(frozen=True)
class Problem:
    """One run to solve, from the first edge of the therapy to its last."""

    body: LinearBody
    response: Response
    therapy: Therapy
    start_amounts: Array
    """State of the body at the start, ``[states]``."""
    start_stages: Array
    """State of the response at the start, ``[stages]``."""

    @cached_property
    def doses(self) -> tuple[Dose, ...]:
        """Instant doses that fall into the run."""
        edges = self.therapy.catheter.edges_h
        return tuple(dose for dose in self.therapy.doses if edges[0] <= dose.t_h < edges[-1])

    @cached_property
    def edges_h(self) -> Array:
        """Every instant at which an engine must stop: piece edges and doses, without repeats."""
        times = [dose.t_h for dose in self.doses]
        return frozen(np.unique(np.concatenate([self.therapy.catheter.edges_h, times])))

    def jump_at(self, t_h: float) -> Array:
        """What the doses at one instant add to the state, ``[states]``."""
        jump = np.zeros(len(self.body.states))
        for dose in self.doses:
            if dose.t_h == t_h:
                jump += dose.amount_ug * self.body.inlets[dose.inlet]
        return jump

    def piece_row(self, t_h: float) -> Array:
        """The row of the catheter's rate in force from *t_h* on."""
        rows = self.therapy.catheter.rows
        return np.asarray(rows[np.clip(np.searchsorted(rows[:, 0], t_h, side="right") - 1, 0, len(rows) - 2)])


def make_problem(
    body: LinearBody, response: Response, therapy: Therapy, dose_rate_ug_h: float, lasting_h: float
) -> Problem:
    """A patient who has lived on *dose_rate_ug_h* for *lasting_h*: the body at its steady state, tolerance as
    it has grown by then. Zero hours is a patient who has never had the drug."""
    rate = dose_rate_ug_h if lasting_h > 0.0 else 0.0
    amounts = body.steady_state("catheter", rate)
    drivers: Mapping[str, float] = {name: float(body.readouts[name] @ amounts) for name in response.drivers}
    stages = response.start(drivers, lasting_h)
    return Problem(body, response, therapy, frozen(amounts), frozen(np.array(list(stages.values()))))
