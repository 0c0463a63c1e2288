import dataclasses

import pytest

from itsim.scenario import load


def test_scenarios_are_frozen_and_comparable(sketch, catalogue):
    scenario = load(sketch, catalogue)
    assert scenario == load(sketch, catalogue)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.until_h = 1.0
    assert "_tree" not in repr(scenario)
