import pytest

from itsim.scenario import ScenarioError

HEAD = """itsim: 1
title: Verbs
device: {pump: synchromed_ii_40, catheter: ascenda}
until: 30 day
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
"""


@pytest.mark.parametrize(
    ("entry", "said", "hint"),
    [
        ("{at: 3 day}", "does not say what happens", "fill, interrogate"),
        ("{at: 3 day, stall: {}}", "can happen", "did you mean `fault: {kind: motor_stall}`?"),
        (
            "{at: 3 day, simple_continuous: {rate: 1 mL/day}}",
            "can happen",
            "write `program: {mode: simple_continuous}`",
        ),
        ("{at: 3 day, faults: {kind: motor_stall}}", "can happen", "did you mean 'fault'?"),
        ("{at: 3 day, fault: {kind: refill}}", "is not a known kind", "choose one of: gain_drift"),
        ("{at: 3 day, fault: }", "the fault is not named", "motor_stall"),
        ("{at: 3 day, fault: {kind: }}", "the kind of the fault is not named", "motor_stall"),
        ("{at: 3 day, program: {rate: 1 mL/day}}", "the key `mode` is missing", "mode: simple_continuous"),
        ("{at: 3 day, interrogate: , att: 3 day}", "is not a key of a timeline entry", "did you mean 'at'?"),
        ('{at: 3 day, interrogate: , "": 1}', "is not a key of a timeline entry", "curly brackets"),
        ('{at: 3 day, "": 1}', "is nothing that can happen", "choose one of"),
        ("{at: 2,5 day, interrogate: }", "is not a key of a timeline entry", "decimals with a point"),
    ],
)
def test_entries_that_mean_no_kind(entry, said, hint, read):
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + f"  - {entry}\n")
    assert any(said in problem.message and hint in problem.hint for problem in caught.value.problems), (
        caught.value
    )
