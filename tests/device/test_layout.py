"""The workspace: one place per result, nothing left over from the run before."""

from __future__ import annotations

import numpy as np

from itsim.device import layout
from itsim.device.pieces import capacity


def test_columns_and_slots_do_not_overlap() -> None:
    groups = [
        (layout.N_COLUMNS, "PRIMITIVE RANK SHAPE CODE ENDED_BY ENDS INTENDED KNOT_FIRST KNOT_COUNT PLACE"),
        (
            layout.N_HARDWARE,
            "HORIZON_H DEAD_VOLUME UNUSABLE_VOLUME TAPER_VOLUME LOW_ALARM_VOLUME STOPPED_DELAY BIAS "
            "LINE_START INTENDED_START",
        ),
        (layout.N_VISIT, "VISIT_TIME VISIT_EXPECTED VISIT_FOUND CALCULATED_AFTER TRUE_AFTER"),
        (
            layout.N_LEDGER,
            "FILLED LINE_AT_START PRIMED RESERVOIR_LEFT LINE_LEFT DELIVERED DISCARDED REMOVED PUMPED_mL",
        ),
        (layout.N_COUNTS, "BELIEVED PROGRAMMED TWIN PUMPED TIP N_MARKS N_LOG IS_DRY"),
    ]
    for n, names in groups:
        assert sorted(getattr(layout, name) for name in names.split()) == list(range(n))


def test_workspace_is_as_large_as_asked_for() -> None:
    work = layout.workspace(50, 3, 7)
    tables = [array for array in work if array.ndim == 2 and array.shape[1] == 7]
    assert len(tables) == 10
    assert all(capacity(table) == 50 for table in tables)
    assert len({id(table) for table in tables}) == 10
    assert work.log.shape == (7, 3)
    assert work.visits.shape == (3, layout.N_VISIT)
    assert np.isnan(work.visits).all()
