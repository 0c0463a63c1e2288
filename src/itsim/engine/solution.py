"""What an engine returns: states and responses at any time asked, and the instants that matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq

from itsim.arrays import Array, Number
from itsim.device.delivery import Pieces
from itsim.pd.response import Response
from itsim.pk.body import DRAINED, ELIMINATED, UNABSORBED, LinearBody

Sampler = Callable[[Array], Array]
"""Times in hours ``[n]`` to states ``[n, states]``."""

ZOOM_ROUNDS, ZOOM_POINTS = 7, 17


@dataclass(frozen=True)
class Solution:
    """A solved run. Series are named by read-out, stage or output."""

    body: LinearBody
    response: Response
    engine: str
    edges_h: Array
    """Every instant where an input jumps or bends, the start and the end among them."""
    nodes_h: Array
    """The engine's own points, dense enough that nothing happens between two of them."""
    amounts: Sampler
    """States of the body, µg (effect sites µg/mL)."""
    stages: Sampler
    """States of the response, in the order of its chain."""
    start_amounts: Array
    """State of the body before anything is given or let off at the start, µg."""
    instants_h: Array = field(default_factory=lambda: np.zeros(0))
    """When a dose is given or CSF let off: series may jump."""
    conditions: Mapping[str, Pieces] = field(default_factory=dict)
    """Factors on what the outputs need, by name; 1 where absent."""
    known: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)
    """Series at ``nodes_h`` that are computed already; grows as series are asked for."""
    _extrema: dict[tuple[str, float, bool], tuple[float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every series that this body produces."""
        outputs = (
            name for name, o in self.response.outputs.items() if set(o.readouts) <= set(self.body.readouts)
        )
        return (*self.body.readouts, *(stage.name for stage in self.response.stages), *outputs)

    def series(self, name: str, times_h: Array) -> Array:
        """One series at the times asked. Raises KeyError where this body does not produce it."""
        return self.some_series((name,), times_h)[name]

    def all_series(self, times_h: Array) -> Mapping[str, Array]:
        """Every series at the times asked."""
        return self.some_series(self.names, times_h)

    def some_series(self, names: Sequence[str], times_h: Array) -> Mapping[str, Array]:
        """The named series at the times asked. Raises KeyError where this body does not produce one."""
        t = np.asarray(times_h, float)
        outputs = {name: self.response.outputs[name] for name in names if name in self.response.outputs}
        wanted = {r for output in outputs.values() for r in output.readouts} | set(names)
        stage_names = [stage.name for stage in self.response.stages]
        readouts = {name: self.body.readouts[name] for name in wanted - outputs.keys() - set(stage_names)}
        values: dict[str, Array] = {}
        if readouts:
            amounts = self.amounts(t)
            values |= {name: amounts @ row for name, row in readouts.items()}
        if outputs or wanted & set(stage_names):
            values |= dict(zip(stage_names, self.stages(t).T, strict=True))
        if outputs:
            values |= self._conditions(t)
        values |= {name: np.asarray(output.value(values)) for name, output in outputs.items()}
        return {name: values[name] for name in names}

    def at_nodes(self, name: str) -> Array:
        """One series at ``nodes_h``, computed once. Raises KeyError where this body does not produce it."""
        if name in self.known:
            return self.known[name]
        if name in self.response.outputs:
            output = self.response.outputs[name]
            needed = (*output.readouts, *(stage.name for stage in self.response.stages))
            values = {need: self.at_nodes(need) for need in needed} | self._conditions(self.nodes_h)
            self.known[name] = np.asarray(output.value(values))
        elif name in self.body.readouts:
            amounts = self.amounts(self.nodes_h)
            self.known.update({key: amounts @ row for key, row in self.body.readouts.items()})
        else:
            stages = self.stages(self.nodes_h).T
            self.known.update(dict(zip((s.name for s in self.response.stages), stages, strict=True)))
        return self.known[name]

    def _conditions(self, t: Array) -> dict[str, Number]:
        """What the patient's own course is at each time; at a jump the value after it."""
        given = self.conditions
        return {name: given[name].rate(t) if name in given else 1.0 for name in self.response.conditions}

    def first_crossing_h(self, name: str, level: float, from_h: float, rising: bool = True) -> float | None:
        """The first instant at or after *from_h* at which a series is at or beyond *level*."""
        sign = 1.0 if rising else -1.0
        times, values = self._from(name, from_h)
        beyond = np.flatnonzero(sign * (values - level) >= 0.0)
        if len(beyond) == 0:
            return None
        first = int(beyond[0])
        if first == 0:
            return float(times[0])

        def gap(t_h: float) -> float:
            return float(self.series(name, np.array([t_h]))[0]) - level

        left, right = float(times[first - 1]), float(times[first])
        return float(brentq(gap, left, right, xtol=1e-10)) if gap(left) * gap(right) < 0.0 else right

    def extremum(self, name: str, from_h: float, highest: bool = True) -> tuple[float, float]:
        """Time and value of the largest (or smallest) value at or after *from_h*."""
        key = (name, from_h, highest)
        if key not in self._extrema:
            self._extrema[key] = self._find_extremum(*key)
        return self._extrema[key]

    def _find_extremum(self, name: str, from_h: float, highest: bool) -> tuple[float, float]:
        sign = 1.0 if highest else -1.0
        times, values = self._from(name, from_h)
        best = int(np.argmax(sign * values))
        left, right = float(times[max(best - 1, 0)]), float(times[min(best + 1, len(times) - 1)])
        t, value = float(times[best]), float(values[best])
        for _ in range(ZOOM_ROUNDS):
            if right <= left:
                break
            grid = np.linspace(left, right, ZOOM_POINTS)
            seen = self.series(name, grid)
            i = int(np.argmax(sign * seen))
            if sign * seen[i] > sign * value:
                t, value = float(grid[i]), float(seen[i])
            left, right = float(grid[max(i - 1, 0)]), float(grid[min(i + 1, ZOOM_POINTS - 1)])
        return t, value

    def _from(self, name: str, from_h: float) -> tuple[Array, Array]:
        """Times and values at *from_h*, the nodes after it, and every jump after it, seen from both sides."""
        jumps = self._jumps_h(name)
        jumps = np.concatenate([np.nextafter(jumps, -np.inf), jumps])
        asked = np.concatenate([[from_h], jumps[(jumps > from_h) & (jumps <= self.edges_h[-1])]])
        after = self.nodes_h > from_h
        times, first = np.unique(np.concatenate([asked, self.nodes_h[after]]), return_index=True)
        return times, np.concatenate([self.series(name, asked), self.at_nodes(name)[after]])[first]

    def _jumps_h(self, name: str) -> Array:
        """Where a series may jump; only what a person feels jumps or bends with a condition."""
        read = self.conditions.values() if name in self.response.outputs else ()
        return np.concatenate([self.instants_h, *(condition.edges_h for condition in read)])

    def body_ledger(self) -> dict[str, float]:
        """Drug in the body at start and end, eliminated, unabsorbed and drained in between, µg."""
        (end,) = self.amounts(self.edges_h[-1:])
        return {
            "body_at_start_ug": float(self.start_amounts @ self.body.holds_drug),
            "body_ug": float(end @ self.body.holds_drug),
            "eliminated_ug": float(end[self.body.index(ELIMINATED)]),
            "unabsorbed_ug": float(end[self.body.index(UNABSORBED)]),
            "drained_ug": float(end[self.body.index(DRAINED)]),
        }
