"""Every shipped scenario: it loads, says what it rests on, and gives the numbers of its golden file.

A golden file ``scenarios/<name>.expected.json`` holds what the typical patient gives, to six digits. After a
change that is meant to change numbers, write them and the gallery anew, and read the difference before you
commit it:

    .venv/bin/python tests/test_scenarios.py
    .venv/bin/itsim figures
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from itsim import api, run
from itsim.metrics import NO_ALARM, NOT_WITHIN
from itsim.run import RunRecord
from itsim.show import summary
from itsim.show.gallery import section, topics
from itsim.study.cohort import cohort

FOLDER = Path(__file__).resolve().parents[1] / "scenarios"
GALLERY = FOLDER.parent / "docs" / "gallery.md"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
GRADUAL = ["gradual_linear", "gradual_exponential"]
CASE, INTERMITTENT = "vorenkamp_2023", "vorenkamp_like_intermittent"
RIVALS = [CASE, "vorenkamp_like_linear", "vorenkamp_like_step", INTERMITTENT]

DIGITS, TOLERANCE, NOTHING = 6, 1e-5, 1e-6
"""Digits of a golden number, the relative difference allowed, and what counts as zero beside it."""

DAY_H, MONTH_H = 24.0, 730.5
ONSET = 10.0
PROMISED_MASS_ERROR = 1e-9


@cache
def simulated(name: str) -> RunRecord:
    return run.simulate(api.load(FOLDER / f"{name}.yaml"))


def golden_path(name: str) -> Path:
    return FOLDER / f"{name}.expected.json"


def golden(record: RunRecord) -> dict[str, Any]:
    """What a golden file holds of a run."""
    return {
        "metrics": {
            name: {"value": rounded(m.value), "unit": m.unit, "censored": m.censored or False}
            for name, m in record.metrics.items()
        },
        "first_loss_h": rounded(record.course.first_loss_h),
        "evidence": [
            {
                "t_h": rounded(r.t_h),
                "expected_mL": rounded(r.expected_mL),
                "found_mL": rounded(r.found_mL),
                "surplus_mL": rounded(r.surplus_mL),
                "flagged": r.flagged,
            }
            for r in record.delivery.evidence
        ],
        "log": logged(record),
    }


def logged(record: RunRecord) -> dict[str, dict[str, float | int | None]]:
    """Of each kind of alarm or entry in the log how many there are, and when the first comes."""
    times: dict[str, list[float]] = {}
    for entry in record.delivery.log:
        times.setdefault(entry.kind, []).append(entry.t_h)
    return {kind: {"n": len(t), "first_h": rounded(min(t))} for kind, t in sorted(times.items())}


def rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def differences(found: Any, expected: Any, path: str = "") -> list[str]:
    """Where two nested values differ by more than rounding."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        return [line for key in found for line in differences(found[key], expected[key], f"{path}.{key}")]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = zip(found, expected, strict=True)
        return [line for i, pair in enumerate(pairs) for line in differences(*pair, f"{path}[{i}]")]
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (found, expected))
    same = found == pytest.approx(expected, rel=TOLERANCE, abs=NOTHING) if numbers else found == expected
    return [] if same else [f"{path}: {found} and not {expected}"]


def visits(name: str, from_h: float = 0.0) -> list[Any]:
    return [reading for reading in simulated(name).delivery.evidence if reading.t_h >= from_h]


def at(name: str, id: str) -> float:
    (entry,) = [entry for entry in simulated(name).scenario.timeline if entry.id == id]
    return entry.at_h


def relief(name: str, t_h: float, twin: bool = False) -> float:
    solution = simulated(name).twin if twin else simulated(name).solution
    return float(solution.series("effect_leg", np.array([t_h]))[0])


# Every one of them


def test_the_shipped_scenarios_are_all_offered() -> None:
    assert list(api.scenarios()) == NAMES
    assert set(RIVALS + GRADUAL + ["abrupt_stop", "baseline"]) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_scenario_tells_its_story_and_what_it_rests_on(name: str) -> None:
    scenario = simulated(name).scenario
    assert scenario.name == name
    assert len(scenario.story) > 80
    assert scenario.sources or scenario.assumptions
    assert not set(scenario.title) & set("\n")


@pytest.mark.parametrize("name", NAMES)
def test_scenario_gives_the_numbers_of_its_golden_file(name: str) -> None:
    expected = json.loads(golden_path(name).read_text(encoding="utf-8"))
    lines = differences(golden(simulated(name)), expected)
    assert not lines, "\n".join(lines)


def test_every_golden_file_has_its_scenario() -> None:
    assert sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.json")) == NAMES


# The gallery


@cache
def chapters() -> dict[str, dict[str, str]]:
    """The sections of the gallery by chapter and by the name of their story."""
    found: dict[str, dict[str, str]] = {}
    for chapter in GALLERY.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, *sections = chapter.split('\n### <a id="')
        found[heading.split("\n")[0]] = {text.split('"')[0]: text for text in sections}
    return found


def without_bands(text: str) -> list[str]:
    """Lines of a section; of a table of numbers all but the last column, which a cohort fills."""
    lines = [line for line in text.split("</a>", 1)[1].strip().split("\n") if not line.startswith("![")]
    return [re.sub(r"[^|]*\|$", "", line) for line in lines]


def test_the_gallery_shows_every_story_in_its_chapter_and_no_other() -> None:
    headings = {topic["name"]: topic["heading"] for topic in topics()}
    stories = {heading: sorted(sections) for heading, sections in chapters().items()}
    topic_of = {name: simulated(name).scenario.topic for name in NAMES}
    assert stories == {headings[t]: [n for n in NAMES if topic_of[n] == t] for t in headings}


@pytest.mark.parametrize("name", NAMES)
def test_the_gallery_tells_what_the_story_is_and_gives_today(name: str) -> None:
    """All but the bands, which take a hundred patients; `itsim figures` writes it anew."""
    record = simulated(name)
    now = section(record, summary(record, cohort(record, 2)), [], f"../scenarios/{name}.yaml")
    (shown,) = [sections[name] for sections in chapters().values() if name in sections]
    assert without_bands(shown)[:1] == [record.scenario.title]
    assert [line for line in without_bands(shown) if line] == [
        line for line in without_bands(now.text) if line
    ]


def test_every_link_of_the_gallery_leads_somewhere() -> None:
    text = GALLERY.read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)]+)\)", text))
    assert {f"#{name}" for name in NAMES} <= links
    assert {f"../figures/{name}.svg" for name in NAMES} <= links
    for link in links:
        place, _, anchor = link.partition("#")
        assert not place or (GALLERY.parent / place).is_file(), link
        assert not anchor or f'<a id="{anchor}"></a>' in text, link


# Goldens


def test_a_golden_file_would_show_a_change() -> None:
    expected = json.loads(golden_path("abrupt_stop").read_text(encoding="utf-8"))
    changed = json.loads(json.dumps(expected))
    changed["metrics"]["withdrawal_onset_h"]["value"] *= 1.0001
    changed["evidence"][0]["flagged"] = not changed["evidence"][0]["flagged"]
    assert len(differences(changed, expected)) == 2
    assert differences({"log": {}}, {}) != []


# An abrupt stop


def test_abrupt_stop_withdrawal_begins_hours_to_days_after_the_stop() -> None:
    """Reported: several hours to three days (science.md §3, B37 and B38)."""
    record = simulated("abrupt_stop")
    assert record.course.first_loss_h == at("abrupt_stop", "stall")
    onset_h = record.metrics["withdrawal_onset_h"].value
    assert onset_h is not None
    assert 3.0 < onset_h < 72.0


def test_abrupt_stop_relief_is_halved_before_withdrawal_begins_and_peaks() -> None:
    metrics = simulated("abrupt_stop").metrics
    halved_h, onset_h, peak_h = (
        metrics[name].value for name in ("effect_halved_h", "withdrawal_onset_h", "withdrawal_peak_h")
    )
    assert halved_h is not None
    assert onset_h is not None
    assert peak_h is not None
    assert halved_h < onset_h < peak_h


def test_abrupt_stop_keeps_its_drug_and_sounds_its_alarm() -> None:
    record = simulated("abrupt_stop")
    assert record.mass.error_frac <= PROMISED_MASS_ERROR
    window_h = record.metrics["rescue_window_h"].value
    assert window_h is not None
    assert window_h > 0.0


# A gradual loss


@pytest.mark.parametrize("name", GRADUAL)
def test_gradual_loss_takes_the_relief_long_before_any_withdrawal(name: str) -> None:
    metrics = simulated(name).metrics
    halved_h, onset = metrics["effect_halved_h"].value, metrics["withdrawal_onset_h"]
    assert halved_h is not None
    assert halved_h > 14 * DAY_H
    assert onset.value is None or onset.value > halved_h + 7 * DAY_H
    assert onset.value is not None or onset.censored == NOT_WITHIN


@pytest.mark.parametrize("name", GRADUAL)
def test_gradual_loss_sounds_no_alarm(name: str) -> None:
    assert simulated(name).metrics["alarm_first_h"].censored == NO_ALARM
    assert not [entry for entry in simulated(name).delivery.log if entry.is_alarm]


@pytest.mark.parametrize("name", GRADUAL)
def test_gradual_loss_leaves_a_surplus_that_grows_from_visit_to_visit(name: str) -> None:
    surplus = [reading.surplus_mL for reading in visits(name, at(name, "decline"))]
    assert len(surplus) >= 3
    assert surplus[0] > 0.5
    assert all(np.diff(surplus) > 0.0)
    assert visits(name)[-1].flagged


def test_an_exponential_loss_takes_the_relief_earlier_than_a_straight_line() -> None:
    linear, exponential = (simulated(name).metrics["effect_halved_h"].value for name in GRADUAL)
    assert linear is not None
    assert exponential is not None
    assert exponential < linear


def test_baseline_loses_nothing_and_its_volumes_agree() -> None:
    record = simulated("baseline")
    assert record.course.first_loss_h is None
    assert record.metrics["withdrawal_peak"].value == 0.0
    assert [reading.surplus_mL for reading in visits("baseline")] == pytest.approx([0.0], abs=1e-9)


# The case and its rivals


@pytest.mark.parametrize("name", RIVALS)
def test_case_has_no_withdrawal_at_any_time(name: str) -> None:
    assert simulated(name).solution.extremum("withdrawal_index", 0.0)[1] < ONSET


@pytest.mark.parametrize("name", RIVALS)
def test_case_is_stable_for_ten_months_and_has_lost_its_relief_by_month_13(name: str) -> None:
    stable = relief(name, 10 * MONTH_H)
    assert stable > 0.9 * relief(name, 10 * MONTH_H, twin=True)
    assert relief(name, at(name, "finding")) < 0.5 * stable


@pytest.mark.parametrize("name", RIVALS)
def test_case_has_its_benefit_back_within_days_of_the_replacement(name: str) -> None:
    week_h = at(name, "replacement") + 7 * DAY_H
    assert relief(name, week_h) >= 0.9 * relief(name, week_h, twin=True)


@pytest.mark.parametrize("name", RIVALS)
def test_case_is_visited_along_the_decline_and_found_with_a_surplus(name: str) -> None:
    readings = [r for r in visits(name, at(name, "decline")) if r.t_h <= at(name, "finding")]
    readings = [r for r in readings if r.t_h > 10 * MONTH_H]
    assert len(readings) >= 3
    assert all(np.diff([reading.surplus_mL for reading in readings]) > 0.0)
    assert readings[-1].t_h == at(name, "finding")
    assert readings[-1].flagged


@pytest.mark.parametrize("name", RIVALS)
def test_twin_of_the_case_never_loses_its_benefit(name: str) -> None:
    """It fades with tolerance alone: by less than a tenth in the last five months."""
    twin, stable = simulated(name).twin, relief(name, 10 * MONTH_H, twin=True)
    assert twin.extremum("effect_leg", 10 * MONTH_H, highest=False)[1] > 0.9 * stable
    assert twin.extremum("withdrawal_index", 0.0)[1] < ONSET


def test_the_four_courses_leave_four_residual_volumes() -> None:
    found = sorted(next(r.found_mL for r in visits(name) if r.t_h == at(name, "finding")) for name in RIVALS)
    assert min(np.diff(found)) > 0.1, found


def test_the_steps_leave_the_largest_surplus_of_those_that_begin_in_month_10() -> None:
    """As the story of that file says."""
    surplus = {
        name: next(r.surplus_mL for r in visits(name) if r.t_h == at(name, "finding"))
        for name in RIVALS
        if at(name, "decline") == 10 * MONTH_H
    }
    assert len(surplus) == 3
    assert max(surplus, key=lambda name: surplus[name]) == "vorenkamp_like_step"


def test_only_the_intermittent_course_writes_a_log() -> None:
    assert [name for name in RIVALS if simulated(name).delivery.log] == [INTERMITTENT]
    assert len(simulated(INTERMITTENT).delivery.log) > 200


@pytest.mark.parametrize(("hours", "peak"), [(6, 3), (12, 15), (24, 28), (48, 31)])
def test_one_silent_spell_takes_the_index_as_far_as_the_story_says(hours: int, peak: int) -> None:
    spell = api.vary_scenario(api.load("abrupt_stop"), {"timeline.rescue.at": f"{21 * 24 + hours} h"})
    value = run.simulate(spell).metrics["withdrawal_peak"].value
    assert value == pytest.approx(peak, abs=0.5)
    said = f"{hours} hours" + (" takes the withdrawal index" if hours == 6 else "") + f" to {peak}"
    assert said in " ".join(api.load(INTERMITTENT).story.split())


def test_spells_of_six_hours_that_come_this_often_pass_the_onset() -> None:
    longer = api.vary_scenario(api.load(INTERMITTENT), {"timeline.decline.fault.mean_off": "6 h"})
    assert run.simulate(longer).metrics["withdrawal_onset_h"].value is not None


def write_golden_files() -> None:
    for name in NAMES:
        text = json.dumps(golden(simulated(name)), indent=2) + "\n"
        golden_path(name).write_text(text, encoding="utf-8", newline="\n")
        print(golden_path(name).relative_to(FOLDER.parent))


if __name__ == "__main__":
    write_golden_files()
