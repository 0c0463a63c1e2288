"""The minimal neuraxis (science §2): CSF segments with one tissue store each, pocket, cistern, cranial CSF.

    V dC_i/dt      = G(C_{i−1} − 2C_i + C_{i+1}) − kV(C_i − Kp·Cp) − kt·fT·V(C_i − T_i)
                     + [i=tip] Qloc(C_loc − C_i)
    dT_i/dt        = kt(C_i − T_i)
    Vloc dC_loc/dt = R(t) − Qloc(C_loc − C_tip)
    dB/dt          = kb(Kbc·Cr + Kpb·Cp − B)

The brain site B feeds nothing back.
"""

from __future__ import annotations

from itsim.parameters import ParameterSet
from itsim.pk.axis import (
    Axis,
    axis_transfers,
    cord_transfers,
    csf_regions,
    neuraxis_inlets,
    neuraxis_readouts,
)
from itsim.pk.body import BodyModel, LinearBody, assemble
from itsim.pk.parts import SYSTEMIC_STATES, BrainSite, Systemic, brain_site, systemic_transfers


def build(numbers: ParameterSet, tip_cm: float) -> LinearBody:
    """States: csf_0…, cord_0…, pocket, cistern, cranial, plasma, gut, depot; site: brain."""
    p, systemic = numbers.fill(Axis), numbers.fill(Systemic)
    segments = range(p.n_segments)
    states = (
        *(f"csf_{i}" for i in segments),
        *(f"cord_{i}" for i in segments),
        *("pocket", "cistern", "cranial", *SYSTEMIC_STATES),
    )
    cranial = {"cranial": 1.0 / p.cranial_volume_mL}
    return assemble(
        "neuraxis_minimal",
        states,
        (*axis_transfers(p, systemic, tip_cm), *cord_transfers(p), *systemic_transfers(systemic)),
        (brain_site(numbers.fill(BrainSite), systemic, cranial),),
        neuraxis_inlets(p, systemic),
        neuraxis_readouts(p, systemic, tip_cm),
        csf_regions(p),
    )


BODY = BodyModel(
    "neuraxis_minimal",
    "Spinal CSF in segments with one tissue store each: the smallest model with levels.",
    build,
    ("chen2017", "product_monograph"),
)
