import pytest

from itsim import parameters
from itsim.scenario import ScenarioError

TEXT = """itsim: 1
title: Sections
patient: {}
body: neuraxis
device: {pump: synchromed_ii_40, catheter: ascenda}
history: {daily_dose: 240 ug/day, lasting: 1 year}
timeline:
  - {at: 0 day, fill: {volume: 18 mL, concentration: 2000 ug/mL}}
until: 30 day
"""


def test_numbers_come_from_the_data(read):
    scenario = read(TEXT)
    assert scenario.patient["csf_loss"] == parameters.read("bodies/neuraxis")["csf_loss"]
    assert scenario.device["length"].source != "scenario"
    assert (scenario.history.dose_rate_ug_h, scenario.history.lasting_h) == (10.0, 8766.0)
    assert {"clinic", "response"} <= set(parameters.parts())


def test_any_number_can_be_overridden_and_says_so(read):
    scenario = read(TEXT.replace("patient: {}", "patient: {csf_loss: 24 1/day, tip: L1}"))
    assert (scenario.patient["csf_loss"].value, scenario.tip) == (1.0, "L1")
    assert scenario.patient["csf_loss"].source == "scenario"
    assert read(TEXT.replace("ascenda}", "ascenda, flow_bias: -5 %}")).device[
        "flow_bias"
    ].value == pytest.approx(-0.05)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("patient: {}", "patient: {csf_loss: 0 1/h}", "is zero"),
        ("patient: {}", "patient: {csf_loss: nan 1/h}", "is not a number"),
        ("patient: {}", "patient: {csf_loss: -1 1/h}", "is negative"),
        ("patient: {}", "patient: {n_segments: 7.5}", "is not a whole number"),
        ("patient: {}", "patient: {csf_loss: 3 mL}", "a rate constant belongs here"),
        ("patient: {}", "patient: {preset: chidl}", "did you mean 'child'?"),
        ("patient: {}", "patient: {tip: T13}", "is not a known"),
        ("patient: {}", "patient: {posture: standing}", "posture"),
        ("patient: {}", "patient: {renal_function: 1.2}", "is more than one"),
        ("patient: {}", "patient: {body_weight: 25}", "has no unit"),
        ("body: neuraxis\n", "body: one_compartment\npatient2: x\n", "did you mean 'patient'?"),
        (
            "patient: {}\nbody: neuraxis",
            "patient: {cord_share: 0.5}\nbody: one_compartment",
            "is not a key of a patient",
        ),
        ("daily_dose: 240 ug/day", "daily_dose: 0 ug/day", "is not above zero"),
        ("daily_dose: 240 ug/day, ", "", "the key `daily_dose` is missing"),
        ("lasting: 1 year", "lasting: 200 year", "longer than 100 years"),
        ("lasting: 1 year", "lasting: 1 year, since: 3 day", "is not a key of the history"),
    ],
)
def test_what_cannot_be(old, new, said, read):
    with pytest.raises(ScenarioError) as caught:
        read(TEXT.replace(old, new))
    assert said in str(caught.value)


def test_person_and_posture_are_read(read):
    """A word or a number; age and weight of a preset can be replaced, and what follows from them with it."""
    told = "patient: {preset: child, body_weight: 30 kg, posture: head_up}"
    patient = read(TEXT.replace("patient: {}", told)).patient
    assert patient["apparent_clearance"].value == pytest.approx(273.0 * 30.0)
    assert (patient["posture"].value, patient["posture"].source) == (1.108, "strbacko2024")
    number = read(TEXT.replace("patient: {}", "patient: {posture: 0.9}")).patient["posture"]
    assert (number.value, number.source) == (0.9, "scenario")
    own = read(TEXT.replace("patient: {}", "patient: {preset: child, apparent_clearance: 5 L/h}")).patient
    assert own["apparent_clearance"].value == 5000.0
    assert read(TEXT.replace("patient: {}", "patient: {tip: intraventricular}")).tip == "intraventricular"
