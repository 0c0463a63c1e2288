import pytest

from itsim.scenario import ScenarioError
from itsim.scenario.nodes import Findings, Mark
from itsim.scenario.resolve import raise_if_any


def test_everything_is_said_at_once(read):
    with pytest.raises(ScenarioError) as caught:
        read("itsim: 1\nuntil: 3\nbody: x\ntimeline:\n  - {at: 1, fault: {kind: x}}\n")
    assert [problem.path for problem in caught.value.problems] == [
        "title", "device", "until", "body", "timeline[0].at", "timeline[0].fault.kind",
    ]  # fmt: skip


def test_what_was_found_is_raised():
    findings = Findings()
    raise_if_any(findings)
    findings.add(Mark("b.yaml", 1, 1), "", None, "second", "x")
    findings.add(Mark("a.yaml", 2, 1), "", None, "first", "x")
    with pytest.raises(ScenarioError) as caught:
        raise_if_any(findings)
    assert [problem.rule for problem in caught.value.problems] == ["first", "second"]
