"""The equations of science §2 and §2b written out as right-hand sides, independently of ``itsim.pk``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from itsim.arrays import Array

N = 12
GREY_CM = ((15.0, 30.0), (45.0, 55.0))
"""Heights of the leg's and the arm's cord."""


def mean_between(cord: Array, low_cm: float, high_cm: float, length_cm: float) -> float:
    """Mean along a span of what is even in each segment."""
    edges = np.linspace(0.0, length_cm, N + 1)
    inside = np.clip(edges, low_cm, high_cm)
    return float(np.diff(inside) @ cord / (high_cm - low_cm))


def right_hand_side(
    v: Mapping[str, float], c: Mapping[str, Array], tip: int, rate: float, deep: bool
) -> dict[str, Array]:
    """Time derivatives of the concentrations *c* (µg/mL; ``gut``, ``depot`` and the sinks in µg).

    V dC_i/dt = G(C_{i−1} − 2C_i + C_{i+1}) − kV(C_i − Kp·Cp) − kt·fT·V(C_i − T_i) + [i=tip] Qloc(C_loc − C_i)
    """
    volume = v["spinal_csf_volume"] / N
    g = v["axial_dispersion"] * (v["spinal_csf_volume"] / v["canal_length"]) / (v["canal_length"] / N)
    k, kt, ft, kp, cp = (
        v["csf_loss"],
        v["cord_exchange"],
        v["cord_share"],
        v["plasma_partition"],
        c["plasma"][0],
    )
    csf, cord, pocket = c["csf"], c["cord"], c["pocket"][0]
    cistern, cranial, gut = c["cistern"][0], c["cranial"][0], c["gut"][0]
    ventricle = c["ventricle"][0]
    q, qmix, qloc = v["csf_production"], v["cistern_mixing"], v["pocket_exchange"]
    vp, clp = v["bioavailability"] * v["apparent_volume"], v["bioavailability"] * v["apparent_clearance"]
    ka, kd_pocket, depot = v["absorption"], v["depot_absorption"], c["depot"][0]
    d_csf = np.zeros(N)
    for i in range(N):
        flow = -k * volume * (csf[i] - kp * cp) - kt * ft * volume * (csf[i] - cord[i])
        if i > 0:
            flow += g * (csf[i - 1] - csf[i])
        flow += g * (csf[i + 1] - csf[i]) if i < N - 1 else 2.0 * g * (cistern - csf[i])
        if i == tip:
            flow += qloc * (pocket - csf[i])
        d_csf[i] = flow / volume
    d_cord = kt * (csf - cord)
    out = {"csf": d_csf}
    if deep:
        kd, fd = v["deep_exchange"], v["deep_share"]
        d_cord = d_cord - kd * (fd / ft) * (cord - c["deep"])
        out["deep"] = kd * (cord - c["deep"])
        out["arm"] = np.array([v["arm_exchange"] * (cistern - c["arm"][0])])
        seen = np.array([mean_between(cord, *span, v["canal_length"]) for span in GREY_CM])
        out["grey"] = v["grey_exchange"] * (seen - c["grey"])
    loss = sum(k * volume * (csf[i] - kp * cp) for i in range(N))
    d_cistern = 2.0 * g * (csf[N - 1] - cistern) + q * (ventricle - cistern) - qmix * (cistern - cranial)
    d_cranial = q * cistern + qmix * (cistern - cranial) - q * cranial
    d_plasma = ka * gut + kd_pocket * depot + loss + q * (cranial - kp * cp) - clp * cp
    brain = v["brain_partition"] * cranial + v["brain_plasma_partition"] * cp - c["brain"][0]
    one = {
        "pocket": (rate - qloc * (pocket - csf[tip])) / v["pocket_volume"],
        "cistern": d_cistern / v["cistern_volume"],
        "cranial": d_cranial / v["cranial_volume"],
        "ventricle": q * (kp * cp - ventricle) / v["ventricle_volume"],
        "plasma": d_plasma / vp,
        "gut": -ka * gut,
        "depot": -kd_pocket * depot,
        "brain": v["brain_exchange"] * brain,
        "eliminated": clp * cp,
        "unabsorbed": 0.0,
        "drained": 0.0,
    }
    return out | {"cord": d_cord} | {name: np.array([value]) for name, value in one.items()}


def volumes(v: Mapping[str, float], states: tuple[str, ...]) -> Array:
    """What turns each state of the body into the concentration used here."""
    segment = v["spinal_csf_volume"] / N
    known = {
        "csf": segment, "cord": v["cord_share"] * segment, "deep": v.get("deep_share", 0.0) * segment,
        "pocket": v["pocket_volume"], "cistern": v["cistern_volume"], "cranial": v["cranial_volume"],
        "ventricle": v["ventricle_volume"],
        "plasma": v["bioavailability"] * v["apparent_volume"],
    }  # fmt: skip
    return np.array([known.get(state.split("_")[0], 1.0) for state in states])


def literal_derivative(
    v: Mapping[str, float], states: tuple[str, ...], x: Array, tip: int, rate: float
) -> Array:
    """dx/dt in the body's own states, from the literal equations."""
    size = volumes(v, states)
    groups: dict[str, list[int]] = {}
    for place, state in enumerate(states):
        groups.setdefault(state.split("_")[0], []).append(place)
    c = {name: (x / size)[places] for name, places in groups.items()}
    slopes = right_hand_side(v, c, tip, rate, deep="deep" in groups)
    out = np.zeros(len(states))
    for name, places in groups.items():
        out[places] = slopes[name]
    return out * size
