"""Where things stand in the kernel's arrays, and the numbers that only the numerics know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from itsim.arrays import Array, Codes, frozen
from itsim.engine import panels
from itsim.pd import chain

N_POINTS, N_COLUMNS = len(panels.POINTS), 16
"""Start, nodes and end of a panel, and what a row of them takes up: whole registers."""

READ_CSF = chain.N_DRIVERS
N_READ = chain.N_DRIVERS + 1
"""Read-outs that the kernel follows: the chain's drivers, and the lumbar CSF."""

FIRST_STAGE = chain.CORD_FAST
CSF = chain.N_SLOTS
N_ROWS = chain.N_SLOTS + 1
"""Rows of a panel's values: the chain's slots, then the lumbar CSF."""

CLOCK_OF = frozen(np.array([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0], [3.0, 4.0], [5.0, 5.0]])).astype(np.int64)
"""Which clock each stage runs by, rising and falling."""
N_CLOCKS = 6

N_LEVELS, LEVEL_OF_AN_HOUR = 20, 10
"""Widths of panels are powers of two: 2^(level − 10) hours, from 4 s to 512 h."""
SHARP_LEVEL, BEND_LEVEL = 11, 4
"""Where the march begins after a jump, and after a bend of the index."""
N_RAGGED = 24
"""Widths that end at an edge, of which as many are remembered."""

P0, P1, P2, P3, PE, CLOSED = 0, 1, 2, 3, 4, 5
N_PARTICULAR = 6
"""Of each mode in a segment: the polynomial and the exponential that the input drives it along, and whether
these are safe; where they are not, the integrals are."""

DONE, NO_ROOM = 0, 1


ENDS_AT, LOST_AT, RESTORED_AT, ALARM_AT, DELIVERED_ug, INTENDED_ug = range(6)
ONSET_AT, PEAK_AT, PEAK, AFTER_PEAK, RELIEVED_AT = range(6, 11)
EFFECT_THERE, EFFECT_LEAST, HALVED_AT, CSF_THERE, CSF_LEAST = range(11, 16)
SEDATION_PEAK, TONE_PEAK, REBOUND_AT = range(16, 19)
N_FACTS = 19
"""What metrics are made of: times from the start of the run, values, amounts. NaN is never, or not asked."""

LOSS, EXCESS, ONSET, REBOUND = range(4)
"""Levels that facts are read at."""


class Bodies(NamedTuple):
    """Bodies in modes, without their sinks; ``b`` bodies of ``n`` states, ``m`` modes, ``k`` inlets each."""

    rates_per_h: Array
    """``[b, m]``, the fastest first."""
    residues: Array
    """What each mode adds to each read-out, ``[b, N_READ, m]``."""
    inlets: Array
    """A microgram at each inlet in modes, ``[b, k, m]``; the catheter's is the first."""
    vectors: Array
    """``[b, n, m]``"""
    inverse: Array
    """``[b, m, n]``"""
    regions_mL: Array
    """CSF that can be let off, regions from the lumbar one upwards by state, ``[b, g, n]``."""


class Acts(NamedTuple):
    """What happens to the body at instants, in order of time."""

    doses: Array
    """Rows of (time, amount in µg, inlet)."""
    drainages: Array
    """Rows of (time, volume in mL)."""
    changes: Array
    """Rows of (time from which it is in force, body)."""
    counts: Codes
    """How many of each."""


N_DOSES, N_DRAINAGES, N_CHANGES = 0, 1, 2


class Desk(NamedTuple):
    """What the march writes on; made once for each thread."""

    tables: Array
    """e^{−rate·width·x} at the points of a panel, ``[widths, modes + clocks, N_COLUMNS]``."""
    widths_h: Array
    """Of each table; below zero where it is empty."""
    begins: Codes
    """The first mode that each table holds; the faster ones had died."""
    notes: Codes
    """Which body and which patient the tables are of, and the next one to give way."""
    modes: Array
    """``[m]``: at the start of a panel, the part of each mode that only decays; the whole of it where the
    integrals are needed."""
    particular: Array
    """``[m, N_PARTICULAR]``"""
    inputs: Array
    """``[N_READ, N_PARTICULAR]``: what the particular parts add to each read-out."""
    states: Array
    """``[2, n]``: states of the body, at instants only."""
    rows: Array
    """``[3, 7]``: pieces of input seen from the start of a segment and of a panel."""
    now: Array
    """States of the chain."""
    values: Array
    """A panel on trial, ``[N_ROWS, N_COLUMNS]``; one row for each slot."""
    targets: Array
    """``[N_STAGES, N_COLUMNS]``"""
    scratch: Array
    """``[4, N_COLUMNS]``"""
    largest: Array
    """Of each read-out so far, or at its steady state under the largest rate, ``[N_READ]``."""
    asked: Codes
    """Which read-outs are to be right between points too, ``[N_READ]``."""
    point: Array
    """One instant of a panel, ``[N_ROWS, 1]``."""


class Store(NamedTuple):
    """Panels as they were marched."""

    starts_h: Array
    widths_h: Array
    values: Array
    """``[panels, N_ROWS, N_COLUMNS]``"""
    targets: Array
    """``[panels, N_STAGES, N_COLUMNS]``"""
    rates_per_h: Array
    """``[panels, N_STAGES]``"""
    counts: Codes
    """How many panels there are."""


def desk(n_modes: int, n_states: int) -> Desk:
    """A desk for bodies of this size."""
    n_widths = N_LEVELS + N_RAGGED
    return Desk(
        tables=np.zeros((n_widths, n_modes + N_CLOCKS, N_COLUMNS)),
        widths_h=np.full(n_widths, -1.0),
        begins=np.zeros(n_widths, dtype=np.int64),
        notes=np.array([-1, -1, 0], dtype=np.int64),
        modes=np.zeros(n_modes),
        particular=np.zeros((n_modes, N_PARTICULAR)),
        inputs=np.zeros((N_READ, N_PARTICULAR)),
        states=np.zeros((2, n_states)),
        rows=np.zeros((3, 7)),
        now=np.zeros(chain.N_STAGES),
        values=np.zeros((N_ROWS, N_COLUMNS)),
        targets=np.zeros((chain.N_STAGES, N_COLUMNS)),
        scratch=np.zeros((4, N_COLUMNS)),
        largest=np.zeros(N_READ),
        asked=np.zeros(N_READ, dtype=np.int64),
        point=np.zeros((N_ROWS, 1)),
    )


def store(n_panels: int) -> Store:
    """Room for so many panels."""
    return Store(
        starts_h=np.zeros(n_panels),
        widths_h=np.zeros(n_panels),
        values=np.zeros((n_panels, N_ROWS, N_COLUMNS)),
        targets=np.zeros((n_panels, chain.N_STAGES, N_COLUMNS)),
        rates_per_h=np.zeros((n_panels, chain.N_STAGES)),
        counts=np.zeros(1, dtype=np.int64),
    )


def acts(n_doses: int, n_drainages: int, n_changes: int) -> Acts:
    """Room for so many instants."""
    return Acts(
        np.zeros((n_doses, 3)), np.zeros((n_drainages, 2)), np.zeros((n_changes, 2)), np.zeros(3, np.int64)
    )
