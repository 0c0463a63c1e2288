"""The little pictures: a true axis, marks where the numbers are, well-formed whatever comes."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from itsim.qualify.facts import Check
from itsim.qualify.qualification import result_of
from itsim.qualify.strip import INSIDE, OUTSIDE, SIDE_PX, WIDTH_PX, Axis, axis_for, strip


def check(rule: str = "range", **reported: float) -> Check:
    return Check("a < b & c", "half_life", (), rule, "h", reported or {"low": 10.0, "high": 20.0})


def picture(asked: Check, values: list[float]) -> ET.Element:
    return ET.fromstring(strip(result_of(asked, [np.array(values)])))


def test_an_axis_is_linear_between_its_ends() -> None:
    axis = Axis(0.0, 10.0, False)
    assert [axis.at(v) for v in (0.0, 5.0, 10.0)] == pytest.approx(
        [SIDE_PX, 0.5 * WIDTH_PX, WIDTH_PX - SIDE_PX]
    )


def test_an_axis_of_decades_is_logarithmic() -> None:
    axis = Axis(1.0, 100.0, True)
    assert axis.at(10.0) == pytest.approx(0.5 * WIDTH_PX)


@pytest.mark.parametrize(
    ("values", "is_log"), [((10.0, 70.0), False), ((10.0, 90.0), True), ((0.0, 90.0), False)]
)
def test_what_spans_much_is_logarithmic(values: tuple[float, float], is_log: bool) -> None:
    axis = axis_for(values)
    assert axis.is_log is is_log
    assert axis.low < values[0] or values[0] == axis.low == 0.0
    assert axis.high > values[1]


@pytest.mark.parametrize(
    "values", [(0.2, 0.9), (10.0, 20.0), (10.0, 4540.0), (0.0, 1.0), (5.0, 5.0), (0.0, 0.0)]
)
def test_ticks_lie_on_the_axis_and_are_few(values: tuple[float, float]) -> None:
    axis = axis_for(values)
    assert 2 <= len(axis.ticks) <= 7
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)


def test_marks_stand_where_the_numbers_are() -> None:
    svg = picture(check(), list(np.linspace(12.0, 18.0, 101)))
    axis = axis_for([10.0, 20.0, 15.0, 12.3, 17.7])
    (bar,) = svg.iter("rect")
    assert float(bar.attrib["x"]) == pytest.approx(axis.at(10.0), abs=0.06)
    assert float(bar.attrib["width"]) == pytest.approx(axis.at(20.0) - axis.at(10.0), abs=0.2)
    (dot,) = svg.iter("circle")
    assert float(dot.attrib["cx"]) == pytest.approx(axis.at(15.0), abs=0.06)
    band = next(line for line in svg.iter("line") if line.attrib.get("stroke-width") == "3")
    assert float(band.attrib["x1"]) == pytest.approx(axis.at(12.3), abs=0.5)


@pytest.mark.parametrize(("median", "colour"), [(15.0, INSIDE), (30.0, OUTSIDE)])
def test_the_colour_is_the_verdict(median: float, colour: str) -> None:
    (dot,) = picture(check(), [median] * 9).iter("circle")
    assert dot.attrib["fill"] == colour


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        (check(), [15.0, np.inf, np.inf]),
        (check(), [np.nan, np.nan]),
        (check(), [0.0, 0.0, 0.0]),
        (check("upper_bound", high=5.0), [1.0, 2.0, 3.0]),
        (check("case", value=8.0), [1.0, 10.0, np.inf]),
        (check("share", low=0.9, high=1.0), [1.0, 0.0, 1.0]),
        (check("share", low=0.0, high=0.0), [0.0, 0.0]),
        (check("share", low=0.0, high=0.5), [np.nan]),
        (check("mean", mean=127.0), [127.0, 127.0]),
    ],
)
def test_whatever_comes_is_drawn(asked: Check, values: list[float]) -> None:
    svg = picture(asked, values)
    text = ET.tostring(svg, encoding="unicode")
    assert "nan" not in re.sub(r"[<>].*?title", "", text)
    assert 'inf"' not in text
    assert svg.find("title") is not None
    for number in re.findall(r'(?:cx|x|x1|x2)="([-\d.]+)"', text):
        assert -1.0 <= float(number) <= WIDTH_PX + 1.0
