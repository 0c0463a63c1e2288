import numpy as np
import pytest

from itsim.scenario.mapping import as_node
from itsim.scenario.nodes import Findings, plain


def read(value):
    findings = Findings()
    return plain(as_node(value, (), findings)), [problem.rule for problem in findings.problems]


def test_data_becomes_nodes():
    data = {"a": [1, 2.5, True, None, "x"], "b": {"c": (np.float64(0.5), np.int64(3))}}
    assert read(data) == ({"a": [1, 2.5, True, None, "x"], "b": {"c": [0.5, 3]}}, [])


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), "a\x07", b"x", {3: 1}, {"a\ud800": 1}, {"a": {1}}]
)
def test_what_a_file_could_not_hold(value):
    assert len(read(value)[1]) == 1


def test_data_that_holds_itself():
    data = {}
    data["a"] = data
    assert "nested" in read(data)[1][0]
