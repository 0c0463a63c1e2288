"""What follows from the numbers of a device."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.device.hardware import dead_volume_mL
from itsim.parameters import read


def test_dead_volume_is_tubing_and_catheter() -> None:
    device = read("pumps/synchromed_ii_40", "catheters/ascenda").numbers
    assert dead_volume_mL(device) == pytest.approx(0.2 + 80 * 0.0022)
    lengths = np.array([40.0, 80.0])
    np.testing.assert_allclose(dead_volume_mL({**device, "length": lengths}), 0.2 + lengths * 0.0022)
