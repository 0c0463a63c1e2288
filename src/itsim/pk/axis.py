"""The spinal axis: CSF segments from the sacral end (0) to the foramen magnum, and what hangs on them.

    V_i dC_i/dt = mixing with the neighbours − k·V_i(C_i − Kp·Cp) − kt·fT·V_i(C_i − T_i)
                  + [at the tip] Qloc(C_loc − C_i) − [where CSF is lost] q·C_i

Volumes and mixing G_i come from the canal (``canal.py``). What is lost somewhere comes down from the cistern
as fluid: with q the flow between two neighbours, Pe = q/G and B(x) = x/(eˣ − 1), the drug that comes down is

    G·(B(−Pe)·C_above − B(Pe)·C_below)

which is exact for steady drift with mixing in one dimension (the weights of Scharfetter and Gummel), never
turns round, carries q·C where C is even, and is G·(C_above − C_below) without a loss. In a posture other
than lying flat the loss to plasma and the tissue keep the size they have lying flat: tissue did not change
with posture (Strbačko 2024), and that the loss does not either is an assumption.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from itsim.parameters import INTRAVENTRICULAR, read
from itsim.pk.body import DRAINED, CsfLoss, Transfer, exchange
from itsim.pk.canal import Canal
from itsim.pk.parts import PLASMA, Systemic, loss_to_plasma, plasma_readout, systemic_inlets

SMALL_PE, LARGEST_PE = 1e-9, 700.0
HEAD_STATES = ("cistern", "cranial", "ventricle")


@dataclass(frozen=True)
class Axis:
    """What the canal's CSF exchanges with; names as in ``data/bodies/neuraxis.toml``."""

    csf_loss_per_h: float
    cord_exchange_per_h: float
    cord_share_frac: float
    pocket_exchange_mL_h: float
    pocket_volume_mL: float
    csf_production_mL_h: float
    cistern_mixing_mL_h: float
    cistern_volume_mL: float
    cranial_volume_mL: float
    ventricle_volume_mL: float
    puncture_centre_cm: float
    puncture_spread_cm: float


@dataclass(frozen=True)
class Sites:
    """Where things are sampled and felt, from ``data/levels.toml``."""

    lumbar_sample_cm: float
    leg_cord_from_cm: float
    leg_cord_to_cm: float
    arm_cord_from_cm: float
    arm_cord_to_cm: float


@dataclass(frozen=True)
class Drawn:
    """What is lost of the CSF, mL/h, as far as it is made: from each segment, and from the ventricle."""

    segments_mL_h: tuple[float, ...]
    ventricle_mL_h: float

    @property
    def canal_mL_h(self) -> float:
        """From the whole canal."""
        return sum(self.segments_mL_h)


def drawn_from(canal: Canal, production_mL_h: float, losses: Sequence[CsfLoss]) -> Drawn:
    """Losses by place, cut in proportion where together they pass the production: what is not made cannot go
    on flowing. Raises KeyError for an unknown level."""
    total = sum(loss.flow_mL_h for loss in losses)
    part = min(1.0, production_mL_h / total) if total > 0.0 else 1.0
    segments, ventricle = [0.0] * canal.n_segments, 0.0
    for loss in losses:
        if loss.place == INTRAVENTRICULAR:
            ventricle += part * loss.flow_mL_h
            continue
        for i, weight in canal.weights_at(canal.height_cm(loss.place)).items():
            segments[i] += weight * part * loss.flow_mL_h
    return Drawn(tuple(segments), ventricle)


def segment_states(canal: Canal, tip: str, stores: Sequence[str]) -> tuple[str, ...]:
    """Names of the canal's states, *stores* in every segment, and the pocket where the tip lies in the
    canal."""
    pocket = () if tip == INTRAVENTRICULAR else ("pocket",)
    return (*(f"{store}_{i}" for store in stores for i in range(canal.n_segments)), *pocket)


def axis_transfers(
    canal: Canal, p: Axis, systemic: Systemic, tip: str, losses: Sequence[CsfLoss] = ()
) -> list[Transfer]:
    """Mixing along the canal, loss to plasma, the pocket at the tip, the cistern with bulk flow, CSF lost."""
    drawn = drawn_from(canal, p.csf_production_mL_h, losses)
    moves = _along(canal, p, drawn)
    for i in range(canal.n_segments):
        loss_mL_h = p.csf_loss_per_h * canal.supine_csf_mL[i]
        moves += loss_to_plasma(f"csf_{i}", loss_mL_h, canal.csf_mL[i], systemic)
    if tip != INTRAVENTRICULAR:
        for i, weight in canal.weights_at(canal.height_cm(tip)).items():
            flow_mL_h = weight * p.pocket_exchange_mL_h
            moves += exchange("pocket", f"csf_{i}", flow_mL_h, p.pocket_volume_mL, canal.csf_mL[i])
    return moves + _cranial(p, systemic, drawn)


def _along(canal: Canal, p: Axis, drawn: Drawn) -> list[Transfer]:
    """Between neighbours, the cistern above the last segment; CSF lost from each segment."""
    names = [*(f"csf_{i}" for i in range(canal.n_segments)), "cistern"]
    volumes_mL = [*canal.csf_mL, p.cistern_volume_mL]
    moves = []
    for i, flow_mL_h in enumerate(accumulate(drawn.segments_mL_h)):
        down, up = drift(canal.conductances_mL_h[i], flow_mL_h)
        moves.append(Transfer(names[i], names[i + 1], up / volumes_mL[i]))
        moves.append(Transfer(names[i + 1], names[i], down / volumes_mL[i + 1]))
    for i, lost_mL_h in enumerate(drawn.segments_mL_h):
        if lost_mL_h > 0.0:
            moves.append(Transfer(names[i], DRAINED, lost_mL_h / volumes_mL[i]))
    return moves


def drift(mixing_mL_h: float, flow_mL_h: float) -> tuple[float, float]:
    """Mixing with a flow downwards: what of the concentration above comes down, and of that below goes up."""
    pe = flow_mL_h / mixing_mL_h
    if pe < SMALL_PE:  # below it the quotient is all rounding
        return mixing_mL_h + 0.5 * flow_mL_h, mixing_mL_h - 0.5 * flow_mL_h
    up = flow_mL_h / math.expm1(min(pe, LARGEST_PE))
    return up + flow_mL_h, up


def _cranial(p: Axis, systemic: Systemic, drawn: Drawn) -> list[Transfer]:
    """CSF is made in the ventricle and goes through the cistern to the cranial CSF, where plasma takes it up;
    what is lost from ventricle or canal is missing from there on. That nothing flows back into the ventricle
    is an assumption."""
    made = p.csf_production_mL_h
    outward = made - drawn.ventricle_mL_h
    absorbed = outward - drawn.canal_mL_h
    moves = [*exchange("cistern", "cranial", p.cistern_mixing_mL_h, p.cistern_volume_mL, p.cranial_volume_mL)]
    moves.append(Transfer(PLASMA, "ventricle", made * systemic.plasma_partition / systemic.volume_mL))
    moves.append(Transfer("ventricle", "cistern", outward / p.ventricle_volume_mL))
    moves.append(Transfer("cistern", "cranial", absorbed / p.cistern_volume_mL))
    moves.append(Transfer("cranial", PLASMA, absorbed / p.cranial_volume_mL))
    if drawn.ventricle_mL_h > 0.0:
        moves.append(Transfer("ventricle", DRAINED, drawn.ventricle_mL_h / p.ventricle_volume_mL))
    return moves


def cord_transfers(canal: Canal, p: Axis) -> list[Transfer]:
    """Shallow tissue: dT_i/dt = kt(C_i − T_i) with a volume of fT times the CSF lying flat."""
    moves: list[Transfer] = []
    for i in range(canal.n_segments):
        share = p.cord_share_frac * canal.supine_csf_mL[i] / canal.csf_mL[i]
        moves.append(Transfer(f"csf_{i}", f"cord_{i}", p.cord_exchange_per_h * share))
        moves.append(Transfer(f"cord_{i}", f"csf_{i}", p.cord_exchange_per_h))
    return moves


def neuraxis_inlets(canal: Canal, p: Axis, systemic: Systemic, tip: str) -> Mapping[str, Mapping[str, float]]:
    """Catheter into the pocket, or into the ventricle; a lumbar puncture of 1 mL as a Gaussian on the
    canal; gut and depot."""
    z = np.array(canal.centres_cm)
    weights = np.exp(-0.5 * ((z - p.puncture_centre_cm) / p.puncture_spread_cm) ** 2)
    weights /= weights.sum()
    puncture = {f"csf_{i}": float(weight) for i, weight in enumerate(weights)}
    catheter = "ventricle" if tip == INTRAVENTRICULAR else "pocket"
    return {"catheter": {catheter: 1.0}, "lumbar_puncture": puncture, **systemic_inlets(systemic)}


def csf_regions(canal: Canal, p: Axis) -> list[Mapping[str, float]]:
    """CSF from below upwards in mL: the lumbosacral canal as one well-mixed region (an assumption), then what
    is above it segment by segment, cistern, cranial CSF, ventricle. One across the border is in both."""
    border_cm = canal.borders_cm[1]
    lumbar: dict[str, float] = {}
    above: list[Mapping[str, float]] = []
    for i in range(canal.n_segments):
        low_cm, high_cm = i * canal.segment_cm, (i + 1) * canal.segment_cm
        if low_cm < border_cm:
            lumbar[f"csf_{i}"] = canal.volume_between(low_cm, min(high_cm, border_cm))
        if high_cm > border_cm:
            above.append({f"csf_{i}": canal.volume_between(max(low_cm, border_cm), high_cm)})
    head = {
        "cistern": p.cistern_volume_mL,
        "cranial": p.cranial_volume_mL,
        "ventricle": p.ventricle_volume_mL,
    }
    return [lumbar, *above, *({state: volume_mL} for state, volume_mL in head.items())]


def neuraxis_readouts(
    canal: Canal, p: Axis, systemic: Systemic, tip: str
) -> Mapping[str, Mapping[str, float]]:
    """Concentrations at named places; the cord's is the mean along its span. No pocket for a tip in the
    ventricle."""
    sites = read("levels").fill(Sites)

    def csf_at(z_cm: float) -> Mapping[str, float]:
        return {f"csf_{i}": w / canal.csf_mL[i] for i, w in canal.weights_at(z_cm).items()}

    def cord_between(from_cm: float, until_cm: float) -> Mapping[str, float]:
        weights = canal.weights_between(canal.stretched(from_cm), canal.stretched(until_cm))
        return {f"cord_{i}": w / (p.cord_share_frac * canal.supine_csf_mL[i]) for i, w in weights.items()}

    inside = tip != INTRAVENTRICULAR
    pocket = {"csf_pocket": {"pocket": 1.0 / p.pocket_volume_mL}} if inside else {}
    return {
        "csf_lumbar": csf_at(canal.stretched(sites.lumbar_sample_cm)),
        "csf_tip": csf_at(canal.height_cm(tip)) if inside else {"ventricle": 1.0 / p.ventricle_volume_mL},
        "csf_cisternal": {"cistern": 1.0 / p.cistern_volume_mL},
        **pocket,
        "cord_leg": cord_between(sites.leg_cord_from_cm, sites.leg_cord_to_cm),
        "cord_arm": cord_between(sites.arm_cord_from_cm, sites.arm_cord_to_cm),
        "brain": {"brain": 1.0},
        "plasma": plasma_readout(systemic),
    }
