"""A refill visit at which a part goes beside the reservoir, into the pocket around the pump.

    V = volume − pocket_volume, V_calculated = volume [mL]
    (1 − spill) pocket_volume × concentration → pocket, absorbed from there into the plasma
    spill × pocket_volume × concentration → CSF at the puncture of the catheter

What was left is aspirated and measured first: the needle slips out afterwards. Drug that finds its way along
the outside of the catheter enters the CSF where the catheter passes the dura, at the lumbar puncture and not
at the tip; what share does is not known, and none does where `spill` is left out. Source: the recall on
pocket fills of 2011, for that it happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itsim.device.checks import share_complaints
from itsim.device.codes import Skipped
from itsim.device.effects import Effect, dose, fill, read
from itsim.device.limits import concentration_complaints, volume_complaints
from itsim.device.syringe import SyringeReading, reading_error_mL
from itsim.device.trigger import Triggered
from itsim.scenario.kinds import Complaint, Concentration, Fraction, Kind, Millilitres


class PocketFill(Triggered, SyringeReading):
    """What is entered, what of it goes beside, the concentration, the share of this that reaches the CSF."""

    volume_mL: Millilitres
    pocket_volume_mL: Millilitres
    concentration_ug_mL: Concentration
    spill_frac: Fraction | None = None


def effects(p: PocketFill, at_h: float, device: Mapping[str, float]) -> tuple[Effect, ...]:
    """Read, discard, fill short; the rest in the pocket, and perhaps in the CSF."""
    beside_ug = p.pocket_volume_mL * p.concentration_ug_mL
    spill_frac = 0.0 if p.spill_frac is None else p.spill_frac
    missed = Skipped.REFILL
    visit = (
        read(at_h, reading_error_mL(p, device), skipped_as=missed),
        fill(
            at_h,
            p.volume_mL - p.pocket_volume_mL,
            p.concentration_ug_mL,
            p.volume_mL,
            p.concentration_ug_mL,
            skipped_as=missed,
        ),
        dose(at_h, (1.0 - spill_frac) * beside_ug, "pump_pocket", intended=False, skipped_as=missed),
    )
    if p.spill_frac is None:
        return visit
    spilt_ug = p.spill_frac * beside_ug
    return (*visit, dose(at_h, spilt_ug, "lumbar_puncture", intended=False, skipped_as=missed))


def complaints(p: PocketFill, device: Mapping[str, float]) -> Iterator[Complaint]:
    """More than the reservoir holds, a pocket of nothing or of more than the fill, a share that is none."""
    yield from volume_complaints("volume", p.volume_mL, device)
    yield from concentration_complaints("concentration", p.concentration_ug_mL)
    yield from share_complaints("spill", p.spill_frac, "0.1")
    if not 0.0 < p.pocket_volume_mL <= p.volume_mL:
        rule = "is not more than 0 and at most the volume that is filled"
        yield Complaint("pocket_volume", rule, "write what goes beside the reservoir, such as 5 mL")


KIND = Kind(
    group="faults",
    name="pocket_fill",
    summary="Pocket fill: a part of the refill goes beside the reservoir.",
    parameters=PocketFill,
    effects=effects,
    example={"volume": "20 mL", "pocket_volume": "5 mL", "concentration": "2000 ug/mL"},
    alarm="none of its own; the low-reservoir alarm comes late",
    evidence="deficit at the next visit: the volume in the pocket",
    sources=("fda_pocket_fill_2011",),
    sets="reservoir",
    needs=("reservoir",),
    complaints=complaints,
    words=lambda p: f"{p.pocket_volume_mL:g} mL into the pocket",
)
