"""What all blockages share: capacity, shares and what they become."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.device.blockage import Blockage, blockage, blockage_complaints, capacity_mL
from itsim.device.codes import Overflow, Primitive

CATHETER = {"compliance": 1e-4, "relief_pressure": 500.0}


def block(**numbers: object) -> Blockage:
    return Blockage.model_validate(numbers)


@pytest.mark.parametrize(
    ("numbers", "capacity"),
    [
        ({}, 0.05),
        ({"compliance": "0.2 uL/mmHg"}, 0.1),
        ({"relief_pressure": "10 kPa"}, 1e-4 * 75.006168),
        ({"compliance": "0 mL/mmHg"}, 0.0),
    ],
)
def test_capacity_is_compliance_times_pressure(numbers: dict[str, object], capacity: float) -> None:
    assert capacity_mL(block(**numbers), CATHETER) == pytest.approx(capacity)


def test_capacity_over_the_variants_of_a_sweep() -> None:
    pressures = np.array([100.0, 2000.0])
    assert list(capacity_mL(block(), CATHETER | {"relief_pressure": pressures})) == pytest.approx([0.01, 0.2])


def test_a_blockage_is_a_share_and_a_store() -> None:
    p = block(block=0.7, overflow="slip", released=0.4, release_lasting="2 h")
    share, store = blockage(p, 10.0, 30.0, CATHETER)
    assert (share.primitive, store.primitive) == (Primitive.HOLD, Primitive.STORE)
    assert share.numbers == pytest.approx((10.0, 30.0, 1.0, 0.3, 0.0))
    assert store.numbers == pytest.approx((10.0, 30.0, 0.05, 0.4, 2.0, 0.3))
    assert store.code == Overflow.SLIP
    assert blockage(block(), 10.0, 30.0, CATHETER)[1].code == Overflow.RELIEF


@pytest.mark.parametrize(
    ("numbers", "fields"),
    [
        ({}, []),
        ({"block": 1.1, "released": -0.1}, ["block", "released"]),
        ({"compliance": "-1 mL/mmHg", "relief_pressure": "-1 mmHg"}, ["compliance", "relief_pressure"]),
        ({"release_lasting": "0 h"}, ["release_lasting"]),
    ],
)
def test_what_no_blockage_is(numbers: dict[str, object], fields: list[str]) -> None:
    assert [c.field for c in blockage_complaints(block(**numbers), {"has_rotor": 1.0})] == fields


def test_a_rotor_slips_only_where_there_is_one() -> None:
    (complaint,) = blockage_complaints(block(overflow="slip"), {"has_rotor": 0.0})
    assert complaint.field == "overflow"
    assert not list(blockage_complaints(block(overflow="slip"), {"has_rotor": 1.0}))
    assert not list(blockage_complaints(block(), {"has_rotor": 0.0}))
