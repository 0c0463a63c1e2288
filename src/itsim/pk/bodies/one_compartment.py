"""One well-mixed CSF volume, the model a class derives on the board.

    V dC/dt = R(t) − CL·(C − Kp·Cp)

The cord sees C at once; the brain's CSF is taken as a fixed share of C (lumbar : cisternal about 4 : 1). CSF
that is lost from the canal takes C with it and is made up by new CSF. Fluid lost from the ventricle takes no
drug and rinses the cistern no more: the clearance is less by that share of its flow, not below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsim.parameters import INTRAVENTRICULAR, ParameterSet
from itsim.pk.body import DRAINED, BodyModel, CsfLoss, LinearBody, Transfer, assemble
from itsim.pk.parts import (
    SYSTEMIC_STATES,
    BrainSite,
    Systemic,
    brain_site,
    loss_to_plasma,
    plasma_readout,
    systemic_inlets,
    systemic_transfers,
)


@dataclass(frozen=True)
class Csf:
    """Volume, clearance and the share that the cisternal CSF has of the lumbar concentration."""

    csf_volume_mL: float
    csf_clearance_mL_h: float
    cistern_ratio: float


def build(numbers: ParameterSet, tip: str, losses: Sequence[CsfLoss] = ()) -> LinearBody:
    """States: csf, plasma, gut, depot and the brain site. The tip's level makes no difference here."""
    p, systemic = numbers.fill(Csf), numbers.fill(Systemic)
    lumbar = {"csf": 1.0 / p.csf_volume_mL}
    cisternal = {"csf": p.cistern_ratio / p.csf_volume_mL}
    return assemble(
        "one_compartment",
        ("csf", *SYSTEMIC_STATES),
        (
            *loss_to_plasma("csf", _clearance_mL_h(p, losses), p.csf_volume_mL, systemic),
            *systemic_transfers(systemic),
            *(
                Transfer("csf", DRAINED, loss.flow_mL_h / p.csf_volume_mL)
                for loss in losses
                if loss.place != INTRAVENTRICULAR
            ),
        ),
        (brain_site(numbers.fill(BrainSite), systemic, cisternal),),
        {"catheter": {"csf": 1.0}, "lumbar_puncture": {"csf": 1.0}, **systemic_inlets(systemic)},
        {
            "csf_lumbar": lumbar,
            "csf_tip": lumbar,
            "csf_cisternal": cisternal,
            "cord_leg": lumbar,
            "brain": {"brain": 1.0},
            "plasma": plasma_readout(systemic),
        },
        ({"csf": p.csf_volume_mL},),
    )


def _clearance_mL_h(p: Csf, losses: Sequence[CsfLoss]) -> float:
    shunted_mL_h = sum(loss.flow_mL_h for loss in losses if loss.place == INTRAVENTRICULAR)
    return max(p.csf_clearance_mL_h - p.cistern_ratio * shunted_mL_h, 0.0)


BODY = BodyModel(
    "one_compartment",
    "One well-mixed CSF volume: V dC/dt = R − CL·C, with plasma and oral parts.",
    build,
    ("sallerin_caute1991", "product_monograph"),
)
