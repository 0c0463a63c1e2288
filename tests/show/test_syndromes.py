"""Stages in words and as data: from the run's own crossings, with signs, and times only beside a band."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from itsim.catalogue import catalogue
from itsim.parameters import read, stages
from itsim.pd.symptoms import spells_of
from itsim.run import simulate
from itsim.scenario import add_entry, vary
from itsim.show import summary, syndromes, words
from itsim.show.syndromes import (
    is_overdose,
    sedation_lines,
    spell_rows,
    syndrome_of,
    why_drowsy,
    withdrawal_lines,
)

EARLY, REBOUND, SEVERE = (stage.name for stage in stages("withdrawal")[1:])


def made(spells=(), cohort=True, **metrics):
    """A summary with as much as these lines read; nothing comes unless it is given."""
    never, end = metric(None, None, None), 0.0 if cohort else None
    none = metric(0.0, end, end)
    known = {"rebound_h": never, "tone_peak": none, "relief_after_restoration_h": never}
    known |= {"withdrawal_stage": none, "overdose_stage": none}
    return {
        "cohort": {"size": 20, "seed": 1} if cohort else None,
        "spells": list(spells),
        "metrics": known | metrics,
    }


def spell(stage, from_h, until_h, syndrome="withdrawal"):
    return {"syndrome": syndrome, "stage": stage, "from_h": from_h, "until_h": until_h}


def metric(value, low, high, median=None):
    return {"value": value, "low": low, "high": high, "median": low if median is None else median}


@pytest.mark.parametrize(("name", "bands"), [("stall", "withdrawal"), ("strong", "sedation")])
def test_rows_are_the_spells_of_the_solution(name, bands, run_of):
    """At the beginning of each the index is at its threshold, at the end below it by the margin."""
    run = run_of(name)
    rows = [row for row in spell_rows(run) if row["syndrome"] == syndromes.syndrome_of(run, bands)]
    found = spells_of(run.solution, bands)
    assert found
    assert [(r["stage"], r["from_h"], r["until_h"]) for r in rows] == [
        (s.stage.name, s.from_h, s.until_h) for s in found
    ]
    series = {"withdrawal": "withdrawal_index", "sedation": "sedation"}[bands]
    margin = read("symptoms")[f"{bands}_margin"].value
    for s in found:
        if s.from_h > 0.0 and s.until_h is not None:
            at, left = run.solution.series(series, np.array([s.from_h, s.until_h]))
            assert at == pytest.approx(s.stage.from_index, abs=1e-6)
            assert left == pytest.approx(s.stage.from_index - margin, abs=1e-6)


def test_a_pump_that_works_has_no_stage_of_withdrawal(run_of, cohort_of):
    run = run_of("working")
    assert [row for row in spell_rows(run) if row["syndrome"] == "withdrawal"] == []
    assert list(withdrawal_lines(summary(run, cohort_of("working")), run)) == []


def test_stages_come_mild_ones_first_with_all_their_signs_and_both_ends(run_of):
    told = made([spell(EARLY, 519.0, 561.0), spell(REBOUND, 541.0, None)])
    (line,) = withdrawal_lines(told, run_of("stall"))
    for stage, ends in ((EARLY, words.span(519.0, 561.0)), (REBOUND, words.span(541.0, None))):
        signs = next(s.signs for s in stages("withdrawal") if s.name == stage)
        assert f"{stage} ({', '.join(signs)}) {ends}" in line
    assert line.index(EARLY) < line.index(REBOUND)
    assert SEVERE not in line
    assert "no diagnosis" in line


def test_a_stage_that_returns_is_told_once_with_its_ends_and_the_time_in_it(run_of):
    told = made([spell(EARLY, 100.0, 110.0), spell(EARLY, 200.0, 210.0), spell(EARLY, 300.0, 310.0)])
    (line,) = withdrawal_lines(told, run_of("stall"))
    assert "3 times between day 4.2 and day 12.9, 30 h in all" in line
    assert "8.8 days" not in line, "it was not in it all that time"
    assert line.count(EARLY) == 1


def test_no_time_stands_without_a_band(run_of):
    run = run_of("stall")
    (line,) = withdrawal_lines(summary(run), run)
    assert EARLY in line
    assert "only with a band" in line
    assert "from day" not in line
    assert " to day" not in line


def test_virtual_patients_are_told_even_where_the_typical_one_reaches_nothing(run_of):
    run = run_of("stall")
    (line,) = withdrawal_lines(made(withdrawal_stage=metric(0.0, 0.0, 2.0)), run)
    assert f"none is reached. Virtual patients: at worst none to {REBOUND}; median none." in line
    (line,) = withdrawal_lines(made(withdrawal_stage=metric(0.0, 1.0, 1.0)), run)
    assert f"Virtual patients: at worst {EARLY}." in line
    assert list(withdrawal_lines(made(), run)) == []
    assert list(sedation_lines(made(), run)) == []


def test_rebound_and_relief_are_told_with_their_bands_where_they_come(run_of):
    run = run_of("stall")
    told = made(
        rebound_h=metric(33.0, 21.0, None, 35.0),
        tone_peak=metric(1.09, 0.82, 1.2, 1.08),
        relief_after_restoration_h=metric(6.2, 5.0, 11.0, 6.0),
    )
    rebound, relief = withdrawal_lines(told, run)
    assert rebound.startswith("Rebound: 33 h (median 35 h; 21 h to not within the run) after first loss")
    assert "109 % (median 108 %; 82 to 120 %)" in rebound
    assert relief.startswith("Relief: 6.2 h (median 6 h; 5 h to 11 h) after delivery is restored")
    assert list(withdrawal_lines({**told, "cohort": None}, run)) == []


def test_what_is_counted_from_the_first_excess_says_so(run_of):
    told = made(rebound_h=metric(33.0, 21.0, 40.0), tone_peak=metric(1.09, 0.82, 1.2))
    (line,) = withdrawal_lines(told, run_of("strong"))
    assert "after first excess" in line


def test_overdose_has_stages_of_its_own_and_says_what_they_rest_on(run_of, cohort_of):
    (line,) = sedation_lines(summary(run_of("strong"), cohort_of("strong")), run_of("strong"))
    assert line.startswith("Stages of overdose")
    reached = [stage for stage in stages("sedation")[1:] if f"{stage.name} (" in line]
    assert [line.index(stage.name) for stage in reached] == sorted(line.index(s.name) for s in reached)
    assert len(reached) >= 2
    assert "assumption" in line


def given(run_of, name="working", **changes):
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return simulate(vary(run_of(name).scenario, keys, catalogue()))


def test_too_much_that_sedates_is_an_overdose_and_is_told_first(run_of):
    assert syndrome_of(run_of("strong"), "sedation") == "overdose"
    assert is_overdose(run_of("strong"))
    assert why_drowsy(run_of("strong")) == ""


def test_withdrawal_is_told_as_withdrawal(run_of):
    for name in ("working", "stall", "decline"):
        assert not is_overdose(run_of(name))
        assert syndrome_of(run_of(name), "withdrawal") == "withdrawal"


def drowsy_on_its_dose(run_of, until="21 day"):
    """A patient whose brain is so sensitive that the usual dose makes it drowsy, and no more than that."""
    run = given(run_of, patient__sedation_ec50="60 ng/mL", until=until)
    drowsy, deep = (read("symptoms")[f"sedation_{name}"].value for name in ("drowsy", "deep"))
    assert drowsy < run.metrics["sedation_peak_frac"].value < deep
    return run


def test_drowsiness_that_the_intended_dose_brings_is_no_overdose(run_of):
    """The twin is as drowsy: nothing went wrong."""
    run = drowsy_on_its_dose(run_of)
    assert not is_overdose(run)
    assert {row["syndrome"] for row in spell_rows(run)} == {"drowsiness"}
    (line,) = sedation_lines(summary(run), run)
    assert "overdose" not in line.lower()
    assert line.startswith("Stages of sedation, typical patient: drowsy")
    assert "the intended dose brings, no overdose" in why_drowsy(run)


def test_drowsiness_after_a_loss_says_that_no_more_than_the_dose_is_given(run_of):
    """Tolerance was lost while little arrived; then the whole dose came back."""
    run = given(run_of, "decline", patient__sedation_ec50="0.09 ug/mL")
    assert (
        run.metrics["overdose_stage"].value
        == 1.0
        > float(run.twin.extremum("sedation", 0.0)[1] >= read("symptoms")["sedation_drowsy"].value)
    )
    assert not is_overdose(run)
    assert "no more than the intended dose" in why_drowsy(run)


def test_deep_sedation_on_the_intended_dose_is_no_ordinary_drowsiness(run_of):
    run = given(run_of, patient__sedation_ec50="25 ng/mL", until="21 day")
    assert run.metrics["overdose_stage"].value >= 2.0
    assert syndrome_of(run, "sedation") == "overdose"
    assert is_overdose(run)


def test_an_overdose_and_a_withdrawal_are_told_in_the_order_of_their_times(run_of):
    """The pump stops for good after the strong fill; or it stops before and is replaced."""
    stall, rescue = (
        next(e for e in run_of("stall").scenario.timeline if e.kind.name == name)
        for name in ("motor_stall", "replace_pump")
    )

    def stopped(at_h, replaced_h=None):
        scenario = add_entry(
            run_of("strong").scenario, dataclasses.replace(stall, at_h=at_h, place=9, id="stop")
        )
        if replaced_h is not None:
            scenario = add_entry(scenario, dataclasses.replace(rescue, at_h=replaced_h, place=10, id="new"))
        return simulate(scenario)

    late, early = stopped(8.0 * 24.0), stopped(24.0, 3.5 * 24.0)
    for run in (late, early):
        assert run.metrics["withdrawal_stage"].value >= 1.0
        assert syndrome_of(run, "sedation") == "overdose"
    assert [is_overdose(run) for run in (late, early)] == [True, False]


def test_each_spell_has_its_own_name(run_of):
    """Drowsy as on the intended therapy from the start; deep only after the strong fill."""
    run = given(run_of, "strong", patient__sedation_ec50="60 ng/mL")
    usual = next(s for s in spells_of(run.twin, "sedation"))
    rows = [row for row in spell_rows(run) if row["syndrome"] != "withdrawal"]
    assert usual.from_h == rows[0]["from_h"] == 0.0
    assert next(row["syndrome"] for row in rows if row["stage"] == usual.stage.name) == "drowsiness"
    deep = [row for row in rows if row["stage"] != usual.stage.name]
    assert deep
    assert {row["syndrome"] for row in deep} == {"overdose"}
    headings = [line.split(",")[0] for line in sedation_lines(summary(run), run)]
    assert headings == ["Stages of overdose", "Stages of sedation"]


def test_a_withdrawal_before_the_overdose_leads_also_where_the_patient_is_always_drowsy(run_of):
    """The usual drowsiness of the first hour is no overdose that came first."""
    stall, rescue = (
        next(e for e in run_of("stall").scenario.timeline if e.kind.name == name)
        for name in ("motor_stall", "replace_pump")
    )
    scenario = vary(run_of("strong").scenario, {"patient.sedation_ec50": "60 ng/mL"}, catalogue())
    for entry, at_h, place in ((stall, 24.0, 9), (rescue, 84.0, 10)):
        changed = dataclasses.replace(entry, at_h=at_h, place=place, id=f"new{place}")
        scenario = add_entry(scenario, changed)
    run = simulate(scenario)
    assert syndrome_of(run, "sedation") == "overdose"
    assert run.metrics["withdrawal_stage"].value >= 1.0
    assert spells_of(run.solution, "sedation")[0].from_h == 0.0
    assert not is_overdose(run)
