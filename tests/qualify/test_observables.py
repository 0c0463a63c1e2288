"""What is read off a patient: closed forms where there are some, made-up courses where a course decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from itsim.device.delivery import Dose, Pieces, Therapy
from itsim.parameters import read
from itsim.qualify import observables as o
from itsim.qualify.facts import Check, protocol
from itsim.qualify.population import typical
from itsim.qualify.treated import Treated
from qualify.made import END_H, made_up


def check(site: str = "csf_lumbar", protocols: tuple[str, ...] = (), **numbers: float) -> Check:
    return Check("made up", "half_life", protocols, "mean", "h", {"mean": 1.0}, numbers, site)


# Closed forms: one compartment without return from plasma


def one_compartment(dose: Dose) -> Treated:
    numbers = read("bodies/one_compartment", "response").override("plasma_partition", 0.0, "assumption")
    scenario = replace(protocol("lumbar_50"), body="one_compartment", patient=numbers)
    rows = np.zeros((2, 7))
    rows[1, 0] = 48.0
    return Treated(scenario, numbers, Therapy(Pieces(rows), (dose,)))


BOLUS = one_compartment(Dose(0.0, 50.0, "lumbar_puncture"))
TABLET = one_compartment(Dose(0.0, 10_000.0, "gut"))
P = BOLUS.patient.numbers


@pytest.mark.parametrize("window", [(0.5, 4.0), (2.0, 8.0)])
def test_half_life_clearance_and_volume_of_one_compartment(window: tuple[float, float]) -> None:
    asked = check(from_h=window[0], until_h=window[1], every_h=0.5)
    rate = P["csf_clearance"] / P["csf_volume"]
    assert o.half_life(asked, (BOLUS,)) == pytest.approx(np.log(2.0) / rate)
    assert o.bolus_clearance(asked, (BOLUS,)) == pytest.approx(P["csf_clearance"])
    assert o.bolus_volume(asked, (BOLUS,)) == pytest.approx(P["csf_volume"])


def test_samples_include_both_ends_of_the_window() -> None:
    course = made_up({"csf_lumbar": lambda t: np.where(t < 3.9, 1.0, 0.5)})
    assert np.isfinite(o.half_life(check(from_h=0.0, until_h=4.0, every_h=0.5), (course,)))


def test_a_tablet_of_one_compartment() -> None:
    """Bateman: t = ln(ka/ke)/(ka − ke), C = D/(V/F)·(ka/ke)^(−ke/(ka − ke)), area = D/(CL/F)."""
    enters, leaves = P["absorption"], P["apparent_clearance"] / P["apparent_volume"]
    peak_h = np.log(enters / leaves) / (enters - leaves)
    peak = 1e4 / P["apparent_volume"] * (enters / leaves) ** (-leaves / (enters - leaves))
    assert o.plasma_peak_time(check(), (TABLET,)) == pytest.approx(peak_h, rel=1e-4)
    assert o.plasma_peak(check(), (TABLET,)) == pytest.approx(1e3 * peak)
    assert o.plasma_area(check(), (TABLET,)) == pytest.approx(1e3 * 1e4 / P["apparent_clearance"])


def test_steady_clearance_and_plasma_are_what_mass_balance_says() -> None:
    run = typical("steady_350")
    p = run.patient.numbers
    plasma = 1e3 * 350.0 / 24.0 / (p["bioavailability"] * p["apparent_clearance"])
    assert o.start_concentration(check("plasma"), (run,)) == pytest.approx(plasma)
    lumbar = o.start_concentration(check("csf_lumbar"), (run,))
    assert o.infusion_clearance(check(), (run,)) == pytest.approx(1e3 * 350.0 / 24.0 / lumbar)
    assert o.lumbar_to_cisternal(check(), (run,)) > 1.0


def test_the_ratio_of_plasma_is_the_ratio_of_doses() -> None:
    """F·D/τ over R, whatever the clearance."""
    tablet, infusion = typical("oral_20_mg"), typical("steady_350")
    expected = tablet.patient["bioavailability"].value * 20_000.0 / 8.0 / (350.0 / 24.0)
    assert o.plasma_ratio(check(every_h=8.0), (tablet, infusion)) == pytest.approx(expected)


def test_time_to_steady_state_is_when_the_level_is_reached() -> None:
    run = typical("infusion_start")
    t_h = o.time_to_steady(check(share=0.95), (run,))
    level = 0.95 * run.steady("csf_lumbar", 100.0 / 24.0)
    assert run.series("csf_lumbar", np.array([t_h]))[0] == pytest.approx(level)


# Made-up courses


def tent(peak: float, at: float, width: float) -> Any:
    return lambda t: peak * np.maximum(0.0, 1.0 - np.abs(t - at) / width)


def test_onset_peak_and_duration_of_an_effect() -> None:
    """A tent of height 0.8 around 10 h: it passes 0.2 at 6.25 and 13.75 h, and 95 % of 0.8 at 9.75 h."""
    run = made_up({"effect_leg": tent(0.8, 10.0, 5.0)})
    assert o.effect_onset(check(), (run,)) == pytest.approx(6.25, abs=0.02)
    assert o.effect_peak_time(check(), (run,)) == pytest.approx(10.0)
    assert o.effect_duration(check(), (run,)) == pytest.approx(7.5, abs=0.04)
    assert o.effect_maximum_time(check(share=0.95), (run,)) == pytest.approx(9.75, abs=0.02)


def test_an_effect_that_never_comes_or_never_goes() -> None:
    none, lasting = (
        made_up({"effect_leg": tent(0.1, 10.0, 5.0)}),
        made_up({"effect_leg": lambda t: t / END_H}),
    )
    assert o.effect_onset(check(), (none,)) == np.inf
    assert np.isnan(o.effect_duration(check(), (none,)))
    assert o.effect_duration(check(), (lasting,)) == np.inf


def test_points_fall_to_one_and_no_further() -> None:
    run = made_up(
        {"effect_leg": lambda t: t / 10.0, "effect_hreflex": lambda t: t / 10.0}, {"effect_leg": 0.5}
    )
    assert o.ashworth_fall(check(at_h=5.0, baseline=4.2), (run,)) == pytest.approx(1.6)
    assert o.ashworth_fall(check(at_h=10.0, baseline=4.2), (run,)) == pytest.approx(3.2)
    assert o.start_ashworth_fall(check(baseline=3.0), (run,)) == pytest.approx(1.0)
    assert o.hreflex_fall(check(at_h=7.7), (run,)) == pytest.approx(77.0)


def withdrawal(peak: float, at: float = 50.0, relief: Any = None) -> Treated:
    relief = relief or (lambda t: 0.8 * np.exp(-t / 10.0))
    return made_up({"withdrawal_index": tent(peak, at, 40.0), "effect_leg": relief}, {"effect_leg": 0.8})


@pytest.mark.parametrize(
    ("peak", "withdraws", "mild", "severe"),
    [(5.0, 0.0, np.nan, np.nan), (20.0, 1.0, 1.0, 0.0), (40.0, 1.0, 0.0, 0.0), (80.0, 1.0, 0.0, 1.0)],
)
def test_stages_of_withdrawal(peak: float, withdraws: float, mild: float, severe: float) -> None:
    runs = (withdrawal(peak),)
    assert o.withdraws(check(), runs) == withdraws
    assert o.withdrawal_peak(check(), runs) == pytest.approx(peak)
    assert o.mild(check(), runs) == pytest.approx(mild, nan_ok=True)
    assert o.severe(check(), runs) == pytest.approx(severe, nan_ok=True)


def test_times_of_withdrawal() -> None:
    """A tent of 80 around 50 h, 40 h wide: 10 at 15 h, 60 at 40 h."""
    runs = (withdrawal(80.0),)
    assert o.withdrawal_onset(check(), runs) == pytest.approx(15.0, abs=0.02)
    assert o.severe_from(check(), runs) == pytest.approx(40.0, abs=0.02)
    assert o.withdrawal_peak_time(check(), runs) == pytest.approx(50.0)
    assert o.withdrawal_onset(check(), (withdrawal(5.0),)) == np.inf
    assert np.isnan(o.severe_from(check(), (withdrawal(40.0),)))
    assert np.isnan(o.withdrawal_peak_time(check(), (withdrawal(5.0),)))


def test_an_index_that_still_rises_has_no_peak_yet() -> None:
    assert o.withdrawal_peak_time(check(), (made_up({"withdrawal_index": lambda t: t}),)) == np.inf


def test_worse_is_of_those_who_withdraw_under_the_second() -> None:
    assert o.worse(check(), (withdrawal(20.0), withdrawal(40.0))) == 1.0
    assert o.worse(check(), (withdrawal(40.0), withdrawal(20.0))) == 0.0
    assert np.isnan(o.worse(check(), (withdrawal(4.0), withdrawal(5.0))))


def test_fever_is_gone_when_the_index_is_below_rebound_again() -> None:
    """A tent of 80 around 50 h falls below 30 at 75 h."""
    assert o.fever_gone(check(back_h=60.0), (withdrawal(80.0),)) == pytest.approx(15.0, abs=0.02)
    assert np.isnan(o.fever_gone(check(back_h=60.0), (withdrawal(20.0),)))


def test_tone_is_first_where_relief_is_halved_before_the_first_signs() -> None:
    """Relief halves at 10 ln 2 = 6.9 h, or at 69 h; the index passes 10 at 15 h."""
    late = withdrawal(80.0, relief=lambda t: 0.8 * np.exp(-t / 100.0))
    assert o.tone_first(check(), (withdrawal(80.0),)) == 1.0
    assert o.tone_first(check(), (late,)) == 0.0
    assert np.isnan(o.tone_first(check(), (withdrawal(5.0),)))


def test_sedation() -> None:
    """A tent of 0.8 around 50 h, 40 h wide, passes 0.5 at 35 h."""
    deep = made_up({"sedation": tent(0.8, 50.0, 40.0)}, {"sedation": 0.5})
    light = made_up({"sedation": tent(0.4, 50.0, 40.0)}, {"sedation": 0.49})
    assert (o.sedated(check(), (deep,)), o.sedated(check(), (light,))) == (1.0, 0.0)
    assert (o.sedated_at_start(check(), (deep,)), o.sedated_at_start(check(), (light,))) == (1.0, 0.0)
    assert o.sedated_from(check(back_h=20.0), (deep,)) == pytest.approx(15.0, abs=0.02)
    assert np.isnan(o.sedated_from(check(back_h=20.0), (light,)))


# Dose over the years


def test_the_dose_rises_and_stops_rising() -> None:
    runs = (typical("steady_350"),)
    relief = {"baseline": 3.9, "fall": 2.2}
    doses = [o.dose_at(check(month=m, **relief), runs) for m in (1.0, 12.0, 24.0, 60.0)]
    assert doses == sorted(doses)
    assert o.dose_rises(check(first_month=1.0, last_month=19.0, **relief), runs) == 1.0
    over = o.rise_over(check(share=0.95, last_month=60.0, **relief), runs)
    first = o.dose_at(check(month=1e-6, **relief), runs)
    expected = first + 0.95 * (doses[-1] - first)
    assert o.dose_at(check(month=over, **relief), runs) == pytest.approx(expected, rel=2e-3)


def test_concentration_on_the_dose_that_a_patient_needs() -> None:
    """In a linear body it is that dose times what one unit of dose gives; who needs another dose has none."""
    run = typical("infusion_start")
    asked = {"baseline": 3.9, "fall": 2.2, "month": 19.0, "within": 1.5}
    need = o.dose_at(check(**asked), (run,))
    per_dose = 1e3 * run.steady("csf_lumbar", 1.0) / 24.0
    for times in (1.0, 1.49, 1.0 / 1.49):
        found = o.titrated_concentration(check(**asked, dose_ug_day=times * need), (run,))
        assert found == pytest.approx(need * per_dose)
    for times in (1.51, 1.0 / 1.51):
        assert np.isnan(o.titrated_concentration(check(**asked, dose_ug_day=times * need), (run,)))


def test_who_clears_faster_needs_more_for_the_same_at_the_cord() -> None:
    """Titration holds the concentration where the drug acts, not the dose."""
    run = typical("infusion_start")
    asked = {"baseline": 3.9, "fall": 2.2, "month": 19.0, "within": 1.5}
    need = o.dose_at(check(**asked), (run,))
    faster = replace(run, patient=run.patient.override("csf_loss", 1.0, "assumption"))
    more = o.dose_at(check(**asked), (faster,))
    assert more > 1.2 * need
    seen = [
        o.titrated_concentration(check("cord_leg", **asked, dose_ug_day=dose), (one,))
        for dose, one in ((need, run), (more, faster))
    ]
    assert seen[0] == pytest.approx(seen[1])


# The list


def test_every_observable_is_listed_under_its_own_name() -> None:
    for name, observable in o.OBSERVABLES.items():
        assert observable.name == name
        assert observable.unit
        assert observable.words


def test_checks_of_one_patient_in_their_order() -> None:
    first = replace(check(from_h=2.0, until_h=8.0, every_h=0.5), protocols=("a",))
    second = replace(first, observable="bolus_clearance")
    values = o.values_of((first, second), {"a": BOLUS})
    assert values == pytest.approx([np.log(2.0) * P["csf_volume"] / P["csf_clearance"], P["csf_clearance"]])


def test_an_unknown_observable() -> None:
    with pytest.raises(KeyError):
        o.measure(replace(check(), observable="luck"), (BOLUS,))
