from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.run import simulate
from itsim.scenario import vary
from itsim.show.marks import MAX_MARKS, TONES, is_excess, marks_of
from itsim.show.window import window_of


def test_marks_are_in_order_and_inside(run_of):
    for name in ("stall", "comb", "busy", "working"):
        window = window_of(run_of(name))
        marks = marks_of(run_of(name), window)
        assert [m.t_h for m in marks] == sorted(m.t_h for m in marks)
        assert all(window.holds(mark.t_h) and mark.tone in TONES for mark in marks)
        assert len(marks) <= MAX_MARKS


def test_a_stall_is_a_fault_and_its_alarm_stays_apart(run_of):
    marks = marks_of(run_of("stall"), window_of(run_of("stall")))
    assert [mark.tone for mark in marks] == ["loss", "critical", "event"]
    assert marks[0].words == "motor stall · first loss"


def test_many_stalls_are_one_span(run_of):
    spans = [m for m in marks_of(run_of("comb"), window_of(run_of("comb"))) if m.until_h is not None]
    assert len(spans) == 1
    assert spans[0].words.endswith("stall alarms")
    assert spans[0].tone == "critical"


def test_loss_is_no_excess(run_of):
    assert not is_excess(run_of("stall"))
    assert not is_excess(run_of("working"))


def test_where_a_passing_trouble_ends_is_marked_once(run_of):
    run = run_of("infection")
    marks = marks_of(run, window_of(run))
    (end,) = [mark for mark in marks if "end of" in mark.words]
    assert end.t_h == pytest.approx(11.0 * 24.0)
    assert "end of infection" in end.words
    assert all("end of" not in mark.words for mark in marks_of(run, window_of(run), ends=False))


def test_what_a_new_pump_ends_has_no_mark_of_its_own(run_of):
    run = run_of("stall")
    assert run.delivery.ends_h[2] == 23.0 * 24.0
    assert all("end of" not in mark.words for mark in marks_of(run, window_of(run)))


def test_an_end_after_the_run_is_not_marked(run_of):
    run = simulate(vary(run_of("infection").scenario, {"until": "10 day"}, catalogue()))
    assert all("end of" not in mark.words for mark in marks_of(run, window_of(run)))
