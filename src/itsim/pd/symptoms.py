"""Stages of withdrawal by index, with their signs in clinical order; a convention of this package."""

from __future__ import annotations

from itsim.parameters import Stage, withdrawal_stages


def stage_of(index: float) -> Stage:
    """The stage that an index lies in; bands are half-open, the last one has no end."""
    stages = withdrawal_stages()
    return [stage for stage in stages if index >= stage.from_index][-1] if index > 0.0 else stages[0]
