"""The teaching matrix as a page: which fault leaves which sign."""

from __future__ import annotations

from collections.abc import Sequence

from itsim.parameters import safety
from itsim.study.evidence import BEGINS_DAY, NEXT_VISIT_DAY, Signs

HEAD = f"""# Which fault leaves which evidence

> {{disclaimer}}

This page is made by `itsim figures` from the code: every kind of fault runs once, by its own example, in a
standard course (SynchroMed II, 0.15 mL/day of 2000 µg/mL; the fault on day {BEGINS_DAY}, a refill visit on
day {NEXT_VISIT_DAY}), and its signs are read off. A surplus is more fluid found than calculated, a deficit
less. Amounts depend on the example; the sign is what a kind of fault has in common. Where nothing sounds
and no volume is wrong, only the patient shows the fault.

| fault | dose at the tip | volume at the visit | flagged | what sounds | what the log holds beside |
|---|---|---|---|---|---|
"""

READ = """
How to read it: a surplus with a stall in the log is a stall; a surplus without one is a loss of gain, or
fluid driven back into the reservoir; a deficit is over-infusion, a leaking septum, a pocket fill or an
underfill; **no sign at all** is every fault of the catheter, a wrong concentration, a wrong programme.
Tests hold the code to that rule.
"""


def evidence_page(matrix: Sequence[Signs]) -> str:
    """The page as Markdown."""
    rows = "".join(_row(signs) for signs in matrix)
    return HEAD.format(disclaimer=safety()["disclaimer"]) + rows + READ


def _row(signs: Signs) -> str:
    volume = signs.volume if signs.volume == "none" else f"{signs.volume} {signs.surplus_mL:+.2f} mL"
    cells = [
        f"`{signs.kind}`",
        signs.dose,
        volume.replace("-", "−"),
        "yes" if signs.flagged else "no",
        _said(signs.alarms),
        _said(signs.log),
    ]
    return "| " + " | ".join(cells) + " |\n"


def _said(kinds: Sequence[str]) -> str:
    return ", ".join(kind.removesuffix("_alarm").replace("_", " ") for kind in kinds) or "nothing"
