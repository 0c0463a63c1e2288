"""The recommended neuraxis (science §2b): as the minimal one, with a deep tissue store and an arm site.

    dT_i/dt = kt(C_i − T_i) − kd(fD/fT)(T_i − D_i) ;  dD_i/dt = kd(T_i − D_i) ;  dX/dt = kx(Cc − X)

The arm site X feeds nothing back.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsim.parameters import ParameterSet
from itsim.pk.axis import (
    Axis,
    axis_transfers,
    cord_transfers,
    csf_regions,
    neuraxis_inlets,
    neuraxis_readouts,
)
from itsim.pk.body import BodyModel, LinearBody, Site, Transfer, assemble
from itsim.pk.parts import SYSTEMIC_STATES, BrainSite, Systemic, brain_site, systemic_transfers


@dataclass(frozen=True)
class Deep:
    """The slow tissue store behind each segment's cord, and the arm site's equilibration with the cistern."""

    deep_exchange_per_h: float
    deep_share_frac: float
    arm_exchange_per_h: float


def build(numbers: ParameterSet, tip_cm: float) -> LinearBody:
    """States: csf_0…, cord_0…, deep_0…, pocket, cistern, cranial, plasma, gut, depot; sites: brain, arm."""
    p, systemic, deep = numbers.fill(Axis), numbers.fill(Systemic), numbers.fill(Deep)
    segments = range(p.n_segments)
    states = (
        *(f"csf_{i}" for i in segments),
        *(f"cord_{i}" for i in segments),
        *(f"deep_{i}" for i in segments),
        *("pocket", "cistern", "cranial", *SYSTEMIC_STATES),
    )
    cranial = {"cranial": 1.0 / p.cranial_volume_mL}
    cistern = {"cistern": 1.0 / p.cistern_volume_mL}
    readouts = dict(neuraxis_readouts(p, systemic, tip_cm)) | {"arm_site": {"arm": 1.0}}
    return assemble(
        "neuraxis",
        states,
        (
            *axis_transfers(p, systemic, tip_cm),
            *cord_transfers(p),
            *_deep_transfers(p, deep),
            *systemic_transfers(systemic),
        ),
        (
            brain_site(numbers.fill(BrainSite), systemic, cranial),
            Site("arm", deep.arm_exchange_per_h, cistern),
        ),
        neuraxis_inlets(p, systemic),
        readouts,
        csf_regions(p),
    )


def _deep_transfers(p: Axis, deep: Deep) -> list[Transfer]:
    ratio = deep.deep_share_frac / p.cord_share_frac
    moves = []
    for i in range(p.n_segments):
        moves.append(Transfer(f"cord_{i}", f"deep_{i}", deep.deep_exchange_per_h * ratio))
        moves.append(Transfer(f"deep_{i}", f"cord_{i}", deep.deep_exchange_per_h))
    return moves


BODY = BodyModel(
    "neuraxis",
    "Spinal CSF in segments with shallow and deep tissue, tip pocket, cistern, cranial CSF, brain and arm.",
    build,
    ("chen2017", "product_monograph", "sallerin_caute1991"),
)
