"""Patients whom a dose suits: need follows exposure, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from itsim.device.outflow import Outflow
from itsim.parameters import ParameterSet
from itsim.pd.effect import hill
from itsim.qualify.facts import protocol
from itsim.qualify.population import typical
from itsim.qualify.treated import Treated
from itsim.run import cord_per_rate
from itsim.study.draws import draw
from itsim.study.suited import suiting

ON = protocol("steady_350")
THERAPY = typical("steady_350").therapy
SUIT = suiting(ON, THERAPY)
DRAWN = draw(ON.patient, 8, 11)
FOLLOWERS = ("leg_ec50", "hreflex_ec50", "occupancy_constant")


@pytest.mark.parametrize("drawn", DRAWN)
def test_reach_over_need_is_the_typical_one_times_the_margin(drawn: ParameterSet) -> None:
    """u_k/EC50_k = M_k u/EC50, whatever EC50 was drawn."""
    patient = SUIT(drawn)
    typical_reach = cord_per_rate(ON, ON.patient, THERAPY) / ON.patient["leg_ec50"].value
    reach = cord_per_rate(ON, patient, THERAPY) / patient["leg_ec50"].value
    assert reach == pytest.approx(patient["titration_margin"].value * typical_reach)


def test_the_need_that_was_drawn_does_not_matter() -> None:
    for drawn in DRAWN:
        other = drawn.override("leg_ec50", 3.0 * drawn["leg_ec50"].value, "assumption")
        assert SUIT(other)["leg_ec50"].value == pytest.approx(SUIT(drawn)["leg_ec50"].value)


def test_what_moves_with_the_need_moves_by_the_same_factor_and_nothing_else_moves() -> None:
    for drawn in DRAWN:
        suited = SUIT(drawn)
        times = suited["leg_ec50"].value / drawn["leg_ec50"].value
        assert times != pytest.approx(1.0)
        moved = {name for name in drawn if drawn[name] != suited[name]}
        assert moved == set(FOLLOWERS)
        for name in FOLLOWERS:
            assert suited[name].value == pytest.approx(times * drawn[name].value)


def test_before_any_tolerance_relief_on_the_dose_is_that_of_the_typical_patient() -> None:
    """Hill of the concentration that the dose keeps up, with margin 1 and one exponent for all."""

    def relief(patient: ParameterSet) -> float:
        reached, p = cord_per_rate(ON, patient, THERAPY) * 350.0 / 24.0, patient.numbers
        return float(hill(reached, p["leg_ec50"] / 1000.0, p["effect_hill"]))

    equal = (drawn.override("titration_margin", 1.0, "assumption") for drawn in DRAWN)
    patients = [ON.patient, *(SUIT(drawn) for drawn in equal)]
    assert [relief(patient) for patient in patients] == pytest.approx([relief(ON.patient)] * len(patients))


def test_relief_on_the_dose_differs_less_than_in_patients_drawn() -> None:
    therapy = typical("steady_350").therapy

    def spread(patients: Iterable[ParameterSet]) -> float:
        found = [Treated(ON, p, therapy).at_start("effect_leg") for p in patients]
        return max(found) - min(found)

    assert spread(map(SUIT, DRAWN)) < 0.7 * spread(DRAWN)


def test_the_typical_patient_is_suited_as_he_is() -> None:
    suited = SUIT(ON.patient)
    assert suited.numbers == pytest.approx(ON.patient.numbers)


@pytest.mark.parametrize(("from_h", "matters"), [(0.0, True), (5.0, False)])
def test_csf_that_was_lost_while_the_dose_was_found_counts_and_what_is_lost_later_does_not(
    from_h: float, matters: bool
) -> None:
    leaking = replace(THERAPY, outflows=(Outflow(from_h, np.inf, "L3/4", 8.0),))
    suited = [suiting(ON, leaking)(drawn).numbers for drawn in DRAWN]
    assert (suited != [SUIT(drawn).numbers for drawn in DRAWN]) == matters
    for patient in map(suiting(ON, leaking), DRAWN):
        reach, typical_reach = (
            cord_per_rate(ON, p, leaking) / p["leg_ec50"].value for p in (patient, ON.patient)
        )
        assert reach == pytest.approx(patient["titration_margin"].value * typical_reach)


def test_where_nothing_reaches_the_cord_nobody_is_matched() -> None:
    """A shunt takes all that this patient's ventricle makes, and the dose with it."""
    tipped = replace(ON, tip="intraventricular")
    for flow, all_lost in ((15.0, False), (25.0, True)):
        shunted = replace(THERAPY, outflows=(Outflow(0.0, np.inf, "intraventricular", flow),))
        match = suiting(tipped, shunted)
        for drawn in DRAWN:
            dry = all_lost or drawn["csf_production"].value <= flow
            assert (match(drawn) is drawn) == dry
            assert match(drawn)["leg_ec50"].value > 0.0
    assert any(drawn["csf_production"].value <= 15.0 for drawn in DRAWN)


def test_the_size_of_the_dose_does_not_matter() -> None:
    """Suited to whatever dose: the typical patient is so by definition."""
    assert ON.history is not None
    other = suiting(replace(ON, history=replace(ON.history, dose_rate_ug_h=2.0)), THERAPY)
    assert [other(drawn).numbers for drawn in DRAWN] == [SUIT(drawn).numbers for drawn in DRAWN]


def test_who_never_had_the_drug_stays_as_drawn() -> None:
    naive = suiting(replace(ON, history=None), THERAPY)
    assert all(naive(drawn) is drawn for drawn in DRAWN)
