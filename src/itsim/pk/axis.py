"""The spinal axis: equal CSF segments from the sacral end (0) to the foramen magnum, and what hangs on them.

With G = D·A/Δz and A = Vsp/L; 2G from the top segment to the cistern (half a segment's distance).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from itsim.parameters import read
from itsim.pk.body import Transfer, exchange
from itsim.pk.parts import PLASMA, Systemic, loss_to_plasma, plasma_readout, systemic_inlets


@dataclass(frozen=True)
class Axis:
    """Numbers of the segmented canal; names as in ``data/bodies/neuraxis.toml``."""

    spinal_csf_volume_mL: float
    canal_length_cm: float
    n_segments: int
    axial_dispersion_cm2_h: float
    csf_loss_per_h: float
    cord_exchange_per_h: float
    cord_share_frac: float
    pocket_exchange_mL_h: float
    pocket_volume_mL: float
    csf_production_mL_h: float
    cistern_mixing_mL_h: float
    cistern_volume_mL: float
    cranial_volume_mL: float
    puncture_centre_cm: float
    puncture_spread_cm: float

    @property
    def segment_mL(self) -> float:
        """CSF volume of one segment."""
        return self.spinal_csf_volume_mL / self.n_segments

    @property
    def segment_cm(self) -> float:
        """Length of one segment."""
        return self.canal_length_cm / self.n_segments

    @property
    def conductance_mL_h(self) -> float:
        """Axial mixing between neighbours, G = D·A/Δz."""
        area_cm2 = self.spinal_csf_volume_mL / self.canal_length_cm
        return self.axial_dispersion_cm2_h * area_cm2 / self.segment_cm

    @property
    def centres_cm(self) -> list[float]:
        """Middle of each segment."""
        return [(i + 0.5) * self.segment_cm for i in range(self.n_segments)]

    def weights_at(self, z_cm: float) -> dict[int, float]:
        """The share of the one or two nearest segments in a position: linear between their middles.

        The nearest segment alone would move a level by up to half a segment, and with it the ratio by 6 %.
        """
        place = min(max(z_cm / self.segment_cm - 0.5, 0.0), self.n_segments - 1.0)
        below, share = int(place), place - int(place)
        return {i: weight for i, weight in ((below, 1.0 - share), (below + 1, share)) if weight > 0.0}

    def segments_between(self, from_cm: float, until_cm: float) -> list[int]:
        """Segments whose middle lies in a span."""
        return [i for i, z in enumerate(self.centres_cm) if from_cm < z < until_cm]


@dataclass(frozen=True)
class Sites:
    """Where things are sampled and felt, from ``data/levels.toml``."""

    lumbar_sample_cm: float
    lumbar_csf_to_cm: float
    leg_cord_from_cm: float
    leg_cord_to_cm: float
    arm_cord_from_cm: float
    arm_cord_to_cm: float


def axis_transfers(p: Axis, systemic: Systemic, tip_cm: float) -> list[Transfer]:
    """Mixing along the canal, loss to plasma, the pocket at the tip, and the cistern with bulk flow."""
    v, g, q = p.segment_mL, p.conductance_mL_h, p.csf_production_mL_h
    top = p.n_segments - 1
    moves: list[Transfer] = []
    for i in range(p.n_segments):
        moves += loss_to_plasma(f"csf_{i}", p.csf_loss_per_h * v, v, systemic)
        if i < top:
            moves += exchange(f"csf_{i}", f"csf_{i + 1}", g, v, v)
    moves += exchange(f"csf_{top}", "cistern", 2.0 * g, v, p.cistern_volume_mL)
    for i, weight in p.weights_at(tip_cm).items():
        moves += exchange("pocket", f"csf_{i}", weight * p.pocket_exchange_mL_h, p.pocket_volume_mL, v)
    moves += exchange("cistern", "cranial", p.cistern_mixing_mL_h, p.cistern_volume_mL, p.cranial_volume_mL)
    moves.append(Transfer("cistern", "cranial", q / p.cistern_volume_mL))
    moves.append(Transfer("cranial", PLASMA, q / p.cranial_volume_mL))
    moves.append(Transfer(PLASMA, "cistern", q * systemic.plasma_partition / systemic.volume_mL))
    return moves


def cord_transfers(p: Axis) -> list[Transfer]:
    """Shallow tissue: dT_i/dt = kt(C_i − T_i) with a volume of fT·V."""
    moves: list[Transfer] = []
    for i in range(p.n_segments):
        moves.append(Transfer(f"csf_{i}", f"cord_{i}", p.cord_exchange_per_h * p.cord_share_frac))
        moves.append(Transfer(f"cord_{i}", f"csf_{i}", p.cord_exchange_per_h))
    return moves


def neuraxis_inlets(p: Axis, systemic: Systemic) -> Mapping[str, Mapping[str, float]]:
    """Catheter into the pocket; a lumbar puncture of 1 mL as a Gaussian on the canal; gut and depot."""
    z = np.array(p.centres_cm)
    weights = np.exp(-0.5 * ((z - p.puncture_centre_cm) / p.puncture_spread_cm) ** 2)
    weights /= weights.sum()
    puncture = {f"csf_{i}": float(weight) for i, weight in enumerate(weights)}
    return {"catheter": {"pocket": 1.0}, "lumbar_puncture": puncture, **systemic_inlets(systemic)}


def csf_regions(p: Axis) -> list[Mapping[str, float]]:
    """CSF from below upwards in mL: the lumbosacral canal as one well-mixed region (an assumption), then what
    is above it segment by segment, cistern, cranial CSF. A segment that straddles the border is in both."""
    border_cm = read("levels").fill(Sites).lumbar_csf_to_cm
    area_cm2 = p.spinal_csf_volume_mL / p.canal_length_cm
    lumbar: dict[str, float] = {}
    above: list[Mapping[str, float]] = []
    for i in range(p.n_segments):
        below_cm = min(max(border_cm - i * p.segment_cm, 0.0), p.segment_cm)
        if below_cm > 0.0:
            lumbar[f"csf_{i}"] = area_cm2 * below_cm
        if below_cm < p.segment_cm:
            above.append({f"csf_{i}": area_cm2 * (p.segment_cm - below_cm)})
    return [lumbar, *above, {"cistern": p.cistern_volume_mL}, {"cranial": p.cranial_volume_mL}]


def neuraxis_readouts(p: Axis, systemic: Systemic, tip_cm: float) -> Mapping[str, Mapping[str, float]]:
    """Concentrations at named places; the cord's is the mean over its segments."""
    v, sites = p.segment_mL, read("levels").fill(Sites)
    leg = p.segments_between(sites.leg_cord_from_cm, sites.leg_cord_to_cm)
    arm = p.segments_between(sites.arm_cord_from_cm, sites.arm_cord_to_cm)
    cord_mL = p.cord_share_frac * v
    return {
        "csf_lumbar": {f"csf_{i}": w / v for i, w in p.weights_at(sites.lumbar_sample_cm).items()},
        "csf_tip": {f"csf_{i}": w / v for i, w in p.weights_at(tip_cm).items()},
        "csf_cisternal": {"cistern": 1.0 / p.cistern_volume_mL},
        "csf_pocket": {"pocket": 1.0 / p.pocket_volume_mL},
        "cord_leg": {f"cord_{i}": 1.0 / (cord_mL * len(leg)) for i in leg},
        "cord_arm": {f"cord_{i}": 1.0 / (cord_mL * len(arm)) for i in arm},
        "brain": {"brain": 1.0},
        "plasma": plasma_readout(systemic),
    }
