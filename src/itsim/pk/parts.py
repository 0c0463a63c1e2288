"""Parts that every body shares: gut, depot, plasma, loss from CSF to plasma, and the brain site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsim.pk.body import ELIMINATED, UNABSORBED, Site, Transfer

PLASMA, GUT, DEPOT, BRAIN = "plasma", "gut", "depot", "brain"
SYSTEMIC_STATES = (PLASMA, GUT, DEPOT)


@dataclass(frozen=True)
class Systemic:
    """Oral, depot and plasma numbers: apparent (over bioavailability) clearance and volume, as published."""

    apparent_clearance_mL_h: float
    apparent_volume_mL: float
    absorption_per_h: float
    bioavailability_frac: float
    depot_absorption_per_h: float
    plasma_partition: float

    @property
    def volume_mL(self) -> float:
        """True plasma volume of distribution: F · V/F."""
        return self.bioavailability_frac * self.apparent_volume_mL

    @property
    def clearance_mL_h(self) -> float:
        """True plasma clearance: F · CL/F."""
        return self.bioavailability_frac * self.apparent_clearance_mL_h


@dataclass(frozen=True)
class BrainSite:
    """Equilibration and partition of the brain's effect site."""

    brain_exchange_per_h: float
    brain_partition: float
    brain_plasma_partition: float


def systemic_transfers(p: Systemic) -> tuple[Transfer, ...]:
    """Gut and depot to plasma, plasma to elimination.

    Vp dCp/dt = ka·Ag + kd·Ad + … − CLp·Cp (science §2);  dAd/dt = −kd·Ad, with kd an assumption.
    """
    return (
        Transfer(GUT, PLASMA, p.absorption_per_h),
        Transfer(DEPOT, PLASMA, p.depot_absorption_per_h),
        Transfer(PLASMA, ELIMINATED, p.clearance_mL_h / p.volume_mL),
    )


def loss_to_plasma(state: str, loss_mL_h: float, volume_mL: float, p: Systemic) -> tuple[Transfer, Transfer]:
    """CSF loses to plasma and gains from it: loss · (C − Kp·Cp)."""
    return (
        Transfer(state, PLASMA, loss_mL_h / volume_mL),
        Transfer(PLASMA, state, loss_mL_h * p.plasma_partition / p.volume_mL),
    )


def systemic_inlets(p: Systemic) -> Mapping[str, Mapping[str, float]]:
    """A swallowed microgram: F of it reaches the gut compartment that is absorbed, the rest is lost. One in
    the pump's pocket under the skin: all of it is absorbed from there."""
    swallowed = {GUT: p.bioavailability_frac, UNABSORBED: 1.0 - p.bioavailability_frac}
    return {"gut": swallowed, "pump_pocket": {DEPOT: 1.0}}


def brain_site(p: BrainSite, systemic: Systemic, csf: Mapping[str, float]) -> Site:
    """dB/dt = kb (Kbc·C_csf + Kpb·Cp − B); *csf* is the read-out of the CSF that bathes the brain."""
    weights = {state: p.brain_partition * weight for state, weight in csf.items()}
    weights[PLASMA] = p.brain_plasma_partition / systemic.volume_mL
    return Site(BRAIN, p.brain_exchange_per_h, weights)


def plasma_readout(p: Systemic) -> Mapping[str, float]:
    """Plasma concentration."""
    return {PLASMA: 1.0 / p.volume_mL}
