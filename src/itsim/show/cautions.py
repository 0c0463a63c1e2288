"""What must be said before any result, and can be known without one: people, doses and numbers that the model
was not made for, each with its cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from itsim.device.delivery import Delivery, Pieces
from itsim.parameters import Parameter, read, safety
from itsim.run import happened, outside_population
from itsim.scenario.model import Scenario

DAY_H = 24.0
SLACK = 1.0 + 1e-9
"""A dose that is at its limit but for rounding is inside."""


def cautions(scenario: Scenario, delivery: Delivery) -> list[str]:
    """Every caution of a scenario, in sentences: outside its population, doses, numbers, losses of CSF."""
    return [*outside_lines(scenario, delivery), *_numbers_outside(scenario), *_csf_lost(scenario, delivery)]


def outside_lines(scenario: Scenario, delivery: Delivery) -> Iterator[str]:
    """What stands under every picture too: whom and which doses this model was not made for."""
    reasons = outside_population(scenario, happened(scenario, delivery))
    if reasons:
        yield f"This model was not made for {'; '.join(reasons)}."
    doses = outside_range(scenario, delivery)
    if doses:
        yield f"{safety()['outside_range']} Here: {'; '.join(doses)}."


def outside_range(scenario: Scenario, delivery: Delivery) -> tuple[str, ...]:
    """The doses that this model was not made for: programmed, delivered, given at once or lived on before."""
    limits, history = read("drug").numbers, scenario.history
    least, most, bolus_ug = (limits[f"warning_{name}"] for name in ("dose_from", "dose_to", "bolus"))
    found = []
    rates = delivery.programmed_ug_h.rate(delivery.programmed_ug_h.edges_h[:-1])
    low = rates[(rates > 0.0) & (rates * SLACK < least)]
    if len(low):
        found.append(f"{DAY_H * low.min():.3g} µg/day programmed")
    for told, pieces in (
        ("programmed", delivery.programmed_ug_h),
        ("delivered", delivery.therapy.catheter),
    ):
        day_ug = _most_a_day_ug(pieces, scenario.until_h)
        if day_ug > most * DAY_H * SLACK:
            found.append(f"{day_ug:.0f} µg {told} within a day")
    punctures = [dose for dose in delivery.therapy.doses if dose.inlet == "lumbar_puncture"]
    at_once = max((dose.amount_ug for dose in (*delivery.boluses, *punctures)), default=0.0)
    if at_once > bolus_ug * SLACK:
        found.append(f"a bolus of {at_once:.0f} µg")
    if history is not None and not least / SLACK <= history.dose_rate_ug_h <= most * SLACK:
        found.append(f"{DAY_H * history.dose_rate_ug_h:.3g} µg/day before the run")
    return tuple(found)


def _most_a_day_ug(pieces: Pieces, end_h: float) -> float:
    """The largest dose of any 24 hours that begin or end where the rate changes."""
    edges = pieces.edges_h
    starts = np.clip(np.concatenate([edges, edges - DAY_H]), 0.0, max(end_h - DAY_H, 0.0))
    return float((pieces.integral(starts + min(DAY_H, end_h)) - pieces.integral(starts)).max())


def _numbers_outside(scenario: Scenario) -> Iterator[str]:
    """Numbers of the file outside the range that the data give them, with that range's source."""
    known = _published(scenario)
    for number in (*scenario.patient.values(), *scenario.device.values()):
        if number.in_range or number.source != "scenario":
            continue
        p, unit = number.as_stated(), "" if number.unit == "1" else f" {number.as_stated().unit}"
        source = known[p.name].source if p.name in known else "assumption"
        yield (
            f"{p.name} = {p.value:g}{unit} lies outside its range of {p.low:g} to {p.high:g}{unit} "
            f"(source of the range: {source})."
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
    lost = max(
        (sum(f.flow_mL_h for f in flows if f.from_h <= flow.from_h < f.until_h) for flow in flows),
        default=0.0,
    )
    if lost > made * SLACK:
        yield (
            f"CSF is lost at {lost:g} mL/h, more than the {made:.3g} mL/h that are made: "
            "only what is made can leave, so the loss is cut to it."
        )
