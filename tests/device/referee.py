"""The device by brute force: fixed fine steps, a queue of parcels, the true curves; nothing of the stages.

It reads a scenario's entries by their meaning, as their kinds describe it. Every event falls on the nearest
step, so it is as good as its step. From tip to pump: line, store, reservoir.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from device import meanings
from device.meanings import Acting
from itsim.arrays import Array
from itsim.device.trigger import begins_h
from itsim.scenario import Scenario
from itsim.scenario.model import Entry

SWAPS = {"replace_pump", "explant"}
VISITS = {"refill", "underfill", "refill_wrong_concentration", "pocket_fill"}
VISITS |= {"bridge_bolus_missing", "bridge_bolus_wrong"}
LINES = {"prime", "replace_catheter"}
PROGRAMMED = {"pump_stop", "programming_error", "bridge_bolus_wrong"}
BOLUSES = {"bolus", "priming_bolus", "patient_bolus"}

Fluid = deque[list[float]]
"""Parcels of (mL, µg/mL), the first nearest to the tip."""


@dataclass
class Course:
    times_h: Array
    delivered_ug: Array
    volume_mL: Array
    ledger: dict[str, float]


@dataclass
class Bench:
    """The state of one device between two steps."""

    scenario: Scenario
    device: dict[str, float]
    dead: float
    line: Fluid
    todo: deque[Entry]
    store: Fluid = field(default_factory=deque)
    volume: float = 0.0
    strength: float = 0.0
    filled_with: float = 0.0
    told: float = 0.0
    acting: list[Acting] = field(default_factory=list)
    waiting: list[tuple[Entry, float]] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    """When a latched pump is interrogated."""
    missed_until: float = -math.inf
    letting_go: tuple[float, float] | None = None
    """mL/h from the store, and until when."""
    last_block: Any = None
    sequestered: float = 0.0
    coming_back: list[tuple[float, float, float]] = field(default_factory=list)
    """(when, for how long, share) of releases from tissue, and once begun (-1, until, µg/h)."""
    ledger: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


def simulate(scenario: Scenario, step_h: float) -> Course:
    """Run *scenario* in steps of this length."""
    bench = set_up(scenario)
    n = round(scenario.until_h / step_h)
    out = np.zeros((n + 1, 2))
    for i in range(n):
        begin(bench, i * step_h, (i + 0.5) * step_h)
        run(bench, i * step_h, step_h)
        out[i + 1] = bench.ledger["delivered_ug"], bench.volume
    return Course(np.arange(n + 1) * step_h, out[:, 0], out[:, 1], closed(bench))


def set_up(scenario: Scenario) -> Bench:
    device = dict(scenario.device.numbers)
    dead = device["tubing_volume"] + device["volume_per_length"] * device["length"]
    todo = deque(sorted(scenario.timeline, key=lambda e: (starts_h(e), order(e), e.place)))
    strength = next(e.parameters.concentration_ug_mL for e in todo if e.kind.name == "fill")  # type: ignore[attr-defined]
    strength = strength if scenario.history else 0.0
    bench = Bench(scenario, device, dead, deque([[dead, strength]]), todo)
    bench.ledger["line_at_start_ug"] = dead * strength
    return bench


def starts_h(entry: Entry) -> float:
    """When an entry begins, or begins to wait."""
    return float(begins_h(entry.parameters, entry.at_h, entry.id))


def order(entry: Entry) -> int:
    """At one instant: what is missed, swap, visit, line, programme, bolus, fault."""
    name = entry.kind.name
    groups = [{"reservoir_empty"}, SWAPS, VISITS | {"fill"}, LINES]
    for i, group in enumerate(groups):
        if name in group:
            return i
    if entry.kind.group == "programs":
        return 4
    return 5 if name in BOLUSES else 6


def begin(bench: Bench, t0: float, t: float) -> None:
    """Let begin what comes before the middle of this step."""
    for look in [look for look in bench.looks if look < t]:
        bench.looks.remove(look)
        free_latches(bench, look)
    ready = [pair for pair in bench.waiting if bench.ledger["pumped_mL"] - pair[1] >= volume_first(pair[0])]
    for pair in ready:
        bench.waiting.remove(pair)
        happen(bench, pair[0], t0, t0)
    while bench.todo and starts_h(bench.todo[0]) < t:
        entry = bench.todo.popleft()
        if volume_first(entry) > 0.0:
            bench.waiting.append((entry, bench.ledger["pumped_mL"]))
        else:
            happen(bench, entry, starts_h(entry), t0)


def volume_first(entry: Entry) -> float:
    return getattr(entry.parameters, "after_volume_mL", None) or 0.0


def happen(bench: Bench, entry: Entry, start: float, step_start: float) -> None:
    """What an entry does at once; what lasts is noted as acting."""
    p: Any = entry.parameters
    name = entry.kind.name
    if name in VISITS and start < bench.missed_until:
        return
    if name in VISITS or name == "interrogate":
        free_latches(bench, start)
    elif entry.kind.group == "programs" or name in PROGRAMMED:
        bench.acting = [it for it in bench.acting if it.name != "battery_reset"]
    if name == "reservoir_empty":
        bench.missed_until = max(bench.missed_until, start + (p.lasting_h or math.inf))
    elif name in SWAPS:
        swap(bench, name, p, step_start)
    elif name in VISITS or name == "fill":
        visit(bench, name, p)
    elif name == "prime":
        new_content(bench, min(p.volume_mL or bench.dead, bench.dead), bench.strength)
    elif name == "replace_catheter":
        new_catheter(bench, bench.strength if p.prime else 0.0)
    elif name in ("prime_missing", "prime_wrong", "air_in_line"):
        new_content(bench, min(p.volume_mL or bench.dead, bench.dead), 0.0)
    elif name == "retrograde_csf":
        drive_back(bench, p.volume_mL)
    if name == "migration" and p.release_after_h is not None:
        bench.coming_back.append((start + p.release_after_h, p.release_lasting_h, p.released_frac))
    acting = Acting(entry, start, step_start, bench.device, bench.dead)
    if name == "mri_stall" and p.interrogate_after_h is not None:
        bench.looks.append(start + p.interrogate_after_h)
    bench.acting.append(acting)


def free_latches(bench: Bench, start: float) -> None:
    """Somebody reads the pump: one that waits for that after its scan runs again."""
    for it in bench.acting:
        if it.name == "mri_stall" and start > it.start + it.parameters.scan_h:
            it.freed = min(it.freed, start)


def swap(bench: Bench, name: str, p: Any, step_start: float) -> None:
    """Out with the pump and its faults, for another or for none; perhaps with the catheter and its faults."""
    bench.acting = [it for it in bench.acting if not it.ends_with_pump]
    for it in bench.acting:
        it.swaps.append(step_start)
    if name == "explant":
        put_in(bench, 0.0, None, None)
        new_catheter(bench, 0.0)
        return
    put_in(
        bench,
        bench.device["reservoir_capacity"] if p.volume_mL is None else p.volume_mL,
        p.concentration_ug_mL,
        p.concentration_ug_mL,
    )
    strength = bench.strength if p.prime else 0.0
    if p.catheter:
        new_catheter(bench, strength)
    else:
        tubing = bench.device["tubing_volume"] if p.unprimed_volume_mL is None else p.unprimed_volume_mL
        new_content(bench, min(tubing, bench.dead), strength)


def visit(bench: Bench, name: str, p: Any) -> None:
    """What is left is thrown away; what goes in may not be what the pump is told."""
    true = p.true_concentration_ug_mL if name == "refill_wrong_concentration" else p.concentration_ug_mL
    volume = p.volume_mL - (p.pocket_volume_mL if name == "pocket_fill" else 0.0)
    put_in(bench, volume, true, p.concentration_ug_mL)


def put_in(bench: Bench, volume: float, true: float | None, told: float | None) -> None:
    """Concentrations as before where left out."""
    bench.ledger["discarded_ug"] += bench.volume * bench.strength
    bench.filled_with = bench.filled_with if true is None else true
    bench.told = bench.told if told is None else told
    bench.volume, bench.strength = volume, bench.filled_with
    bench.ledger["filled_ug"] += volume * bench.strength


def new_content(bench: Bench, volume: float, strength: float) -> None:
    """The fluid next to the pump, what is stored before a block first, is exchanged for another."""
    whole = joined(bench)
    held = total(bench.store)
    bench.ledger["removed_ug"] += content(take_last(whole, volume))
    bench.ledger["primed_ug"] += volume * strength
    push(whole, volume, strength)
    part(bench, whole, held)


def new_catheter(bench: Bench, strength: float) -> None:
    """The whole line and what is stored before it go."""
    bench.acting = [it for it in bench.acting if not it.ends_with_catheter]
    bench.ledger["removed_ug"] += content(bench.line) + content(bench.store)
    bench.ledger["primed_ug"] += bench.dead * strength
    bench.ledger["removed_mL"] += total(bench.store)
    bench.line, bench.store, bench.letting_go = deque([[bench.dead, strength]]), deque(), None


def drive_back(bench: Bench, volume: float) -> None:
    """Drug-free fluid comes in at the tip; as much goes from line to reservoir, as far as there is room."""
    volume = min(volume, max(bench.device["reservoir_capacity"] - bench.volume, 0.0))
    if volume <= 0.0:
        return
    whole, held = joined(bench), total(bench.store)
    back = min(volume, total(whole))
    drug = bench.volume * bench.strength + content(take_last(whole, back))
    whole.appendleft([back, 0.0])
    part(bench, whole, held)
    bench.volume += volume
    bench.strength = drug / bench.volume


def run(bench: Bench, t0: float, h: float) -> None:
    """One step: reservoir, pump, store, line, tip."""
    t = t0 + 0.5 * h
    wanted = meanings.wanted_mL(bench.acting, bench.told, t0, h) * (1.0 + bench.device["flow_bias"])
    wanted *= math.prod(meanings.gain(it, t) for it in bench.acting)
    wanted += sum(meanings.burst_mL(it, t0, h) for it in bench.acting)
    blocks = [it for it in bench.acting if meanings.passing(it, t) < 1.0]
    passes = math.prod(meanings.passing(it, t) for it in blocks)
    capacity = max((meanings.capacity_mL(it) for it in blocks), default=0.0)
    stored = (1.0 - passes) * wanted
    if blocks and all(it.parameters.overflow == "slip" for it in blocks):
        stored = min(stored, max(capacity - total(bench.store), 0.0))
    pumped, through = drawn(bench, stored + passes * wanted, passes * wanted, t0, h)
    if blocks:
        bench.last_block, bench.letting_go = blocks[-1].parameters, None
    else:
        through += let_go(bench, t0, h)
    push(bench.store, pumped, bench.strength)
    move(bench.store, bench.line, through)
    if blocks:
        relieve(bench, total(bench.store) - capacity)
    bench.ledger["pumped_mL"] += pumped
    bench.ledger["line_mL"] += through
    arrive(bench, content(take_first(bench.line, through)), t, t0, h)


def drawn(bench: Bench, wanted: float, through: float, t0: float, h: float) -> tuple[float, float]:
    """What pump and drains get of what they want; below the taper volume both get less."""
    usable = max(bench.volume - bench.device["unusable_volume"], 0.0)
    taper = bench.device["taper_volume"]
    share = usable / taper if taper > 0.0 and usable < taper else 1.0
    drain = sum(meanings.drain_mL(it, t0, h) for it in bench.acting)
    if (wanted + drain) * share > usable:
        share = usable / (wanted + drain)
    bench.volume -= (wanted + drain) * share
    bench.ledger["drained_mL"] += drain * share
    bench.ledger["drained_ug"] += drain * share * bench.strength
    return wanted * share, through * share


def let_go(bench: Bench, t0: float, h: float) -> float:
    """What leaves the store in this step, now that the way is free."""
    held = total(bench.store)
    if bench.last_block is None or held <= 0.0:
        return 0.0
    if bench.letting_go is None:
        relieve(bench, (1.0 - bench.last_block.released_frac) * held)
        lasting = bench.last_block.release_lasting_h
        bench.letting_go = (bench.last_block.released_frac * held / lasting, t0 + lasting)
    rate, until = bench.letting_go
    if until <= t0 + h * (1.0 + 1e-9):
        bench.last_block, bench.letting_go = None, None
        return held
    return min(held, rate * h)


def relieve(bench: Bench, volume: float) -> None:
    """What came last into the store leaves it for good."""
    if volume > 0.0:
        bench.ledger["relieved_mL"] += volume
        bench.ledger["relieved_ug"] += content(take_last(bench.store, volume))


def arrive(bench: Bench, amount: float, t: float, t0: float, h: float) -> None:
    """What comes to the end of the line: leaked, sequestered, delivered, or released after all."""
    tight = math.prod(meanings.tight(it, t) for it in bench.acting)
    reaches = math.prod(meanings.reaches(it, t) for it in bench.acting)
    bench.ledger["leaked_ug"] += amount * (1.0 - tight)
    bench.sequestered += amount * tight * (1.0 - reaches)
    bench.ledger["delivered_ug"] += amount * tight * reaches
    for i, (when, lasting, share) in enumerate(bench.coming_back):
        if 0.0 <= when < t:
            back = share * bench.sequestered
            bench.sequestered -= back
            bench.ledger["not_yet_back_ug"] += back
            bench.coming_back[i] = (-1.0, t0 + lasting, back / lasting)
        if bench.coming_back[i][0] < 0.0:
            _, until, rate = bench.coming_back[i]
            back = rate * min(max(until - t0, 0.0), h)
            bench.ledger["not_yet_back_ug"] -= back
            bench.ledger["delivered_ug"] += back


def closed(bench: Bench) -> dict[str, float]:
    """The ledger with what is left everywhere."""
    ledger = dict(bench.ledger)
    ledger["reservoir_ug"] = bench.volume * bench.strength
    ledger["catheter_ug"] = content(bench.line) + content(bench.store)
    ledger["sequestered_ug"] = bench.sequestered + ledger.pop("not_yet_back_ug", 0.0)
    ledger["stored_mL"] = total(bench.store)
    return ledger


# ---- fluid


def total(fluid: Fluid) -> float:
    return sum(volume for volume, _ in fluid)


def content(fluid: Fluid) -> float:
    return sum(volume * strength for volume, strength in fluid)


def push(fluid: Fluid, volume: float, strength: float) -> None:
    if fluid and fluid[-1][1] == strength:
        fluid[-1][0] += volume
    elif volume > 0.0:
        fluid.append([volume, strength])


def move(from_fluid: Fluid, to_fluid: Fluid, volume: float) -> None:
    for part_mL, strength in take_first(from_fluid, volume):
        push(to_fluid, part_mL, strength)


def take_first(fluid: Fluid, volume: float) -> Fluid:
    taken: Fluid = deque()
    while volume > 0.0 and fluid:
        part_mL = min(volume, fluid[0][0])
        taken.append([part_mL, fluid[0][1]])
        volume -= part_mL
        fluid[0][0] -= part_mL
        if fluid[0][0] <= 0.0:
            fluid.popleft()
    return taken


def take_last(fluid: Fluid, volume: float) -> Fluid:
    fluid.reverse()
    taken = take_first(fluid, volume)
    fluid.reverse()
    return taken


def joined(bench: Bench) -> Fluid:
    return deque([*bench.line, *bench.store])


def part(bench: Bench, whole: Fluid, held: float) -> None:
    bench.store = take_last(whole, held)
    bench.store.reverse()
    bench.line = whole
