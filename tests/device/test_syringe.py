"""How far off a volume is read."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from itsim.device.syringe import SyringeReading, reading_error_mL

CLINIC = {"syringe_error": 0.4}


def drawn(seed: int) -> float:
    return float(reading_error_mL(SyringeReading(syringe_seed=seed), CLINIC))


def test_nothing_is_drawn_without_a_seed() -> None:
    assert reading_error_mL(SyringeReading(), CLINIC) == 0.0
    assert reading_error_mL(SyringeReading(syringe_error="-0.3 mL"), CLINIC) == -0.3  # type: ignore[arg-type]


def test_a_seed_draws_the_same_error_again_and_another_seed_another() -> None:
    assert drawn(3) == drawn(3) != drawn(4)


def test_errors_of_many_seeds_are_normal() -> None:
    errors = np.array([drawn(seed) for seed in range(2000)])
    assert abs(errors.mean()) < 3 * 0.4 / np.sqrt(2000)
    assert errors.std() == pytest.approx(0.4, rel=0.05)
    assert np.mean(np.abs(errors) < 0.4) == pytest.approx(0.683, abs=0.03)


def test_a_drawn_error_adds_to_a_given_one_and_scales_with_the_clinic() -> None:
    both = SyringeReading(syringe_error="0.1 mL", syringe_seed=3)  # type: ignore[arg-type]
    assert reading_error_mL(both, CLINIC) == pytest.approx(0.1 + drawn(3))
    sizes = {"syringe_error": np.array([0.0, 0.4, 0.8])}
    assert list(reading_error_mL(both, sizes)) == pytest.approx([0.1, 0.1 + drawn(3), 0.1 + 2 * drawn(3)])


def test_a_seed_is_no_negative_number() -> None:
    with pytest.raises(ValidationError, match="zero or more"):
        SyringeReading(syringe_seed=-1)
