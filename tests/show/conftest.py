"""Runs to look at: each scenario is simulated once, with a small cohort."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from itsim.catalogue import catalogue
from itsim.run import RunRecord, simulate
from itsim.scenario import load
from itsim.study.cohort import Cohort, cohort

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

HEAD = """
itsim: 1
title: {title}
patient: {{preset: adult, tip: T10}}
body: {body}
device: {{pump: synchromed_ii_40, catheter: ascenda, length: 80 cm}}
history: {{daily_dose: 350 ug/day, lasting: 10 month}}
timeline:
  - {{at: 0 day, fill: {{volume: 40 mL, concentration: 2000 ug/mL}}}}
  - {{at: 0 day, program: {{mode: simple_continuous, daily_dose: 350 ug/day}}}}
{timeline}
until: {until}
"""

STALL = (
    "  - {at: 21 day, fault: {kind: motor_stall}, id: stall}\n  - {at: 23 day, replace_pump: {prime: true}}"
)
DECLINE = """
  - {at: 5 month, refill: {volume: 40 mL}}
  - {at: 9 month, refill: {volume: 40 mL}}
  - {at: 10 month, fault: {kind: gain_drift, shape: linear, end: 0.2, lasting: 90 day}, id: drift}
  - {at: 13 month, interrogate: {}, id: finding}
  - {at: 13.05 month, replace_pump: {prime: true}, id: rescue}"""
COMB = DECLINE.replace(
    "gain_drift, shape: linear, end: 0.2, lasting: 90 day",
    "motor_stall_intermittent, mean_off: 6 h, mean_on: 100 h, growth: 0.03 1/day, lasting: 90 day",
)
BUSY = "\n".join(
    f"  - {{at: {0.6 * i:.1f} day, program: {{mode: simple_continuous, daily_dose: {300 + 10 * i} ug/day}}}}"
    for i in range(1, 19)
)
BURST = "  - {at: 9 day, fault: {kind: free_flow, volume: 4 mL, lasting: 12 h}}"
INFECTION = "  - {at: 9 day, noxious_stimulus: {factor: 3, lasting: 2 day, cause: infection}}"
STRONG = """
  - {at: 4 day, fault: {kind: refill_wrong_concentration, volume: 20 mL, true_concentration: 8000 ug/mL}}
  - {at: 7 day, refill: {volume: 20 mL, concentration: 2000 ug/mL}}"""

SCENARIOS = {
    "working": ("Nothing goes wrong", "neuraxis", "  - {at: 20 day, refill: {volume: 40 mL}}", "30 day"),
    "stall": ("Abrupt stop & $5 of <luck>", "neuraxis", STALL, "30 day"),
    "stall_one": ("One compartment", "one_compartment", STALL, "30 day"),
    "stall_two": ("Two compartments", "two_compartment", STALL, "30 day"),
    "decline": ("A decline", "neuraxis", DECLINE, "14 month"),
    "comb": ("A comb of stalls", "neuraxis", COMB, "14 month"),
    "busy": ("Twenty events", "neuraxis", BUSY + "\n  - {at: 9 day, fault: {kind: motor_stall}}", "12 day"),
    "long_tail": ("A stop early in half a year", "neuraxis", STALL, "200 day"),
    "endless": ("A decline that nobody ends", "neuraxis", DECLINE.split("  - {at: 13 ")[0], "14 month"),
    "burst": ("A burst", "neuraxis", BURST, "12 day"),
    "battery": ("A battery", "neuraxis", "  - {at: 20 day, fault: {kind: battery_eri}}", "112 day"),
    "strong": ("Four times the strength", "neuraxis", STRONG, "12 day"),
    "infection": ("An infection", "neuraxis", INFECTION, "12 day"),
}


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RunRecord]:
    folder = tmp_path_factory.mktemp("show")

    @cache
    def make(name: str) -> RunRecord:
        title, body, timeline, until = SCENARIOS[name]
        path: Path = folder / f"{name}.yaml"
        text = HEAD.format(title=f'"{title}"', body=body, timeline=timeline, until=until)
        path.write_text(text, encoding="utf-8")
        return simulate(load(path, catalogue()))

    return make


@pytest.fixture(scope="session")
def cohort_of(run_of: Callable[[str], RunRecord]) -> Callable[[str], Cohort]:
    @cache
    def make(name: str) -> Cohort:
        return cohort(run_of(name), size=20)

    return make


@pytest.fixture(scope="session")
def texts() -> Callable[..., list[Text]]:
    """The visible texts of a figure, with this gid where one is given."""

    def find(figure: Figure, gid: str | None = None) -> list[Text]:
        from matplotlib.text import Text

        found = [t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_visible() and t.get_text()]
        return [t for t in found if gid is None or t.get_gid() == gid]

    return find


@pytest.fixture(scope="session")
def overlaps() -> Callable[..., list[str]]:
    """Pairs of texts whose boxes overlap by more than a hair."""

    def find(figure: Figure, chosen: list[Text]) -> list[str]:
        figure.draw_without_rendering()
        boxes = [(t.get_text(), t.get_window_extent()) for t in chosen]
        return [
            f"{a} / {b}"
            for i, (a, one) in enumerate(boxes)
            for b, two in boxes[i + 1 :]
            if min(one.x1, two.x1) - max(one.x0, two.x0) > 1.0
            and min(one.y1, two.y1) - max(one.y0, two.y0) > 2.5
        ]

    return find
