"""What a run costs by the exact engine, by the compiled one, and by an integrator restarted at every edge.

Run from anywhere: ``python benchmarks/engine.py``. Rounds are paired: in each, every contender does its work
once, and what is told is the median of the ratios with its quartiles. Ends with 1 where a metric of the
compiled batch misses the exact engine's by more than is promised.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.integrate import solve_ivp

import itsim
from itsim.device.delivery import deliver
from itsim.engine import exact
from itsim.engine.problem import Problem
from itsim.engine.reference import right_hand_side
from itsim.metrics import METRICS, Course, measure
from itsim.run import problem_of
from itsim.study.batch import evaluate

METRICS_ASKED = ("withdrawal_onset_h", "withdrawal_peak", "effect_nadir_frac", "csf_lumbar_nadir_ng_mL")
ONSET_WITHIN_H, WITHIN, LEAST = 1e-2 / 3600.0, 1e-8, 1e-9
"""Largest errors: of a time, of a value as a share of it, and of a value that has decayed to nothing."""
TOLERANCE = 1e-9


def case(n_steps: int) -> Any:
    programme: dict[str, Any] = {"mode": "simple_continuous", "daily_dose": "300 ug/day"}
    if n_steps > 1:
        hours = 24.0 / n_steps
        steps = [
            {"from": f"{i * hours:.6f} h", "daily_dose": f"{200 + 20 * i} ug/day"} for i in range(n_steps)
        ]
        programme = {"mode": "time_stepped", "steps": steps}
    return itsim.scenario_from(
        {
            "itsim": 1,
            "title": "A benchmark",
            "patient": {"preset": "adult", "tip": "T10"},
            "body": "neuraxis",
            "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
            "history": {"daily_dose": "300 ug/day", "lasting": "10 month"},
            "timeline": [
                {"at": "0 day", "fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}},
                {"at": "0 day", "program": programme},
                {"at": "30 day", "fault": {"kind": "motor_stall"}, "id": "stall"},
            ],
            "until": "60 day",
        }
    )


def stopped_at(scenario: Any, t_h: float) -> Any:
    moved = (replace(e, at_h=t_h) if e.id == "stall" else e for e in scenario.timeline)
    return replace(scenario, timeline=tuple(moved))


def by_exact(scenario: Any) -> dict[str, float | None]:
    delivery = deliver(scenario)
    solution = exact.solve(problem_of(scenario, scenario.patient, delivery.therapy))
    return {name: metric.value for name, metric in measure(Course(delivery, solution)).items()}


def integrate(problem: Problem) -> None:
    """LSODA from edge to edge; end values only, and no metrics."""
    y = np.concatenate([problem.start_amounts, problem.start_stages])
    for left, right in zip(problem.stops_h[:-1], problem.stops_h[1:], strict=True):
        y[: len(problem.body.states)] += problem.jump_at(left)
        f = right_hand_side(problem, float(left))
        done = solve_ivp(f, (left, right), y, method="LSODA", rtol=TOLERANCE, atol=1e-12)
        y = done.y[:, -1]


def timed(action: Callable[[], object], n: int) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) / n * 1e6


def missed(scenario: Any, times_h: np.ndarray) -> list[str]:
    """Metrics of the batch that differ from the exact engine's by more than is promised."""
    found, wrong = evaluate(scenario, {"timeline.stall.at": times_h}, METRICS_ASKED), []
    for i, t_h in enumerate(times_h):
        alone = by_exact(stopped_at(scenario, float(t_h)))
        for j, name in enumerate(METRICS_ASKED):
            value, batch = alone[name], found.values[i, j]
            if value is None or np.isnan(batch):
                gap = 0.0 if value is None and np.isnan(batch) else np.inf
            else:
                gap = abs(batch - value)
            within = ONSET_WITHIN_H if METRICS[name].unit == "h" else max(WITHIN * abs(value or 0.0), LEAST)
            if gap > within:
                wrong.append(f"{name} at {t_h:.3f} h: {batch!r} for {value!r}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba"))
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}, {packages}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"load {load:.1f}; µs per scenario, device and metrics with it but for LSODA\n")
    wrong = []
    for name, n_steps in (("abrupt stop, 60 d", 1), ("13-step flex, 60 d", 13)):
        scenario = case(n_steps)
        n = options.variants if n_steps == 1 else max(options.variants // 10, 10)
        times = rng.uniform(5.0, 36.0, n) * 24.0
        wrong += missed(scenario, times[:5])
        problem = problem_of(scenario, scenario.patient, deliver(scenario).therapy)
        contenders: dict[str, tuple[Callable[[], object], int]] = {
            f"compiled, {k} threads": (
                lambda k=k, t=times, s=scenario: evaluate(
                    s, {"timeline.stall.at": t}, METRICS_ASKED, threads=k
                ),
                n,
            )
            for k in (1, 2)
        }
        contenders["exact"] = (lambda s=scenario: by_exact(s), 1)
        contenders["LSODA, end values"] = (lambda p=problem: integrate(p), 1)
        rounds = [[timed(action, m) for action, m in contenders.values()] for _ in range(options.rounds)]
        table = np.array(rounds)
        print(name)
        for j, contender in enumerate(contenders):
            low, middle, high = np.percentile(table[:, j] / table[:, 0], [25, 50, 75])
            print(
                f"  {contender:<22}{np.median(table[:, j]):>12.1f}  × {middle:.2f} ({low:.2f} to {high:.2f})"
            )
    print("\n" + ("\n".join(["missed:", *wrong]) if wrong else "every metric within what is promised"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
