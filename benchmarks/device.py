"""What the device costs per scenario: plain Python alone, plain and compiled in a batch; one thread.

Run from anywhere: ``python benchmarks/device.py``. The cold compile is measured in an empty cache folder.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import itsim
from itsim.device import compiled, layout, stages
from itsim.device.delivery import deliver
from itsim.device.plan import Plan, make_plan, workspace

FILL = {"fill": {"volume": "40 mL", "concentration": "2000 ug/mL"}, "at": "0 day"}
REFILLS = [{"at": f"{day} day", "refill": {"volume": "40 mL"}} for day in (100, 200, 300)]
SIMPLE = {"program": {"mode": "simple_continuous", "daily_dose": "300 ug/day"}, "at": "0 day"}
FLEX = {
    "mode": "time_stepped",
    "steps": [{"from": f"{i * 1.8:.1f} h", "daily_dose": f"{200 + 20 * i} ug/day"} for i in range(13)],
}
STALLS = {"kind": "motor_stall_intermittent", "mean_on": "30 h", "mean_off": "4 h", "lasting": "200 day"}
STALL = {"at": "30 day", "fault": {"kind": "motor_stall"}, "id": "varied"}


def scenario(until: str, *timeline: dict[str, Any]) -> Any:
    return itsim.scenario_from(
        {
            "itsim": 1,
            "title": "A benchmark",
            "patient": {"preset": "adult", "tip": "T10"},
            "body": "neuraxis",
            "device": {"pump": "synchromed_ii_40", "catheter": "ascenda", "length": "80 cm"},
            "history": {"daily_dose": "300 ug/day", "lasting": "10 month"},
            "timeline": [FILL, *timeline],
            "until": until,
        }
    )


CASES = {
    "abrupt stop, 60 d": lambda: scenario("60 day", SIMPLE, STALL),
    "intermittent, 400 d": lambda: scenario(
        "400 day", SIMPLE, *REFILLS, {"at": "150 day", "fault": STALLS, "id": "varied"}
    ),
    "13-step flex, 400 d": lambda: scenario("400 day", {"at": "0 day", "program": FLEX}, *REFILLS, STALL),
}


WIDTHS = (8, 12, 10, 10, 10, 6)


def batch(case: Any, n: int) -> Plan:
    """*n* variants of the time of the fault."""
    rng = np.random.default_rng(1)
    timeline = [
        replace(entry, at_h=entry.at_h * rng.uniform(0.8, 1.2, n)) if entry.id == "varied" else entry
        for entry in case.timeline
    ]
    return make_plan(timeline, case.device.numbers, case.until_h, 15.0)


def run(kernel: Callable[..., None], plan: Plan) -> int:
    """All variants of a plan; returns how many did not fit the workspace."""
    n, e = plan.n_variants, len(plan.effects)
    ledgers, visits = np.zeros((n, layout.N_LEDGER)), np.zeros((n, e, layout.N_VISIT))
    statuses = np.zeros(n, dtype=np.int64)
    kernel(plan.codes, plan.numbers, plan.knots, plan.hardware, workspace(plan), ledgers, visits, statuses)
    return int(np.sum(statuses))


def best(action: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def cold_compile(plan: Plan) -> tuple[Callable[..., None], float]:
    with tempfile.TemporaryDirectory() as folder:
        compiled.cache_folder = lambda: folder  # type: ignore[assignment, return-value]
        start = time.perf_counter()
        kernel = compiled.compiled_deliver_many()
        run(kernel, plan)
        return kernel, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1000)
    n = parser.parse_args().variants
    cases = {name: make() for name, make in CASES.items()}
    kernel, compile_s = cold_compile(batch(cases["abrupt stop, 60 d"], 2))
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba"))
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}, {packages}")
    print(f"cold compile {compile_s:.1f} s; one thread; µs per scenario, batch of {n}\n")
    columns = ("pieces", "alone, all", "plain", "packing", "compiled", "full")
    print(f"{'scenario':<22}" + "".join(f"{x:>{w}}" for x, w in zip(columns, WIDTHS, strict=True)))
    for name, case in cases.items():
        plan = batch(case, n)
        few = batch(case, max(n // 200, 2))
        full = run(kernel, plan)
        figures = (
            len(deliver(case).therapy.catheter.rows) - 1,
            best(lambda case=case: deliver(case), 5) * 1e6,
            best(lambda few=few: run(stages.deliver_many, few), 3) / few.n_variants * 1e6,
            best(lambda case=case: batch(case, n), 5) / n * 1e6,
            best(lambda plan=plan: run(kernel, plan), 7) / n * 1e6,
        )
        print(
            f"{name:<22}{figures[0]:>8}"
            + "".join(f"{x:>{w}.2f}" for x, w in zip(figures[1:], WIDTHS[1:5], strict=True))
            + f"{full:>6}"
        )


if __name__ == "__main__":
    main()
