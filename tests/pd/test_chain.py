"""The chain's wiring: slots, order, and what reads what."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cases import numbers_of
from itsim.pd import chain
from itsim.pd.response import make_response

RESPONSE = make_response(numbers_of("neuraxis", supraspinal_share=0.3))
ALL = {name: 0.3 + 0.01 * i for i, name in enumerate(chain.SLOTS)} | {"cord_leg": 0.02}


def test_states_stand_in_their_slots_in_the_order_of_the_chain() -> None:
    first = len(chain.SLOTS) - chain.N_STAGES - len(RESPONSE.conditions)
    assert tuple(stage.name for stage in RESPONSE.stages) == chain.SLOTS[first : first + chain.N_STAGES]
    assert chain.SLOTS[: chain.N_DRIVERS] == RESPONSE.drivers
    assert chain.SLOTS[-len(RESPONSE.conditions) :] == RESPONSE.conditions


@pytest.mark.parametrize("stage", RESPONSE.stages, ids=lambda stage: stage.name)
def test_a_target_reads_what_its_stage_says_and_nothing_else(stage: object) -> None:
    name, needs = stage.name, set(stage.needs)  # type: ignore[attr-defined]
    usual = stage.target(ALL)  # type: ignore[attr-defined]
    for slot, value in ALL.items():
        moved = stage.target(ALL | {slot: 1.5 * value})  # type: ignore[attr-defined]
        assert (moved != usual) == (slot in needs), f"{name} reads {slot}"


@pytest.mark.parametrize("name", RESPONSE.outputs)
def test_an_output_reads_the_read_outs_that_it_names(name: str) -> None:
    output = RESPONSE.outputs[name]
    for slot in ("cord_leg", "brain", "cord_arm", "arm_site"):
        moved = output.value(ALL | {slot: 1.5 * ALL[slot]})
        assert (moved != output.value(ALL)) == (slot in output.readouts), slot


def test_a_law_from_its_numbers_is_the_law() -> None:
    law = RESPONSE.law
    assert law is not None
    assert chain.law_of(np.array(law)) == law


def test_floats_and_arrays_give_the_same() -> None:
    law, values = RESPONSE.law, np.random.default_rng(3).uniform(0.0, 0.9, (len(chain.SLOTS), 7))
    assert law is not None
    for f in (chain.drive, chain.leg_effect, chain.leg_tone, chain.sedation, chain.arm_effect):
        one_by_one = [f(values[:, j], law) for j in range(values.shape[1])]
        np.testing.assert_allclose(f(values, law), one_by_one, rtol=1e-15)
