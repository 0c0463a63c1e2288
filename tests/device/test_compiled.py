"""One source, two ways to run it: plain and compiled give the same bits."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from device.compositions import Composition, compositions
from device.contract import FACTORS, TIMES_H, case, cases, run_many, scaled
from itsim.device import compiled, layout, pieces, stages
from itsim.device.compiled import (
    CONSTANTS,
    KERNEL_MODULES,
    cache_folder,
    compiled_deliver_many,
    one_namespace,
)
from itsim.device.plan import make_plan

LONG = settings.default is not None and settings.default.max_examples > 1000
ALL = [(group, *example) for group in ("programs", "faults", "events") for example in cases(group)]


def test_every_kernel_module_is_a_module_and_every_name_has_one_meaning() -> None:
    assert all(isinstance(module, types.ModuleType) for module in (*KERNEL_MODULES, *CONSTANTS))
    assert one_namespace(KERNEL_MODULES)["deliver_many"] is stages.deliver_many


def test_every_stage_is_a_kernel_module() -> None:
    folder = Path(stages.__file__).parent
    names = {"itsim.device.stages"} | {
        f"itsim.device.stages.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"
    }
    assert names | {pieces.__name__} == {module.__name__ for module in KERNEL_MODULES}


def test_a_name_with_two_meanings_is_refused() -> None:
    other = types.ModuleType("other")
    other.__dict__["fit"] = lambda: None
    with pytest.raises(ValueError, match=r"other\.fit is also the name"):
        one_namespace((pieces, other))


def test_the_cache_follows_the_sources_and_the_constants(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_folder()
    assert cache_folder() == before
    for changed in (pieces, layout):
        read = compiled.inspect.getsource
        with monkeypatch.context() as patch:
            patch.setattr(
                compiled.inspect,
                "getsource",
                lambda module, read=read, changed=changed: read(module) + "#" * (module is changed),
            )
            assert cache_folder() != before


def test_plain_batch_equals_single_runs() -> None:
    """Nothing of one variant is left over in the next."""
    for group, name, example in ALL:
        it = case(group, name, example)
        many = run_many(stages.deliver_many, it.batch(scaled(it.entry.parameters, FACTORS), TIMES_H))
        assert np.all(many[2] == layout.DONE)
        for v, factor in enumerate(FACTORS):
            one = run_many(
                stages.deliver_many, it.batch(scaled(it.entry.parameters, float(factor)), float(TIMES_H[v]))
            )
            for together, alone in zip(many, one, strict=True):
                np.testing.assert_array_equal(together[v], alone[0])


def test_a_visit_beyond_the_end_leaves_no_trace_of_the_variant_before() -> None:
    it = case("events", "interrogate", 0)
    _, visits, _ = run_many(stages.deliver_many, it.batch(it.entry.parameters, np.array([100.0, 5000.0])))
    effect = next(
        i for i, code in enumerate(it.batch(it.entry.parameters, 1.0).entries) if code == it.entry.place
    )
    assert visits[0, effect, layout.VISIT_TIME] == 100.0
    assert np.isnan(visits[1, effect]).all()


needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: plain Python only"
)


@needs_numba
@pytest.mark.xdist_group("numba")
def test_compiled_is_bit_identical_to_plain() -> None:
    kernel = compiled_deliver_many()
    for group, name, example in ALL:
        it = case(group, name, example)
        plan = it.batch(scaled(it.entry.parameters, FACTORS), TIMES_H)
        for fast, plain in zip(run_many(kernel, plan), run_many(stages.deliver_many, plan), strict=True):
            np.testing.assert_array_equal(fast, plain, err_msg=f"{name}, example {example}")


@needs_numba
@pytest.mark.xdist_group("numba")
@settings(max_examples=2000 if LONG else 100)
@given(compositions())
def test_compiled_is_bit_identical_to_plain_whatever_meets(composed: Composition) -> None:
    scenario, kernel = composed.scenario, compiled_deliver_many()
    dose_ug_h = scenario.history.dose_rate_ug_h if scenario.history else None
    plan = make_plan(scenario.timeline, scenario.device.numbers, scenario.until_h, dose_ug_h)
    for fast, plain in zip(run_many(kernel, plan), run_many(stages.deliver_many, plan), strict=True):
        np.testing.assert_array_equal(fast, plain)
