from __future__ import annotations

from dataclasses import replace

import pytest

from itsim.show import plot_case_timeline

ALL = ["working", "stall", "stall_one", "decline", "comb", "endless"]


@pytest.mark.parametrize("name", ALL)
def test_phases_are_named_and_no_words_cover_each_other(name, run_of, texts, overlaps):
    figure = plot_case_timeline(run_of(name))
    chosen = [t for gid in ("event", "phase", "end label", "footer") for t in texts(figure, gid)]
    assert overlaps(figure, chosen) == []
    assert "stable benefit" in {text.get_text() for text in chosen}


def test_a_case_is_told_in_months_with_finding_and_replacement(run_of, cohort_of, texts):
    figure = plot_case_timeline(run_of("decline"), cohort_of("decline"))
    words = " ".join(text.get_text() for text in texts(figure))
    assert "fading benefit" in words
    assert "benefit regained" in words
    assert "finding: interrogation (+" in words
    assert "replacement: pump replaced" in words
    assert "months" in figure.axes[-1].get_xlabel()
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    assert "5–95 %" in words


def test_known_and_assumed_marks_differ(run_of):
    def faces(known):
        run = run_of("decline")
        timeline = tuple(replace(entry, reported=entry.id in known) for entry in run.scenario.timeline)
        bar = plot_case_timeline(replace(run, scenario=replace(run.scenario, timeline=timeline))).axes[0]
        return [line.get_markerfacecolor() for line in bar.lines if line.get_marker() == "o"]

    by_sight, by_name = faces(()), faces({"finding", "rescue"})
    assert len(set(by_sight)) == len(set(by_name)) == 2
    assert by_name.count("#1a1a1a") == 2
    assert by_sight.count("#1a1a1a") > 2
