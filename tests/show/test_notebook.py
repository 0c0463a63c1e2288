from __future__ import annotations

from html.parser import HTMLParser

from itsim.parameters import safety
from itsim.show import run_html, summary


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_whole_escaped_and_safe(run_of, cohort_of):
    run = run_of("stall")
    html = run_html(run, summary(run, cohort_of("stall")))
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert "$5 of &lt;luck&gt;" in html
    assert safety()["disclaimer"] in html
    assert safety()["withdrawal"] in html
    assert " to " in html


def test_an_onset_without_band_is_not_shown(run_of):
    run = run_of("stall")
    html = run_html(run, summary(run))
    assert html.count("not shown without its band") == 2


def test_a_working_pump_says_why_there_is_no_onset(run_of, cohort_of):
    run = run_of("working")
    assert "no loss" in run_html(run, summary(run, cohort_of("working")))


def test_stages_are_told_with_their_signs_and_times_only_with_a_band(run_of, cohort_of):
    run = run_of("stall")
    banded, alone = run_html(run, summary(run, cohort_of("stall"))), run_html(run, summary(run))
    assert "rising tone, tachycardia, piloerection, itch) from day 2" in banded
    assert "rising tone, tachycardia, piloerection, itch)" in alone
    assert "itch) from" not in alone


def test_an_overdose_comes_before_withdrawal_and_drowsiness_is_explained(run_of, cohort_of):
    run = run_of("strong")
    html = run_html(run, summary(run, cohort_of("strong")))
    assert "Patient: adult; tip T10" in html
    assert "Stages of overdose" in html
    assert html.index("Stages of overdose") < html.index(safety()["withdrawal"])
    stall = run_html(run_of("stall"), summary(run_of("stall"), cohort_of("stall")))
    median = cohort_of("stall").band("withdrawal_onset_h").median
    assert f"{median:.0f} h (" in stall
