"""A small catalogue like the real one: what the loader is handed, without the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import model_validator

from itsim.scenario import Scenario, load
from itsim.scenario.kinds import (
    Complaint,
    Concentration,
    DoseRate,
    Flow,
    Fraction,
    Hours,
    Kind,
    KindModel,
    Millilitres,
)

HERE = Path(__file__).parent


def no_effects(parameters: Any, at_h: float, device: Mapping[str, float]) -> tuple[()]:
    return ()


def one_amount(daily_dose: float | None, rate: float | None) -> None:
    if (daily_dose is None) == (rate is None):
        raise ValueError("needs either daily_dose (350 ug/day) or rate (0.175 mL/day), not both")


class SimpleContinuous(KindModel):
    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> SimpleContinuous:
        one_amount(self.daily_dose_ug_h, self.rate_mL_h)
        return self


class Step(KindModel):
    from_h: Hours
    daily_dose_ug_h: DoseRate | None = None
    rate_mL_h: Flow | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Step:
        one_amount(self.daily_dose_ug_h, self.rate_mL_h)
        return self


class TimeStepped(KindModel):
    steps: tuple[Step, ...]


class Nothing(KindModel):
    pass


class PumpStop(KindModel):
    lasting_h: Hours


class GainStep(KindModel):
    after_h: Hours
    gain_frac: Fraction


class GainDrift(KindModel):
    shape: Literal["linear", "exponential", "logistic", "steps"]
    end_frac: Fraction = 0.0
    lasting_h: Hours | None = None
    tau_h: Hours | None = None
    steps: tuple[GainStep, ...] | None = None

    @model_validator(mode="after")
    def _numbers_of_the_shape(self) -> GainDrift:
        needed = {"exponential": "tau", "steps": "steps"}.get(self.shape, "lasting")
        given = {"lasting": self.lasting_h, "tau": self.tau_h, "steps": self.steps}
        if given[needed] is None:
            raise ValueError(f"a {self.shape} decline needs {needed}, for example {needed}: 90 day")
        return self


class GainProfile(KindModel):
    times_h: tuple[Hours, ...]
    gains_frac: tuple[Fraction, ...]


class Fill(KindModel):
    volume_mL: Millilitres
    concentration_ug_mL: Concentration


class ReplacePump(KindModel):
    prime: bool = True
    volume_mL: Millilitres | None = None
    concentration_ug_mL: Concentration | None = None


def fits_the_reservoir(p: Any, device: Mapping[str, float]) -> Iterator[Complaint]:
    capacity = device["reservoir_capacity"]
    if p.volume_mL is not None and not 0.0 < p.volume_mL <= capacity:
        rule = f"the reservoir of this pump holds more than 0 and at most {capacity:g} mL"
        yield Complaint("volume", rule, f"write a volume up to {capacity:g} mL, or choose a larger pump")


def rate_is_not_negative(p: Any, device: Mapping[str, float]) -> Iterator[Complaint]:
    if p.daily_dose_ug_h is not None and p.daily_dose_ug_h < 0.0:
        yield Complaint("daily_dose", "is negative", "write a dose of zero or more, such as 350 ug/day")


def kind(group: str, name: str, parameters: type[KindModel], **more: Any) -> Kind:
    return Kind(group, name, name.replace("_", " "), parameters, no_effects, **more)


FULL = ("reservoir",)
KINDS = (
    kind("programs", "simple_continuous", SimpleContinuous, needs=FULL, complaints=rate_is_not_negative),
    kind("programs", "time_stepped", TimeStepped, needs=FULL),
    kind("faults", "motor_stall", Nothing),
    kind("faults", "pump_stop", PumpStop),
    kind("faults", "gain_drift", GainDrift),
    kind("faults", "gain_profile", GainProfile),
    kind("events", "fill", Fill, sets="reservoir", complaints=fits_the_reservoir),
    kind("events", "refill", Fill, sets="reservoir", needs=FULL, complaints=fits_the_reservoir),
    kind("events", "replace_pump", ReplacePump, sets="reservoir", needs=FULL, complaints=fits_the_reservoir),
    kind("events", "interrogate", Nothing, needs=FULL),
)


@dataclass(frozen=True)
class FakeCatalogue:
    def whole(self, timeline, device, until_h):
        return ()

    kinds: Mapping[str, Mapping[str, Kind]]
    bodies: Mapping[str, object]


CATALOGUE = FakeCatalogue(
    {group: {k.name: k for k in KINDS if k.group == group} for group in ("programs", "faults", "events")},
    dict.fromkeys(("one_compartment", "two_compartment", "neuraxis")),
)


@pytest.fixture(scope="session")
def catalogue() -> FakeCatalogue:
    return CATALOGUE


@pytest.fixture(scope="session")
def sketch() -> Path:
    return HERE / "abrupt_stop.yaml"


@pytest.fixture
def read(tmp_path: Path, catalogue: FakeCatalogue) -> Callable[..., Scenario]:
    """Load a text as a file, with other files beside it."""

    def reader(text: str, **beside: str) -> Scenario:
        for name, content in beside.items():
            (tmp_path / name.replace("__", ".")).write_text(content, encoding="utf-8")
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        return load(tmp_path / "case.yaml", catalogue)

    return reader
