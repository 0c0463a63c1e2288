"""The course of a run as columns over time, every event instant included."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from itsim.arrays import Array
from itsim.run import RunRecord

N_TIMES = 1000
NG_PER_UG, HOURS_PER_DAY = 1000.0, 24.0


def times_of(run: RunRecord, n_times: int = N_TIMES) -> Array:
    """An even grid over the run together with every edge of the inputs and every event."""
    end_h = float(run.solution.edges_h[-1])
    events = [event.t_h for event in run.events if 0.0 <= event.t_h <= end_h]
    return np.unique(np.concatenate([np.linspace(0.0, end_h, n_times), run.solution.edges_h, events]))


def columns_of(run: RunRecord, times_h: Array) -> Mapping[str, tuple[Array, str]]:
    """Values and unit by name. concentrations in ng/mL, dose rates in µg/day. ``_twin`` has no faults."""
    delivery = run.delivery
    columns: dict[str, tuple[Array, str]] = {
        "programmed_dose": (delivery.programmed_ug_h.rate(times_h) * HOURS_PER_DAY, "ug/day"),
        "delivered_dose": (delivery.therapy.catheter.rate(times_h) * HOURS_PER_DAY, "ug/day"),
        "intended_dose": (delivery.intended.catheter.rate(times_h) * HOURS_PER_DAY, "ug/day"),
        "calculated_volume": (delivery.calculated_volume_mL(times_h), "mL"),
        "true_volume": (delivery.true_volume_mL(times_h), "mL"),
    }
    for suffix, solution in (("", run.solution), ("_twin", run.twin)):
        for name, values in solution.all_series(times_h).items():
            if name in solution.body.readouts:
                columns[f"{name}{suffix}"] = (values * NG_PER_UG, "ng/mL")
            else:
                columns[f"{name}{suffix}"] = (values, "1")
    return columns


def write_csv(run: RunRecord, path: Path, n_times: int = N_TIMES) -> None:
    """One row per time, the times to their last digit; the header names each column with its unit."""
    times = times_of(run, n_times)
    columns = columns_of(run, times)
    header = ["time [h]", *(f"{name} [{unit}]" for name, (_, unit) in columns.items())]
    table = np.column_stack([values for values, _ in columns.values()])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for t_h, row in zip(times.tolist(), table.tolist(), strict=True):
            writer.writerow([repr(t_h), *(f"{value:.10g}" for value in row)])
