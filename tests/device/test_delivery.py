"""What is kept of a run: pieces that can be asked, a log in words, readings with their flag."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from device.timelines import DRIFTS, FILL, FLEX, SWAP, build, fault, program, usual
from itsim.device import delivery as module
from itsim.device import layout, plan
from itsim.device.delivery import Pieces, deliver
from itsim.device.stages import deliver as run_stages

CURVED = Pieces(
    np.array(
        [
            [0.0, 1.0, 0.1, -0.02, 0.001, 0.0, 0.0],
            [5.0, 0.5, 0.0, 0.0, 0.0, 2.0, 0.3],
            [9.0, 4.0, 0.0, 0.0, 0.0, 0.5, 0.0],
            [12.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ]
    )
)


def test_pieces_are_half_open() -> None:
    edges = np.array([5.0, 9.0])
    np.testing.assert_allclose(CURVED.rate(edges), [2.5, 4.5])
    np.testing.assert_allclose(CURVED.rate_before(edges), [1.0 + 0.5 - 0.5 + 0.125, 0.5 + 2.0 * np.exp(-1.2)])
    np.testing.assert_array_equal(CURVED.edges_h, [0.0, 5.0, 9.0, 12.0])


def test_integral_and_slope_are_those_of_the_rate() -> None:
    times = np.array([0.0, 2.0, 5.0, 7.5, 9.0, 11.0, 12.0])
    expected = [
        quad(lambda t: float(CURVED.rate(np.array([t]))[0]), 0.0, t, points=[5.0, 9.0], epsabs=1e-12)[0]
        for t in times
    ]
    np.testing.assert_allclose(CURVED.integral(times), expected, rtol=1e-10, atol=1e-10)
    inside, h = np.array([1.0, 6.0, 10.0]), 1e-6
    numeric = (CURVED.rate(inside + h) - CURVED.rate(inside - h)) / (2 * h)
    np.testing.assert_allclose(CURVED.slope(inside), numeric, atol=1e-8)
    assert CURVED.slope(np.array([5.0]))[0] == pytest.approx(-0.6)
    assert CURVED.slope_before(np.array([5.0]))[0] == pytest.approx(0.1 - 0.2 + 0.075)


def test_a_workspace_that_is_too_small_is_never_a_silent_wrong_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From one piece on: OVERFLOW or the right answer; `deliver` asks again with more room."""
    scenario = build(
        FILL,
        {"at": "0 day", "program": FLEX},
        fault("2 day", "gain_drift", **DRIFTS["logistic"]),
        fault("4 day", "gain_drift", **DRIFTS["exponential"]),
        fault("6 day", "pump_stop"),
        SWAP,
        program("25 day"),
        until="30 day",
    )
    expected = deliver(scenario)
    packed = plan.make_plan(scenario.timeline, scenario.device.numbers, scenario.until_h, 15.0)
    arguments = (packed.codes, packed.numbers[0], packed.knots[0], packed.hardware[0])
    seen = set()
    for n_pieces in [*range(1, 40), *range(40, 400, 7)]:
        work = layout.workspace(n_pieces, len(packed.effects), 64)
        seen.add(status := run_stages(*arguments, work))
        if status == layout.DONE:
            tip = work.tables[layout.TIP][: work.counts[layout.TIP] + 1]
            np.testing.assert_array_equal(tip, expected.therapy.catheter.rows)
    assert seen == {layout.OVERFLOW, layout.DONE}
    monkeypatch.setattr(module, "workspace", lambda packed, n=1: layout.workspace(n, len(packed.effects), n))
    again = deliver(scenario)
    np.testing.assert_array_equal(again.therapy.catheter.rows, expected.therapy.catheter.rows)
    assert again.log == expected.log


def test_the_twin_sees_neither_faults_nor_repairs() -> None:
    delivery = deliver(usual(fault("5 day", "motor_stall"), fault("7 day", "pump_stop", lasting="9 h"), SWAP))
    np.testing.assert_allclose(delivery.intended.catheter.rows[:, 1] * 24.0, [300.0, 0.0])
    assert delivery.ledger["delivered_ug"] < 300.0 * 60


def test_readings_and_their_flag() -> None:
    """Flagged beyond the larger of 14.5 % of the programmed volume and 2 mL."""
    look = [{"at": f"{day} day", "interrogate": {}} for day in (5, 20, 59)]
    delivery = deliver(usual(fault("5 day", "motor_stall"), *look))
    assert [reading.surplus_mL for reading in delivery.evidence] == pytest.approx([0.0, 2.25, 8.1])
    assert [reading.flagged for reading in delivery.evidence] == [False, True, True]
    assert [reading.programmed_mL for reading in delivery.evidence] == pytest.approx([0.75, 3.0, 8.85])


def test_a_refill_is_read_once_with_the_error_of_the_syringe() -> None:
    refill = {"at": "20 day", "refill": {"volume": "40 mL", "syringe_error": "0.4 mL"}}
    (reading,) = deliver(usual(refill)).evidence
    assert (reading.expected_mL, reading.found_mL) == pytest.approx((37.0, 37.4))


def test_volumes_between_visits() -> None:
    delivery = deliver(usual({"at": "20 day", "refill": {"volume": "30 mL"}}, fault("10 day", "motor_stall")))
    days = np.array([0.0, 10.0, 19.999, 20.0, 30.0])
    np.testing.assert_allclose(delivery.true_volume_mL(days * 24), [40, 38.5, 38.5, 30, 30], atol=1e-9)
    np.testing.assert_allclose(delivery.calculated_volume_mL(days * 24), [40, 38.5, 37, 30, 28.5], atol=1e-3)


def test_everything_is_read_only_and_the_log_is_in_order() -> None:
    delivery = deliver(usual(fault("5 day", "motor_stall"), fault("7 day", "pump_stop", lasting="60 h")))
    with pytest.raises(ValueError, match="read-only"):
        delivery.therapy.catheter.rows[0, 1] = 0.0
    times = [entry.t_h for entry in delivery.log]
    assert times == sorted(times)
    assert {entry.kind: entry.is_alarm for entry in delivery.log} == {
        "motor_stall_alarm": True,
        "stopped_pump_alarm": True,
    }


def test_before_the_first_fill_there_is_nothing() -> None:
    fill = {"at": "2 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}}
    delivery = deliver(build(fill, program("2 day"), history=False, until="10 day"))
    np.testing.assert_array_equal(delivery.true_volume_mL(np.array([0.0, 47.9])), 0.0)
    assert delivery.therapy.catheter.rate(np.array([0.0, 47.0])).tolist() == [0.0, 0.0]
