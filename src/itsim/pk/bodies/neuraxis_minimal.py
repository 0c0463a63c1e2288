"""The minimal neuraxis (science §2): CSF segments with one tissue store each, pocket, cistern, cranial CSF.

    V dC_i/dt      = G(C_{i−1} − 2C_i + C_{i+1}) − kV(C_i − Kp·Cp) − kt·fT·V(C_i − T_i)
                     + [i=tip] Qloc(C_loc − C_i)
    dT_i/dt        = kt(C_i − T_i)
    Vloc dC_loc/dt = R(t) − Qloc(C_loc − C_tip)
    dB/dt          = kb(Kbc·Cr + Kpb·Cp − B)

The brain site B feeds nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from itsim.pk.body import BodyModel, CsfLoss, LinearBody, assemble
from itsim.pk.canal import Canal
from itsim.pk.parts import SYSTEMIC_STATES, BrainSite, Systemic, brain_site, systemic_transfers


def build(numbers: ParameterSet, tip: str, losses: Sequence[CsfLoss] = ()) -> LinearBody:
    """States: csf_0…, cord_0…, pocket, cistern, cranial, ventricle, plasma, gut, depot; site: brain.

    Raises KeyError for an unknown level of the tip or of a loss.
    """
    canal, p, systemic = numbers.fill(Canal), numbers.fill(Axis), numbers.fill(Systemic)
    states = segment_states(canal, tip, ("csf", "cord"))
    cranial = {"cranial": 1.0 / p.cranial_volume_mL}
    return assemble(
        "neuraxis_minimal",
        (*states, *HEAD_STATES, *SYSTEMIC_STATES),
        (
            *axis_transfers(canal, p, systemic, tip, losses),
            *cord_transfers(canal, p),
            *systemic_transfers(systemic),
        ),
        (brain_site(numbers.fill(BrainSite), systemic, cranial),),
        neuraxis_inlets(canal, p, systemic, tip),
        neuraxis_readouts(canal, p, systemic, tip),
        csf_regions(canal, p),
    )


BODY = BodyModel(
    "neuraxis_minimal",
    "Spinal CSF in segments with one tissue store each: the smallest model with levels.",
    build,
    ("chen2017", "product_monograph"),
)
