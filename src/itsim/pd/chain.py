"""The chain of science §2b, wired once: which stage and which output reads what.

Everything stands in slots: read-outs of the body, states of the chain, conditions. ``v`` is whatever gives a
slot's value, floats or arrays over time; the functions run as they stand (``response.py``) and compiled
(``engine/kernel``), so that no engine writes an equation or a wiring of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from itsim.arrays import Number
from itsim.pd.effect import hill
from itsim.pd.occupancy import occupancy
from itsim.pd.tolerance import shift_of_potency
from itsim.pd.withdrawal import index_target, opponent, presence, tone

CORD_LEG, BRAIN, CORD_ARM, ARM_SITE = 0, 1, 2, 3
CORD_FAST, CORD_SLOW, BRAIN_FAST, BRAIN_SLOW, INDEX = 4, 5, 6, 7, 8
SPASTICITY_FACTOR, POTENCY_FACTOR = 9, 10

SLOTS = (
    *("cord_leg", "brain", "cord_arm", "arm_site"),
    *("cord_fast_tolerance", "cord_slow_tolerance", "brain_fast_tolerance", "brain_slow_tolerance"),
    *("withdrawal_index", "spasticity", "potency"),
)
"""Names of the slots: read-outs in µg/mL, states of the chain in its order, factors of the conditions."""

N_DRIVERS, N_STAGES, N_SLOTS = 2, 5, len(SLOTS)


class Law(NamedTuple):
    """The numbers that the chain's targets and outputs read; of its rates the stages know."""

    cord_constant_ug_mL: float
    cord_slow_gain: float
    brain_constant_ug_mL: float
    brain_slow_gain: float
    receptor_loss_frac: float
    opponent_base: float
    opponent_slow: float
    opponent_scale: float
    withdrawal_threshold: float
    withdrawal_hill: float
    rebound_gain: float
    leg_ec50_ug_mL: float
    hreflex_ec50_ug_mL: float
    effect_hill: float
    sedation_ec50_ug_mL: float
    sedation_hill: float
    supraspinal_share: float


def cord_taken(v: Number, law: Law) -> Number:
    """Share of receptors taken at the cord: where its fast and its slow tolerance are heading."""
    return occupancy(v[CORD_LEG], law.cord_constant_ug_mL)


def brain_taken(v: Number, law: Law) -> Number:
    """Share of receptors taken at the brain: where its fast and its slow tolerance are heading."""
    return occupancy(v[BRAIN], law.brain_constant_ug_mL)


def index_under(drive: Number, law: Law) -> Number:
    """Where the index is heading under a drive, 0 to 100."""
    return index_target(drive, law.withdrawal_threshold, law.withdrawal_hill)


def drive(v: Number, law: Law) -> Number:
    """What is left of the opponent when the drug's presence is taken off: above zero it makes withdrawal."""
    against = opponent(v[CORD_FAST], v[CORD_SLOW], law.opponent_base, law.opponent_slow, law.opponent_scale)
    return against - presence(v[CORD_LEG], cord_shift(v, law), law.cord_constant_ug_mL)


def cord_shift(v: Number, law: Law) -> Number:
    """By which factor tolerance has moved what the cord needs."""
    return shift_of_potency(v[CORD_FAST], v[CORD_SLOW], law.cord_slow_gain, law.receptor_loss_frac)


def brain_shift(v: Number, law: Law) -> Number:
    """By which factor tolerance has moved what the brain needs."""
    return shift_of_potency(v[BRAIN_FAST], v[BRAIN_SLOW], law.brain_slow_gain, law.receptor_loss_frac)


def leg_need_ug_mL(v: Number, law: Law) -> Number:
    """The concentration that relieves half of the range in legs and arms."""
    return v[SPASTICITY_FACTOR] * v[POTENCY_FACTOR] * cord_shift(v, law) * law.leg_ec50_ug_mL


def brain_need_ug_mL(v: Number, law: Law) -> Number:
    """The concentration that sedates half."""
    return v[POTENCY_FACTOR] * brain_shift(v, law) * law.sedation_ec50_ug_mL


def leg_effect(v: Number, law: Law) -> Number:
    """Relief of the legs as a share of the Ashworth range."""
    return hill(v[CORD_LEG], leg_need_ug_mL(v, law), law.effect_hill)


def leg_tone(v: Number, law: Law) -> Number:
    """Tone of the legs as a share of the untreated level."""
    return tone(leg_effect(v, law), v[INDEX], law.rebound_gain)


def sedation(v: Number, law: Law) -> Number:
    """The sedation index, 0 to 1."""
    return hill(v[BRAIN], brain_need_ug_mL(v, law), law.sedation_hill)


def hreflex_effect(v: Number, law: Law) -> Number:
    """Suppression of the H-reflex as a share."""
    return hill(v[CORD_LEG], v[POTENCY_FACTOR] * cord_shift(v, law) * law.hreflex_ec50_ug_mL, law.effect_hill)


def arm_effect(v: Number, law: Law) -> Number:
    """Relief of the arms: what reaches their cord, and a share of what acts above it."""
    reached = v[CORD_ARM] + law.supraspinal_share * v[ARM_SITE]
    return hill(reached, leg_need_ug_mL(v, law), law.effect_hill)


def law_of(row: Number) -> Law:
    """The law from its numbers in the order of its fields; written out, as compiled code needs it."""
    return Law(
        row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8],
        row[9], row[10], row[11], row[12], row[13], row[14], row[15], row[16],
    )  # fmt: skip
