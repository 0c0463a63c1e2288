import dataclasses
import enum

import numpy as np
import pytest

from itsim.scenario import load
from itsim.scenario.digest import canonical, digest


def test_words_and_order_do_not_matter(sketch, read, catalogue):
    scenario = load(sketch, catalogue)
    text = sketch.read_text(encoding="utf-8").replace("Abrupt stop", "Other").replace("21 day", "504.0 h")
    text = text.replace("id: stall", "id: halt").replace("csf_loss: 0.30", "csf_loss: 3.0e-1")
    lines = text.splitlines(keepends=True)
    assert read("".join((*lines[:8], *lines[10:12], *lines[8:10], *lines[12:]))).sha256 == scenario.sha256
    assert digest(scenario) == scenario.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.30 1/h", "0.31 1/h"),
        ("T10", "T11"),
        ("80 cm", "81 cm"),
        ("10 month", "9 month"),
        ("21 day", "22 day"),
        ("true", "false"),
        ("until: 30", "until: 31"),
        ("ascenda", "indura"),
        ("body: neuraxis", "body: one_compartment"),
        ("motor_stall", "pump_stop, lasting: 1 day"),
    ],
)
def test_every_number_matters(old, new, sketch, read, catalogue):
    text = sketch.read_text(encoding="utf-8")
    if "one_compartment" in new:
        text = text.replace(", csf_loss: 0.30 1/h", "")
    assert read(text.replace(old, new)).sha256 != load(sketch, catalogue).sha256


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: float


def test_canonical_form():
    assert canonical([1, True, -0.0, np.float64(2), np.arange(2), Colour.RED, Point(3), None]) == [
        1.0, True, 0.0, 2.0, [0.0, 1.0], "red", {"x": 3.0}, None,
    ]  # fmt: skip
    assert canonical(digest).endswith("digest.digest")
    with pytest.raises(TypeError):
        canonical(object())
