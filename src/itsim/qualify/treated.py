"""One virtual patient under one protocol, solved only as far as it is asked.

Steady states, areas and clearances are linear algebra; only what happens in time needs the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from itsim.arrays import Array
from itsim.device.delivery import Therapy
from itsim.engine import exact
from itsim.engine.problem import Problem
from itsim.engine.solution import Solution
from itsim.parameters import ParameterSet
from itsim.pd.response import Values
from itsim.run import problem_of
from itsim.scenario.model import Scenario


@dataclass(frozen=True)
class Treated:
    """A patient, the scenario of a protocol, and what its device delivers."""

    scenario: Scenario
    patient: ParameterSet
    therapy: Therapy

    @cached_property
    def problem(self) -> Problem:
        """What an engine would be given; the patient's state at the start is in it."""
        return problem_of(self.scenario, self.patient, self.therapy)

    @cached_property
    def solution(self) -> Solution:
        """The run, by the exact engine."""
        return exact.solve(self.problem)

    @property
    def history_rate_ug_h(self) -> float:
        """What the patient has lived on; 0 for one who has never had the drug."""
        return self.scenario.history.dose_rate_ug_h if self.scenario.history else 0.0

    @property
    def dose_ug(self) -> float:
        """Everything given at one instant."""
        return sum(dose.amount_ug for dose in self.problem.doses)

    def at_start(self, name: str) -> float:
        """A read-out (µg/mL) or an output of the response before anything happens.

        Raises KeyError for a name that is neither.
        """
        problem = self.problem
        read = {site: float(row @ problem.start_amounts) for site, row in problem.body.readouts.items()}
        if name in read:
            return read[name]
        stages = zip((stage.name for stage in problem.response.stages), problem.start_stages, strict=True)
        values: Values = read | dict(stages) | dict.fromkeys(problem.response.conditions, 1.0)
        return float(problem.response.outputs[name].value(values))

    def steady(self, site: str, rate_ug_h: float) -> float:
        """A read-out under a constant rate through the catheter, µg/mL."""
        body = self.problem.body
        return float(body.readouts[site] @ body.steady_state("catheter", rate_ug_h))

    def area(self, site: str) -> float:
        """The area under a read-out, to infinity, after the doses that are given past the pump, µg·h/mL.

        For dx/dt = A x the area is −A⁻¹ x(0): the steady state under a rate of the size of the dose.
        """
        body = self.problem.body
        states = [body.steady_state(dose.inlet, dose.amount_ug) for dose in self.problem.doses]
        return float(body.readouts[site] @ np.sum(states, axis=0))

    def series(self, name: str, times_h: Array) -> Array:
        """One series of the run at the times asked."""
        return self.solution.series(name, times_h)
