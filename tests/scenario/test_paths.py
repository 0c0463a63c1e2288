"""Paths: what they lead to, in which unit, and what to say of those that lead nowhere."""

from __future__ import annotations

import pytest

from itsim import api
from itsim.scenario.paths import PathError, Target, target_of

STOP = api.load("abrupt_stall")
LINEAR = api.load("gradual_linear")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("until", Target("h")),
        ("patient.csf_loss", Target("1/h")),
        ("patient.posture", Target("1")),
        ("patient.tip", Target("1", is_word=True)),
        ("body", Target("1", is_word=True)),
        ("device.pump", Target("1", is_word=True)),
        ("device.length", Target("cm")),
        ("history.daily_dose", Target("ug/h")),
        ("history.lasting", Target("h")),
        ("timeline.stall.at", Target("h")),
        ("timeline.stall.fault.hazard", Target("1/h")),
        ("timeline.dose.program.daily_dose", Target("ug/h")),
        ("timeline.start.fill.concentration", Target("ug/mL")),
        ("timeline.replacement.replace_pump.prime", Target("1", is_word=True)),
    ],
)
def test_a_path_knows_its_unit(path: str, target: Target) -> None:
    assert target_of(STOP, path) == target


def test_a_choice_of_words_is_a_word() -> None:
    assert target_of(LINEAR, "timeline.decline.fault.shape").is_word
    assert target_of(LINEAR, "timeline.decline.fault.end") == Target("1")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("timeline.stal.at", "did you mean 'stall'"),
        ("timeline.stall", "name an entry and one of its keys"),
        ("timeline.stall.id", "end it in `at`"),
        ("timeline.stall.fault", "end it in `at`"),
        ("timeline.stall.fault.kind", "write a scenario for each kind"),
        ("timeline.dose.program.daily_doze", "did you mean 'daily_dose'"),
        ("timeline.dose.daily_dose", "did you mean 'timeline.dose.program.daily_dose'"),
        ("patient.csf_los", "did you mean 'csf_loss'"),
        ("device.pumps", "choose one of"),
        ("patient", "choose one of"),
        ("title", "name a number of the patient"),
        ("untill", "did you mean 'until'"),
    ],
)
def test_a_path_to_nowhere_says_which_was_meant(path: str, hint: str) -> None:
    with pytest.raises(PathError) as caught:
        target_of(STOP, path)
    assert hint in caught.value.hint
    assert caught.value.rule
