"""Every body through the one interface: mass, steady state, what feeds back and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import BODIES, body_of
from itsim.pk.body import (
    DRAINED,
    ELIMINATED,
    SINKS,
    UNABSORBED,
    LinearBody,
    Site,
    Transfer,
    assemble,
    exchange,
)

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
    assert set(body.inlets) == {"catheter", "lumbar_puncture", "gut", "pump_pocket"}
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
    assert np.all(x[live & ~np.isin(body.states, ["gut", "depot"])] > 0.0)
    assert residual[body.index(ELIMINATED)] == pytest.approx(RATE_UG_H, rel=1e-12), "all that enters leaves"
    assert residual[body.index(UNABSORBED)] == residual[body.index(DRAINED)] == 0.0


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
        [-3.0, 2.0, 0.0, 0.0, 0.0, 0.0],
        [3.0, -2.5, 0.0, 0.0, 0.0, 0.0],
        [0.05, 0.0, -0.1, 0.0, 0.0, 0.0],
        [0.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ]
    np.testing.assert_allclose(body.matrix_per_h, expected, rtol=1e-15)
    assert body.states == ("a", "b", "s", ELIMINATED, UNABSORBED, DRAINED)
    assert list(body.holds_drug) == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert not body.matrix_per_h.flags.writeable


# CSF let off


def straddling() -> LinearBody:
    """Three states of 10, 20 and 30 mL; the lowest region is all of the first and half of the second."""
    return assemble(
        "column", ("low", "middle", "high", "tissue"), (), (Site("felt", 1.0, {"low": 0.1}),), {}, {},
        ({"low": 10.0, "middle": 10.0}, {"middle": 10.0}, {"high": 30.0}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("volume_mL", "shares"),
    [
        (0.0, (0.0, 0.0, 0.0)),
        (5.0, (0.25, 0.125, 0.0)),
        (20.0, (1.0, 0.5, 0.0)),
        (24.0, (1.0, 0.7, 0.0)),
        (30.0, (1.0, 1.0, 0.0)),
        (36.0, (1.0, 1.0, 0.2)),
        (60.0, (1.0, 1.0, 1.0)),
        (500.0, (1.0, 1.0, 1.0)),
        (-3.0, (0.0, 0.0, 0.0)),
    ],
)
def test_csf_is_taken_from_below_upwards(volume_mL: float, shares: tuple[float, ...]) -> None:
    """5 mL of the lowest 20 is a quarter of it: of the first state a quarter, of the second half of that."""
    body, x = straddling(), np.array([6.0, 8.0, 9.0, 3.0, 0.5, 1.0, 2.0, 4.0])
    seen = body.drainage(volume_mL) @ x
    np.testing.assert_allclose(seen[:3], x[:3] * (1.0 - np.array(shares)), rtol=1e-14, atol=1e-14)
    np.testing.assert_array_equal(seen[3:7], x[3:7])
    assert seen[7] == pytest.approx(4.0 + float(x[:3] @ np.array(shares)), rel=1e-14)


@pytest.mark.parametrize("name", BODIES)
@given(share=st.floats(0.0, 1.0))
def test_what_is_drained_is_the_volume_at_its_mean_concentration(name: str, share: float) -> None:
    body = body_of(name)
    lumbar_mL = body.csf_mL[0]
    x, volume_mL = body.steady_state("catheter", RATE_UG_H), share * sum(lumbar_mL.values())
    whole_mL = {state: sum(region.get(state, 0.0) for region in body.csf_mL) for state in lumbar_mL}
    held_ug = sum(x[body.index(state)] * mL / whole_mL[state] for state, mL in lumbar_mL.items())
    drained_ug = (body.drainage(volume_mL) @ x)[body.index(DRAINED)]
    assert drained_ug == pytest.approx(volume_mL * held_ug / sum(lumbar_mL.values()), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", BODIES)
def test_csf_in_small_portions_is_diluted_step_by_step(name: str) -> None:
    """New fluid takes the place of the old: n portions of V/n leave (1 − f/n)^n of the lowest state."""
    body, n = body_of(name), 40
    lowest, size_mL = next(iter(body.csf_mL[0])), sum(body.csf_mL[0].values())
    x = np.ones(len(body.states))
    for _ in range(n):
        x = body.drainage(0.6 * size_mL / n) @ x
    assert x[body.index(lowest)] == pytest.approx((1.0 - 0.6 / n) ** n, rel=1e-12)


@pytest.mark.parametrize("name", BODIES)
@given(volume_mL=st.floats(0.0, 400.0))
def test_draining_conserves_mass_and_spares_tissue(name: str, volume_mL: float) -> None:
    body = body_of(name)
    matrix = body.drainage(volume_mL)
    counts = body.holds_drug + np.isin(body.states, SINKS)
    np.testing.assert_allclose(counts @ matrix, counts, rtol=0.0, atol=4e-16)
    assert np.all(matrix >= 0.0)
    csf = {state for region in body.csf_mL for state in region}
    for i, state in enumerate(body.states):
        if state not in csf:
            np.testing.assert_array_equal(matrix[:, i], np.eye(len(body.states))[:, i])
            assert body.holds_drug[i] == 0.0 or state.startswith(
                ("cord", "deep", "pocket", "plasma", "gut", "depot")
            )
