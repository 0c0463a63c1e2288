"""What metrics are made of, read from a stored course and the device's tables; NaN is never."""

from __future__ import annotations

import math

from itsim.arrays import Array, Codes
from itsim.device.layout import N_LOG, TIP, TWIN, Work
from itsim.device.pieces import START, total
from itsim.engine.kernel.loss import first_below_h, last_restored_h
from itsim.engine.kernel.places import (
    AFTER_PEAK,
    ALARM_AT,
    CSF_LEAST,
    CSF_THERE,
    EFFECT_LEAST,
    EFFECT_THERE,
    ENDS_AT,
    EXCESS,
    HALVED_AT,
    LOSS,
    LOST_AT,
    N_FACTS,
    ONSET,
    ONSET_AT,
    PEAK,
    PEAK_AT,
    REBOUND,
    REBOUND_AT,
    RELIEVED_AT,
    RESTORED_AT,
    SEDATION_PEAK,
    TONE_PEAK,
    DELIVERED_ug,
    Desk,
    INTENDED_ug,
    Store,
)
from itsim.engine.kernel.search import (
    OF_BRAIN,
    OF_CSF,
    OF_INDEX,
    OF_LEG,
    OF_TONE,
    effect_of,
    extremum,
    first_crossing_h,
    value_at,
)
from itsim.pd.chain import Law


def device_facts(sounds: Codes, limits: Array, work: Work, out: Array) -> None:
    """What the delivery alone says. *sounds*: which kinds of log entries are alarms; *limits*: the levels."""
    out[:N_FACTS] = math.nan
    tip, twin, n, m = work.tables[TIP], work.tables[TWIN], work.counts[TIP], work.counts[TWIN]
    out[ENDS_AT] = tip[n, START]
    out[LOST_AT] = first_below_h(tip, n, twin, m, limits[LOSS], 1.0)
    if math.isnan(out[LOST_AT]):
        out[LOST_AT] = first_below_h(tip, n, twin, m, limits[EXCESS], -1.0)
    out[RESTORED_AT] = last_restored_h(tip, n, twin, m, limits[LOSS])
    out[DELIVERED_ug], out[INTENDED_ug] = total(tip, n), total(twin, m)
    for i in range(work.counts[N_LOG]):
        earlier = math.isnan(out[ALARM_AT]) or work.log[i, 0] < out[ALARM_AT]
        if earlier and sounds[int(work.log[i, 1])] > 0:
            out[ALARM_AT] = work.log[i, 0]


def course_facts(wanted: Codes, limits: Array, law: Law, desk: Desk, store: Store, out: Array) -> None:
    """What the course says, as far as it is wanted."""
    origin = 0.0 if math.isnan(out[LOST_AT]) else out[LOST_AT]
    if wanted[ONSET_AT]:
        out[ONSET_AT] = first_crossing_h(OF_INDEX, limits[ONSET], origin, 1.0, law, desk, store)
    if wanted[PEAK]:
        out[PEAK_AT], out[PEAK] = extremum(OF_INDEX, 0.0, 1.0, law, desk, store)
    if wanted[RELIEVED_AT]:
        _relief(law, desk, store, out)
    if wanted[EFFECT_THERE]:
        _effect(wanted, origin, law, desk, store, out)
    if wanted[CSF_THERE]:
        out[CSF_THERE] = value_at(OF_CSF, origin, law, desk, store)
    if wanted[CSF_LEAST]:
        _, out[CSF_LEAST] = extremum(OF_CSF, origin, -1.0, law, desk, store)
    if wanted[SEDATION_PEAK]:
        _, reach = extremum(OF_BRAIN, 0.0, 1.0, law, desk, store)
        out[SEDATION_PEAK] = effect_of(reach, law.sedation_hill)
    if wanted[TONE_PEAK]:
        _, out[TONE_PEAK] = extremum(OF_TONE, origin, 1.0, law, desk, store)
    if wanted[REBOUND_AT]:
        out[REBOUND_AT] = first_crossing_h(OF_TONE, limits[REBOUND], origin, 1.0, law, desk, store)


def _relief(law: Law, desk: Desk, store: Store, out: Array) -> None:
    """The largest index since delivery was restored, and when half of it is left."""
    if math.isnan(out[RESTORED_AT]) or math.isnan(out[ONSET_AT]):
        return
    peak_h, out[AFTER_PEAK] = extremum(OF_INDEX, out[RESTORED_AT], 1.0, law, desk, store)
    out[RELIEVED_AT] = first_crossing_h(OF_INDEX, 0.5 * out[AFTER_PEAK], peak_h, -1.0, law, desk, store)


def _effect(wanted: Codes, origin: float, law: Law, desk: Desk, store: Store, out: Array) -> None:
    """Relief at first loss, the least after it, and when half of it is left; all by the concentration over
    the need, which relief rises with."""
    out[EFFECT_THERE] = effect_of(value_at(OF_LEG, origin, law, desk, store), law.effect_hill)
    if wanted[EFFECT_LEAST]:
        _, reach = extremum(OF_LEG, origin, -1.0, law, desk, store)
        out[EFFECT_LEAST] = effect_of(reach, law.effect_hill)
    half = 0.5 * out[EFFECT_THERE]
    if wanted[HALVED_AT] and half > 0.0:
        reach = (half / (1.0 - half)) ** (1.0 / law.effect_hill)
        out[HALVED_AT] = first_crossing_h(OF_LEG, reach, origin, -1.0, law, desk, store)
