"""The live checks of the code hold, and each of them can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from itsim.parameters import ParameterSet
from itsim.pd.response import Response
from itsim.pk.body import LinearBody
from itsim.qualify import verification
from itsim.qualify.verification import CALCULATION, CODE, Verified, verify


def test_every_check_holds() -> None:
    checks = verify()
    assert [check.id for check in checks] == [f"V{i}" for i in range(1, len(checks) + 1)]
    assert {check.category for check in checks} == {CODE, CALCULATION}
    assert [check.claim for check in checks if not check.holds] == []


def test_more_than_allowed_fails_and_so_does_no_number() -> None:
    assert Verified("V0", CODE, "x", 1.0, 1.0).holds
    assert not Verified("V0", CODE, "x", 1.1, 1.0).holds
    assert not Verified("V0", CODE, "x", np.nan, 1.0).holds


def spoiled(monkeypatch: pytest.MonkeyPatch, factor: float = 1.01) -> None:
    """A body in which every transfer keeps a little of what it takes."""
    build = verification._body

    def leaky(name: str, numbers: object) -> LinearBody:
        body = build(name, numbers)  # type: ignore[arg-type]
        matrix = body.matrix_per_h + (factor - 1.0) * np.diag(np.diag(body.matrix_per_h))
        return replace(body, matrix_per_h=matrix)

    monkeypatch.setattr(verification, "_body", leaky)


@pytest.mark.parametrize("name", ["infusion_error", "tablet_error", "plasma_error", "leak"])
def test_a_leaky_body_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spoiled(monkeypatch)
    assert getattr(verification, name)() > 1e-4


@pytest.mark.parametrize(
    ("name", "value"), [("tone", 0.0), ("tone", 1.001), ("effect_leg", 0.001), ("sedation", 1.0)]
)
def test_something_from_nothing_is_seen(name: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that, without any drug, is not what it is by definition; for the tone that is not zero."""
    make = verification.make_response

    def spoilt(numbers: ParameterSet) -> Response:
        made = make(numbers)
        wrong = replace(made.outputs[name], value=lambda v: value + 0.0 * v["withdrawal_index"])
        return replace(made, outputs={**made.outputs, name: wrong})

    assert verification.nothing_from_nothing() == 0.0
    monkeypatch.setattr(verification, "make_response", spoilt)
    assert verification.nothing_from_nothing() >= 0.001 - 1e-12


def test_engines_that_differ_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = verification.ENGINES["exact"]

    def late(problem: object) -> object:
        solution = exact(problem)  # type: ignore[arg-type]
        return replace(solution, amounts=lambda t: solution.amounts(np.maximum(t - 1e-3, 0.0)))

    monkeypatch.setattr(verification, "ENGINES", {"exact": exact, "reference": late})
    assert verification.engines_apart() > verification.ENGINES_WITHIN


def test_cut_rates_are_the_same_rates() -> None:
    therapy = verification.typical("interrupted_350").therapy
    cut = verification._cut(therapy)
    t = np.linspace(0.0, float(therapy.catheter.edges_h[-1]), 1001)
    assert len(cut.catheter.rows) > 300
    assert np.array_equal(cut.catheter.rate(t), therapy.catheter.rate(t))
