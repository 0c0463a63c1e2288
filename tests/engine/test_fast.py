"""The compiled engine beside the exact one, and what it leaves to it. The contract is in test_contract."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings

from engine import cases
from engine.cases import (
    AGREEMENT,
    constant,
    disagreement,
    problem_for,
    problems,
    scenario_problem,
    stopped,
    therapy_of,
)
from engine.test_exact import chain_problem
from itsim.device.compiled import has_compiler
from itsim.engine import exact, fast
from itsim.engine.kernel import places, run
from itsim.engine.problem import Problem

pytestmark = [
    pytest.mark.skipif(not has_compiler(), reason="numba is not installed: the exact engine only"),
    pytest.mark.xdist_group("numba"),
]

NAMES = ("abrupt_stop", "gradual_linear", "lumbar_rescue", "csf_leak", "overdose_drained", "oral_bridge")


@pytest.mark.parametrize("name", NAMES)
def test_it_agrees_with_the_exact_engine(name: str) -> None:
    problem = scenario_problem(name)
    found = fast.solve(problem)
    assert found.engine == "compiled"
    worst = disagreement(found, exact.solve(problem))
    assert max(worst.values()) <= AGREEMENT, worst


@settings(max_examples=60)
@given(problem=problems(400.0, 5))
def test_it_agrees_whatever_meets(problem: Problem) -> None:
    """A gap below 1e-9 bends nothing in either engine, so that what stays below a thousandth of its size is
    compared with that."""
    with patch.object(cases, "LEAST_SIZE", 1e-3):
        worst = disagreement(fast.solve(problem), exact.solve(problem))
    assert max(worst.values()) <= AGREEMENT, worst


@pytest.mark.parametrize("rate_per_h", [0.5, 3.0, 20.0])
def test_a_quick_index_does_not_outrun_its_panels(rate_per_h: float) -> None:
    problem = problem_for("two_compartment", stopped(10.0, 60.0, 400.0), withdrawal_rate=rate_per_h)
    worst = disagreement(fast.solve(problem), exact.solve(problem))
    assert max(worst.values()) <= AGREEMENT, worst


def test_a_body_without_safe_modes_goes_to_the_exact_engine() -> None:
    problem = chain_problem(stopped(20.0, 60.0, 120.0, 14.0))
    assert fast.solve(problem).engine == "exact"


def test_plain_and_compiled_march_alike() -> None:
    """One source, two ways to run it; the last bits are the compiler's."""
    problem = problem_for("two_compartment", stopped(10.0, 60.0, 200.0))
    compiled = fast.solve(problem)
    kernels = fast.kernels
    try:
        fast.kernels = lambda: vars(run)  # type: ignore[assignment]
        plain = fast.solve(problem)
    finally:
        fast.kernels = kernels
    np.testing.assert_allclose(plain.nodes_h, compiled.nodes_h, rtol=1e-9)
    assert max(disagreement(plain, compiled).values()) < 1e-11


def test_a_store_that_is_too_small_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_for("two_compartment", stopped(10.0, 60.0, 200.0))
    usual = fast.solve(problem)
    monkeypatch.setattr(fast, "FIRST_ROOM", 4)
    assert max(disagreement(fast.solve(problem), usual).values()) == 0.0
    assert places.NO_ROOM != places.DONE


def test_a_quick_mode_that_is_carried_whole_follows_its_input_for_ever() -> None:
    """From nothing a rate rises for weeks: what the input adds must not die with what was there."""
    problem = problem_for(
        "two_compartment", therapy_of([(0.0, (1e-12, 0.07, 0.0, 0.0, 0.0, 0.0))], 400.0), 0.0, 0.0
    )
    assert max(disagreement(fast.solve(problem), exact.solve(problem)).values()) <= AGREEMENT


def test_a_short_rest_before_an_edge_does_not_widen_what_follows() -> None:
    pieces = [(0.0, constant(0.0)), (6e-8, constant(0.0)), (115.0, constant(14.0))]
    problem = problem_for("two_compartment", therapy_of(pieces, 120.0))
    assert max(disagreement(fast.solve(problem), exact.solve(problem)).values()) <= AGREEMENT
