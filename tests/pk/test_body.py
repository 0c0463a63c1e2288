"""Every body through the one interface: mass, steady state, what feeds back and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import BODIES, body_of
from itsim.pk.body import ELIMINATED, SINKS, UNABSORBED, Site, Transfer, assemble, exchange

RATE_UG_H = 350.0 / 24.0


@pytest.mark.parametrize("name", BODIES)
def test_columns_conserve_mass(name: str) -> None:
    body = body_of(name)
    counts = body.holds_drug + np.isin(body.states, SINKS)
    sums = counts @ body.matrix_per_h * body.holds_drug
    assert np.max(np.abs(sums)) <= 1e-14 * np.max(np.abs(body.matrix_per_h))


@pytest.mark.parametrize("name", BODIES)
def test_effect_sites_and_sinks_feed_nothing_back(name: str) -> None:
    body = body_of(name)
    for i, state in enumerate(body.states):
        others = np.delete(body.matrix_per_h[:, i], i)
        if state in SINKS:
            assert not np.any(body.matrix_per_h[:, i])
        elif not body.holds_drug[i]:
            assert not np.any(others), f"{state} acts on something"
            assert body.matrix_per_h[i, i] < 0.0


@pytest.mark.parametrize("name", BODIES)
def test_inlets_take_a_whole_microgram_and_none_to_an_effect_site(name: str) -> None:
    body = body_of(name)
    assert set(body.inlets) == {"catheter", "lumbar_puncture", "gut"}
    takes = body.holds_drug + np.isin(body.states, SINKS)
    for inlet in body.inlets.values():
        assert np.all(inlet >= 0.0)
        assert inlet @ takes == pytest.approx(1.0, abs=1e-14)
        assert inlet @ (1.0 - takes) == 0.0


@pytest.mark.parametrize("name", BODIES)
def test_steady_state_solves_the_balance(name: str) -> None:
    body = body_of(name)
    x, b = body.steady_state("catheter", RATE_UG_H), body.inlets["catheter"]
    residual = body.matrix_per_h @ x + b * RATE_UG_H
    live = ~np.isin(body.states, SINKS)
    size = np.max(np.abs(body.matrix_per_h) @ np.abs(x))
    assert np.max(np.abs(residual[live])) < 1e-13 * size
    assert np.all(x[live & (np.array(body.states) != "gut")] > 0.0)
    assert residual[body.index(ELIMINATED)] == pytest.approx(RATE_UG_H, rel=1e-12), "all that enters leaves"
    assert residual[body.index(UNABSORBED)] == 0.0


@pytest.mark.parametrize("name", BODIES)
def test_no_rate_means_no_drug(name: str) -> None:
    assert not np.any(body_of(name).steady_state("catheter", 0.0))


@pytest.mark.parametrize("name", BODIES)
@given(factor=st.floats(0.01, 100.0))
def test_dose_scales_everything(name: str, factor: float) -> None:
    body = body_of(name)
    one, many = body.steady_state("catheter", RATE_UG_H), body.steady_state("catheter", factor * RATE_UG_H)
    np.testing.assert_allclose(many, factor * one, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", BODIES)
def test_every_body_decays(name: str) -> None:
    body = body_of(name)
    live = ~np.isin(body.states, SINKS)
    rates = np.linalg.eigvals(body.matrix_per_h[np.ix_(live, live)])
    assert np.all(rates.real < 0.0)
    assert np.max(np.abs(rates.imag)) < 1e-9


def test_assembly_writes_what_is_listed() -> None:
    body = assemble(
        "two",
        ("a", "b"),
        (*exchange("a", "b", 6.0, 2.0, 3.0), Transfer("b", ELIMINATED, 0.5)),
        (Site("s", 0.1, {"a": 0.5}),),
        {"catheter": {"a": 0.25, "b": 0.75}},
        {"conc": {"a": 0.5}},
    )
    expected = [
        [-3.0, 2.0, 0.0, 0.0, 0.0],
        [3.0, -2.5, 0.0, 0.0, 0.0],
        [0.05, 0.0, -0.1, 0.0, 0.0],
        [0.0, 0.5, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ]
    np.testing.assert_allclose(body.matrix_per_h, expected, rtol=1e-15)
    assert body.states == ("a", "b", "s", ELIMINATED, UNABSORBED)
    assert list(body.holds_drug) == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert not body.matrix_per_h.flags.writeable
