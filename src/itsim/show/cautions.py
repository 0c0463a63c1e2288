"""What must be said before any result, and can be known without one: people, doses and numbers that the model
was not made for, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.delivery import Delivery, Pieces, Therapy
from itsim.device.outflow import most_lost_mL_h
from itsim.parameters import INTRAVENTRICULAR, Parameter, about, read, safety
from itsim.run import ROUNDING, outside_population
from itsim.scenario.model import Scenario
from itsim.show.patient import is_high
from itsim.show.words import plain

DAY_H, UG_PER_MG = 24.0, 1000.0
SLACK = 1.0 + ROUNDING


def cautions(scenario: Scenario, delivery: Delivery) -> list[str]:
    """Every caution of a scenario, in sentences: outside its population, doses, numbers, losses of CSF."""
    return [
        *outside_lines(scenario, delivery),
        *_idle_tip(scenario),
        *_numbers_outside(scenario),
        *_csf_lost(scenario, delivery),
    ]


def outside_lines(scenario: Scenario, delivery: Delivery) -> Iterator[str]:
    """What stands under every picture too: whom and which doses this model was not made for."""
    reasons = outside_population(scenario, delivery)
    fails = scenario.patient["renal_function"].value < read("growth")["renal_warning_below"].value
    if reasons:
        tablets = f" {safety()['renal_tablets']}" if fails else ""
        yield f"{safety()['outside_population']} Here: {'; '.join(reasons)}.{tablets}"
    if _is_tip_felt(scenario) and is_high(scenario.tip):
        place = "in the ventricle" if scenario.tip == INTRAVENTRICULAR else f"at {scenario.tip}"
        yield f"Catheter tip {place}: {safety()['high_tip']}"
    doses = outside_range(scenario, delivery)
    if doses:
        yield f"{safety()['outside_range']} Here: {'; '.join(doses)}."


def _is_tip_felt(scenario: Scenario) -> bool:
    """Whether the place of the tip makes a difference in the body: a canal has levels, two compartments have
    a ventricle."""
    in_ventricle = scenario.tip == INTRAVENTRICULAR and scenario.body == "two_compartment"
    return "canal_length" in scenario.patient or in_ventricle


def _idle_tip(scenario: Scenario) -> Iterator[str]:
    """A tip that was chosen, and that the body does not feel."""
    usual = about(f"patients/{scenario.preset}")["tip"]
    if scenario.tip != usual and not _is_tip_felt(scenario):
        yield (
            f"The tip at {scenario.tip} has no effect: the body {scenario.body} has no levels, "
            f"and results are those of any other tip. The body neuraxis has levels."
        )


def outside_range(scenario: Scenario, delivery: Delivery) -> tuple[str, ...]:
    """The doses that this model was not made for: programmed, delivered, given at once or lived on before."""
    limits, history = read("drug").numbers, scenario.history
    least, most, bolus_ug = (limits[f"warning_{name}"] for name in ("dose_from", "dose_to", "bolus"))
    found = [*_dose_rates(scenario, delivery, least, most)]
    punctures = [dose for dose in delivery.therapy.doses if dose.inlet == "lumbar_puncture"]
    at_once = max((dose.amount_ug for dose in (*delivery.boluses, *punctures)), default=0.0)
    if at_once > bolus_ug * SLACK:
        found.append(f"a bolus of {at_once:.0f} µg")
    tablets_ug = _most_tablets_ug(delivery.therapy)
    if tablets_ug > limits["warning_oral"] * SLACK:
        found.append(f"tablets of {plain(tablets_ug / UG_PER_MG)} mg at once")
    if history is not None and not least / SLACK <= history.dose_rate_ug_h <= most * SLACK:
        found.append(f"{plain(DAY_H * history.dose_rate_ug_h)} µg/day before the run")
    return tuple(found)


def _dose_rates(scenario: Scenario, delivery: Delivery, least: float, most: float) -> Iterator[str]:
    """Programmed and delivered dose rates outside *least* to *most* µg/h, in one where they are equal."""
    rates = delivery.programmed_ug_h.rate(delivery.programmed_ug_h.edges_h[:-1])
    low = rates[(rates > 0.0) & (rates * SLACK < least)]
    if len(low):
        yield f"{plain(DAY_H * low.min())} µg/day programmed"
    days = {
        "programmed": _most_a_day_ug(delivery.programmed_ug_h, scenario.until_h),
        "delivered": _most_a_day_ug(delivery.therapy.catheter, scenario.until_h),
    }
    told: dict[str, list[str]] = {}
    for how, day_ug in days.items():
        if day_ug > most * DAY_H * SLACK:
            told.setdefault(f"{day_ug:.0f}", []).append(how)
    for amount, how_told in told.items():
        yield f"{amount} µg {' and '.join(how_told)} within a day"


def _most_tablets_ug(therapy: Therapy) -> float:
    """The largest dose by mouth at one instant."""
    at_once: dict[float, float] = {}
    for dose in therapy.doses:
        if dose.inlet == "gut":
            at_once[dose.t_h] = at_once.get(dose.t_h, 0.0) + dose.amount_ug
    return max(at_once.values(), default=0.0)


def _most_a_day_ug(pieces: Pieces, end_h: float) -> float:
    """The largest dose of any 24 hours that begin or end where the rate changes."""
    edges = pieces.edges_h
    starts = np.clip(np.concatenate([edges, edges - DAY_H]), 0.0, max(end_h - DAY_H, 0.0))
    return float((pieces.integral(starts + min(DAY_H, end_h)) - pieces.integral(starts)).max())


def _numbers_outside(scenario: Scenario) -> Iterator[str]:
    """Numbers of the file outside the range that the data give them, with the source of the data's own
    value."""
    known = _published(scenario)
    for number in (*scenario.patient.values(), *scenario.device.values()):
        if number.in_range or number.source != "scenario":
            continue
        p, unit = number.as_stated(), "" if number.unit == "1" else f" {number.as_stated().unit}"
        source = known[p.name].source if p.name in known else "assumption"
        yield (
            f"{p.name} = {plain(p.value, 6)}{unit} lies outside its range of {plain(p.low, 6)} to "
            f"{plain(p.high, 6)}{unit} (source of the value: {source})."
        )


def _published(scenario: Scenario) -> Mapping[str, Parameter]:
    """The data's own numbers, by name; the preset has the last word."""
    parts = (f"bodies/{scenario.body}", "response", "person")
    device = (f"pumps/{scenario.pump}", f"catheters/{scenario.catheter}", "clinic")
    return {**read(*parts), **read(*device), **read(f"patients/{scenario.preset}")}


def _csf_lost(scenario: Scenario, delivery: Delivery) -> Iterator[str]:
    """A loss that the body cannot keep up: it is cut to what is made, and the file says more."""
    if "csf_production" not in scenario.patient:
        return
    made, flows = scenario.patient["csf_production"].value, delivery.therapy.outflows
    lost = most_lost_mL_h(flows, 0.0, scenario.until_h)
    if lost > made * SLACK:
        yield (
            f"CSF is lost at {plain(lost)} mL/h, more than the {plain(made)} mL/h that are made: "
            "only what is made can leave, so the loss is cut to it."
        )
