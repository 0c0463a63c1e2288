"""What letting off CSF takes from each state; plain loops, for one body and for the compiled engine."""

from __future__ import annotations

from itsim.arrays import Array


def drained_shares(volume_mL: float, regions_mL: Array, shares: Array) -> None:
    """Fill *shares* ``[n]``: of each state, what goes with the fluid. *regions_mL* ``[g, n]`` holds the CSF
    of each region by state, from the lumbar one upwards; the laws stand at ``LinearBody.drainage``."""
    left_mL = max(volume_mL, 0.0)
    shares[:] = 0.0
    for r in range(regions_mL.shape[0]):
        size_mL = 0.0
        for i in range(regions_mL.shape[1]):
            size_mL += regions_mL[r, i]
        if size_mL <= 0.0:
            continue
        part = min(left_mL / size_mL, 1.0)
        left_mL -= part * size_mL
        for i in range(regions_mL.shape[1]):
            shares[i] += part * regions_mL[r, i]
    for i in range(regions_mL.shape[1]):
        whole_mL = 0.0
        for r in range(regions_mL.shape[0]):
            whole_mL += regions_mL[r, i]
        if whole_mL > 0.0:
            shares[i] /= whole_mL
