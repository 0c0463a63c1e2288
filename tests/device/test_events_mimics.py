"""What looks like a failing pump and is none: the patient changes, the device does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from device.timelines import usual
from itsim import run
from itsim.arrays import Array
from itsim.device.delivery import Delivery, deliver

DAY = 24.0
DAYS = np.array([0.0, 2.999, 3.0, 5.5, 8.0, 12.999, 13.0, 13.001, 39.0])
MIMICS: dict[str, tuple[str, dict[str, Any], list[float]]] = {
    "disease_progression": (
        "spasticity",
        {"factor": 2.0, "lasting": "10 day"},
        [1.0, 1.0, 1.0, 1.25, 1.5, 1.9999, 2.0, 2.0, 2.0],
    ),
    "tolerance_drift": (
        "potency",
        {"factor": 1.4, "lasting": "10 day"},
        [1.0, 1.0, 1.0, 1.1, 1.2, 1.39996, 1.4, 1.4, 1.4],
    ),
    "noxious_stimulus": (
        "spasticity",
        {"factor": 1.8, "lasting": "10 day", "cause": "infection"},
        [1.0, 1.0, 1.8, 1.8, 1.8, 1.8, 1.0, 1.0, 1.0],
    ),
}
"""Kind: the condition, an example from day 3 on, and its factor at DAYS."""
mimics = pytest.mark.parametrize("kind", MIMICS)


def delivered(*timeline: dict[str, Any], until: str = "40 day") -> Delivery:
    return deliver(usual(*timeline, until=until))


def factors(delivery: Delivery, name: str) -> Array:
    return delivery.therapy.conditions[name].rate(DAYS * DAY)


@mimics
def test_factor_follows_its_formula(kind: str) -> None:
    condition, numbers, expected = MIMICS[kind]
    delivery = delivered({"at": "3 day", kind: numbers})
    assert set(delivery.therapy.conditions) == {condition}
    np.testing.assert_allclose(factors(delivery, condition), expected, rtol=1e-12)
    assert delivery.therapy.conditions[condition].edges_h[-1] == 40.0 * DAY
    assert not delivery.intended.conditions, "the twin has none"


@mimics
def test_delivery_volumes_and_log_stay_as_they_were(kind: str) -> None:
    look = {"at": "20 day", "interrogate": {}}
    plain, mimic = delivered(look), delivered(look, {"at": "3 day", kind: MIMICS[kind][1]})
    for name in ("catheter", "doses", "drainages"):
        before, after = getattr(plain.therapy, name), getattr(mimic.therapy, name)
        np.testing.assert_array_equal(getattr(before, "rows", before), getattr(after, "rows", after))
    np.testing.assert_array_equal(plain.levels, mimic.levels)
    assert (plain.log, plain.evidence, plain.ledger) == (mimic.log, mimic.evidence, mimic.ledger)


def test_mimics_multiply_and_outlast_the_pump() -> None:
    """A new pump and a new catheter mend nothing: 2 × 1.8 from day 6 to 9, 2 after it."""
    timeline = [
        {"at": "1 day", "disease_progression": {"factor": 2.0, "lasting": "2 day"}},
        {"at": "6 day", "noxious_stimulus": {"factor": 1.8, "lasting": "3 day", "cause": "constipation"}},
        {"at": "7 day", "replace_pump": {}},
        {"at": "7 day", "replace_catheter": {}},
    ]
    course = delivered(*timeline).therapy.conditions["spasticity"]
    seen = course.rate(np.array([0.5, 2.0, 4.0, 6.0, 8.0, 9.0, 30.0]) * DAY)
    np.testing.assert_allclose(seen, [1.0, 1.5, 2.0, 3.6, 3.6, 2.0, 2.0], rtol=1e-12)


@mimics
def test_relief_falls_without_a_trace_of_withdrawal(kind: str) -> None:
    """The whole way from a file: against the same run without it, only what is felt has changed."""
    entry = {"at": "3 day", kind: MIMICS[kind][1]}
    plain, mimic = (run.simulate(usual(*more, until="20 day")) for more in ((), (entry,)))
    changed = {name for name, metric in mimic.metrics.items() if metric != plain.metrics[name]}
    assert "effect_nadir_frac" in changed
    assert changed <= {"effect_nadir_frac", "arm_effect_nadir_frac", "sedation_peak_frac", "tone_peak"}
    assert plain.metrics["tone_peak"].value < mimic.metrics["tone_peak"].value < 1.0
    assert mimic.metrics["effect_nadir_frac"].value < plain.metrics["effect_nadir_frac"].value
    assert mimic.mass == plain.mass
    times = np.linspace(0.0, 20.0 * DAY, 301)
    for series in ("withdrawal_index", "csf_lumbar", "cord_fast_tolerance"):
        np.testing.assert_array_equal(
            plain.solution.series(series, times), mimic.solution.series(series, times)
        )
    np.testing.assert_array_equal(
        plain.twin.series("effect_leg", times), mimic.twin.series("effect_leg", times)
    )


def test_a_mark_in_a_picture_says_which_and_how_much() -> None:
    scenario = usual(*({"at": "3 day", kind: numbers} for kind, (_, numbers, _) in MIMICS.items()))
    words = {e.kind.name: e.kind.label(e.parameters) for e in scenario.timeline if e.kind.name in MIMICS}
    assert words == {
        "disease_progression": "disease progresses × 2",
        "tolerance_drift": "tolerance × 1.4",
        "noxious_stimulus": "infection × 1.8",
    }
