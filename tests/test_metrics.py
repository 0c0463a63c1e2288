"""Every metric against a course made by hand, whose answer is a closed form.

The course has one relief, one index, one lumbar concentration and one sedation, each a function of time that
the test writes; the rates at the tip are pieces that the test writes too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from itsim.device.delivery import LogEntry, Pieces, Reading, Therapy
from itsim.engine.solution import Solution
from itsim.metrics import METRICS, NO_ALARM, NO_ARMS, NO_LOSS, NO_WITHDRAWAL, NOT_WITHIN, Course, measure
from itsim.pd.response import Output, Response, Stage
from itsim.pk.body import LinearBody
from itsim.units import unit_of

END_H = 100.0
RATE_UG_H = 10.0
SERIES = ("effect", "lumbar", "sedated")


def pieces(*rows: tuple[float, ...]) -> Pieces:
    """Rows (start_h, c0, c1, …, ce, lam), short ones filled with zeros, up to END_H."""
    table = np.zeros((len(rows) + 1, 7))
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    table[-1, 0] = END_H
    return Pieces(table)


STEADY = pieces((0.0, RATE_UG_H))
STOP_AT_40 = pieces((0.0, RATE_UG_H), (40.0, 0.0))


def body() -> LinearBody:
    rows = {name: np.eye(len(SERIES))[i] for i, name in enumerate(("cord_leg", "csf_lumbar", "brain"))}
    return LinearBody("fake", SERIES, np.zeros((3, 3)), {}, rows, np.ones(3))


def response() -> Response:
    index = Stage("withdrawal_index", (), lambda v: 0.0, 1.0, 1.0)
    effect = Output(("cord_leg",), lambda v: v["cord_leg"])
    sedation = Output(("brain",), lambda v: v["brain"])
    tone = Output(
        ("cord_leg",), lambda v: (1.0 - v["cord_leg"]) * (1.0 + 0.5 * v["withdrawal_index"] / 100.0)
    )
    return Response(("cord_leg",), (index,), {"effect_leg": effect, "sedation": sedation, "tone": tone})


def course(
    actual: Pieces = STEADY,
    intended: Pieces = STEADY,
    effect: Callable[[Any], Any] = lambda t: 0.8 + 0.0 * t,
    index: Callable[[Any], Any] = lambda t: 0.0 * t,
    lumbar_ug_mL: Callable[[Any], Any] = lambda t: 0.4 + 0.0 * t,
    sedation: Callable[[Any], Any] = lambda t: 0.1 + 0.0 * t,
    alarm_h: float | None = None,
    more_edges_h: tuple[float, ...] = (),
    evidence: tuple[Reading, ...] = (),
) -> Course:
    log = [LogEntry(1.0, "noise", "written and not heard", "log"), LogEntry(2.0, "dry", "silent", "silent")]
    log += [LogEntry(alarm_h, "stall", "heard", "critical")] if alarm_h is not None else []
    delivery: Any = SimpleNamespace(
        therapy=Therapy(actual, ()),
        intended=Therapy(intended, ()),
        log=tuple(sorted(log, key=lambda e: e.t_h)),
        evidence=evidence,
    )
    edges = np.unique([*actual.edges_h, *more_edges_h])
    solution = Solution(
        body(),
        response(),
        "by hand",
        edges,
        np.unique([*np.linspace(0.0, END_H, 401), *edges]),
        lambda t: np.stack([effect(t), lumbar_ug_mL(t), sedation(t)], axis=1),
        lambda t: np.asarray(index(t), float)[:, None],
        np.zeros(len(SERIES)),
    )
    return Course(delivery, solution)


def value(made: Course, name: str) -> float:
    metric = METRICS[name].of(made)
    assert metric.value is not None, metric
    assert metric.censored is None
    return metric.value


def reason(made: Course, name: str) -> str | None:
    metric = METRICS[name].of(made)
    assert metric.value is None
    return metric.censored


# First loss, the origin of all times


def test_first_loss_at_a_stop_is_the_stop() -> None:
    assert course(STOP_AT_40).first_loss_h == 40.0


@pytest.mark.parametrize("end", [0.0, 0.2, 0.9])
def test_first_loss_on_a_ramp_is_where_it_passes_99_percent(end: float) -> None:
    """1 − (1 − end)·s/T = 0.99 at s = 0.01·T/(1 − end)."""
    start_h, lasting_h = 10.0, 50.0
    slope = -RATE_UG_H * (1.0 - end) / lasting_h
    ramp = pieces((0.0, RATE_UG_H), (start_h, RATE_UG_H, slope), (start_h + lasting_h, RATE_UG_H * end))
    expected = start_h + 0.01 * lasting_h / (1.0 - end)
    assert course(ramp).first_loss_h == pytest.approx(expected, abs=1e-8)


def test_first_loss_on_an_exponential_decline() -> None:
    """exp(−s/τ) = 0.99 at s = −τ·ln 0.99."""
    tau_h = 30.0
    decline = pieces((0.0, RATE_UG_H), (20.0, 0.0, 0.0, 0.0, 0.0, RATE_UG_H, 1.0 / tau_h))
    assert course(decline).first_loss_h == pytest.approx(20.0 - tau_h * np.log(0.99), abs=1e-8)


def test_a_loss_of_less_than_one_percent_is_no_loss() -> None:
    assert course(pieces((0.0, RATE_UG_H), (40.0, 0.992 * RATE_UG_H))).first_loss_h is None


def test_where_nothing_is_lost_first_loss_passes_101_percent() -> None:
    more = pieces((0.0, RATE_UG_H), (30.0, 1.5 * RATE_UG_H))
    assert course(more).first_loss_h == 30.0
    assert course(pieces((0.0, RATE_UG_H), (30.0, 1.005 * RATE_UG_H))).first_loss_h is None


def test_a_loss_counts_before_an_excess_that_came_first() -> None:
    both = pieces((0.0, RATE_UG_H), (30.0, 1.5 * RATE_UG_H), (60.0, 0.5 * RATE_UG_H))
    assert course(both).first_loss_h == 60.0


def test_loss_is_measured_against_what_is_intended_at_the_time() -> None:
    halved = pieces((0.0, RATE_UG_H), (30.0, RATE_UG_H / 2))
    assert course(halved, halved).first_loss_h is None


# Times count from first loss


def late_index(t: Any) -> Any:
    """Zero until hour 50, then one per hour, and back from hour 80 on."""
    return np.clip(t - 50.0, 0.0, 30.0) - np.clip(t - 80.0, 0.0, 20.0)


def test_onset_counts_from_first_loss() -> None:
    made = course(STOP_AT_40, index=late_index)
    assert value(made, "withdrawal_onset_h") == pytest.approx(60.0 - 40.0, abs=1e-8)
    assert made.onset_h == pytest.approx(60.0, abs=1e-8)


def test_peak_of_withdrawal_and_its_time() -> None:
    made = course(STOP_AT_40, index=late_index)
    assert value(made, "withdrawal_peak") == pytest.approx(30.0)
    assert value(made, "withdrawal_peak_h") == pytest.approx(80.0 - 40.0, abs=1e-6)


def test_peak_between_two_nodes_is_found() -> None:
    """A parabola whose top lies between the engine's points."""
    made = course(STOP_AT_40, index=lambda t: np.maximum(0.0, 12.0 - (t - 61.1234) ** 2 / 100.0))
    assert value(made, "withdrawal_peak") == pytest.approx(12.0, abs=1e-9)
    assert value(made, "withdrawal_peak_h") == pytest.approx(21.1234, abs=1e-4)


def test_an_index_that_never_rises_has_a_peak_of_zero_and_no_time() -> None:
    made = course(STOP_AT_40)
    assert value(made, "withdrawal_peak") == 0.0
    assert reason(made, "withdrawal_peak_h") == NOT_WITHIN


def test_effect_at_first_loss_its_half_and_its_nadir() -> None:
    """0.8·exp(−s/τ) is halved at s = τ·ln 2."""
    tau_h = 12.0

    def fading(t: Any) -> Any:
        return 0.8 * np.exp(-np.clip(t - 40.0, 0.0, None) / tau_h)

    made = course(STOP_AT_40, effect=fading)
    assert value(made, "effect_baseline_frac") == pytest.approx(0.8)
    assert value(made, "effect_halved_h") == pytest.approx(tau_h * np.log(2.0), abs=1e-8)
    assert value(made, "effect_nadir_frac") == pytest.approx(0.8 * np.exp(-60.0 / tau_h))


def test_what_was_no_relief_is_never_halved() -> None:
    assert reason(course(STOP_AT_40, effect=lambda t: 0.0 * t), "effect_halved_h") == NOT_WITHIN


def test_lumbar_concentration_in_ng_per_mL() -> None:
    made = course(STOP_AT_40, lumbar_ug_mL=lambda t: 0.4 - 0.005 * np.clip(t - 40.0, 0.0, None))
    assert value(made, "csf_lumbar_baseline_ng_mL") == pytest.approx(400.0)
    assert value(made, "csf_lumbar_nadir_ng_mL") == pytest.approx(100.0)


def test_what_happened_before_first_loss_counts_for_the_peaks_of_the_indices_only() -> None:
    made = course(
        STOP_AT_40,
        effect=lambda t: np.where(t < 20.0, 0.1, 0.8),
        index=lambda t: np.where(t < 20.0, 50.0, 0.0),
        lumbar_ug_mL=lambda t: np.where(t < 20.0, 0.01, 0.4),
        sedation=lambda t: np.where(t < 20.0, 0.6, 0.1),
    )
    assert value(made, "withdrawal_peak") == 50.0
    assert value(made, "effect_nadir_frac") == 0.8
    assert value(made, "csf_lumbar_nadir_ng_mL") == 400.0
    assert value(made, "sedation_peak_frac") == 0.6


# Stages


@pytest.mark.parametrize(("top", "stage"), [(0.0, 0.0), (9.9, 0.0), (10.0, 1.0), (45.0, 2.0), (60.0, 3.0)])
def test_worst_stage_of_withdrawal_is_that_of_the_peak(top: float, stage: float) -> None:
    made = course(STOP_AT_40, index=lambda t: top * np.clip(1.0 - np.abs(t - 70.0) / 20.0, 0.0, None))
    assert value(made, "withdrawal_stage") == stage


@pytest.mark.parametrize(("top", "stage"), [(0.1, 0.0), (0.2, 1.0), (0.6, 2.0), (0.75, 3.0), (0.95, 4.0)])
def test_worst_stage_of_overdose_is_that_of_the_peak_before_a_loss_too(top: float, stage: float) -> None:
    made = course(STOP_AT_40, sedation=lambda t: np.where(t < 20.0, top, 0.05))
    assert value(made, "overdose_stage") == stage


# Rebound


def test_tone_peak_and_when_it_passes_the_untreated_level() -> None:
    """No relief after the loss, and an index of one per hour from 50 on: tone is 1 + 0.5·(t − 50)/100, 1.01
    at 52 and 1.15 at 80."""
    made = course(STOP_AT_40, index=late_index, effect=lambda t: np.where(t < 40.0, 0.8, 0.0))
    assert value(made, "tone_peak") == pytest.approx(1.15, abs=1e-9)
    assert value(made, "rebound_h") == pytest.approx(52.0 - 40.0, abs=1e-7)


def test_lost_relief_alone_is_no_rebound() -> None:
    made = course(STOP_AT_40, effect=lambda t: np.where(t < 40.0, 0.8, 0.0))
    assert value(made, "tone_peak") == 1.0
    assert reason(made, "rebound_h") == NOT_WITHIN


def test_tone_before_first_loss_does_not_count() -> None:
    made = course(STOP_AT_40, effect=lambda t: np.where(t < 20.0, 0.0, 0.8))
    assert value(made, "tone_peak") == pytest.approx(0.2)


# Relief after restoration


def relieved(from_h: float, tau_h: float, before: Callable[[Any], Any] = late_index) -> Callable[[Any], Any]:
    """An index that falls like exp(−s/τ) from an instant on."""
    return lambda t: np.where(t < from_h, before(t), before(from_h) * np.exp(-(t - from_h) / tau_h))


STOP_40_TO_70 = pieces((0.0, RATE_UG_H), (40.0, 0.0), (70.0, RATE_UG_H))


def test_relief_counts_from_restoration_to_half() -> None:
    made = course(STOP_40_TO_70, index=relieved(70.0, 5.0))
    assert made.restored_h == 70.0
    assert value(made, "relief_after_restoration_h") == pytest.approx(5.0 * np.log(2.0), abs=1e-7)


def test_relief_is_half_of_the_largest_index_after_restoration() -> None:
    """The index goes on rising for four hours, to 24."""
    made = course(STOP_40_TO_70, index=relieved(74.0, 5.0))
    assert value(made, "relief_after_restoration_h") == pytest.approx(4.0 + 5.0 * np.log(2.0), abs=1e-6)


def test_relief_counts_from_the_last_restoration() -> None:
    twice = pieces(
        (0.0, RATE_UG_H), (40.0, 0.0), (45.0, RATE_UG_H), (50.0, 0.5 * RATE_UG_H), (70.0, RATE_UG_H)
    )
    assert course(twice).restored_h == 70.0


def test_restoration_on_a_ramp_is_where_it_passes_99_percent() -> None:
    ramp = pieces((0.0, RATE_UG_H), (40.0, 0.0), (50.0, 0.0, RATE_UG_H / 20.0), (70.0, RATE_UG_H))
    assert course(ramp).restored_h == pytest.approx(50.0 + 0.99 * 20.0, abs=1e-8)


def test_a_programme_of_pulses_is_restored_with_the_first_pulse_that_comes() -> None:
    """Pulses of 2 h are intended at 30, 50 and 80; that at 50 is missed. Between pulses nothing is lost, and
    nothing restored."""
    intended = pieces(*[row for at in (30.0, 50.0, 80.0) for row in ((at, RATE_UG_H), (at + 2.0, 0.0))])
    actual = pieces(*[row for at in (30.0, 80.0) for row in ((at, RATE_UG_H), (at + 2.0, 0.0))])
    made = course(with_start(actual), with_start(intended))
    assert made.first_loss_h == 50.0
    assert made.restored_h == 80.0


def with_start(later: Pieces) -> Pieces:
    """The same with nothing given from hour 0 on."""
    return Pieces(np.concatenate([np.zeros((1, 7)), later.rows]))


def test_a_therapy_that_ends_by_intention_is_not_restored() -> None:
    made = course(STOP_AT_40, pieces((0.0, RATE_UG_H), (60.0, 0.0)), index=late_index)
    assert made.restored_h is None
    assert reason(made, "relief_after_restoration_h") == NOT_WITHIN


def test_without_relief_there_is_a_reason() -> None:
    assert reason(course(STOP_AT_40, index=late_index), "relief_after_restoration_h") == NOT_WITHIN
    assert reason(course(STOP_40_TO_70), "relief_after_restoration_h") == NO_WITHDRAWAL
    over = course(STOP_40_TO_70, index=relieved(62.0, 2.0))
    assert reason(over, "relief_after_restoration_h") == NO_WITHDRAWAL
    lasting = course(STOP_40_TO_70, index=relieved(70.0, 500.0))
    assert reason(lasting, "relief_after_restoration_h") == NOT_WITHIN
    more = course(pieces((0.0, RATE_UG_H), (30.0, 1.5 * RATE_UG_H)))
    assert reason(more, "relief_after_restoration_h") == NO_WITHDRAWAL


# Delivery


@pytest.mark.parametrize(
    ("actual", "share"),
    [(STEADY, 1.0), (STOP_AT_40, 0.4), (pieces((0.0, 15.0)), 1.5), (pieces((0.0, 0.0)), 0.0)],
)
def test_delivered_share_of_the_intended_dose(actual: Pieces, share: float) -> None:
    assert value(course(actual), "delivered_frac") == pytest.approx(share)


def test_where_nothing_is_intended_nothing_can_be_lost() -> None:
    nothing = pieces((0.0, 0.0))
    made = course(nothing, nothing)
    assert made.first_loss_h is None
    assert reason(made, "delivered_frac") == NO_LOSS


# Alarms


@pytest.mark.parametrize("alarm_h", [30.0, 41.0])
def test_alarm_counts_from_first_loss_and_may_come_before_it(alarm_h: float) -> None:
    made = course(STOP_AT_40, index=late_index, alarm_h=alarm_h)
    assert value(made, "alarm_first_h") == pytest.approx(alarm_h - 40.0)
    assert value(made, "rescue_window_h") == pytest.approx(60.0 - alarm_h)


def test_an_alarm_after_the_onset_leaves_a_negative_window() -> None:
    assert value(course(STOP_AT_40, index=late_index, alarm_h=75.0), "rescue_window_h") == pytest.approx(
        -15.0
    )


def test_what_is_only_written_or_only_true_is_no_alarm() -> None:
    made = course(STOP_AT_40, index=late_index)
    assert reason(made, "alarm_first_h") == NO_ALARM
    assert reason(made, "rescue_window_h") == NO_ALARM


def test_without_an_onset_there_is_no_window() -> None:
    assert reason(course(STOP_AT_40, alarm_h=41.0), "rescue_window_h") == NOT_WITHIN
    assert reason(course(STOP_AT_40, alarm_h=41.0), "withdrawal_onset_h") == NOT_WITHIN
    assert reason(course(STOP_AT_40, alarm_h=41.0), "effect_halved_h") == NOT_WITHIN


# Nothing lost


def test_without_a_loss_times_are_missing_and_values_are_of_the_whole_run() -> None:
    made = course(index=late_index, alarm_h=5.0)
    for name in (
        "withdrawal_onset_h",
        "withdrawal_peak_h",
        "effect_halved_h",
        "alarm_first_h",
        "rescue_window_h",
        "relief_after_restoration_h",
        "rebound_h",
    ):
        assert reason(made, name) == NO_LOSS
    assert value(made, "withdrawal_peak") == 30.0
    assert value(made, "delivered_frac") == 1.0


def test_a_mimic_takes_the_relief_and_loses_nothing() -> None:
    """Delivery is as intended, so no time counts; the least relief of the whole run shows what happened."""

    def dipping(t: Any) -> Any:
        return np.where((t >= 30.0) & (t < 60.0), 0.25, 0.8)

    made = course(effect=dipping)
    assert value(made, "effect_baseline_frac") == 0.8
    assert value(made, "effect_nadir_frac") == 0.25
    assert reason(made, "effect_halved_h") == NO_LOSS
    assert value(made, "withdrawal_peak") == 0.0


# Arms


@pytest.mark.parametrize("name", ["arm_effect_baseline_frac", "arm_effect_nadir_frac"])
def test_a_body_without_arms_has_no_relief_of_them(name: str) -> None:
    assert reason(course(STOP_AT_40), name) == NO_ARMS


def test_relief_of_the_arms_is_read_as_that_of_the_leg() -> None:
    """At first loss, and the least from there on: what came before does not count."""

    def falling(t: Any) -> Any:
        return np.where(t < 20.0, 0.1, np.where(t < 40.0, 0.9, np.where(t < 70.0, 0.3, 0.5)))

    made = course(STOP_AT_40, effect=falling, more_edges_h=(20.0, 70.0))
    arms = Output(("cord_leg",), lambda v: 0.5 * v["cord_leg"])
    known = made.solution.response
    outputs = known.outputs | {"effect_arm": arms}
    with_arms = Course(made.delivery, replace(made.solution, response=replace(known, outputs=outputs)))
    assert value(with_arms, "arm_effect_baseline_frac") == pytest.approx(0.15)
    assert value(with_arms, "arm_effect_nadir_frac") == pytest.approx(0.15)
    assert value(with_arms, "effect_nadir_frac") == pytest.approx(0.3)


# Visits


def reading(t_h: float, surplus_mL: float) -> Reading:
    """A visit at which 10 mL are expected and 2 mL more or less pass unflagged."""
    return Reading(t_h, 10.0, 10.0 + surplus_mL, 20.0, 2.0)


def test_the_first_flagged_visit_counts_from_first_loss() -> None:
    visits = (reading(20.0, 5.0), reading(50.0, 1.9), reading(70.0, 2.1), reading(90.0, 9.0))
    assert value(course(STOP_AT_40, evidence=visits), "flagged_first_h") == 30.0
    assert value(course(STOP_AT_40, evidence=(reading(45.0, -2.5),)), "flagged_first_h") == 5.0


def test_without_a_flag_or_a_loss_nothing_is_found() -> None:
    assert reason(course(STOP_AT_40, evidence=(reading(50.0, 2.0),)), "flagged_first_h") == NOT_WITHIN
    assert reason(course(STOP_AT_40), "flagged_first_h") == NOT_WITHIN
    assert reason(course(evidence=(reading(50.0, 9.0),)), "flagged_first_h") == NO_LOSS


# All of them


def test_the_metrics_of_the_contract_exist() -> None:
    assert list(METRICS) == [
        "withdrawal_onset_h",
        "withdrawal_peak",
        "withdrawal_peak_h",
        "effect_baseline_frac",
        "effect_nadir_frac",
        "effect_halved_h",
        "csf_lumbar_baseline_ng_mL",
        "csf_lumbar_nadir_ng_mL",
        "sedation_peak_frac",
        "delivered_frac",
        "alarm_first_h",
        "rescue_window_h",
        "withdrawal_stage",
        "relief_after_restoration_h",
        "tone_peak",
        "rebound_h",
        "overdose_stage",
        "arm_effect_baseline_frac",
        "arm_effect_nadir_frac",
        "flagged_first_h",
    ]


@pytest.mark.parametrize("name", METRICS)
def test_unit_agrees_with_the_name_and_the_label_says_something(name: str) -> None:
    kind = METRICS[name]
    assert kind.name == name
    assert kind.unit == (unit_of(name) if not name.endswith("_ng_mL") else "ng/mL")
    assert re.fullmatch(r"[a-zA-Z][^.]{9,}", kind.label)
    assert kind.rule.__doc__


def neutral_edges(actual: Pieces) -> Pieces:
    """The same rate with every piece of a constant cut in two."""
    rows = []
    for row, end_h in zip(actual.rows[:-1], actual.edges_h[1:], strict=True):
        middle = row.copy()
        middle[0] = 0.5 * (row[0] + end_h)
        rows += [row, middle]
    return Pieces(np.array([*rows, actual.rows[-1]]))


@pytest.mark.parametrize("alarm_h", [None, 41.0])
def test_an_edge_at_which_nothing_changes_changes_no_metric(alarm_h: float | None) -> None:
    def fading(t: Any) -> Any:
        return 0.8 * np.exp(-np.clip(t - 40.0, 0.0, None) / 12.0)

    plain = measure(course(STOP_AT_40, effect=fading, index=late_index, alarm_h=alarm_h))
    cut = course(
        neutral_edges(STOP_AT_40),
        neutral_edges(STEADY),
        effect=fading,
        index=late_index,
        alarm_h=alarm_h,
        more_edges_h=(33.3, 61.7),
    )
    for name, metric in measure(cut).items():
        assert (metric.value is None, metric.censored) == (plain[name].value is None, plain[name].censored)
        if metric.value is not None:
            assert metric.value == pytest.approx(plain[name].value, rel=1e-9, abs=1e-9), name
