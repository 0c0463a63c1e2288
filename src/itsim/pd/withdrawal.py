"""Withdrawal as an opponent process (science §2b), and the rebound of tone that belongs to it.

P = Ce/(Ce + m·KO) ;  Op = f(w0 + w1·S)F ;  Bw = max(0, Op − P)
dW/dt = kW(100·Bw^h/(Bw^h + θ^h) − W) ;  tone = (1 − effect)(1 + ρ·W/100)

One rate kW serves both ways, because the facts ask for no second: with 0.2 1/h a stop peaks at 2 to 3 days
(B38), and the index is halved 4 to 8 h after delivery is restored (B40). The course is slow on the way out
and quick on the way back all the same: the drive grows as the cord empties, over days, and ends as soon as
the presence has passed the opponent again.

No published PK/PD model of baclofen withdrawal was found: this layer is new, has few data, and is an index,
never a probability.
"""

from __future__ import annotations

import numpy as np

from itsim.arrays import Array, Number
from itsim.pd.tolerance import shift_of_potency

FULL_INDEX = 100.0


def presence(concentration_ug_mL: Number, shift: Number, constant_ug_mL: float) -> Number:
    """What the drug still does, seen by an adapted system: P = Ce/(Ce + m·KO)."""
    return concentration_ug_mL / (concentration_ug_mL + shift * constant_ug_mL)


def opponent(fast: Number, slow: Number, base: float, slow_weight: float, scale: float) -> Number:
    """What adaptation does against the drug: Op = f(w0 + w1·S)F."""
    return scale * (base + slow_weight * slow) * fast


def index_target(drive: Number, threshold: float, exponent: float) -> Number:
    """Where the index is heading under an unopposed drive, 0 to 100; nothing at or below zero."""
    raised = (np.maximum(drive, 0.0) / threshold) ** exponent
    return FULL_INDEX * raised / (1.0 + raised)


def tone(effect: Number, index: Number, rebound_gain: float) -> Number:
    """Tone as a share of the untreated level: (1 − effect)(1 + ρ·W/100); 1 untreated, above it rebound.

    Reviews name rebound among the signs of withdrawal (B41); how it grows with the index is an assumption.
    """
    return (1.0 - effect) * (1.0 + rebound_gain * index / FULL_INDEX)


def opponent_scale(base: float, slow_weight: float, slow_gain: float, receptor_loss: float) -> float:
    """The patient's f: the largest scale, at most 1, for which no constant dose can ever give withdrawal.

    min over x = Ce/KO in 0.01…60 of [(1 + x)/(m_ss(x) + x)]/[w0 + w1·x/(1 + x)], m_ss from F = S = x/(1 + x);
    here as one over the largest of its inverse, which vanishing weights do not overflow, and on to x → ∞:
    with other weights the worst may lie above 60.
    """
    weights = (base, slow_weight, slow_gain, receptor_loss)
    spans = (np.geomspace(0.01, 60.0, 400), np.geomspace(60.0, 6e5, 400))
    return 1.0 / max(1.0, base + slow_weight, *(_largest_burden(x, *weights) for x in spans))


def _largest_burden(x: Array, *weights: float) -> float:
    """The largest of a span, found on a grid and once more on a finer one around it."""
    worst = int(np.argmax(_burden(x, *weights)))
    fine = np.geomspace(x[max(worst - 1, 0)], x[min(worst + 1, len(x) - 1)], 400)
    return float(np.max(_burden(fine, *weights)))


def _burden(x: Number, base: float, slow_weight: float, slow_gain: float, receptor_loss: float) -> Number:
    """Opponent over presence after endless dosing at x = Ce/KO."""
    taken = x / (1.0 + x)
    shift = shift_of_potency(taken, taken, slow_gain, receptor_loss)
    return (base + slow_weight * taken) * (shift + x) / (1.0 + x)
