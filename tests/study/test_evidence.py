"""The teaching matrix against the one that clinicians are taught (device taxonomy, section 7b)."""

from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.study.evidence import Signs, signs_of, teaching_matrix

TAUGHT = {
    "pump_stop": ("none", "stopped_pump_alarm"),
    "motor_stall": ("surplus", "motor_stall_alarm"),
    "motor_stall_intermittent": ("surplus", "motor_stall_alarm"),
    "mri_stall": ("surplus", "motor_stall_alarm"),
    "gain_drift": ("surplus", ""),
    "overinfusion": ("deficit", ""),
    "free_flow": ("deficit", ""),
    "battery_eri": ("none", "eri_alarm"),
    "battery_eos": ("surplus", "eos_alarm"),
    "battery_reset": ("surplus", "battery_reset_alarm"),
    "reservoir_empty": ("about none", "low_reservoir_alarm empty_reservoir_alarm"),
    "underfill": ("deficit", ""),
    "occlusion": ("none", ""),
    "occlusion_positional": ("none", ""),
    "leak": ("none", ""),
    "disconnection": ("none", ""),
    "migration": ("none", ""),
    "granuloma": ("none", ""),
    "refill_wrong_concentration": ("none", ""),
    "pocket_fill": ("deficit", ""),
    "bridge_bolus_missing": ("none", ""),
    "bridge_bolus_wrong": ("none", ""),
    "prime_missing": ("none", ""),
    "prime_wrong": ("none", ""),
    "programming_error": ("none", ""),
    "septum_leak": ("deficit", ""),
    "retrograde_csf": ("surplus", ""),
}
"""Kind → (volume at the next refill, alarms); kinds that this package adds are not in it."""

ABOUT_NONE_ML = 1.1
"""What cannot be delivered stays in the reservoir, and the calculated volume counts on: 1 mL is no sign."""


@pytest.fixture(scope="module")
def matrix() -> dict[str, Signs]:
    return {signs.kind: signs for signs in teaching_matrix()}


@pytest.mark.parametrize("kind", TAUGHT)
def test_each_fault_leaves_the_sign_that_is_taught(kind: str, matrix: dict[str, Signs]) -> None:
    volume, alarms = TAUGHT[kind]
    signs = matrix[kind]
    if volume == "about none":
        assert abs(signs.surplus_mL) < ABOUT_NONE_ML
        assert not signs.flagged
    else:
        assert signs.volume == volume
    assert " ".join(signs.alarms) == alarms


def test_every_kind_is_in_the_matrix_and_touches_the_dose_or_leaves_a_sign(matrix: dict[str, Signs]) -> None:
    assert list(matrix) == list(catalogue().kinds["faults"])
    for signs in matrix.values():
        assert signs.dose != "same" or signs.volume != "none" or signs.alarms, signs.kind


def test_surplus_and_log_is_a_stall_surplus_without_log_a_loss_of_gain(matrix: dict[str, Signs]) -> None:
    logged = {kind for kind, s in matrix.items() if s.volume == "surplus" and "motor_stall_alarm" in s.alarms}
    silent = {kind for kind, s in matrix.items() if s.volume == "surplus" and not s.alarms}
    assert logged == {"motor_stall", "motor_stall_intermittent", "mri_stall"}
    assert silent == {"gain_drift", "gain_profile", "retrograde_csf"}


def test_no_fault_of_the_catheter_leaves_any_sign(matrix: dict[str, Signs]) -> None:
    catheter = ["occlusion", "occlusion_positional", "leak", "disconnection", "migration", "granuloma"]
    for kind in catheter:
        assert (matrix[kind].volume, matrix[kind].alarms, matrix[kind].log) == ("none", (), ())
        assert "less" in matrix[kind].dose


def test_only_pairs_of_stall_and_recovery_are_in_the_log(matrix: dict[str, Signs]) -> None:
    logged = {kind for kind, s in matrix.items() if s.log}
    assert logged == {"motor_stall_intermittent", "mri_stall"}


def test_the_text_of_a_kind_does_not_contradict_its_signs(matrix: dict[str, Signs]) -> None:
    for name, kind in catalogue().kinds["faults"].items():
        signs = signs_of(kind) if name not in matrix else matrix[name]
        first = kind.evidence.split(":")[0].split(";")[0].lower()
        if first.startswith("none"):
            assert not signs.flagged, name
        if first.startswith("surplus"):
            assert signs.surplus_mL > 0.0, name
        if first.startswith("deficit"):
            assert signs.surplus_mL < 0.0, name
        assert kind.alarm.startswith("none") == (not signs.alarms), name
