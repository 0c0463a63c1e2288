"""Studies: the order of their rows, the size of their chunks, and what makes two of them one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsim.study.model import LEAST_CHUNK, MOST_CHUNK
from study.small import made

CROSSED = {"scenario": None, "scenarios": ["abrupt_stop", "abrupt_stall"], "patients": 3,
           "vary": {"patient.csf_loss": ["0.2 1/h", "0.3 1/h"]}}  # fmt: skip


def test_rows_go_by_scenario_then_design_then_patient() -> None:
    block = made(**CROSSED).block(0)
    found = list(zip(block.scenario, block.numbers[:, 0], block.patient, strict=True))
    assert found == [(s, x, p) for s in (0, 1) for x in (0.2, 0.3) for p in (0, 1, 2)][: len(found)]


def test_every_row_is_in_one_chunk_and_the_same_alone() -> None:
    study = made(**CROSSED)
    blocks = [study.block(chunk) for chunk in range(study.n_chunks)]
    assert np.concatenate([block.row for block in blocks]).tolist() == list(range(study.n_rows))
    whole = np.concatenate([block.numbers for block in blocks])
    for row in range(study.n_rows):
        np.testing.assert_array_equal(study.rows(np.array([row])).numbers[0], whole[row])


def test_each_row_may_have_a_patient_of_its_own_the_same_in_all_scenarios() -> None:
    study = made(**(CROSSED | {"patients": "sampled"}))
    assert study.block(0).patient.tolist() == [0, 1, 0, 1]


def test_without_patients_the_scenarios_own_is_run() -> None:
    assert made().block(0).patient.tolist() == [-1, -1, -1]


SAMPLED = made(
    vary={"until": {"uniform": {"low": "29 day", "high": "30 day"}}}, design="monte_carlo", samples=8
)


@given(st.integers(1, 2_000_000))
def test_chunks_follow_from_the_number_of_rows(n: int) -> None:
    study = replace(SAMPLED, design=replace(SAMPLED.design, samples=n))
    assert study.n_rows == n
    assert LEAST_CHUNK <= study.chunk_rows <= MOST_CHUNK
    assert (study.n_chunks - 1) * study.chunk_rows < n <= study.n_chunks * study.chunk_rows


def test_a_row_that_does_not_exist_is_refused() -> None:
    for row in (-1, 3):
        with pytest.raises(IndexError, match="from 0 to 2"):
            made().rows(np.array([row]))


def test_studies_are_one_where_every_number_is() -> None:
    assert made().sha256 == made(title="Other words", story="and a story").sha256
    for change in (
        {"metrics": ["withdrawal_onset_h"]},
        {"vary": {"timeline.stall.at": ["2 day", "40 day", "22 day"]}},
        {"vary": {"timeline.rescue.at": ["2 day", "40 day", "21 day"]}},
        {"scenario": "abrupt_stall"},
        {"patients": 2},
        {"design": "table"},
        {"seed": 3},
        {"trajectories": {"of": ["csf_lumbar"], "at": ["1 day"]}},
    ):
        assert made(**change).sha256 != made().sha256, change
