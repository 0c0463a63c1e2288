"""When an entry of the timeline begins, and when one that lasts has ceased to act."""

from __future__ import annotations

import numpy as np

from itsim.device import layout
from itsim.device.codes import Primitive
from itsim.device.plan import Plan

LASTING = frozenset({
    Primitive.OVERRIDE, Primitive.SCALE, Primitive.HOLD, Primitive.DRAIN, Primitive.CONDITION,
    Primitive.LOSE_CSF, Primitive.SKIP,
})  # fmt: skip
"""What acts for a time; a programme does so where nobody intends it."""


def begins(plan: Plan, work: layout.Work) -> dict[int, float]:
    """Of an entry with several effects, the first; of one that is missed or never triggered, never."""
    found: dict[int, float] = {}
    for e, place in enumerate(plan.entries):
        delay_h = float(work.begins[e] - plan.numbers[0, e, layout.FROM])
        t = float(plan.numbers[0, e, layout.TRIGGER_FROM]) + delay_h
        found[place] = min(found.get(place, np.inf), t)
    return found


def ends(plan: Plan, work: layout.Work) -> dict[int, float]:
    """Of an entry with several effects that last, the last to end."""
    found: dict[int, float] = {}
    for e, place in enumerate(plan.entries):
        primitive, intended = plan.codes[e, layout.PRIMITIVE], plan.codes[e, layout.INTENDED]
        if primitive in LASTING or (primitive == Primitive.PROGRAM and not intended):
            found[place] = max(found.get(place, 0.0), float(work.ends[e]))
    return found
