"""What decides a number is known, and a worker that has another one is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from itsim.study import software as ours
from itsim.study.chunk import ground_of
from itsim.study.executors import evaluate_alone
from itsim.study.software import DECIDING, OtherSoftware, require, software
from study.small import made

PACKAGE = Path(ours.__file__).parents[1]


def test_it_is_the_versions_and_a_fingerprint() -> None:
    assert set(software()) == {"itsim", "code", "parameters", *ours.LIBRARIES}
    for room in DECIDING:
        assert ours.sources(PACKAGE / room), room


def test_every_room_that_a_run_is_made_in_decides() -> None:
    """Whatever those rooms import of ours is among them, or says only where things are."""
    imported = {
        name
        for room in DECIDING
        for file in ours.sources(PACKAGE / room)
        if file.suffix == ".py"
        for name in re.findall(r"^\s*from itsim\.(\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert imported <= {*DECIDING, "resources"}


def test_a_worker_with_other_versions_is_refused() -> None:
    require(software())
    with pytest.raises(OtherSoftware, match=r"numpy .* for 1\.0"):
        require(software() | {"numpy": "1.0"})
    study = made()
    ground = ground_of(study).to_send()
    assert evaluate_alone(ground, study.block(0)).failures[0] == ""
    with pytest.raises(OtherSoftware):
        evaluate_alone(replace(ground, software=software() | {"numpy": "1.0"}), study.block(0))
