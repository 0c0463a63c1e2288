"""What letting off CSF takes: from below upwards, by volume, never more than there is."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.pk.drainage import drained_shares

REGIONS_mL = np.array([[10.0, 30.0, 0.0, 0.0], [0.0, 10.0, 10.0, 0.0], [0.0, 0.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    ("volume_mL", "expected"),
    [
        (-3.0, [0.0, 0.0, 0.0, 0.0]),
        (20.0, [0.5, 0.375, 0.0, 0.0]),
        (50.0, [1.0, 0.875, 0.5, 0.0]),
        (500.0, [1.0, 1.0, 1.0, 0.0]),
    ],
)
def test_the_lowest_region_is_let_off_first(volume_mL: float, expected: list[float]) -> None:
    shares = np.full(4, 9.0)
    drained_shares(volume_mL, REGIONS_mL, shares)
    np.testing.assert_allclose(shares, expected, rtol=1e-14)


def test_what_leaves_is_what_was_let_off() -> None:
    shares = np.zeros(4)
    drained_shares(47.0, REGIONS_mL, shares)
    assert shares @ REGIONS_mL.sum(axis=0) == pytest.approx(47.0, rel=1e-14)
