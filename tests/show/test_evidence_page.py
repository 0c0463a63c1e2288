"""The page of the teaching matrix."""

from __future__ import annotations

from itsim.catalogue import catalogue
from itsim.parameters import safety
from itsim.show.evidence_page import evidence_page
from itsim.study.evidence import Signs, teaching_matrix

SHIPPED = "docs/evidence.md"


def test_a_row_says_the_signs_in_words() -> None:
    signs = Signs("thing", "It happens.", "less", -1.25, True, ("eos_alarm",), ())
    row = next(line for line in evidence_page([signs]).splitlines() if "`thing`" in line)
    assert row == "| `thing` | less | deficit −1.25 mL | yes | eos | nothing |"


def test_the_shipped_page_is_current(project) -> None:  # type: ignore[no-untyped-def]
    """`make figures` writes it anew."""
    page = evidence_page(teaching_matrix())
    assert (project / SHIPPED).read_text(encoding="utf-8") == page
    assert safety()["disclaimer"] in page
    assert all(f"| `{name}` |" in page for name in catalogue().kinds["faults"])
