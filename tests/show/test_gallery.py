from __future__ import annotations

import re
from dataclasses import replace

import pytest

from itsim.catalogue import catalogue
from itsim.parameters import safety
from itsim.run import simulate
from itsim.scenario import vary
from itsim.show import summary
from itsim.show.gallery import Section, page, section, topics
from itsim.study.cohort import cohort


@pytest.fixture(scope="module")
def section_of(run_of, cohort_of):
    def make(name, **more):
        run = run_of(name)
        run = replace(run, scenario=replace(run.scenario, **more))
        return section(
            run, summary(run, cohort_of(name)), [f"../figures/{name}.svg"], f"../scenarios/{name}.yaml"
        )

    return make


def rows(text):
    """The cells of every table of a section, by the first of a line."""
    cells = [line.strip("| ").split(" | ") for line in text.split("\n") if line.startswith("| ")]
    return {row[0]: row[1:] for row in cells}


def test_a_section_holds_story_trouble_numbers_and_command(section_of):
    found = section_of("stall", story="It stops.\n", assumptions=("the dose",), sources=("coffey2002",))
    assert found.title == "Abrupt stop & $5 of <luck>"
    for words in (
        "It stops.",
        "motor stall from day 21 (assumed)",
        "the dose",
        "`coffey2002`",
        "`itsim run stall`",
    ):
        assert words in found.text
    assert "](../figures/stall.svg)" in found.text
    assert "](../scenarios/stall.yaml)" in found.text


def test_key_numbers_are_those_of_the_summary_with_their_band(section_of, run_of, cohort_of):
    found = rows(section_of("stall").text)
    metrics = summary(run_of("stall"), cohort_of("stall"))["metrics"]
    onset = metrics["withdrawal_onset_h"]
    assert found["first loss"][0] == "day 21"
    assert found["first alarm"][0] == "1 h after first loss"
    assert found["onset of withdrawal after first loss"][0] == f"{onset['value']:.0f} h"
    assert found["onset of withdrawal after first loss"][1].startswith(f"{onset['median']:.0f} h (")
    assert found["highest withdrawal index"][0] == f"{metrics['withdrawal_peak']['value']:.0f}"
    assert found["relief at first loss"][0] == f"{100 * metrics['effect_baseline_frac']['value']:.0f} %"
    assert found["delivered, of what is intended"] == ["93 %", "–"]


def test_relief_lost_counts_against_the_intended_therapy(section_of):
    lost = rows(section_of("stall").text)["most relief lost, against the intended therapy"][0]
    assert int(lost.split()[0]) > 60
    assert lost.endswith("day 23")
    assert rows(section_of("infection").text)["most relief lost, against the intended therapy"][0] != "none"
    assert rows(section_of("working").text)["most relief lost, against the intended therapy"][0] == "none"


def test_without_a_loss_there_is_no_onset_to_tell(section_of):
    text = section_of("working").text
    assert "onset of withdrawal" not in text
    assert "no fault of the device" in text
    assert rows(text)["first loss"] == ["–", "–"]
    assert rows(text)["first alarm"][0] == "none sounds"


def test_readings_show_calculated_and_found_and_what_is_flagged(section_of):
    found = rows(section_of("decline").text)
    calculated, volume, surplus, flag = found["month 13"]
    assert float(surplus.removesuffix(" mL")) == pytest.approx(
        float(volume.removesuffix(" mL")) - float(calculated.removesuffix(" mL")), abs=0.11
    )
    assert flag == "**flagged**"
    assert "-0.0" not in section_of("working").text


def test_an_excess_is_called_one(section_of):
    assert "first excess" in rows(section_of("burst").text)


def test_the_page_groups_by_topic_in_the_order_of_the_data(section_of):
    names = [topic["name"] for topic in topics()]
    stories = [
        Section(f"story_{name}", f"Of {name}", name, f"Text of {name}.") for name in [*reversed(names), "x"]
    ]
    text = page(stories)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [topic["heading"] for topic in topics()] + ["Other stories"]
    assert re.findall(r"^Text of (.*)\.$", text, re.MULTILINE) == [*names, "x"]


def test_the_page_begins_with_the_safety_words_and_links_every_story(section_of):
    stories = [section_of("stall", topic="loss_of_drive"), section_of("working", topic="normal")]
    text = page(stories)
    assert text.index(safety()["withdrawal"]) < text.index("## ")
    assert safety()["disclaimer"] in text
    for story in stories:
        assert f"(#{story.name})" in text
        assert f'<a id="{story.name}"></a>' in text


def test_a_chapter_without_stories_is_left_out(section_of):
    assert page([section_of("working", topic="normal")]).count("\n## ") == 1


def test_too_few_patients_have_no_band_in_the_table(run_of):
    run = run_of("stall")
    text = section(run, summary(run, cohort(run, size=2)), [], "x.yaml").text
    found = rows(text[: text.index("| reservoir at")])
    assert found.pop("typical patient") == ["virtual patients: median (5 to 95 %)"]
    assert {cells[1] for name, cells in found.items() if name != "---"} == {"–"}
    assert found["highest withdrawal index"][0] != "–"


def test_arms_are_in_the_table_where_they_belong(run_of, section_of):
    high = simulate(vary(run_of("working").scenario, {"patient.tip": "C5", "until": "21 day"}, catalogue()))
    text = section(high, summary(high), [], "x.yaml").text
    assert "relief of the arms at worst" in rows(text)
    assert "**Patient:** adult; tip C5; body neuraxis." in text
    assert "relief of the arms at worst" not in rows(section_of("stall").text)
