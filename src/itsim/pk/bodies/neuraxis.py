"""The recommended neuraxis (science §2b): as the minimal one, with a deep tissue store and an arm site.

    dT_i/dt = kt(C_i − T_i) − kd(fD/fT)(T_i − D_i) ;  dD_i/dt = kd(T_i − D_i)
    dZ/dt = kz(T − Z) ;  dX/dt = kx(Cc − X)

The grey matter Z of leg and arm segments and the arm site X feed nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from itsim.parameters import ParameterSet
from itsim.pk.axis import (
    HEAD_STATES,
    Axis,
    axis_transfers,
    cord_transfers,
    csf_regions,
    neuraxis_inlets,
    neuraxis_readouts,
    segment_states,
)
from itsim.pk.body import BodyModel, CsfLoss, LinearBody, Site, Transfer, assemble
from itsim.pk.canal import Canal
from itsim.pk.parts import SYSTEMIC_STATES, BrainSite, Systemic, brain_site, systemic_transfers

GREY = ("leg", "arm")
"""Where the cord's grey matter is read out."""


@dataclass(frozen=True)
class Deep:
    """The slow tissue store behind each segment's cord, the way on to the grey matter, where the drug acts,
    and the arm site's equilibration with the cistern."""

    deep_exchange_per_h: float
    deep_share_frac: float
    grey_exchange_per_h: float
    arm_exchange_per_h: float


def build(numbers: ParameterSet, tip: str, losses: Sequence[CsfLoss] = ()) -> LinearBody:
    """States: csf_0…, cord_0…, deep_0…, pocket, cistern, cranial, ventricle, plasma, gut, depot; sites:
    brain, arm, grey_leg, grey_arm.

    Raises KeyError for an unknown level of the tip or of a loss.
    """
    canal, p = numbers.fill(Canal), numbers.fill(Axis)
    systemic, deep = numbers.fill(Systemic), numbers.fill(Deep)
    states = segment_states(canal, tip, ("csf", "cord", "deep"))
    cranial = {"cranial": 1.0 / p.cranial_volume_mL}
    cistern = {"cistern": 1.0 / p.cistern_volume_mL}
    readouts = dict(neuraxis_readouts(canal, p, systemic, tip))
    grey = [Site(f"grey_{part}", deep.grey_exchange_per_h, readouts[f"cord_{part}"]) for part in GREY]
    return assemble(
        "neuraxis",
        (*states, *HEAD_STATES, *SYSTEMIC_STATES),
        (
            *axis_transfers(canal, p, systemic, tip, losses),
            *cord_transfers(canal, p),
            *_deep_transfers(canal, deep.deep_share_frac / p.cord_share_frac, deep),
            *systemic_transfers(systemic),
        ),
        (
            brain_site(numbers.fill(BrainSite), systemic, cranial),
            Site("arm", deep.arm_exchange_per_h, cistern),
            *grey,
        ),
        neuraxis_inlets(canal, p, systemic, tip),
        readouts | {f"cord_{part}": {f"grey_{part}": 1.0} for part in GREY} | {"arm_site": {"arm": 1.0}},
        csf_regions(canal, p),
    )


def _deep_transfers(canal: Canal, ratio: float, deep: Deep) -> list[Transfer]:
    moves = []
    for i in range(canal.n_segments):
        moves.append(Transfer(f"cord_{i}", f"deep_{i}", deep.deep_exchange_per_h * ratio))
        moves.append(Transfer(f"deep_{i}", f"cord_{i}", deep.deep_exchange_per_h))
    return moves


BODY = BodyModel(
    "neuraxis",
    "Spinal CSF in segments with shallow and deep tissue, tip pocket, cistern, cranial CSF, brain and arm.",
    build,
    ("chen2017", "product_monograph", "sallerin_caute1991", "pmid17056974", "jang2019"),
)
