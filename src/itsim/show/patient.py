"""Who the patient is, in a few words: preset, what differs from a plain adult, tip, body model."""

from __future__ import annotations

from collections.abc import Iterator

from itsim.parameters import INTRAVENTRICULAR, levels, read
from itsim.person import is_child
from itsim.run import RunRecord
from itsim.scenario.model import Scenario
from itsim.show.words import percent

ARMS_ABOVE = "T6"
"""A tip above this level lies nearer to the cord of the arms than to that of the legs."""

ARM_SERIES = "effect_arm"


def patient_words(scenario: Scenario) -> str:
    """Such as "child, 8 years, 25 kg; tip T10; body neuraxis"."""
    preset = scenario.preset.replace("_", " ")
    if is_child(scenario.patient) != (preset == "child"):
        preset = f"{'child' if is_child(scenario.patient) else 'adult'} (preset {preset})"
    who = ", ".join([preset, *_differences(scenario)])
    return f"{who}; tip {scenario.tip}; body {scenario.body}"


def _differences(scenario: Scenario) -> Iterator[str]:
    """Age, weight, kidneys, posture and origin, where they are not those of a plain adult."""
    numbers = scenario.patient
    plain = read(f"bodies/{scenario.body}", "response", "person")
    changed = {name for name in numbers if name in plain and numbers[name].value != plain[name].value}
    stated = {name: numbers[name].as_stated().value for name in changed}
    if "age" in changed:
        yield f"{stated['age']:.3g} years"
    if "body_weight" in changed:
        yield f"{stated['body_weight']:.3g} kg"
    if "renal_function" in changed:
        yield f"kidneys at {percent(stated['renal_function'])}"
    if "posture" in changed:
        yield _posture(stated["posture"])
    if "supraspinal_share" in changed and "supraspinal_share" not in read(f"patients/{scenario.preset}"):
        yield f"supraspinal share {stated['supraspinal_share']:g}"


def _posture(factor: float) -> str:
    """The word for a posture, or its factor on the lumbosacral CSF."""
    known = next((name for name, p in read("postures").items() if p.value == factor), None)
    return f"lumbosacral CSF {percent(factor)}" if known is None else known.replace("_", " ")


def is_high(tip: str) -> bool:
    """Whether a tip lies above T6 or in the ventricle."""
    return tip == INTRAVENTRICULAR or levels()[tip] > levels()[ARMS_ABOVE]


def shows_arms(run: RunRecord) -> bool:
    """Whether the arms belong beside the legs: a tip above T6, or spasticity of cerebral origin, in a body
    that has arms."""
    is_cerebral = run.scenario.patient["supraspinal_share"].value > 0.0
    return ARM_SERIES in run.solution.names and (is_high(run.scenario.tip) or is_cerebral)
