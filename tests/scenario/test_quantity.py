import pytest

from itsim.scenario.nodes import Findings, Listing, Mark, Scalar
from itsim.scenario.quantity import example_of, read_quantity, read_time, unit_words, wrong_time
from itsim.units import SUFFIX_UNITS, parse

HERE = Mark("a.yaml", 1, 1)


def read(value, unit="h", reader=None):
    findings = Findings()
    node = Scalar(HERE, "" if value is None else str(value), value)
    number = read_quantity(node, unit, "x", findings) if reader is None else reader(node, "x", findings)
    return number, [problem.message for problem in findings.problems]


def test_examples_can_be_read():
    assert all(parse(example_of(unit), unit) is not None for unit in SUFFIX_UNITS.values())


@pytest.mark.parametrize("text", ["2 day", "2 d", "48 h", "2880 min"])
def test_times(text):
    assert read(text) == (pytest.approx(48.0), [])


@pytest.mark.parametrize("text", ["24 ug/day", "24 mcg/d", "24 µg/day", "24 μg/day"])
def test_dose_rates(text):
    assert read(text, "ug/h") == (pytest.approx(1.0), [])


@pytest.mark.parametrize(
    ("value", "rule"),
    [(3, "has no unit"), ("nan h", "is not a number"), (None, "belongs here"), (True, "is not a number"),
     ("3 mL", "belongs here"), ("3 parsec", "not known"), ("2,5 h", "has a comma"), ("1e400 h", "too large")],
)  # fmt: skip
def test_what_is_no_quantity(value, rule):
    number, (message,) = read(value)
    assert number is None
    assert rule in message


def test_a_list_is_no_quantity():
    findings = Findings()
    assert read_quantity(Listing(HERE, ()), "h", "x", findings) is None
    assert findings.problems


def test_times_that_cannot_be():
    assert read("-1 h", reader=read_time)[0] is None
    assert read("101 year", reader=read_time)[0] is None
    assert read("100 year", reader=read_time)[0] is not None
    assert wrong_time(0.0) is None
    assert (
        "write for example 10 day"
        in unit_words("has the unit 'x', which is not known here; known are", "3 x", "h")[1]
    )
