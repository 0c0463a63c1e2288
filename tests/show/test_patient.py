"""Who the patient is: short, from the data, and no more than what differs from a plain adult."""

from __future__ import annotations

import pytest

from itsim.catalogue import catalogue
from itsim.run import simulate
from itsim.scenario import vary
from itsim.show.patient import patient_words, shows_arms


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        ({}, "adult; tip T10; body neuraxis"),
        ({"patient.preset": "child"}, "child, 8 years, 25 kg; tip T10; body neuraxis"),
        (
            {"patient.age": "8 year", "patient.body_weight": "25 kg"},
            "child (preset adult), 8 years, 25 kg; tip T10; body neuraxis",
        ),
        ({"patient.preset": "cerebral_adult"}, "cerebral adult; tip T10; body neuraxis"),
        ({"patient.renal_function": "40 %"}, "adult, kidneys at 40 %; tip T10; body neuraxis"),
        ({"patient.posture": "legs_up"}, "adult, legs up; tip T10; body neuraxis"),
        ({"patient.posture": 1.2}, "adult, lumbosacral CSF 120 %; tip T10; body neuraxis"),
        ({"patient.supraspinal_share": 2}, "adult, supraspinal share 2; tip T10; body neuraxis"),
        ({"patient.age": "70 year", "patient.tip": "C5"}, "adult, 70 years; tip C5; body neuraxis"),
        ({"patient.age": "40 year", "patient.body_weight": "70 kg"}, "adult; tip T10; body neuraxis"),
        ({"body": "one_compartment"}, "adult; tip T10; body one_compartment"),
    ],
)
def test_only_what_differs_is_said(patient, words, run_of):
    scenario = vary(run_of("stall").scenario, patient, catalogue())
    assert patient_words(scenario) == words


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, False),
        ({"patient.tip": "T6"}, False),
        ({"patient.tip": "T5"}, True),
        ({"patient.tip": "intraventricular"}, True),
        ({"patient.preset": "cerebral_adult"}, True),
        ({"patient.tip": "T5", "body": "two_compartment"}, False),
    ],
)
def test_arms_belong_where_tip_or_origin_reach_them_and_the_body_has_them(changes, shown, run_of):
    scenario = vary(run_of("working").scenario, changes | {"until": "21 day"}, catalogue())
    assert shows_arms(simulate(scenario)) == shown
