"""Bodies and chains in numbers, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.cases import BODIES, body_of, numbers_of
from engine.test_exact import chain_body
from itsim.engine.pack import INLETS, READ, pack_bodies, pack_body, pack_responses
from itsim.pd.response import make_response
from itsim.pk.body import SINKS


@pytest.mark.parametrize("name", BODIES)
def test_modes_give_back_the_body(name: str) -> None:
    body = body_of(name)
    bodies = pack_bodies([body])
    assert bodies is not None
    live = np.array([state not in SINKS for state in body.states])
    seen = bodies.vectors[0] * bodies.rates_per_h[0] @ bodies.inverse[0]
    np.testing.assert_allclose(seen, body.matrix_per_h[np.ix_(live, live)], atol=1e-9)
    assert np.all(np.diff(bodies.rates_per_h[0]) >= 0.0)
    for k, inlet in enumerate(INLETS):
        np.testing.assert_allclose(
            bodies.vectors[0] @ bodies.inlets[0, k], body.inlets[inlet][live], atol=1e-11
        )
    for r, name_read in enumerate(READ):
        steady = -bodies.residues[0, r] @ (bodies.inlets[0, 0] / bodies.rates_per_h[0])
        assert steady == pytest.approx(
            body.readouts[name_read] @ body.steady_state("catheter", 1.0), rel=1e-9
        )


def test_a_body_without_safe_modes_is_refused() -> None:
    assert pack_body(chain_body()) is None
    assert pack_bodies([body_of("one_compartment"), chain_body()]) is None


def test_a_response_that_is_wired_otherwise_is_refused() -> None:
    response = make_response(numbers_of("neuraxis"))
    assert pack_responses([response]) is not None
    assert pack_responses([response, replace(response, law=None)]) is None
    first, *rest = response.stages
    assert pack_responses([replace(response, stages=(replace(first, falling_per_h=1.0), *rest))]) is None
