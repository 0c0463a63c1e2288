"""Lists of an entry from a csv file."""

import pytest

from itsim.scenario import ScenarioError

HEAD = """itsim: 1
title: Columns
device: {pump: synchromed_ii_40, catheter: ascenda}
timeline:
  - {at: 5 day, fault: {kind: gain_profile, csv: gains.csv}}
until: 30 day
"""


def test_columns_become_lists(read):
    gains = "\ufefftimes [day], gains [%]\r\n0, 100\r\n2.5, 7e1\r\n\r\n"
    parameters = read(HEAD, gains__csv=gains).timeline[0].parameters
    assert parameters.times_h == (0.0, 60.0)
    assert parameters.gains_frac == pytest.approx((1.0, 0.7))


def test_the_file_is_read_beside_the_one_that_names_it(read, tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "gains.csv").write_text("times [day],gains [1]\n0,1\n", encoding="utf-8")
    (tmp_path / "base" / "base.yaml").write_text(HEAD, encoding="utf-8")
    assert read("extends: base/base.yaml\n").timeline[0].parameters.times_h == (0.0,)


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("times [day],gains\n0,1\n", "without its unit", 1, 13),
        ("times [day];gains [1]\n0;1\n", "semicolons", 1, 1),
        ("times [day],gains [1]\n0,1\n1, x\n", "is not a bare number", 3, 4),
        ("times [day],gains [1]\n0,1\n1,\n", "a number is missing", 3, 3),
        ("times [day],gains [1]\n0,nan\n", "is not a bare number", 2, 3),
        ("times [day],gains [1]\n0,1,2\n", "3 cells", 2, 1),
        ("times [day],gains [1]\n", "lines of numbers", 1, 1),
        ("", "lines of numbers", 1, 1),
        ("between [1]\n1\n", "is not a key of gain_profile", 1, 1),
        ("times [parsec]\n1\n", "not known here", 2, 1),
        ("times [day]\n\x07\n", "control character", 2, 1),
    ],
)
def test_a_wrong_file_says_where(text, rule, line, column, read):
    with pytest.raises(ScenarioError, match=rule) as caught:
        read(HEAD, gains__csv=text)
    first = next(problem for problem in caught.value.problems if problem.file.endswith("gains.csv"))
    assert (first.line, first.column) == (line, column)
