"""Finds what exists: programmes, faults, events, bodies and metrics, each from its own file."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Literal, get_args, get_origin

from itsim.device import events, faults, programs
from itsim.device.whole import flow_complaints
from itsim.metrics import METRICS, MetricKind
from itsim.parameters import ParameterSet, about, available, read
from itsim.pk import bodies
from itsim.pk.body import BodyModel
from itsim.scenario import json_schema
from itsim.scenario.kinds import Complaint, Kind, KindModel
from itsim.scenario.model import Entry
from itsim.units import unit_of

_GROUPS = {"programs": programs, "faults": faults, "events": events}


@dataclass(frozen=True)
class Catalogue:
    """Every kind by group and name, every body and every metric by name."""

    kinds: Mapping[str, Mapping[str, Kind]]
    bodies: Mapping[str, BodyModel]
    metrics: Mapping[str, MetricKind]

    def whole(
        self, timeline: Sequence[Entry], device: Mapping[str, float], until_h: float
    ) -> Iterator[tuple[int, Complaint]]:
        """What is wrong with a timeline as a whole, each with the place of the entry."""
        return flow_complaints(timeline, device, until_h)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """All kinds of the package. Raises AttributeError for a file that does not end in KIND or BODY."""
    kinds = {
        group: MappingProxyType({m.KIND.name: m.KIND for m in _modules(package)})
        for group, package in _GROUPS.items()
    }
    models = {m.BODY.name: m.BODY for m in _modules(bodies)}
    return Catalogue(MappingProxyType(kinds), MappingProxyType(models), MappingProxyType(METRICS))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        yield importlib.import_module(f"{package.__name__}.{name}")


GROUPS = ("faults", "programs", "events", "bodies", "metrics", "pumps", "patients")


def describe(group: str) -> list[dict[str, Any]]:
    """Rows ``kind, summary, parameters, alarm, evidence, sources`` of a group; each parameter has ``name,
    unit, default, required, choices``. Raises KeyError for another group."""
    known = catalogue()
    if group in known.kinds:
        return [_kind_row(kind) for kind in known.kinds[group].values()]
    if group == "bodies":
        return [_body_row(body) for body in known.bodies.values()]
    if group == "metrics":
        return [_metric_row(metric) for metric in METRICS.values()]
    if group in ("pumps", "patients"):
        return [_preset_row(group, name) for name in available(group)]
    raise KeyError(group)


def _row(name: str, summary: str, numbers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": name, "summary": summary, "parameters": numbers}
    return row | {"alarm": "none", "evidence": "none", "sources": ["assumption"]} | more


def _metric_row(metric: MetricKind) -> dict[str, Any]:
    return _row(metric.name, metric.label, [_number(metric.name, metric.unit, None)])


def _number(name: str, unit: str, default: Any, required: bool = False, choices: Any = ()) -> dict[str, Any]:
    return {"name": name, "unit": unit, "default": default, "required": required, "choices": list(choices)}


def _kind_row(kind: Kind) -> dict[str, Any]:
    numbers = list(_numbers_of_model(kind.parameters, ""))
    more: dict[str, Any] = {"alarm": kind.alarm, "evidence": kind.evidence, "sources": list(kind.sources)}
    more["example"] = dict(kind.example)
    return _row(kind.name, kind.summary, numbers, **more)


def _numbers_of_model(model: type[KindModel], group: str) -> Iterator[dict[str, Any]]:
    """The numbers of a model, those of a list of groups after it as ``steps.after``."""
    for name, field in model.model_fields.items():
        key = group + (field.alias or name)
        default, required = _plain(field.get_default()), field.is_required()
        yield _number(key, unit_of(name), default, required, _choices(field.annotation))
        for inner in _models_in(field.annotation):
            yield from _numbers_of_model(inner, f"{key}.")


def _models_in(annotation: Any) -> Iterator[type[KindModel]]:
    if isinstance(annotation, type) and issubclass(annotation, KindModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool)) else None


def _choices(annotation: Any) -> list[str]:
    """The words of every Literal in *annotation*, but not those of a group of keys below it."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for part in get_args(annotation) for word in _choices(part)]


def _body_row(body: BodyModel) -> dict[str, Any]:
    numbers = read(f"bodies/{body.name}")
    return _row(body.name, body.summary, _numbers_of(numbers), sources=list(body.sources))


def _preset_row(group: str, name: str) -> dict[str, Any]:
    numbers, text = read(f"{group}/{name}"), about(f"{group}/{name}")
    sources = list(numbers.sources) or ["assumption"]
    summary = str(text.get("summary", text.get("name", name)))
    return _row(name, summary, _numbers_of(numbers), alarm=_words(text.get("alarms")), sources=sources)


def _words(text: Mapping[str, str] | None) -> str:
    return "; ".join(f"{key}: {value}" for key, value in text.items()) if text else "none"


def _numbers_of(numbers: ParameterSet) -> list[dict[str, Any]]:
    """Each in the unit of its data file."""
    return [_number(p.name, p.unit, p.value) for p in (number.as_stated() for number in numbers.values())]


def write_schemas(folder: str | Path) -> Path:
    """Write the JSON Schema that gives editors completion; returns its path."""
    path = Path(folder) / "scenario.schema.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(json_schema(catalogue()), indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
