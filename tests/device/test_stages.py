"""The device as a whole against the brute-force referee, on scenarios that hold every kind.

Each stage by hand is in ``stages/``; random compositions of every kind are in ``test_compositions.py``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from device.referee import Course, simulate
from device.refereed import REFEREED
from device.timelines import DRIFTS, fault, program, usual
from itsim.catalogue import catalogue
from itsim.device.delivery import Delivery, deliver

STEPS_H = (0.4, 0.1)
MOST_STEPS = 2.5
"""How many steps' worth of flow may be out of place: what begins or ends is rounded to a step."""


@cache
def course(name: str, step_h: float) -> Course:
    return simulate(REFEREED[name], step_h)


@cache
def delivery_of(name: str) -> Delivery:
    return deliver(REFEREED[name])


def differences(name: str, step_h: float) -> dict[str, float]:
    """Largest difference of the amount delivered and of the true volume over the run, away from where things
    begin, and the difference of every term of the ledger."""
    seen, delivery, until_h = course(name, step_h), delivery_of(name), REFEREED[name].until_h
    t = (np.arange(41) + 0.37) / 41.5 * until_h
    begins = np.array([t_h for t_h in delivery.begins_h.values() if np.isfinite(t_h)])
    t = t[np.min(np.abs(t[:, None] - begins), axis=1) > 2.0 * STEPS_H[0]]
    amount = np.interp(t, seen.times_h, seen.delivered_ug) - delivery.therapy.catheter.integral(t)
    volume = np.interp(t, seen.times_h, seen.volume_mL) - delivery.true_volume_mL(t)
    found = {"amount_ug": float(np.max(np.abs(amount))), "volume_mL": float(np.max(np.abs(volume)))}
    return found | {k: abs(seen.ledger.get(k, 0.0) - v) for k, v in delivery.ledger.items()}


@pytest.mark.parametrize("name", sorted(REFEREED))
def test_agrees_with_the_referee_as_far_as_its_step_goes(name: str) -> None:
    """Within a few steps of the usual flow, bursts left aside: the referee gives those whole."""
    scenario, delivery = REFEREED[name], delivery_of(name)
    times = np.linspace(0.0, scenario.until_h - 1e-9, 2001)
    flow = float(np.quantile(delivery.pumped_mL_h.rate(times), 0.98))
    strength = max(e.parameters.concentration_ug_mL for e in scenario.timeline if e.kind.name == "fill")
    for step_h in STEPS_H:
        for term, difference in differences(name, step_h).items():
            size = flow * (1.0 if term.endswith("mL") else strength)
            assert difference <= MOST_STEPS * size * step_h, (term, step_h)


def test_the_difference_to_the_referee_is_of_first_order() -> None:
    """Four times smaller steps, about four times smaller differences, summed over all scenarios."""
    coarse, fine = (
        np.sum([list(differences(name, step_h).values())[:2] for name in REFEREED], axis=0)
        for step_h in STEPS_H
    )
    assert np.all(coarse / fine > 2.5)
    assert np.all(coarse / fine < 6.5)


def test_the_referee_is_asked_of_every_kind_that_changes_delivery() -> None:
    """All but the mimics and what goes past the pump or changes the body; a custom function is a profile."""
    known = {kind.name for group in catalogue().kinds.values() for kind in group.values()}
    asked = {entry.kind.name for scenario in REFEREED.values() for entry in scenario.timeline}
    past_the_pump = {"lumbar_bolus", "drain_csf", "oral_dose", "oral_schedule", "missed_oral_dose"}
    mimics = {"disease_progression", "noxious_stimulus", "tolerance_drift"}
    assert known - asked == past_the_pump | mimics | {"csf_leak", "shunt"}


# ---- the same again


@pytest.mark.parametrize("shape", sorted(DRIFTS))
def test_setting_the_same_dose_again_changes_no_rate(shape: str) -> None:
    loss = fault("5 day", "gain_drift", **DRIFTS[shape])
    plain = deliver(usual(loss))
    again = deliver(usual(loss, *[program(f"{day} day") for day in (3, 7.7, 11, 30)]))
    np.testing.assert_array_equal(plain.therapy.catheter.rows, again.therapy.catheter.rows)


# ---- the figures of the design


@pytest.mark.parametrize(
    ("drift", "surplus_mL"),
    [
        ({"kind": "motor_stall"}, 13.5),
        ({"kind": "gain_drift", "shape": "linear", "end": 0.2, "lasting": "90 day"}, 5.4),
        (
            {"kind": "gain_drift", "shape": "exponential", "tau": "40 day"},
            0.15 * (90 - 40 * (1 - np.exp(-90 / 40))),
        ),
        (
            {
                "kind": "gain_drift",
                "shape": "steps",
                "steps": [{"after": f"{30 * i} day", "gain": 0.75 - 0.25 * i} for i in range(3)],
            },
            6.75,
        ),
    ],
    ids=["stop", "linear", "exponential", "steps"],
)
def test_residual_surplus_after_90_days(drift: dict[str, Any], surplus_mL: float) -> None:
    loss, look = {"at": "30 day", "fault": drift}, {"at": "120 day", "interrogate": {}}
    (reading,) = deliver(usual(loss, look, until="130 day")).evidence
    assert reading.surplus_mL == pytest.approx(surplus_mL, abs=1e-9)
    assert reading.programmed_mL == pytest.approx(18.0)
    assert reading.flagged


def test_surpluses_are_those_of_the_design() -> None:
    assert 0.15 * (90 - 40 * (1 - np.exp(-90 / 40))) == pytest.approx(8.1, abs=0.05)
