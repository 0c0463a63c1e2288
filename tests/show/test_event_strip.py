from __future__ import annotations

from itsim.show import style
from itsim.show.event_strip import LOOKS, MAX_ROWS, plan_strip
from itsim.show.marks import TONES, Mark
from itsim.show.window import Window

WINDOW = Window(0.0, 240.0, 240.0)


def test_every_tone_has_a_look_and_critical_alarms_are_filled():
    assert set(TONES) <= set(LOOKS)
    assert LOOKS["critical"].filled
    assert not LOOKS["non-critical"].filled


def test_few_words_stand_in_rows_many_are_numbered():
    figure = style.new_figure(10.0, 9.0)
    few = plan_strip(figure, [Mark(10.0, "refill", "event"), Mark(200.0, "stall", "fault")], WINDOW)
    assert not few.numbered
    assert max(few.rows) < MAX_ROWS
    many = [Mark(100.0 + i, "a programme of many words", "event") for i in range(20)]
    crowd = plan_strip(figure, many, WINDOW)
    assert crowd.numbered
    assert few.height_in < crowd.height_in < 2.0
    assert plan_strip(figure, [], WINDOW).height_in < 0.1
