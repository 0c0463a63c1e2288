"""A fault or a programme given as a Python function: what a notebook can say and a file cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from itsim.arrays import Array
from itsim.device.codes import Amount, Shape
from itsim.device.effects import Effect, program_pieces, scale
from itsim.device.profiles import pieces_from_function
from itsim.scenario.kinds import Kind, KindModel


class FittedCurve(KindModel):
    """A function fitted by cubic pieces; rows as in ``device/pieces.py``."""

    rows: tuple[tuple[float, ...], ...]


def fitted(
    function: Callable[[float], float], lasting_h: float, edges_h: Sequence[float] = ()
) -> FittedCurve:
    """Fit *function* of hours from the start.

    Raises ValueError where it is negative, and as ``profiles.pieces_from_function`` does.
    """
    rows = pieces_from_function(_not_negative(function), lasting_h, edges_h)
    return FittedCurve(rows=tuple(tuple(row) for row in rows.tolist()))


def _not_negative(function: Callable[[float], float]) -> Callable[[float], float]:
    def checked(t_h: float) -> float:
        value = function(t_h)
        if value < 0.0:
            raise ValueError(f"the function gives {value:g} at {t_h:g} h; a pump cannot run backwards")
        return value

    return checked


def _rows(p: FittedCurve) -> Array:
    return np.array(p.rows, dtype=float)


def fault_effects(p: FittedCurve, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The fitted function multiplies the pump's flow until the pump is replaced."""
    return (scale(at_h, shape=Shape.PIECES, knots=_rows(p)),)


def flow_effects(p: FittedCurve, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump follows the fitted flow (mL/h)."""
    return (program_pieces(at_h, _rows(p), Amount.FLOW),)


def dose_effects(p: FittedCurve, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """The pump follows the fitted dose rate (µg/h)."""
    return (program_pieces(at_h, _rows(p), Amount.DOSE),)


FAULT = Kind(
    group="faults",
    name="function",
    summary="The delivered share as a Python function of hours from the start.",
    parameters=FittedCurve,
    effects=fault_effects,
    evidence="surplus where the share is below 1, deficit where above",
    words=lambda p: "loss of flow (function)",
)
FLOW_PROGRAM = Kind(
    group="programs",
    name="flow_function",
    summary="The programmed flow as a Python function of hours from the start.",
    parameters=FittedCurve,
    effects=flow_effects,
    intended=True,
    needs=("reservoir",),
    words=lambda p: "profile (function)",
)
DOSE_PROGRAM = Kind(
    group="programs",
    name="dose_function",
    summary="The programmed dose rate as a Python function of hours from the start.",
    parameters=FittedCurve,
    effects=dose_effects,
    intended=True,
    needs=("reservoir",),
    words=lambda p: "profile (function)",
)
