"""The workspace: one place per result, nothing left over from the run before."""

from __future__ import annotations

import numpy as np

from itsim.device import layout
from itsim.device.pieces import capacity


def test_columns_and_slots_do_not_overlap() -> None:
    groups = [
        (
            layout.N_COLUMNS,
            "PRIMITIVE RANK SHAPE CODE ENDED_BY ENDS INTENDED GIVEN SKIPPED_AS KNOT_FIRST KNOT_COUNT PLACE",
        ),
        (
            layout.N_HARDWARE,
            "HORIZON_H DEAD_VOLUME UNUSABLE_VOLUME TAPER_VOLUME LOW_ALARM_VOLUME CAPACITY STOPPED_DELAY BIAS "
            "LINE_START INTENDED_START ALARMS_LOW ALARMS_EMPTY ALARMS_STOPPED SENSES_STALL SENSES_BATTERY "
            "SENSES_MEMORY",
        ),
        (layout.N_VISIT, "VISIT_TIME VISIT_EXPECTED VISIT_FOUND CALCULATED_AFTER TRUE_AFTER"),
        (
            layout.N_LEDGER,
            "FILLED LINE_AT_START PRIMED RESERVOIR_LEFT LINE_LEFT DELIVERED DISCARDED REMOVED LEAKED "
            "SEQUESTERED RELIEVED DRAINED PUMPED_mL LINE_mL STORED_mL RELIEVED_mL REMOVED_mL DRAINED_mL",
        ),
        (
            layout.N_STATE,
            "NOW_VOLUME NOW_CONCENTRATION FILLED_CONCENTRATION NOW_HELD RELEASE_RATE RELEASE_UNTIL "
            "STORE_EFFECT NOW_CAPACITY NOW_SLIPS JOINED_UNTIL DRAWN DRAINED_NOW",
        ),
        (
            layout.N_TABLES,
            "BELIEVED PROGRAMMED TWIN PUMPED LEAVING THROUGH TIP SPASTICITY POTENCY CLAIMED INVERSE GAINED "
            "PASSING DRAINING DRAWN_PIECES LEFT_PIECES PASSED_PIECES FRESH SPARE",
        ),
        (
            layout.N_COUNTS,
            "BELIEVED PROGRAMMED TWIN PUMPED LEAVING THROUGH TIP SPASTICITY POTENCY CLAIMED N_LEFT N_MARKS "
            "N_LOG IS_DRY",
        ),
    ]
    for n, names in groups:
        assert sorted(getattr(layout, name) for name in names.split()) == list(range(n))


def test_workspace_is_as_large_as_asked_for() -> None:
    work = layout.workspace(50, 3, 7)
    assert work.tables.shape == (layout.N_TABLES, 52, 7)
    assert all(capacity(table) == 50 for table in work.tables)
    assert work.log.shape == (7, 3)
    assert work.visits.shape == (3, layout.N_VISIT)
    assert np.isnan(work.visits).all()
