"""The chain as a whole, against science §2b written as one right-hand side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from engine.cases import numbers_of
from itsim.arrays import Array
from itsim.parameters import ParameterSet
from itsim.pd.response import Response, make_response
from itsim.pd.withdrawal import opponent_scale

NAMES = (
    "cord_fast_tolerance", "cord_slow_tolerance", "brain_fast_tolerance", "brain_slow_tolerance",
    "withdrawal_index",
)  # fmt: skip
SPREAD = {
    "leg_ec50": st.floats(0.03, 0.3), "occupancy_constant": st.floats(0.08, 0.6),
    "receptor_loss": st.floats(0.0, 0.8),
    "slow_tolerance_gain": st.floats(0.0, 5.0), "slow_tolerance_time": st.floats(500.0, 9000.0),
    "slow_recovery_time": st.floats(200.0, 4000.0), "opponent_base": st.floats(0.0, 0.8),
    "opponent_slow": st.floats(0.0, 1.2), "withdrawal_threshold": st.floats(0.05, 0.6),
    "withdrawal_hill": st.floats(1.0, 4.0), "fast_tolerance_time": st.floats(20.0, 150.0),
    "brain_tolerance_time": st.floats(100.0, 4000.0), "brain_recovery_time": st.floats(50.0, 2000.0),
}  # fmt: skip
DRIVERS = {"cord_leg": st.floats(0.0, 3.0), "brain": st.floats(0.0, 0.5)}
FACTOR = st.floats(0.2, 5.0)


def numbers(**overrides: float) -> ParameterSet:
    return numbers_of("neuraxis", **overrides)


def literal(v: Mapping[str, float], ce: float, b: float, y: Array) -> list[float]:
    """dF/dt, dS/dt at cord and brain and dW/dt, as science §2b writes them."""
    f_cord, s_cord, f_brain, s_brain, w = y
    ko = v["occupancy_constant"]
    k_brain = ko * v["sedation_ec50"] / v["leg_ec50"]
    o_cord, o_brain = ce / (ce + ko), b / (b + k_brain)
    tau_f, up, down = v["fast_tolerance_time"], v["slow_tolerance_time"], v["slow_recovery_time"]
    brain_up, brain_down = v["brain_tolerance_time"], v["brain_recovery_time"]
    m = (1.0 + v["slow_tolerance_gain"] * s_cord) / (1.0 - v["receptor_loss"] * f_cord)
    p = ce / (ce + m * ko)
    f = opponent_scale(v["opponent_base"], v["opponent_slow"], v["slow_tolerance_gain"], v["receptor_loss"])
    bw = max(0.0, f * (v["opponent_base"] + v["opponent_slow"] * s_cord) * f_cord - p)
    h, theta = v["withdrawal_hill"], v["withdrawal_threshold"]
    return [
        (o_cord - f_cord) / tau_f,
        (o_cord - s_cord) / (up if o_cord > s_cord else down),
        (o_brain - f_brain) / tau_f,
        (o_brain - s_brain) / (brain_up if o_brain > s_brain else brain_down),
        v["withdrawal_rate"] * (100.0 * bw**h / (bw**h + theta**h) - w),
    ]


def chain_slopes(response: Response, drivers: Mapping[str, float], y: Array) -> list[float]:
    values = dict(drivers) | dict(zip(NAMES, y, strict=True))
    slopes = []
    for stage, state in zip(response.stages, y, strict=True):
        gap = float(stage.target(values)) - state
        slopes.append((stage.rising_per_h if gap > 0.0 else stage.falling_per_h) * gap)
    return slopes


@given(
    numbers=st.fixed_dictionaries(SPREAD),
    drivers=st.fixed_dictionaries(DRIVERS),
    y=st.tuples(*[st.floats(0.0, 1.0)] * 4, st.floats(0.0, 100.0)),
)
def test_chain_is_the_equations_of_science(
    numbers: dict[str, float], drivers: dict[str, float], y: tuple[float, ...]
) -> None:
    patient = numbers_of("neuraxis", **numbers)
    response = make_response(patient)
    assert tuple(stage.name for stage in response.stages) == NAMES
    state = np.array(y)
    expected = literal(patient.numbers, drivers["cord_leg"], drivers["brain"], state)
    np.testing.assert_allclose(chain_slopes(response, drivers, state), expected, rtol=1e-11, atol=1e-13)


@given(
    drivers=st.fixed_dictionaries(DRIVERS),
    y=st.tuples(*[st.floats(0.0, 1.0)] * 4),
    index=st.floats(0.0, 100.0),
    psi=st.sampled_from([0.0, 3.0]),
    spasticity=FACTOR,
    potency=FACTOR,
)
def test_outputs_are_the_equations_of_science(
    drivers: dict[str, float],
    y: tuple[float, ...],
    index: float,
    psi: float,
    spasticity: float,
    potency: float,
) -> None:
    """With what conditions do: spasticity to legs and arms, potency to every concentration that is needed."""
    patient = numbers(supraspinal_share=psi)
    v, outputs = patient.numbers, make_response(patient).outputs
    f_cord, s_cord, f_brain, s_brain = y
    arm, site = 0.5 * drivers["cord_leg"], 0.1 * drivers["cord_leg"]
    values = dict(drivers) | dict(zip(NAMES, (*y, index), strict=True)) | {"cord_arm": arm, "arm_site": site}
    values |= {"spasticity": spasticity, "potency": potency}
    k = spasticity * potency
    cord = (1.0 + v["slow_tolerance_gain"] * s_cord) / (1.0 - v["receptor_loss"] * f_cord)
    brain = (1.0 + v["brain_tolerance_gain"] * s_brain) / (1.0 - v["receptor_loss"] * f_brain)

    def effect(c: float, ec50: float, g: float) -> float:
        return c**g / (c**g + ec50**g)

    g = v["effect_hill"]
    leg = effect(drivers["cord_leg"], k * cord * v["leg_ec50"], g)
    expected = {
        "effect_leg": leg,
        "tone": (1.0 - leg) * (1.0 + v["rebound_gain"] * index / 100.0),
        "effect_hreflex": effect(drivers["cord_leg"], potency * cord * v["hreflex_ec50"], g),
        "effect_arm": effect(arm + psi * site, k * cord * v["leg_ec50"], g),
        "sedation": effect(drivers["brain"], potency * brain * v["sedation_ec50"], v["sedation_hill"]),
    }
    assert set(outputs) == set(expected)
    for name, value in expected.items():
        rounding = 1e-14 if name == "tone" else 1e-200  # 1 − effect leaves few digits near full relief
        assert outputs[name].value(values) == pytest.approx(value, rel=1e-11, abs=rounding), name


@settings(max_examples=20)
@given(
    numbers=st.fixed_dictionaries(SPREAD), drivers=st.fixed_dictionaries(DRIVERS), days=st.floats(1.0, 600.0)
)
def test_start_is_what_integration_gives(
    numbers: dict[str, float], drivers: dict[str, float], days: float
) -> None:
    patient = numbers_of("neuraxis", **numbers)
    v = patient.numbers
    run = solve_ivp(
        lambda t, y: literal(v, drivers["cord_leg"], drivers["brain"], y),
        (0.0, days * 24.0),
        np.zeros(5),
        method="LSODA",
        rtol=1e-9,
        atol=1e-11,
    )
    start = make_response(patient).start(drivers, days * 24.0)
    np.testing.assert_allclose([start[name] for name in NAMES], run.y[:, -1], atol=2e-7)
    assert run.y[4].max() < 1e-6, "constant dosing never gives withdrawal"


@given(y=st.tuples(*[st.floats(0.0, 1.0)] * 2), c=st.floats(0.0, 3.0))
def test_target_of_the_index_lies_between_none_and_full(y: tuple[float, float], c: float) -> None:
    stage = make_response(numbers()).stages[-1]
    target = stage.target({"cord_leg": c, "cord_fast_tolerance": y[0], "cord_slow_tolerance": y[1]})
    assert 0.0 <= target <= stage.size == 100.0


@given(c=st.floats(0.0, 3.0))
def test_without_tolerance_there_is_no_withdrawal(c: float) -> None:
    """A naive patient (F = S = 0) has no opponent; nor has one whose opponent weighs nothing."""
    naive = make_response(numbers()).stages[-1]
    assert naive.target({"cord_leg": c, "cord_fast_tolerance": 0.0, "cord_slow_tolerance": 0.0}) == 0.0
    weightless = make_response(numbers(opponent_base=0.0, opponent_slow=0.0)).stages[-1]
    assert weightless.target({"cord_leg": 0.0, "cord_fast_tolerance": 1.0, "cord_slow_tolerance": 1.0}) == 0.0


def test_only_the_slow_stages_switch_and_only_the_index_bends() -> None:
    stages = make_response(numbers()).stages
    assert [s.name for s in stages if s.switches] == ["cord_slow_tolerance", "brain_slow_tolerance"]
    assert [s.name for s in stages if s.bend is not None] == ["withdrawal_index"]


@given(spasticity=FACTOR, potency=FACTOR, c=st.floats(0.0, 3.0))
def test_conditions_touch_neither_tolerance_nor_withdrawal(
    spasticity: float, potency: float, c: float
) -> None:
    """No stage says that it reads one, and none gives another target with them."""
    response = make_response(numbers())
    assert response.conditions == ("spasticity", "potency")
    values = {"cord_leg": c, "brain": 0.1} | dict.fromkeys(NAMES, 0.4)
    changed = values | {"spasticity": spasticity, "potency": potency}
    for stage in response.stages:
        assert not set(stage.needs) & set(response.conditions)
        assert stage.target(changed) == stage.target(values)
        if stage.bend is not None:
            assert stage.bend(changed) == stage.bend(values)
