"""The table of a chunk: its columns, their types, and what is null."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from itsim.study.chunk import ground_of
from itsim.study.columns import has_patients, table_of, units_of, words_in
from itsim.study.many import evaluate
from itsim.study.model import Study
from study.small import made


def table(study: Study) -> pa.Table:
    return table_of(study, study.block(0), evaluate(ground_of(study), study.block(0)))


def test_columns_come_in_the_order_of_the_study() -> None:
    study = made(
        patients=2,
        trajectories={"of": ["csf_lumbar"], "at": ["1 day", "2 day"]},
        vary={"patient.tip": ["T10"], "timeline.rescue.replace_pump.prime": [True], "until": ["30 day"]},
    )
    found = table(study)
    assert found.column_names == [
        "row", "scenario", "patient", "tip", "rescue_prime", "until",
        "withdrawal_onset_h", "withdrawal_onset_h_censored", "delivered_frac", "delivered_frac_censored",
        "csf_lumbar", "failure",
    ]  # fmt: skip
    assert found.schema.field("tip").type == pa.string()
    assert found.schema.field("rescue_prime").type == pa.bool_()
    assert found.schema.field("csf_lumbar").type == pa.list_(pa.float64(), 2)
    assert has_patients(study)
    assert set(words_in(study)) == {
        "scenario", "tip", "withdrawal_onset_h_censored", "delivered_frac_censored", "failure"
    }  # fmt: skip


def test_what_does_not_come_is_null_with_its_reason() -> None:
    found = table(made(scenario="gradual_linear", vary={"timeline.decline.fault.end": [0.0, 0.9]}))
    assert found["withdrawal_onset_h"].null_count == 2
    assert found["withdrawal_onset_h_censored"].to_pylist() == ["not within the run"] * 2
    assert found["delivered_frac"].null_count == 0
    assert found["delivered_frac_censored"].null_count == 2
    assert found["failure"].null_count == 2


def test_a_failed_row_keeps_its_numbers_and_its_reason() -> None:
    found = table(made())
    assert found["stall_at"].to_pylist() == [2.0, 40.0, 21.0]
    assert [text is None for text in found["failure"].to_pylist()] == [True, False, True]
    assert found["withdrawal_onset_h"].to_pylist()[1] is None
    assert found["withdrawal_onset_h_censored"].to_pylist()[1] is None


def test_units_are_those_of_every_column_of_numbers() -> None:
    study = made(trajectories={"of": ["csf_lumbar", "effect_leg"], "at": ["1 day"]})
    assert units_of(study) == {
        "stall_at": "day",
        "withdrawal_onset_h": "h",
        "delivered_frac": "1",
        "csf_lumbar": "ng/mL",
        "effect_leg": "1",
    }


def test_rows_are_numbered_over_the_whole_study() -> None:
    study = made(vary={"patient.csf_loss": [f"0.{i} 1/h" for i in range(1, 10)]})
    assert study.n_chunks == 2
    block = study.block(1)
    found = table_of(study, block, evaluate(ground_of(study), block))
    assert found["row"].to_pylist() == np.arange(8, 9).tolist()
