"""Lumbar and cisternal CSF, exchanging; the cord follows the lumbar CSF with a delay.

    V1 dC1/dt = R(t) − CL1·(C1 − Kp·Cp) − Q·(C1 − C2)
    V2 dC2/dt = Q·(C1 − C2) − CL2·(C2 − Kp·Cp)
    dT/dt     = kt·(C1 − T)

CSF lost from the canal, q, comes down from the cistern: q·C2 into V1, q·C1 out of it. From the ventricle,
which is not in it, fluid without drug is lost, and so much less rinses the cistern: CL2 − q in place of CL2,
not below zero. At steady state and without a loss C1/C2 = (Q + CL2)/Q and R/C1 = CL1 + Q·(1 − C2/C1), which
is how its numbers were set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsim.parameters import INTRAVENTRICULAR, ParameterSet
from itsim.pk.body import DRAINED, BodyModel, CsfLoss, LinearBody, Site, Transfer, assemble, exchange
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
    """Two volumes, their clearances, the exchange between them and the cord's equilibration."""

    lumbar_volume_mL: float
    cisternal_volume_mL: float
    lumbar_clearance_mL_h: float
    cisternal_clearance_mL_h: float
    exchange_flow_mL_h: float
    cord_exchange_per_h: float


def build(numbers: ParameterSet, tip: str, losses: Sequence[CsfLoss] = ()) -> LinearBody:
    """States: lumbar, cisternal, plasma, gut, depot; sites: cord, brain. Of the tip's level it only matters
    whether it lies in the canal."""
    p, systemic = numbers.fill(Csf), numbers.fill(Systemic)
    lumbar = {"csf_lumbar": 1.0 / p.lumbar_volume_mL}
    cisternal = {"csf_cisternal": 1.0 / p.cisternal_volume_mL}
    at_tip, tip_state = (cisternal, "csf_cisternal") if tip == INTRAVENTRICULAR else (lumbar, "csf_lumbar")
    return assemble(
        "two_compartment",
        ("csf_lumbar", "csf_cisternal", *SYSTEMIC_STATES),
        (
            *exchange(
                "csf_lumbar",
                "csf_cisternal",
                p.exchange_flow_mL_h,
                p.lumbar_volume_mL,
                p.cisternal_volume_mL,
            ),
            *loss_to_plasma("csf_lumbar", p.lumbar_clearance_mL_h, p.lumbar_volume_mL, systemic),
            *loss_to_plasma("csf_cisternal", _rinsing_mL_h(p, losses), p.cisternal_volume_mL, systemic),
            *systemic_transfers(systemic),
            *(move for loss in losses if loss.place != INTRAVENTRICULAR for move in _losing(p, loss)),
        ),
        (
            Site("cord", p.cord_exchange_per_h, lumbar),
            brain_site(numbers.fill(BrainSite), systemic, cisternal),
        ),
        {
            "catheter": {tip_state: 1.0},
            "lumbar_puncture": {"csf_lumbar": 1.0},
            **systemic_inlets(systemic),
        },
        {
            "csf_lumbar": lumbar,
            "csf_tip": at_tip,
            "csf_cisternal": cisternal,
            "cord_leg": {"cord": 1.0},
            "brain": {"brain": 1.0},
            "plasma": plasma_readout(systemic),
        },
        ({"csf_lumbar": p.lumbar_volume_mL}, {"csf_cisternal": p.cisternal_volume_mL}),
    )


def _rinsing_mL_h(p: Csf, losses: Sequence[CsfLoss]) -> float:
    shunted_mL_h = sum(loss.flow_mL_h for loss in losses if loss.place == INTRAVENTRICULAR)
    return max(p.cisternal_clearance_mL_h - shunted_mL_h, 0.0)


def _losing(p: Csf, loss: CsfLoss) -> tuple[Transfer, ...]:
    return (
        Transfer("csf_cisternal", "csf_lumbar", loss.flow_mL_h / p.cisternal_volume_mL),
        Transfer("csf_lumbar", DRAINED, loss.flow_mL_h / p.lumbar_volume_mL),
    )


BODY = BodyModel(
    "two_compartment",
    "Lumbar and cisternal CSF with exchange, a delayed cord, plasma and oral parts.",
    build,
    ("product_monograph",),
)
