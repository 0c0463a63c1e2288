"""What age, weight and kidneys make of a patient's numbers, before anything is simulated.

Children (below 18 years), with W the body weight and g the age group's mL of lumbosacral CSF per kg:

    CL/F = 0.273 L/h/kg · W ;  V/F = 1.16 L/kg · W                       He 2014, 2 to 17 years
    Vsp  = g·W / share of the lumbosacral CSF                            g: Jang 2019; the share is the
    adult's Qcsf = 2.78 − 2.23/2 + 0.97 ln(age/year) + 2.26 ln(W/kg) mL/h        Yasuda 2002, drains in
    hydrocephalus
    L    = 0.87·L_adult − 1.35 cm/year·(12.5 years − age) before the growth spurt, + 1.88 cm/year·(age −
    12.5 years) up to L_adult after it; L3/4 moves with it                Sanders 2025, spines

Everyone: CL/F is multiplied by 1 − 0.57·(1 − renal function) (Clin Pharmacol Ther 1985). The numbers stand in
``data/growth.toml``. What a scenario or a preset gives itself is the patient's own and stays.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from itsim.parameters import Parameter, ParameterSet, read
from itsim.units import factor

GROUPS = ("infant", "toddler", "school", "adolescent")
"""Age groups of children, youngest first."""


def personal(numbers: ParameterSet, given: Collection[str]) -> ParameterSet:
    """The numbers of this person: *numbers* with ``body_weight``, ``age`` and ``renal_function`` among them;
    the names in *given* stay as they are."""
    law = read("growth").numbers
    found = numbers
    if is_child(numbers):
        found = found.merged(_of_child(numbers, law))
    if "apparent_clearance" in numbers and numbers["renal_function"].value < 1.0:
        part = 1.0 - law["renal_share"] * (1.0 - numbers["renal_function"].value)
        clearance = found["apparent_clearance"]
        sources = f"{clearance.source}, clpt1985" if clearance.grade == "A" else clearance.source
        found = found.merged([_scaled(clearance, part * clearance.value, sources)])
    return found.merged(numbers[name] for name in given if name in numbers)


def is_child(numbers: ParameterSet) -> bool:
    """Whether the laws of children hold."""
    return numbers["age"].value < read("growth")["adult_from"].value


def outside_population(numbers: ParameterSet) -> tuple[str, ...]:
    """For what this person has the model was not made: being a child, kidneys that fail; empty for others."""
    renal, found = numbers["renal_function"].value, []
    if is_child(numbers):
        found.append(f"a child ({numbers['age'].as_stated().value:.3g} years)")
    if renal < read("growth")["renal_warning_below"].value:
        found.append(f"renal failure (kidney function {100.0 * renal:.0f} %)")
    return tuple(found)


def _of_child(numbers: ParameterSet, law: dict[str, float]) -> list[Parameter]:
    weight_kg, found = numbers["body_weight"].value, []
    for name, per_weight, spread in (
        ("apparent_clearance", "clearance_per_weight", "clearance_variability"),
        ("apparent_volume", "volume_per_weight", "volume_variability"),
    ):
        if name in numbers:
            scaled = _scaled(numbers[name], law[per_weight] * weight_kg, "he2014")
            found.append(replace(scaled, cv=law[spread] if scaled.cv > 0.0 else 0.0))
    if "spinal_csf_volume" in numbers:
        lumbosacral_mL = law[f"{_group(numbers, law)}_lumbosacral_per_weight"] * weight_kg
        volume_mL = lumbosacral_mL / _lumbosacral_share(numbers)
        found.append(_scaled(numbers["spinal_csf_volume"], volume_mL, "jang2019"))
    if "canal_length" in numbers:
        length_cm = _canal_cm(numbers, law)
        stretch = length_cm / numbers["canal_length"].value
        found.append(_scaled(numbers["canal_length"], length_cm, "sanders2025"))
        found += [_scaled(p, stretch * p.value, p.source) for p in _heights(numbers)]
    if "csf_production" in numbers:
        found.append(_scaled(numbers["csf_production"], _production_mL_h(numbers, law), "yasuda2002"))
    return found


def _lumbosacral_share(numbers: ParameterSet) -> float:
    """Of the spinal CSF; where the cross-section is even, that of the length."""
    if "lumbosacral_share" in numbers:
        return numbers["lumbosacral_share"].value
    heights = read("levels").numbers
    return heights["lumbar_csf_to"] / heights["foramen_magnum"]


def _group(numbers: ParameterSet, law: dict[str, float]) -> str:
    reached = [group for group in GROUPS[1:] if numbers["age"].value >= law[f"{group}_from"]]
    return reached[-1] if reached else GROUPS[0]


def _heights(numbers: ParameterSet) -> list[Parameter]:
    """What is a height in the canal, and moves with it."""
    return [numbers[name] for name in ("puncture_centre",) if name in numbers]


def _canal_cm(numbers: ParameterSet, law: dict[str, float]) -> float:
    """The length of a child's canal, from an adult's."""
    adult_cm, since_h = numbers["canal_length"].value, numbers["age"].value - law["spurt_age"]
    rate_cm_h = law["spine_growth" if since_h < 0.0 else "spine_growth_in_spurt"]
    return min(law["spine_at_spurt"] * adult_cm + rate_cm_h * since_h, adult_cm)


def _production_mL_h(numbers: ParameterSet, law: dict[str, float]) -> float:
    years = numbers["age"].value / factor("year", "h")
    base = law["production_base"] + 0.5 * law["production_girls"]
    grown = law["production_age"] * math.log(max(years, 1e-3))
    grown += law["production_weight"] * math.log(numbers["body_weight"].value)
    return max(base + grown, law["production_least"])


def _scaled(old: Parameter, value: float, source: str) -> Parameter:
    """Another value, its range moved in proportion."""
    part = value / old.value
    note = f"{old.note}; changed for this person's age, weight or kidneys"
    return replace(
        old, value=value, low=part * old.low, high=part * old.high, source=source, grade=old.grade, note=note
    )
