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
from itsim.pd.effect import hill
from itsim.pd.occupancy import occupancy
from itsim.pd.tolerance import after_constant_dosing, shift_of_potency
from itsim.pd.withdrawal import FULL_INDEX, index_target, opponent, opponent_scale, presence, tone

Values = Mapping[str, Number]
"""Drivers, earlier states and, for outputs, conditions by name: floats or arrays over time."""

SPASTICITY, POTENCY = "spasticity", "potency"
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
    cord, brain = _cord(p), _brain(p)
    return Response(
        drivers=(cord.driver, brain.driver),
        stages=(
            *_tolerance(cord, p),
            *_tolerance(brain, p),
            _withdrawal(cord, p),
        ),
        outputs=_outputs(cord, brain, p),
        conditions=(SPASTICITY, POTENCY),
    )


@dataclass(frozen=True)
class _Site:
    """Where tolerance grows, under which driver, how far and how fast its slow part does."""

    name: str
    driver: str
    constant_ug_mL: float
    slow_gain: float
    growing_h: float
    fading_h: float


def _cord(p: Numbers) -> _Site:
    return _Site(
        "cord",
        "cord_leg",
        p.occupancy_constant_ug_mL,
        p.slow_tolerance_gain,
        p.slow_tolerance_time_h,
        p.slow_recovery_time_h,
    )


def _brain(p: Numbers) -> _Site:
    return _Site(
        "brain",
        "brain",
        p.occupancy_constant_ug_mL * p.sedation_ec50_ug_mL / p.leg_ec50_ug_mL,
        p.brain_tolerance_gain,
        p.brain_tolerance_time_h,
        p.brain_recovery_time_h,
    )


def _tolerance(site: _Site, p: Numbers) -> tuple[Stage, Stage]:
    def taken(v: Values) -> Number:
        return occupancy(v[site.driver], site.constant_ug_mL)

    def stage(kind: str, growing_h: float, fading_h: float) -> Stage:
        return Stage(
            f"{site.name}_{kind}_tolerance",
            (site.driver,),
            taken,
            1.0 / growing_h,
            1.0 / fading_h,
            constant_target_after=lambda target, lasting_h: after_constant_dosing(
                target, lasting_h, growing_h
            ),
        )

    return (
        stage("fast", p.fast_tolerance_time_h, p.fast_tolerance_time_h),
        stage("slow", site.growing_h, site.fading_h),
    )


def _shift(site: _Site, p: Numbers) -> Callable[[Values], Number]:
    fast, slow = f"{site.name}_fast_tolerance", f"{site.name}_slow_tolerance"
    return lambda v: shift_of_potency(v[fast], v[slow], site.slow_gain, p.receptor_loss_frac)


def _withdrawal(site: _Site, p: Numbers) -> Stage:
    scale = opponent_scale(p.opponent_base, p.opponent_slow, p.slow_tolerance_gain, p.receptor_loss_frac)
    shift = _shift(site, p)

    def drive(v: Values) -> Number:
        against = opponent(
            v["cord_fast_tolerance"], v["cord_slow_tolerance"], p.opponent_base, p.opponent_slow, scale
        )
        return against - presence(v["cord_leg"], shift(v), p.occupancy_constant_ug_mL)

    def target(v: Values) -> Number:
        return index_target(drive(v), p.withdrawal_threshold, p.withdrawal_hill)

    rate = p.withdrawal_rate_per_h
    needs = ("cord_leg", "cord_fast_tolerance", "cord_slow_tolerance")
    return Stage("withdrawal_index", needs, target, rate, rate, size=FULL_INDEX, bend=drive)


def _outputs(at_cord: _Site, at_brain: _Site, p: Numbers) -> dict[str, Output]:
    cord, brain = _shift(at_cord, p), _shift(at_brain, p)

    def relieving_ug_mL(v: Values) -> Number:
        return v[SPASTICITY] * v[POTENCY] * cord(v) * p.leg_ec50_ug_mL

    def leg(v: Values) -> Number:
        return hill(v["cord_leg"], relieving_ug_mL(v), p.effect_hill)

    def tone_of_leg(v: Values) -> Number:
        return tone(leg(v), v["withdrawal_index"], p.rebound_gain)

    def hreflex(v: Values) -> Number:
        return hill(v["cord_leg"], v[POTENCY] * cord(v) * p.hreflex_ec50_ug_mL, p.effect_hill)

    def arm(v: Values) -> Number:
        reached = v["cord_arm"] + p.supraspinal_share * v["arm_site"]
        return hill(reached, relieving_ug_mL(v), p.effect_hill)

    def sedation(v: Values) -> Number:
        return hill(v["brain"], v[POTENCY] * brain(v) * p.sedation_ec50_ug_mL, p.sedation_hill)

    return {
        "effect_leg": Output(("cord_leg",), leg),
        "tone": Output(("cord_leg",), tone_of_leg),
        "effect_hreflex": Output(("cord_leg",), hreflex),
        "effect_arm": Output(("cord_arm", "arm_site"), arm),
        "sedation": Output(("brain",), sedation),
    }
