"""Complaints about numbers: said where they are due and nowhere else."""

from __future__ import annotations

import pytest

from itsim.device.checks import amount_complaints, check_form, share_complaints, time_complaints

EXAMPLES = {"lasting": "3 day", "tau": "2 day"}


@pytest.mark.parametrize(("share", "said"), [(-0.1, 1), (0.0, 0), (1.0, 0), (1.1, 1), (None, 0)])
def test_shares_lie_between_0_and_1(share: float | None, said: int) -> None:
    complaints = list(share_complaints("end", share, "0.2"))
    assert [c.field for c in complaints] == ["end"] * said
    assert all("0.2" in c.hint for c in complaints)


@pytest.mark.parametrize(("value", "said"), [(-1.0, 1), (0.0, 1), (1.0, 0), (None, 0)])
def test_times_last_and_amounts_are_some(value: float | None, said: int) -> None:
    assert len(list(time_complaints("lasting", value, "3 day"))) == said
    assert len(list(amount_complaints("dose", value, "3 mg"))) == said


def test_a_time_lasts_at_least_a_second() -> None:
    (said,) = time_complaints("lasting", 0.9 / 3600.0, "3 day")
    assert said.rule == "is shorter than a second"
    assert not list(time_complaints("lasting", 1.1 / 3600.0, "3 day"))


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"lasting": None, "tau": None}, "a slow loss needs lasting, for example lasting: 3 day"),
        ({"lasting": 3.0, "tau": 2.0}, "a slow loss does not use tau; take it out"),
    ],
)
def test_a_form_has_its_own_numbers(given: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        check_form("a slow loss", ["lasting"], given, EXAMPLES)


def test_a_form_with_its_numbers_is_fine() -> None:
    check_form("a slow loss", ["lasting"], {"lasting": 0.0, "tau": None}, EXAMPLES)
    check_form("a sudden loss", [], {"lasting": None, "tau": None}, EXAMPLES)
