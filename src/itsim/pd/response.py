"""The response as a chain of relaxations dy/dt = rate · (target − y), driven by the body's read-outs.

Targets and outputs are pure functions of drivers and of the states before them in the chain. An engine needs
nothing else, and no engine writes an equation of its own.

What changes in the patient and not in the therapy, the *conditions*, acts on outputs alone: on how much drug
an effect needs. They touch neither tolerance nor the drive of withdrawal: a disease that progresses or a full
bladder may take the relief away, but never makes withdrawal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from itsim.arrays import Number
from itsim.parameters import ParameterSet
from itsim.pd import chain
from itsim.pd.chain import SLOTS, Law
from itsim.pd.tolerance import after_constant_dosing
from itsim.pd.withdrawal import FULL_INDEX, opponent_scale

Values = Mapping[str, Number]
"""Drivers, earlier states and, for outputs, conditions by name: floats or arrays over time."""

SPASTICITY, POTENCY = SLOTS[chain.SPASTICITY_FACTOR], SLOTS[chain.POTENCY_FACTOR]
"""Conditions: a factor on the concentration that relieves legs and arms, and one on every concentration that
an effect needs, H-reflex and sedation too; 1 where nothing has changed."""


@dataclass(frozen=True)
class Stage:
    """One state of the chain."""

    name: str
    needs: tuple[str, ...]
    """Drivers and earlier stages that the target reads."""
    target: Callable[[Values], Number]
    rising_per_h: float
    """Rate while the target lies above the state."""
    falling_per_h: float
    size: float = 1.0
    """The largest the target can be."""
    bend: Callable[[Values], Number] | None = None
    """Where this passes zero the target bends; None where it never does."""
    constant_target_after: Callable[[float, float], float] | None = None
    """State after (target, hours) of constant dosing; zero where None."""

    @property
    def switches(self) -> bool:
        """Whether the rate depends on the direction."""
        return self.rising_per_h != self.falling_per_h


@dataclass(frozen=True)
class Output:
    """Something a person would measure, from read-outs, states and conditions."""

    readouts: tuple[str, ...]
    """Read-outs of the body that it needs; a body without them does not produce it."""
    value: Callable[[Values], Number]


@dataclass(frozen=True)
class Response:
    """The chain, what drives it and what comes out."""

    drivers: tuple[str, ...]
    """Read-outs of the body, µg/mL."""
    stages: tuple[Stage, ...]
    outputs: Mapping[str, Output]
    conditions: tuple[str, ...] = ()
    """Factors that outputs read, from the patient's own course."""
    law: Law | None = None
    """The numbers of the chain of ``chain.py``; None for a response that is wired otherwise."""

    def is_driven(self, stage: Stage) -> bool:
        """Whether a stage's target reads drivers alone."""
        return set(stage.needs) <= set(self.drivers)

    def start(self, drivers: Mapping[str, float], lasting_h: float) -> dict[str, float]:
        """States of a patient who has had constant *drivers* for *lasting_h*."""
        values: dict[str, Number] = dict(drivers)
        for stage in self.stages:
            rule = stage.constant_target_after
            values[stage.name] = rule(float(stage.target(values)), lasting_h) if rule else 0.0
        return {stage.name: float(values[stage.name]) for stage in self.stages}


@dataclass(frozen=True)
class Numbers:
    """Parameters of the response, as in ``data/response.toml``."""

    leg_ec50_ug_mL: float
    hreflex_ec50_ug_mL: float
    effect_hill: float
    occupancy_constant_ug_mL: float
    receptor_loss_frac: float
    fast_tolerance_time_h: float
    slow_tolerance_gain: float
    slow_tolerance_time_h: float
    slow_recovery_time_h: float
    brain_tolerance_gain: float
    brain_tolerance_time_h: float
    brain_recovery_time_h: float
    opponent_base: float
    opponent_slow: float
    withdrawal_threshold: float
    withdrawal_hill: float
    withdrawal_rate_per_h: float
    rebound_gain: float
    sedation_ec50_ug_mL: float
    sedation_hill: float
    supraspinal_share: float


def make_response(parameters: ParameterSet) -> Response:
    """The chain of science §2b: the same law at the cord and at the brain, which learns more and faster, and
    forgets faster.

    Raises ParameterError for a number that is missing or in another unit.
    """
    p = parameters.fill(Numbers)
    law = _law(p)
    fast_h = p.fast_tolerance_time_h
    return Response(
        drivers=SLOTS[: chain.N_DRIVERS],
        stages=(
            _tolerance(law, chain.cord_taken, chain.CORD_FAST, chain.CORD_LEG, fast_h, fast_h),
            _tolerance(
                law,
                chain.cord_taken,
                chain.CORD_SLOW,
                chain.CORD_LEG,
                p.slow_tolerance_time_h,
                p.slow_recovery_time_h,
            ),
            _tolerance(law, chain.brain_taken, chain.BRAIN_FAST, chain.BRAIN, fast_h, fast_h),
            _tolerance(
                law,
                chain.brain_taken,
                chain.BRAIN_SLOW,
                chain.BRAIN,
                p.brain_tolerance_time_h,
                p.brain_recovery_time_h,
            ),
            _withdrawal(law, p.withdrawal_rate_per_h),
        ),
        outputs=_outputs(law),
        conditions=(SPASTICITY, POTENCY),
        law=law,
    )


def _law(p: Numbers) -> Law:
    return Law(
        cord_constant_ug_mL=p.occupancy_constant_ug_mL,
        cord_slow_gain=p.slow_tolerance_gain,
        brain_constant_ug_mL=p.occupancy_constant_ug_mL * p.sedation_ec50_ug_mL / p.leg_ec50_ug_mL,
        brain_slow_gain=p.brain_tolerance_gain,
        receptor_loss_frac=p.receptor_loss_frac,
        opponent_base=p.opponent_base,
        opponent_slow=p.opponent_slow,
        opponent_scale=opponent_scale(
            p.opponent_base, p.opponent_slow, p.slow_tolerance_gain, p.receptor_loss_frac
        ),
        withdrawal_threshold=p.withdrawal_threshold,
        withdrawal_hill=p.withdrawal_hill,
        rebound_gain=p.rebound_gain,
        leg_ec50_ug_mL=p.leg_ec50_ug_mL,
        hreflex_ec50_ug_mL=p.hreflex_ec50_ug_mL,
        effect_hill=p.effect_hill,
        sedation_ec50_ug_mL=p.sedation_ec50_ug_mL,
        sedation_hill=p.sedation_hill,
        supraspinal_share=p.supraspinal_share,
    )


def _slots(v: Values) -> list[Number]:
    """Values in the order of the chain's slots; None where nobody has given one."""
    return [v.get(name) for name in SLOTS]


def _tolerance(
    law: Law,
    taken: Callable[[Number, Law], Number],
    slot: int,
    driver: int,
    growing_h: float,
    fading_h: float,
) -> Stage:
    return Stage(
        SLOTS[slot],
        (SLOTS[driver],),
        lambda v: taken(_slots(v), law),
        1.0 / growing_h,
        1.0 / fading_h,
        constant_target_after=lambda target, lasting_h: after_constant_dosing(target, lasting_h, growing_h),
    )


def _withdrawal(law: Law, rate_per_h: float) -> Stage:
    return Stage(
        SLOTS[chain.INDEX],
        tuple(SLOTS[slot] for slot in (chain.CORD_LEG, chain.CORD_FAST, chain.CORD_SLOW)),
        lambda v: chain.index_under(chain.drive(_slots(v), law), law),
        rate_per_h,
        rate_per_h,
        size=FULL_INDEX,
        bend=lambda v: chain.drive(_slots(v), law),
    )


def _outputs(law: Law) -> dict[str, Output]:
    def output(value: Callable[[Number, Law], Number], *slots: int) -> Output:
        return Output(tuple(SLOTS[slot] for slot in slots), lambda v: value(_slots(v), law))

    return {
        "effect_leg": output(chain.leg_effect, chain.CORD_LEG),
        "tone": output(chain.leg_tone, chain.CORD_LEG),
        "effect_hreflex": output(chain.hreflex_effect, chain.CORD_LEG),
        "effect_arm": output(chain.arm_effect, chain.CORD_ARM, chain.ARM_SITE),
        "sedation": output(chain.sedation, chain.BRAIN),
    }
