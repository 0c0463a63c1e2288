"""First loss and restoration: the same decisions as ``metrics.py``, on random tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings

from engine.cases import therapies
from itsim import metrics
from itsim.device.delivery import Therapy
from itsim.engine.kernel.loss import first_below_h, last_restored_h

AGREED_H = 2e-9


def same(found: float, expected: float | None) -> None:
    assert math.isnan(found) == (expected is None)
    if expected is not None:
        assert found == pytest.approx(expected, abs=AGREED_H)


@settings(max_examples=200)
@given(actual=therapies(200.0, 6), intended=therapies(200.0, 4))
def test_losses_are_those_of_the_metrics(actual: Therapy, intended: Therapy) -> None:
    a, b = actual.catheter, intended.catheter
    end = min(a.edges_h[-1], b.edges_h[-1])
    a, b = (type(p)(np.vstack([p.rows[p.rows[:, 0] < end], [end, *[0.0] * 6]])) for p in (a, b))
    tables = a.rows, len(a.rows) - 1, b.rows, len(b.rows) - 1
    for share, sign in ((metrics.LOSS_FRAC, 1.0), (metrics.EXCESS_FRAC, -1.0)):
        same(first_below_h(*tables, share, sign), metrics._first_below(a, b, share, sign))
    same(last_restored_h(*tables, metrics.LOSS_FRAC), metrics._last_restored(a, b))
