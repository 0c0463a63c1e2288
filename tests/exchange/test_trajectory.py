"""The course of a run as columns and as a table in a file."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from itsim import api, run
from itsim.exchange.trajectory import columns_of, times_of, write_csv
from itsim.run import RunRecord


@cache
def record() -> RunRecord:
    return run.simulate(api.load("abrupt_stop"))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[list[str]]]:
    path = tmp_path_factory.mktemp("csv") / "trajectory.csv"
    write_csv(record(), path, n_times=50)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def test_times_rise_and_hold_every_event_and_every_edge() -> None:
    times = times_of(record(), 50)
    assert (np.diff(times) > 0.0).all()
    assert (times[0], times[-1]) == (0.0, 720.0)
    assert {event.t_h for event in record().events} | set(record().solution.edges_h) <= set(times)
    assert set(np.linspace(0.0, 720.0, 50)) <= set(times)


def test_columns_are_the_solutions_own_values_in_the_units_they_name() -> None:
    times = np.array([0.0, 100.0, 504.0, 530.0, 720.0])
    columns = columns_of(record(), times)
    for suffix, solution in (("", record().solution), ("_twin", record().twin)):
        for name in solution.names:
            values, unit = columns[name + suffix]
            size = 1000.0 if unit == "ng/mL" else 1.0
            assert values == pytest.approx(size * solution.series(name, times), rel=1e-12, abs=1e-15), name
    assert columns["csf_lumbar"][1] == "ng/mL"
    assert columns["effect_leg"][1] == columns["withdrawal_index"][1] == "1"


def test_doses_are_per_day_and_volumes_in_millilitres() -> None:
    columns = columns_of(record(), np.array([100.0, 520.0, 600.0]))
    assert columns["programmed_dose"][0] == pytest.approx(350.0)
    assert columns["intended_dose"][0] == pytest.approx(350.0)
    assert columns["delivered_dose"][0] == pytest.approx([350.0, 0.0, 350.0])
    assert {columns[f"{which}_dose"][1] for which in ("programmed", "intended", "delivered")} == {"ug/day"}
    calculated, true = (columns[f"{which}_volume"] for which in ("calculated", "true"))
    assert calculated[0][0] == true[0][0] == pytest.approx(40.0 - 0.175 * 100.0 / 24.0)
    assert true[0][1] - calculated[0][1] == pytest.approx(0.175 * 16.0 / 24.0)
    assert calculated[1] == true[1] == "mL"


def test_header_names_every_column_with_its_unit(table: tuple[list[str], list[list[str]]]) -> None:
    header, rows = table
    assert header[0] == "time [h]"
    assert header[1:] == [f"{name} [{unit}]" for name, (_, unit) in columns_of(record(), np.zeros(1)).items()]
    assert {len(row) for row in rows} == {len(header)}


def test_rows_hold_the_times_to_the_last_digit_and_the_values_to_ten(
    table: tuple[list[str], list[list[str]]],
) -> None:
    header, rows = table
    numbers = np.array(rows, dtype=float)
    times = times_of(record(), 50)
    assert numbers[:, 0].tolist() == times.tolist()
    for i, (values, _) in enumerate(columns_of(record(), times).values(), 1):
        assert numbers[:, i] == pytest.approx(values, rel=1e-9, abs=1e-300), header[i]


def test_the_file_has_the_same_line_ends_everywhere(tmp_path: Path) -> None:
    write_csv(record(), tmp_path / "a.csv", n_times=5)
    data = (tmp_path / "a.csv").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") or b"\r" not in data
