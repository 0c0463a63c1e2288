import pytest

from itsim.scenario import ScenarioError

HEAD = """itsim: 1
title: Numbers
device: {pump: synchromed_ii_40, catheter: ascenda}
until: 30 day
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
"""


@pytest.mark.parametrize(
    ("entry", "path", "said", "column"),
    [
        ("fault: {kind: pump_stop}", "pump_stop_1.fault.lasting", "the key `lasting` is missing", 24),
        ("fault: {kind: pump_stop, lasting: -1 h}", "pump_stop_1.fault.lasting", "'-1 h' is negative", 51),
        (
            "fault: {kind: gain_drift, shape: 3}",
            "gain_drift_1.fault.shape",
            "'3' is not one of the choices",
            50,
        ),
        (
            "fault: {kind: gain_drift, shape: linear}",
            "gain_drift_1.fault",
            "a linear decline needs lasting",
            24,
        ),
        (
            "replace_pump: {prime: 5}",
            "replace_pump_1.replace_pump.prime",
            "'5' is neither true nor false",
            39,
        ),
        (
            "refill: {volume: 90 mL, concentration: 1 ug/mL}",
            "refill_1.refill.volume",
            "does not fit: the reservoir",
            34,
        ),
        ("program: {mode: time_stepped, steps: 3}", "time_stepped_1.program.steps", "'3' is not a list", 54),
        (
            "program: {mode: time_stepped, steps: [3]}",
            "time_stepped_1.program.steps[0]",
            "is not a group of keys",
            55,
        ),
        (
            "program: {mode: time_stepped, steps: [{from: 1 h}]}",
            "time_stepped_1.program.steps[0]",
            "needs either",
            55,
        ),
        (
            "program: {mode: simple_continuous, rate: [1]}",
            "simple_continuous_1.program.rate",
            "is not a number",
            58,
        ),
    ],
)
def test_what_a_kind_says_is_put_where_it_belongs(entry, path, said, column, read):
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + f"  - {{at: 3 day, {entry}}}\n")
    (problem,) = caught.value.problems
    assert problem.path == f"timeline.{path}"
    assert said in problem.message
    assert (problem.line, problem.column) == (7, column)


def test_a_long_list_complains_a_few_times_only(read):
    times = ", ".join(["1 mL"] * 50)
    with pytest.raises(ScenarioError) as caught:
        read(HEAD + f"  - {{at: 3 day, fault: {{kind: gain_profile, times: [{times}], gains: [1]}}}}\n")
    assert len(caught.value.problems) == 3
