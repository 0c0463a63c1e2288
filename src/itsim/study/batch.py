"""Metrics of many variants of one scenario by the compiled engine, with nothing of Python for each of them.

A variant changes numbers, never the structure: what happens, in which order of effects, is that of the
scenario. What the compiled engine cannot do goes the slow way, through the exact engine, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from itsim.arrays import Array, Codes, Flags, Number
from itsim.catalogue import catalogue
from itsim.device import layout
from itsim.device.codes import Primitive
from itsim.device.compiled import has_compiler
from itsim.device.delivery import LOG_WORDS, LogEntry, deliver
from itsim.device.plan import Plan, make_plan, workspace
from itsim.engine import exact, fast
from itsim.engine.kernel import places
from itsim.engine.kernel.scenarios import Bench, People, Plans
from itsim.engine.pack import INLETS, Responses, pack_body, pack_responses
from itsim.metrics import EXCESS_FRAC, LOSS_FRAC, ONSET_INDEX, REASONS, REBOUND_TONE, Course, Metric, measure
from itsim.parameters import ParameterSet
from itsim.pd.response import make_response
from itsim.pk.body import CsfLoss
from itsim.run import problem_of
from itsim.scenario.kinds import KindModel
from itsim.scenario.model import Entry, History, Scenario
from itsim.study.rules import RULES, asked_of, facts_for, metrics_from
from itsim.units import split_suffix

FIRST_ROOM, MOST_TIMES_LARGER = 1024, 4096
MOST_LOSSES = 3
"""Losses of CSF that may come and go in one scenario: every combination of them is a body of its own."""


@dataclass(frozen=True)
class Batch:
    """Metrics of ``n`` variants."""

    names: tuple[str, ...]
    values: Array
    """``[n, metrics]``; NaN where there is none."""
    censored: Codes
    """``[n, metrics]``: 0 for a value, else the place in ``metrics.REASONS`` of why there is none."""
    slow: Flags
    """Which variants went through the exact engine one by one, ``[n]``."""


def evaluate(
    scenario: Scenario,
    variants: Mapping[str, Array],
    metrics: Sequence[str],
    patients: Sequence[ParameterSet] | None = None,
    patient_of: Codes | None = None,
    threads: int = 1,
) -> Batch:
    """*metrics* of every variant of *scenario*.

    *variants*: canonical numbers ``[n]`` by dotted path, such as ``timeline.stall.at`` (hours),
    ``timeline.stall.fault.tau``, ``device.length``, ``history.daily_dose``, ``until``; they are taken as they
    are, without the checks of a file. *patients* and the index ``[n]`` of each variant's patient: the
    scenario's own where None. Raises KeyError for a path or a metric that is none, ValueError for arrays of
    different lengths, a patient that is not there, and less than one thread.
    """
    varied = _Varied(scenario, variants, 0 if patient_of is None else len(patient_of))
    everyone = [scenario.patient] if patients is None else list(patients)
    who = np.zeros(varied.n, dtype=np.int64) if patient_of is None else np.asarray(patient_of, np.int64)
    if len(who) != varied.n or np.any((who < 0) | (who >= len(everyone))) or threads < 1:
        raise ValueError(
            f"{len(who)} patients for {varied.n} variants, out of {len(everyone)}, on {threads} threads: "
            "give every variant one of the patients, and at least one thread"
        )
    facts, slow = _facts(varied, asked_of(metrics), everyone, who, threads)
    for i in np.flatnonzero(slow):
        facts[i] = np.nan
    values, censored = metrics_from(facts, metrics)
    for i in np.flatnonzero(slow):
        found = _one_by_one(varied.row(int(i)), everyone[who[i]])
        for j, name in enumerate(metrics):
            value, reason = found[name].value, found[name].censored
            values[i, j] = np.nan if value is None else value
            censored[i, j] = 0 if reason is None else REASONS.index(reason)
    return Batch(tuple(metrics), values, censored, slow)


def varied_row(scenario: Scenario, variants: Mapping[str, Array]) -> Scenario:
    """What a batch makes of the first variant. Raises KeyError for a path to no number."""
    return _Varied(scenario, variants, 0).row(0)


class _Varied:
    """A scenario with arrays in the place of some of its numbers."""

    def __init__(self, scenario: Scenario, variants: Mapping[str, Array], n_patients: int) -> None:
        self.scenario = scenario
        self.variants = {path: np.asarray(values, float) for path, values in variants.items()}
        lengths = {len(values) for values in self.variants.values()} | ({n_patients} if n_patients else set())
        if len(lengths) > 1:
            raise ValueError(f"variants of different lengths: {sorted(lengths)}; give every path as many")
        self.n = lengths.pop() if lengths else 1
        for path in self.variants:
            _with(scenario, path, 0.0)

    def whole(self) -> Scenario:
        """All variants at once; numbers are arrays."""
        found = self.scenario
        for path, values in self.variants.items():
            found = _with(found, path, values)
        return found

    def row(self, i: int) -> Scenario:
        """One variant."""
        found = self.scenario
        for path, values in self.variants.items():
            found = _with(found, path, float(values[i]))
        return found


def _with(scenario: Scenario, path: str, value: Number) -> Scenario:
    """The scenario with another number at a dotted path. Raises KeyError where it leads nowhere."""
    head, *rest = path.split(".")
    if head == "until" and not rest:
        return replace(scenario, until_h=value)
    if head == "device" and len(rest) == 1 and rest[0] in scenario.device:
        numbers = (replace(p, value=value) if p.name == rest[0] else p for p in scenario.device.values())
        return replace(scenario, device=ParameterSet(tuple(numbers)))
    if head == "history" and len(rest) == 1 and scenario.history is not None:
        field = {"daily_dose": "dose_rate_ug_h", "lasting": "lasting_h"}.get(rest[0])
        if field is not None:
            return replace(scenario, history=replace(scenario.history, **{field: value}))
    if head == "timeline" and len(rest) > 1:
        entries = [_entry_with(e, rest[1:], value) if e.id == rest[0] else e for e in scenario.timeline]
        if any(new is not old for new, old in zip(entries, scenario.timeline, strict=True)):
            return replace(scenario, timeline=tuple(entries))
    raise KeyError(f"{path}: leads to no number that can vary here")


def _entry_with(entry: Entry, steps: Sequence[str], value: Number) -> Entry:
    if list(steps) == ["at"]:
        return replace(entry, at_h=value)
    inside = _model_with(entry.parameters, steps[1:], value)
    return entry if inside is None else replace(entry, parameters=inside)


def _model_with(model: KindModel, steps: Sequence[str], value: Number) -> KindModel | None:
    """The parameters with another number; the steps are file keys and places in lists. None where they lead
    nowhere."""
    for name in type(model).model_fields:
        if not steps or split_suffix(name)[0] != steps[0]:
            continue
        old = getattr(model, name)
        if len(steps) == 1:
            is_number = old is None or (isinstance(old, (int, float)) and not isinstance(old, bool))
            return model.model_copy(update={name: value}) if is_number else None
        if isinstance(old, tuple) and steps[1].isdecimal() and int(steps[1]) < len(old):
            place = int(steps[1])
            new = _model_with(old[place], steps[2:], value) if isinstance(old[place], KindModel) else None
            if new is not None:
                return model.model_copy(update={name: (*old[:place], new, *old[place + 1 :])})
    return None


def _facts(
    varied: _Varied, metrics: Sequence[str], patients: Sequence[ParameterSet], who: Codes, threads: int
) -> tuple[Array, Flags]:
    """Facts ``[n, N_FACTS]``, and which rows must go the slow way."""
    facts, slow = np.full((varied.n, places.N_FACTS), np.nan), np.ones(varied.n, dtype=bool)
    if not has_compiler() or not set(metrics) <= set(RULES):
        return facts, slow
    scenario = varied.whole()
    plan = _plan_of(scenario, varied.n)
    people = None if plan is None else _people(scenario, plan, patients)
    if plan is None or people is None:
        return facts, slow
    slow = ~people.safe[who]
    rows = np.flatnonzero(~slow)
    rows = rows[np.argsort(who[rows], kind="stable")]
    _run(plan, people.packed, rows, who, facts_for(metrics), facts, threads)
    return facts, slow


def _plan_of(scenario: Scenario, n: int) -> Plan | None:
    """The plan of all variants; None where a kind must decide by a number, which makes other effects."""
    history_ug_h = scenario.history.dose_rate_ug_h if scenario.history else None
    try:
        plan = make_plan(scenario.timeline, scenario.device.numbers, scenario.until_h, history_ug_h)
    except (ValueError, TypeError):
        return None
    if plan.n_variants in (1, n):
        repeated = n // plan.n_variants
        numbers, hardware = (np.repeat(a, repeated, axis=0) for a in (plan.numbers, plan.hardware))
        return replace(plan, numbers=numbers, hardware=hardware)
    return None


@dataclass(frozen=True)
class _People:
    packed: People
    safe: Flags
    """Which patients the compiled engine can have."""


def _people(scenario: Scenario, plan: Plan, patients: Sequence[ParameterSet]) -> _People | None:
    losses = _losses(plan)
    if losses is None or any(e.inlet not in INLETS for e in plan.effects if e.primitive == Primitive.DOSE):
        return None
    build = catalogue().bodies[scenario.body].build
    combinations = [
        [loss for bit, loss in enumerate(losses) if mask >> bit & 1] for mask in range(2 ** len(losses))
    ]
    bodies, responses, safe = [], [], np.ones(len(patients), dtype=bool)
    for k, patient in enumerate(patients):
        own = [pack_body(build(patient, scenario.tip, acting)) for acting in combinations]
        response = pack_responses([make_response(patient)])
        safe[k] = all(one is not None for one in own) and response is not None
        bodies.append(own)
        responses.append(response)
    if not safe.any():
        return None
    spare = int(np.argmax(safe))
    chosen = [one for k in range(len(patients)) for one in bodies[k if safe[k] else spare] if one is not None]
    laws = [r for k in range(len(patients)) if (r := responses[k if safe[k] else spare]) is not None]
    history = scenario.history or History(0.0, 0.0)
    lived = np.broadcast_arrays(np.atleast_1d(history.dose_rate_ug_h), np.atleast_1d(history.lasting_h))
    packed = People(
        places.Bodies(*(np.ascontiguousarray(np.stack(a)) for a in zip(*chosen, strict=True))),
        len(combinations),
        *_stacked(laws),
        np.ascontiguousarray(np.stack(lived, axis=1).astype(float)),
    )
    return _People(packed, safe)


def _stacked(laws: Sequence[Responses]) -> tuple[Array, Array, Array]:
    return (
        np.concatenate([r.laws for r in laws]),
        np.concatenate([r.stage_rates_per_h for r in laws]),
        np.concatenate([r.clocks_per_h for r in laws]),
    )


def _losses(plan: Plan) -> list[CsfLoss] | None:
    """Every loss of CSF in the order of its effects; None where there are too many or their flow varies."""
    places_of = [e for e, effect in enumerate(plan.effects) if effect.primitive == Primitive.LOSE_CSF]
    flows = plan.numbers[:, places_of, layout.VOLUME]
    if len(places_of) > MOST_LOSSES or np.any(flows != flows[:1]):
        return None
    return [CsfLoss(plan.effects[e].place, float(flows[0, k])) for k, e in enumerate(places_of)]


def _run(
    plan: Plan, people: People, rows: Codes, who: Codes, wanted: Codes, facts: Array, threads: int
) -> None:
    """Run the rows on several threads; those whose bench was too small again on a larger one."""
    kernel = fast.kernels()["run_scenarios"]
    plans = Plans(plan.codes, plan.numbers, plan.knots, plan.hardware, _inlets(plan), _bits(plan))
    statuses, times_larger = np.zeros(len(who), dtype=np.int64), 1
    limits = np.array([LOSS_FRAC, EXCESS_FRAC, ONSET_INDEX, REBOUND_TONE])

    def run_some(some: Codes) -> None:
        bench = _bench(plan, people, wanted, times_larger)
        kernel(some, plans, people, who, _sounds(), wanted, limits, bench, facts, statuses)

    while len(rows) > 0:
        if times_larger > MOST_TIMES_LARGER:
            raise ArithmeticError(f"{len(rows)} scenarios do not come to an end, the first is {rows[0]}")
        parts = [part for part in np.array_split(rows, threads) if len(part) > 0]
        if len(parts) == 1:
            run_some(parts[0])
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(run_some, parts))
        rows = rows[statuses[rows] != places.DONE]
        times_larger *= 4


def _bench(plan: Plan, people: People, wanted: Codes, times_larger: int) -> Bench:
    n_modes, n_states = people.bodies.rates_per_h.shape[1], people.bodies.vectors.shape[1]
    desk = places.desk(n_modes, n_states)
    effect = wanted[places.EFFECT_THERE] or wanted[places.TONE_PEAK] or wanted[places.REBOUND_AT]
    csf = wanted[places.CSF_THERE] or wanted[places.CSF_LEAST]
    desk.asked[:] = (bool(effect), bool(wanted[places.SEDATION_PEAK]), bool(csf))
    work, n = workspace(plan, times_larger), len(plan.effects)
    room = max(FIRST_ROOM, 2 * work.tables.shape[1]) * times_larger
    return Bench(work, desk, places.store(room), places.acts(n, n, 2 * n), np.zeros(2 * work.tables.shape[1]))


def _inlets(plan: Plan) -> Codes:
    return np.array([INLETS.index(e.inlet) if e.inlet in INLETS else 0 for e in plan.effects], np.int64)


def _bits(plan: Plan) -> Codes:
    bits, n = np.zeros(len(plan.effects), dtype=np.int64), 0
    for e, effect in enumerate(plan.effects):
        if effect.primitive == Primitive.LOSE_CSF:
            bits[e], n = 2**n, n + 1
    return bits


def _sounds() -> Codes:
    """Which entries of a log are alarms, by their code."""
    sounds = np.zeros(max(LOG_WORDS) + 1, dtype=np.int64)
    for code, words in LOG_WORDS.items():
        sounds[code] = int(LogEntry(0.0, *words).is_alarm)
    return sounds


def _one_by_one(scenario: Scenario, patient: ParameterSet) -> Mapping[str, Metric]:
    delivery = deliver(scenario)
    return measure(Course(delivery, exact.solve(problem_of(scenario, patient, delivery.therapy))))
