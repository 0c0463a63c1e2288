"""Functions and tables from a notebook or a CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.timelines import FILL, build, fault, usual
from itsim.catalogue import catalogue
from itsim.device import custom
from itsim.device.delivery import deliver
from itsim.scenario import Scenario, add_entry, load
from itsim.scenario.kinds import Kind
from itsim.scenario.model import Entry

TIMES = np.linspace(0.0, 60 * 24 - 1e-6, 2001)


def with_curve(scenario: Scenario, kind: Kind, curve: custom.FittedCurve, at_h: float) -> Scenario:
    return add_entry(scenario, Entry(at_h, "it", kind, curve, len(scenario.timeline)))


@pytest.mark.parametrize("shape", ["linear", "exponential"])
def test_a_function_that_equals_a_decline_delivers_the_same(shape: str) -> None:
    numbers = {"linear": {"lasting": "20 day"}, "exponential": {"tau": "9 day"}}[shape]
    expected = deliver(usual(fault("5 day", "gain_drift", shape=shape, end=0.2, **numbers)))

    def gain(t: float) -> float:
        return 1.0 - 0.8 * min(t / 480.0, 1.0) if shape == "linear" else 0.2 + 0.8 * np.exp(-t / 216.0)

    curve = custom.fitted(gain, 60 * 24.0, edges_h=[480.0])
    found = deliver(with_curve(usual(), custom.FAULT, curve, 5 * 24.0))
    rates = [delivery.therapy.catheter.rate(TIMES) for delivery in (found, expected)]
    assert np.max(np.abs(rates[0] - rates[1])) < 1e-9 * np.max(rates[1])
    assert found.ledger["delivered_ug"] == pytest.approx(expected.ledger["delivered_ug"], rel=1e-9)


@pytest.mark.parametrize(("kind", "factor"), [(custom.DOSE_PROGRAM, 1.0), (custom.FLOW_PROGRAM, 1 / 2000.0)])
def test_a_function_as_a_programme(kind: Kind, factor: float) -> None:
    curve = custom.fitted(lambda t: factor * (10.0 + 5.0 * np.sin(t / 30.0)), 60 * 24.0)
    delivery = deliver(with_curve(build(FILL), kind, curve, 0.0))
    expected = 10.0 + 5.0 * np.sin(TIMES / 30.0)
    np.testing.assert_allclose(delivery.therapy.catheter.rate(TIMES), expected, atol=1e-8)
    np.testing.assert_allclose(delivery.intended.catheter.rate(TIMES), expected, atol=1e-8)


def test_a_jump_without_its_edge_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match=r"not smooth near 30.* h; name the jump in edges_h"):
        custom.fitted(lambda t: 1.0 if t < 300.0 else 0.4, 900.0)
    assert len(custom.fitted(lambda t: 1.0 if t < 300.0 else 0.4, 900.0, [300.0]).rows) == 3


def test_a_pump_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="cannot run backwards"):
        custom.fitted(lambda t: 1.0 - t / 100.0, 200.0)


@pytest.mark.parametrize("between", ["steps", "lines"])
def test_a_table_from_a_csv(tmp_path: Path, between: str) -> None:
    days, rates = [0.0, 3.3, 10.0, 17.2], [0.15, 0.6, 0.1, 0.3]
    rows = "".join(f"{day},{rate}\n" for day, rate in zip(days, rates, strict=True))
    (tmp_path / "flow.csv").write_text("times [day],rates [mL/day]\n" + rows)
    (tmp_path / "run.yaml").write_text(
        "itsim: 1\ntitle: A table\npatient: {preset: adult, tip: T10}\nbody: neuraxis\n"
        "device: {pump: synchromed_ii_40, catheter: ascenda, length: 80 cm}\n"
        "history: {daily_dose: 300 ug/day, lasting: 10 month}\nuntil: 60 day\ntimeline:\n"
        "  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}\n"
        f"  - {{at: 0 day, program: {{mode: table, csv: flow.csv, between: {between}}}}}\n"
    )
    delivery = deliver(load(tmp_path / "run.yaml", catalogue()))
    t = TIMES[np.min(np.abs(TIMES[:, None] / 24.0 - days), axis=1) > 1e-6]
    steps = np.array(rates)[np.searchsorted(days, t / 24.0, side="right") - 1]
    expected = np.interp(t / 24.0, days, rates) if between == "lines" else steps
    np.testing.assert_allclose(delivery.pumped_mL_h.rate(t) * 24.0, expected, rtol=1e-12)
