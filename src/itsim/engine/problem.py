"""What every engine is given: a body, a response, a therapy and a state to start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from itsim.arrays import Array, frozen
from itsim.device.delivery import Dose, Drainage, Therapy
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
    changes: tuple[tuple[float, LinearBody], ...] = ()
    """Bodies that follow the first, each with the time in hours from which it is in force, in order; they
    differ from it in the matrix only."""

    def body_at(self, t_h: float) -> LinearBody:
        """The body in force from *t_h* on."""
        return next((body for from_h, body in reversed(self.changes) if from_h <= t_h), self.body)

    @cached_property
    def changes_h(self) -> Array:
        """When another body comes into force within the run: nothing jumps, but every series may bend."""
        edges = self.therapy.catheter.edges_h
        return frozen(np.array([t for t, _ in self.changes if edges[0] < t < edges[-1]], float))

    @cached_property
    def doses(self) -> tuple[Dose, ...]:
        """Instant doses that fall into the run."""
        edges = self.therapy.catheter.edges_h
        return tuple(dose for dose in self.therapy.doses if edges[0] <= dose.t_h < edges[-1])

    @cached_property
    def drainages(self) -> tuple[Drainage, ...]:
        """CSF let off within the run."""
        edges = self.therapy.catheter.edges_h
        return tuple(drain for drain in self.therapy.drainages if edges[0] <= drain.t_h < edges[-1])

    @cached_property
    def stops_h(self) -> Array:
        """Every instant at which an engine must stop: piece edges, doses, drainages and changes of the
        body, without repeats."""
        edges = [self.therapy.catheter.edges_h, self.instants_h, self.changes_h]
        return frozen(np.unique(np.concatenate(edges)))

    @cached_property
    def edges_h(self) -> Array:
        """Every instant at which anything jumps or bends: the stops, and the edges of conditions. Those act
        on what is read from a solution and never on the solution, so that no engine stops for them."""
        conditions = [condition.edges_h for condition in self.therapy.conditions.values()]
        edges, stops = np.unique(np.concatenate([self.stops_h, *conditions])), self.stops_h
        return frozen(edges[(edges >= stops[0]) & (edges <= stops[-1])])

    @cached_property
    def instants_h(self) -> Array:
        """When a dose is given or CSF let off: the state of the body jumps."""
        times = [dose.t_h for dose in self.doses] + [drain.t_h for drain in self.drainages]
        return frozen(np.unique(np.array(times, float)))

    def drainage_at(self, t_h: float) -> Array | None:
        """What the CSF let off at one instant does to the state, before any dose: a matrix as in
        ``LinearBody.drainage``; None where none is."""
        volumes_mL = [drain.volume_mL for drain in self.drainages if drain.t_h == t_h]
        return self.body.drainage(sum(volumes_mL)) if volumes_mL else None

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
    body: LinearBody,
    response: Response,
    therapy: Therapy,
    dose_rate_ug_h: float,
    lasting_h: float,
    changes: Sequence[tuple[float, LinearBody]] = (),
) -> Problem:
    """A patient who has lived on *dose_rate_ug_h* for *lasting_h*: the body at its steady state, tolerance as
    it has grown by then. Zero hours is a patient who has never had the drug.

    *changes*: other bodies of the same states, each with the hour from which it is in force, in order.
    Raises KeyError for a condition that the response does not know, ValueError for bodies that do not match.
    """
    for _, other in changes:
        if other.states != body.states:
            raise ValueError("a body that changes must keep its states")
    unknown = set(therapy.conditions) - set(response.conditions)
    if unknown:
        raise KeyError(f"conditions that no output reads: {sorted(unknown)}")
    rate = dose_rate_ug_h if lasting_h > 0.0 else 0.0
    amounts = body.steady_state("catheter", rate)
    drivers: Mapping[str, float] = {name: float(body.readouts[name] @ amounts) for name in response.drivers}
    stages = response.start(drivers, lasting_h)
    return Problem(
        body, response, therapy, frozen(amounts), frozen(np.array(list(stages.values()))), tuple(changes)
    )
