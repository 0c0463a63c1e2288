"""How one number of a study varies: a list of levels, or a distribution.

Every one is a map from a share ``u`` in (0, 1) to a value, the inverse of the distribution function, so that
one set of shares serves every design. Numbers are in the unit that the study is written in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import ndtr, ndtri

from itsim.arrays import Array

Level: TypeAlias = float | str | bool

SMALLEST_SHARE = 2.0**-53
"""Numerical: a share of exactly 0 or 1 would be an infinity of a normal distribution."""


@dataclass(frozen=True)
class Levels:
    """The values themselves, each as likely as the others; words too."""

    values: tuple[Level, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("holds no value; write at least one")

    @property
    def are_words(self) -> bool:
        """Whether the levels are words, or true and false, and not numbers."""
        return any(isinstance(value, (str, bool)) for value in self.values)

    def at(self, share: Array) -> Array:
        """The level at each share; of words the place in the list."""
        place = np.minimum((share * len(self.values)).astype(np.int64), len(self.values) - 1)
        return self.at_places(place)

    def at_places(self, place: np.ndarray) -> Array:
        """The levels at places in the list, counted from 0; of words the place itself."""
        return place.astype(float) if self.are_words else np.array(self.values, float)[place]


@dataclass(frozen=True)
class Uniform:
    """Every value between two as likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_ends(self.low, self.high)

    def at(self, share: Array) -> Array:
        """The quantile at each share."""
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class LogUniform:
    """Every factor between two values as likely."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_ends(self.low, self.high)
        _check_above_zero("low", self.low)

    def at(self, share: Array) -> Array:
        """The quantile at each share."""
        return self.low * np.exp(share * math.log(self.high / self.low))


@dataclass(frozen=True)
class Normal:
    """Normal, cut at *low* and *high* where these are given."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        _check_above_zero("sd", self.sd)
        _check_ends(self.low, self.high)

    def at(self, share: Array) -> Array:
        """The quantile at each share."""
        low, high = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        return np.clip(self.mean + self.sd * _cut_normal(share, low, high), self.low, self.high)


@dataclass(frozen=True)
class LogNormal:
    """Log-normal with its median and its coefficient of variation, cut at *low* and *high*."""

    median: float
    cv: float
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        _check_above_zero("median", self.median)
        _check_above_zero("cv", self.cv)
        _check_ends(self.low, self.high)
        if self.low < 0.0:
            raise ValueError("begins below zero, where a log-normal has nothing; leave `low` out")

    def at(self, share: Array) -> Array:
        """The quantile at each share."""
        sigma = math.sqrt(math.log1p(self.cv**2))
        low = math.log(self.low / self.median) / sigma if self.low > 0.0 else -math.inf
        high = math.log(self.high / self.median) / sigma if math.isfinite(self.high) else math.inf
        return np.clip(self.median * np.exp(sigma * _cut_normal(share, low, high)), self.low, self.high)


@dataclass(frozen=True)
class Triangular:
    """Rising from *low* to *mode*, falling from there to *high*."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _check_ends(self.low, self.high)
        if not self.low <= self.mode <= self.high:
            raise ValueError("has its mode outside its ends; write a mode between low and high")

    def at(self, share: Array) -> Array:
        """The quantile at each share."""
        width, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        up = self.low + np.sqrt(share * width * rise)
        down = self.high - np.sqrt((1.0 - share) * width * fall)
        return np.where(share * width <= rise, up, down)


Distribution: TypeAlias = Levels | Uniform | LogUniform | Normal | LogNormal | Triangular


def linspace(low: float, high: float, n: int) -> Levels:
    """*n* levels at even distances, both ends among them. Raises ValueError for fewer than two."""
    _check_steps(low, high, n)
    return Levels(_rounded(np.linspace(low, high, n)))


def logspace(low: float, high: float, n: int) -> Levels:
    """*n* levels at even factors, both ends among them. Raises ValueError for fewer than two."""
    _check_steps(low, high, n)
    _check_above_zero("from", low)
    _check_above_zero("to", high)
    return Levels(_rounded(np.geomspace(low, high, n)))


def _rounded(values: Array) -> tuple[float, ...]:
    """As a person would write them: 0.6 and not 0.6000000000000001."""
    return tuple(float(f"{value:.12g}") for value in values.tolist())


def _cut_normal(share: Array, low: float, high: float) -> Array:
    """The standard normal between *low* and *high*, from whichever side is the more exact one."""
    if low > 0.0:
        return -_cut_normal(1.0 - share, -high, -low)
    below, above = ndtr(low), ndtr(high)
    inside = np.clip(below + share * (above - below), SMALLEST_SHARE, 1.0 - SMALLEST_SHARE)
    return np.asarray(ndtri(inside))


def _check_ends(low: float, high: float) -> None:
    if not low < high:
        raise ValueError("has its ends the wrong way round; write the smaller one first")


def _check_above_zero(name: str, value: float) -> None:
    if not value > 0.0:
        raise ValueError(f"has a `{name}` that is not above zero; write a number above zero")


def _check_steps(low: float, high: float, n: int) -> None:
    if n < 2:
        raise ValueError("has fewer than two steps; write `n: 2` or more, or a list of values")
    if low == high:
        raise ValueError("begins where it ends; write another `to`, or a list of values")
