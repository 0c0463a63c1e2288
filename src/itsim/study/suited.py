"""Patients who have lived on a dose: need and exposure go together in them.

A dose is titrated: one that gives too little is raised, one that gives too much is lowered. So among patients
on one dose, those in whom much drug reaches the cord are those who need much of it. With u the leg cord's
concentration per dose rate at steady state and M how well a patient is matched (``titration_margin``):

    EC50_k = EC50 · (u_k / u) / M_k

and what moves with the EC50 follows: exposure over need is the typical patient's on this dose, up to M. How
good that is depends on the dose; on one that leaves the typical patient stiff all are stiff, so that doses
can still be compared. What is matched is neither relief nor tolerance. CSF that is being lost when the run
begins counts as lost while the dose was found, however long it goes on; what is lost later changes nobody's
need.
Where nothing of a dose reaches the cord (a shunt that takes all that is made, below a tip in the ventricle)
nobody can be matched, and such a patient stays as drawn. Patients who have never had the drug keep the EC50
they were drawn with: nobody has titrated them yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from itsim.device.delivery import Therapy
from itsim.parameters import ParameterSet
from itsim.run import cord_per_rate
from itsim.scenario.model import Scenario

NEED, MARGIN = "leg_ec50", "titration_margin"


def suiting(scenario: Scenario, therapy: Therapy) -> Callable[[ParameterSet], ParameterSet]:
    """What makes of any patient one whose need goes with the exposure, where the scenario has a history."""
    if scenario.history is None:
        return lambda patient: patient
    typical = scenario.patient
    reached = cord_per_rate(scenario, typical, therapy)
    if reached <= 0.0:
        return lambda patient: patient
    usual = typical[NEED].value * typical[MARGIN].value / reached

    def matched(patient: ParameterSet) -> ParameterSet:
        need = usual * cord_per_rate(scenario, patient, therapy) / patient[MARGIN].value
        return _needing(patient, need / patient[NEED].value) if need > 0.0 else patient

    return matched


def _needing(patient: ParameterSet, times: float) -> ParameterSet:
    """A patient who needs so many times the concentration."""
    return ParameterSet(
        tuple(
            replace(p, value=times * p.value) if NEED in (p.name, p.moves_with) else p
            for p in patient.values()
        )
    )
