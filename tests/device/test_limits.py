"""What a pump can be told, in words that repair a file."""

from __future__ import annotations

import pytest

from itsim.device.limits import concentration_complaints, rate_complaints, volume_complaints
from itsim.parameters import read

DEVICE = read("pumps/synchromed_ii_20").numbers


@pytest.mark.parametrize(
    ("rate_mL_day", "fine"), [(0, 1), (0.048, 1), (24, 1), (0.0479, 0), (24.1, 0), (-1, 0)]
)
def test_rates(rate_mL_day: float, fine: int) -> None:
    found = list(rate_complaints("rate", rate_mL_day / 24.0, DEVICE))
    assert len(found) == 1 - fine
    assert all("0.048 to 24 mL/day" in complaint.rule for complaint in found)


@pytest.mark.parametrize(("volume_mL", "fine"), [(20, 1), (0.1, 1), (0, 0), (20.1, 0), (-1, 0)])
def test_volumes(volume_mL: float, fine: int) -> None:
    found = list(volume_complaints("volume", volume_mL, DEVICE))
    assert len(found) == 1 - fine
    assert all("20 mL" in complaint.rule for complaint in found)


@pytest.mark.parametrize(("concentration", "fine"), [(0, 1), (2000, 1), (-1, 0)])
def test_concentrations(concentration: float, fine: int) -> None:
    assert len(list(concentration_complaints("concentration", concentration))) == 1 - fine
