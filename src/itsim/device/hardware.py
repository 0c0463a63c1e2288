"""What follows from the numbers of a device."""

from __future__ import annotations

from collections.abc import Mapping

from itsim.arrays import Number


def dead_volume_mL(device: Mapping[str, Number]) -> Number:
    """What lies between reservoir and tip: the pump's tubing and the implanted catheter, mL."""
    return device["tubing_volume"] + device["volume_per_length"] * device["length"]
