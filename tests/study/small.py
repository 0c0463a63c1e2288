"""Small studies that the tests of sweeps share: quick runs of a body with one compartment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from itsim.catalogue import catalogue
from itsim.metrics import REASONS
from itsim.study.chunk import Outcome
from itsim.study.columns import table_of
from itsim.study.model import Study
from itsim.study.study_file import study_from

SCENARIO = """\
itsim: 1
title: A stop
patient: {csf_clearance: 30 mL/h}
body: one_compartment
device: {pump: synchromed_ii_40, catheter: ascenda, length: 80 cm}
history: {daily_dose: 350 ug/day, lasting: 10 month}
timeline:
  - {at: 0 day, fill: {volume: 40 mL, concentration: 2000 ug/mL}}
  - {at: 0 day, id: dose, program: {mode: simple_continuous, daily_dose: 350 ug/day}}
  - {at: 5 day, id: stall, fault: {kind: motor_stall}}
  - {at: 7 day, id: rescue, replace_pump: {prime: true}}
until: 10 day
"""
STUDY = """\
itsim: 1
title: Small
scenario: stop.yaml
vary:
  timeline.stall.at: {uniform: {low: 1 day, high: 6 day}}
  patient.csf_clearance: {log_uniform: {low: 10 mL/h, high: 60 mL/h}}
design: monte_carlo
samples: %d
metrics: [withdrawal_onset_h, withdrawal_peak]
"""


def written(folder: Path, samples: int = 20, study: str = STUDY) -> Path:
    """The study as a file beside its scenario."""
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "stop.yaml").write_text(SCENARIO, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(study % samples if "%d" in study else study, encoding="utf-8")
    return path


def made(**changes: Any) -> Study:
    """The small study from Python, with other keys; None takes one out."""
    content: dict[str, Any] = {
        "scenario": "abrupt_stop",
        "vary": {"timeline.stall.at": ["2 day", "40 day", "21 day"]},
        "metrics": ["withdrawal_onset_h", "delivered_frac"],
    } | changes
    return study_from({k: v for k, v in content.items() if v is not None}, "small", catalogue())


def faked(study: Study, *metrics: Callable[..., float | str], failing: Sequence[int] = ()) -> Any:
    """The Arrow table of a study whose metrics are functions of a row's numbers (and of the patient, where
    there are any), without a run: values, or the reason why there is none."""
    block = study.rows(np.arange(study.n_rows))
    values = np.full((study.n_rows, len(metrics)), np.nan)
    reasons = np.zeros(values.shape, np.int64)
    failures = ["no such pump" if row in failing else "" for row in range(study.n_rows)]
    for i, j in np.ndindex(values.shape):
        more = [] if block.patient[i] < 0 else [int(block.patient[i])]
        found = metrics[j](*block.numbers[i].tolist(), *more)
        if i in failing:
            continue
        if isinstance(found, str):
            reasons[i, j] = REASONS.index(found)
        else:
            values[i, j] = found
    return table_of(study, block, Outcome(values, reasons, np.empty((len(values), 0, 0)), tuple(failures)))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a store by its name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
