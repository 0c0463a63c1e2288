"""Scenarios that begin from another."""

import pytest

from itsim.scenario import ScenarioError

BASE = """itsim: 1
title: Base
story: The base tells its story
patient: {csf_loss: 0.3 1/h}
device: {pump: synchromed_ii_40, catheter: ascenda}
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
  - {at: 0 day, program: {mode: simple_continuous, daily_dose: 350 ug/day}, id: start}
  - {at: 5 day, fault: {kind: gain_drift, shape: linear, lasting: 9 day}, id: drift}
until: 30 day
"""
CHANGE = "extends: base.yaml\ntimeline:\n"


def test_mappings_merge_key_by_key(read):
    scenario = read("extends: base.yaml\ntitle: Child\npatient: {tip: T12}\nuntil: 20 day\n", base__yaml=BASE)
    assert (scenario.title, scenario.story, scenario.tip) == ("Child", "The base tells its story", "T12")
    assert scenario.patient["csf_loss"].value == pytest.approx(0.3)
    assert (scenario.name, scenario.until_h, len(scenario.timeline)) == ("case", 480.0, 3)


def test_an_entry_of_the_same_id_replaces_the_keys_it_names(read):
    child = CHANGE + "  - {id: drift, fault: {lasting: 3 day, end: 20 %}}\n  - {id: start, at: 1 h}\n"
    start, drift = read(child, base__yaml=BASE).timeline[1:]
    assert (drift.at_h, drift.parameters.lasting_h, drift.parameters.end_frac) == (
        120.0,
        72.0,
        pytest.approx(0.2),
    )
    assert drift.parameters.shape == "linear"
    assert start.at_h == 1.0


def test_another_kind_or_verb_keeps_none_of_the_old_numbers(read):
    child = CHANGE + "  - {id: drift, fault: {kind: motor_stall}}\n  - {at: 6 day, interrogate: }\n"
    assert [e.kind.name for e in read(child, base__yaml=BASE).timeline[2:]] == ["motor_stall", "interrogate"]
    child = "extends: base.yaml\ntimeline:\n  - {id: drift, interrogate: }\n"
    assert read(child, base__yaml=BASE).timeline[2].kind.name == "interrogate"


def test_an_entry_can_be_removed_and_others_added(read):
    child = "extends: base.yaml\ntimeline:\n  - {id: drift, remove: true}\n  - {at: 2 day, interrogate: }\n"
    assert [e.kind.name for e in read(child, base__yaml=BASE).timeline] == [
        "fill",
        "simple_continuous",
        "interrogate",
    ]


def test_removal_needs_a_parent(read):
    with pytest.raises(ScenarioError, match="nothing to remove"):
        read(BASE.replace("id: drift", "id: drift, remove: true"))


def test_problems_keep_the_file_they_came_from(read):
    with pytest.raises(ScenarioError) as caught:
        read("extends: base.yaml\nuntil: 20\n", base__yaml=BASE.replace("9 day", "9"))
    files = [problem.file.rsplit("/", 1)[-1] for problem in caught.value.problems]
    assert sorted(files) == ["base.yaml", "case.yaml"]


def test_a_link_may_not_lead_out_of_the_folder(read, tmp_path_factory, tmp_path):
    outside = tmp_path_factory.mktemp("outside") / "base.yaml"
    outside.write_text(BASE, encoding="utf-8")
    (tmp_path / "linked.yaml").symlink_to(outside)
    with pytest.raises(ScenarioError, match="outside the folder"):
        read("extends: linked.yaml\n")
    with pytest.raises(ScenarioError, match="outside the folder"):
        read(f"extends: {outside}\n")


def test_a_long_chain_is_refused(read, tmp_path):
    for i in range(20):
        (tmp_path / f"n{i}.yaml").write_text(f"extends: n{i + 1}.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="more than 10 files"):
        read("extends: n0.yaml\n")
