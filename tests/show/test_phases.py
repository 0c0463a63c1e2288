from __future__ import annotations

from itertools import pairwise

import pytest

from itsim.show.phases import finding_of, moments_of, phases_of, repair_of

MONTH_H = 30.4375 * 24.0


@pytest.mark.parametrize("name", ["working", "stall", "stall_one", "decline", "comb", "endless"])
def test_phases_cover_the_run_without_gaps(name, run_of):
    run = run_of(name)
    phases = phases_of(run)
    assert phases[0].from_h == 0.0
    assert phases[-1].until_h == pytest.approx(run.course.end_h)
    assert all(a.until_h == b.from_h for a, b in pairwise(phases))
    assert all(phase.until_h > phase.from_h for phase in phases)


def test_a_decline_fades_after_its_fault_and_is_regained_after_the_replacement(run_of):
    phases = phases_of(run_of("decline"))
    assert [phase.words for phase in phases] == ["stable benefit", "fading benefit", "benefit regained"]
    assert 10.0 * MONTH_H < phases[1].from_h < 12.0 * MONTH_H
    assert phases[1].until_h == pytest.approx(13.05 * MONTH_H)


def test_intermittent_stalls_are_one_fading(run_of):
    words = [phase.words for phase in phases_of(run_of("comb"))]
    assert words[:2] == ["stable benefit", "fading benefit"]
    assert words[-1] == "benefit regained"


def test_what_is_never_repaired_ends_in_fading(run_of):
    run = run_of("endless")
    assert [phase.words for phase in phases_of(run)] == ["stable benefit", "fading benefit"]
    assert repair_of(run) is None
    assert finding_of(run) is None


def test_a_working_pump_has_one_phase(run_of):
    assert [phase.words for phase in phases_of(run_of("working"))] == ["stable benefit"]
    assert repair_of(run_of("working")) is None


def test_finding_and_repair_are_read_from_the_timeline(run_of):
    run = run_of("decline")
    assert finding_of(run).id == "finding"
    assert repair_of(run).id == "rescue"


def test_faults_and_first_loss_are_assumed(run_of):
    assumed = [moment.words for moment in moments_of(run_of("decline")) if not moment.known]
    assert assumed == ["linear loss of flow", "first loss"]
