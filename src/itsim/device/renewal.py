"""Switching times of an alternating renewal process, drawn once per sweep from one seed."""

from __future__ import annotations

from typing import Literal

import numpy as np

from itsim.arrays import Array, Number
from itsim.device.effects import knot_rows


def switching_times(
    at_h: Number,
    lasting_h: Number,
    mean_on_h: Number,
    mean_off_h: Number,
    growth_per_h: Number,
    shortest_on_h: Number,
    silence: Literal["exponential", "fixed"],
    seed: int,
    stream: int = 0,
) -> Array:
    """Knots (off, on, off, …) in hours from the start of the run, ``[n, width]`` or ``[variants, n, width]``.

    Kinds of fault with streams of their own do not share draws. The k-th spell uses the k-th pair of
    draws whatever its length: variants share their random numbers.
    """
    draws = np.random.Generator(np.random.Philox(key=[seed, stream]))
    at_h, lasting_h, mean_on_h, mean_off_h, growth_per_h, shortest_on_h = np.broadcast_arrays(
        at_h, lasting_h, mean_on_h, mean_off_h, growth_per_h, shortest_on_h
    )
    t, end, times = np.array(at_h, float), at_h + lasting_h, []
    while np.any(t < end):
        on, off = draws.exponential(size=2)
        mean_on = np.maximum(mean_on_h * np.exp(-growth_per_h * (t - at_h)), shortest_on_h)
        stops = t + on * mean_on
        t = stops + (off if silence == "exponential" else 1.0) * mean_off_h
        times += [stops, t]
    rows = np.stack(times, axis=-1)[..., None] if times else np.zeros((*np.shape(at_h), 0, 1))
    return knot_rows(rows)
