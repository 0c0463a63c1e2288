"""The runs of one chunk, as many of them at once as can be: certified, then computed together.

A batch takes numbers as they are and checks nothing. So before it gets any, the corners of the box that the
rows span are varied like files, and each must be allowed and be exactly what the batch would make of the same
numbers. What kinds allow of numbers are ranges, and differences or quotients of two on one side of a limit:
what holds at every corner holds between them, as long as the entries keep their order in time. Where
a corner fails, rows whose entries come in the same order are tried by themselves, and after that one by one:
each row is then checked like a file of its own. Everything follows from the study's content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np

from itsim.arrays import Array, Codes, Flags
from itsim.device.compiled import has_compiler
from itsim.device.delivery import deliver
from itsim.parameters import ParameterSet
from itsim.scenario import ScenarioError
from itsim.scenario.entries import SAME_INSTANT_H
from itsim.scenario.model import Scenario
from itsim.study.batch import evaluate as evaluate_batch
from itsim.study.batch import varied_row
from itsim.study.chunk import Ground, Outcome, one_by_one, reason_of, scenario_of
from itsim.study.distributions import SMALLEST_SHARE, Levels
from itsim.study.draws import drawn
from itsim.study.model import Block
from itsim.study.rules import RULES
from itsim.study.suited import suiting
from itsim.units import factor

Box = tuple[tuple[float, ...], tuple[float, ...]]

MOST_CORNERS = 64
MOST_ORDERS = 16
"""With more corners, or more orders of the timeline in a chunk, every row is checked by itself."""


@dataclass
class _Rows:
    """What is known of a chunk so far; filled in place, handed over as an ``Outcome``."""

    values: Array
    reasons: Codes
    failures: list[str]
    done: Flags

    def put(self, rows: Codes, values: Array, reasons: Codes) -> None:
        self.values[rows], self.reasons[rows], self.done[rows] = values, reasons, True

    def refuse(self, row: int, reason: str) -> None:
        self.failures[row], self.done[row] = reason, True


def evaluate(ground: Ground, block: Block) -> Outcome:
    """The outcome of every row of *block*, in order."""
    places = [p for p in np.unique(block.scenario).tolist() if suits(ground, p)]
    if not places:
        return one_by_one(ground, block)
    n = len(block.row)
    shape = (n, len(ground.metrics))
    found = _Rows(np.full(shape, np.nan), np.zeros(shape, np.int64), [""] * n, np.zeros(n, dtype=bool))
    for place in places:
        _together(ground, place, block, found)
    rest = np.flatnonzero(~found.done)
    if len(rest):
        slow = one_by_one(ground, block.some(rest))
        found.put(rest, slow.values, slow.reasons)
        for row, reason in zip(rest.tolist(), slow.failures, strict=True):
            found.refuse(row, reason)
    series = np.full((n, 0, len(ground.times_h)), np.nan)
    return Outcome(found.values, found.reasons, series, tuple(found.failures))


def suits(ground: Ground, place: int) -> bool:
    """Whether the rows of a scenario differ in numbers alone, and only metrics of the batch are asked."""
    numbers = not any(f.is_word for f in ground.factors)
    plain = not ground.series and set(ground.metrics) <= set(RULES)
    return has_compiler() and numbers and plain and not ground.scenarios[place]._added


def _together(ground: Ground, place: int, block: Block, found: _Rows) -> None:
    """Put the rows of a scenario that can be computed together into *found*."""
    people = _people(ground, place, block, found)
    if people is None:
        return
    patients, who = people
    for rows in _certified(ground, place, block, found):
        if len(rows) == 0:
            continue
        columns = _columns(ground, block.numbers[rows])
        try:
            batch = evaluate_batch(ground.scenarios[place], columns, ground.metrics, patients, who[rows])
        except MemoryError:  # of this machine, not of the scenarios
            raise
        except Exception:  # which of them raises it is found one by one
            continue
        found.put(rows, batch.values, batch.censored)


def _people(
    ground: Ground, place: int, block: Block, found: _Rows
) -> tuple[list[ParameterSet], Codes] | None:
    """The patients of a scenario's rows, and which of them each row of the block has; None where what varies
    may change whom the dose suits."""
    scenario, rows = ground.scenarios[place], np.flatnonzero(block.scenario == place)
    who = np.zeros(len(block.row), np.int64)
    if any(path.startswith("patient.") for f in ground.factors for path in f.paths):
        own = [_own_patient(ground, block, i, found) for i in rows.tolist()]
        who[rows] = np.arange(len(rows))
        return own, who
    numbers, who[rows] = np.unique(block.patient[rows], return_inverse=True)
    if numbers[0] < 0:
        return [scenario.patient], who
    cohort = _cohort(ground, place)
    if cohort.loses_csf:
        return None
    return [cohort(int(k)) for k in numbers], who


def _own_patient(ground: Ground, block: Block, i: int, found: _Rows) -> ParameterSet:
    try:
        return scenario_of(ground, block, i).patient
    except ScenarioError as error:
        found.refuse(i, reason_of(error))
        return ground.scenarios[int(block.scenario[i])].patient


class _Drawn:
    """The virtual patients of a scenario, each made once."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._draw = drawn(scenario.patient, seed)
        therapy = deliver(scenario).therapy
        self.loses_csf = bool(therapy.outflows)
        self._match = suiting(scenario, therapy)
        self._known: dict[int, ParameterSet] = {}

    def __call__(self, k: int) -> ParameterSet:
        if k not in self._known:
            self._known[k] = self._match(self._draw(k))
        return self._known[k]


@lru_cache(maxsize=16)
def _cohort(ground: Ground, place: int) -> _Drawn:
    return _Drawn(ground.scenarios[place], ground.seed)


def _columns(ground: Ground, numbers: Array) -> dict[str, Array]:
    """Canonical numbers by path, without the patient's."""
    return {
        path: factor(f.unit, f.canonical) * numbers[:, j]
        for j, f in enumerate(ground.factors)
        for path in f.paths
        if not path.startswith("patient.")
    }


def _certified(ground: Ground, place: int, block: Block, found: _Rows) -> Iterator[Codes]:
    """Rows that can be computed together, by the order of their timelines; those that cannot vouch for each
    other after each was checked by itself."""
    rows = np.flatnonzero((block.scenario == place) & ~found.done)
    if len(rows) == 0:
        return
    orders, close = _orders(ground, place, block.numbers[rows])
    rows, orders = rows[~close], orders[~close]
    known, which = np.unique(orders, axis=0, return_inverse=True)
    few = 2 ** len(ground.factors) <= MOST_CORNERS and len(known) <= MOST_ORDERS
    alone = [rows[:0]]
    for k in range(len(known)):
        some = rows[which.ravel() == k]
        if few and _vouched(ground, place, block.numbers[some], known[k]):
            yield some
        else:
            alone.append(some)
    yield _checked(ground, block, np.concatenate(alone), found)


def _vouched(ground: Ground, place: int, numbers: Array, order: Codes) -> bool:
    """Whether the corners of the whole design's box, if all are of this order, or else those of the rows' own
    box, are allowed and made the same."""
    own = tuple(numbers.min(axis=0).tolist()), tuple(numbers.max(axis=0).tolist())
    whole = _whole_box(ground)
    boxes = [whole, own] if whole is not None else [own]
    for low, high in boxes:
        orders, _ = _orders(ground, place, np.array(list(_corners(low, high)), float).reshape(-1, len(low)))
        if np.all(orders == order) and _holds(ground, place, low, high):
            return True
    return False


def _checked(ground: Ground, block: Block, rows: Codes, found: _Rows) -> Codes:
    """Those rows that are allowed as a file and made the same by the batch; the refused are noted."""
    good = []
    for i in rows.tolist():
        place = int(block.scenario[i])
        try:
            file = scenario_of(ground, block, i)
        except ScenarioError as error:
            found.refuse(i, reason_of(error))
            continue
        if _made_alike(ground, place, file, block.numbers[i : i + 1]):
            good.append(i)
    return np.array(good, np.int64)


def _whole_box(ground: Ground) -> Box | None:
    """The box of everything that a design can draw; None where it has no ends."""
    shares = np.array([SMALLEST_SHARE, 1.0 - SMALLEST_SHARE])
    ends = []
    for f in ground.factors:
        levels = np.array(f.spread.values, float) if isinstance(f.spread, Levels) else f.spread.at(shares)
        ends.append((float(np.min(levels)), float(np.max(levels))))
    low, high = (tuple(end[side] for end in ends) for side in (0, 1))
    return (low, high) if np.all(np.isfinite([*low, *high])) else None


def _corners(low: tuple[float, ...], high: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    return product(*(sorted({a, b}) for a, b in zip(low, high, strict=True)))


def _orders(ground: Ground, place: int, numbers: Array) -> tuple[Codes, Flags]:
    """Which of every two times comes first, ``[n, pairs]``, and where two are not told apart by rounding."""
    columns, scenario = _columns(ground, numbers), ground.scenarios[place]
    times = [np.full(len(numbers), entry.at_h) for entry in scenario.timeline]
    for i, entry in enumerate(scenario.timeline):
        times[i] = columns.get(f"timeline.{entry.id}.at", times[i])
    times.append(columns.get("until", np.full(len(numbers), scenario.until_h)))
    table = np.stack(times, axis=1)
    one, two = np.triu_indices(table.shape[1], 1)
    gap = table[:, one] - table[:, two]
    close = np.any((gap != 0.0) & (np.abs(gap) <= 2.0 * SAME_INSTANT_H), axis=1)
    return np.sign(gap).astype(np.int64), close


@lru_cache(maxsize=256)
def _holds(ground: Ground, place: int, low: tuple[float, ...], high: tuple[float, ...]) -> bool:
    """Whether every corner of a box is allowed, and made the same by a file and by the batch."""
    for corner in _corners(low, high):
        numbers = np.array([corner], float).reshape(1, len(ground.factors))
        block = Block(np.zeros(1, np.int64), np.array([place]), np.array([-1]), numbers)
        try:
            file = scenario_of(ground, block, 0)
        except ScenarioError:
            return False
        if not _made_alike(ground, place, file, numbers):
            return False
    return True


def _made_alike(ground: Ground, place: int, file: Scenario, numbers: Array) -> bool:
    """Whether the batch makes of the numbers what their file holds, but for the patient and for names."""
    try:
        direct = varied_row(ground.scenarios[place], _columns(ground, numbers))
    except KeyError:  # a path that the batch does not know
        return False
    same = replace(direct, patient=file.patient, device=file.device, sha256=file.sha256, name=file.name)
    alike = file.device.numbers == direct.device.numbers  # where they come from makes no number
    return alike and file == replace(same, title=file.title, story=file.story)
