"""The page: whole, safe, and in need of nothing from anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from itsim.parameters import safety
from itsim.qualify.facts import facts
from itsim.qualify.page import page
from itsim.qualify.report import headline, not_validated
from qualify import made

Q = made.qualification({"B2", "B17"})
TEXT = page(Q)
VOID = {"meta", "br", "img", "hr", "link", "input"}


class Reader(HTMLParser):
    """Checks that every tag is closed, and collects words and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [] if tag in VOID else [tag]
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.addresses += [found[key] or "" for key in ("src", "href") if key in found]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def reader() -> Reader:
    found = Reader()
    found.feed(TEXT)
    assert found.open == []
    return found


def test_every_fact_is_on_the_page_misfits_first() -> None:
    ids = reader().ids
    assert set(ids) >= {fact.id for fact in facts()}
    assert ids[:2] == ["B2", "B17"]
    assert len(ids) == len(set(ids))


def test_one_picture_for_every_check() -> None:
    n = sum(len(row.results) for row in (*Q.rows, *Q.behaviour))
    assert TEXT.count("<svg ") == TEXT.count("</svg>") == n


def test_nothing_is_fetched() -> None:
    assert reader().addresses == []
    assert not re.search(r"<script|<link|<iframe|@import|url\(", TEXT)


def test_the_safety_wording_is_in_the_page() -> None:
    said = " ".join(" ".join(reader().words).split())
    for text in (
        safety()["disclaimer"],
        safety()["withdrawal"],
        safety()["indices"],
        headline(Q),
        *not_validated(),
    ):
        assert " ".join(text.split()) in said
    assert said.index("not a medical device") < said.index("Outside: 2 of 26")


def test_what_has_a_meaning_in_html_is_escaped() -> None:
    assert "one &amp; one are &lt;two&gt;" in TEXT


def test_reasons_stand_with_what_is_outside_only() -> None:
    articles = dict(re.findall(r'<article id="(\w+)">(.*?)</article>', TEXT, re.DOTALL))
    assert "Why:" in articles["B2"]
    assert "Why:" not in articles["B3"]


def test_seeds_are_shown_where_there_are_several() -> None:
    rows = tuple(replace(row, by_seed=(True, False, True)) for row in Q.rows)
    assert "Inside for 2 of 3 seeds" in page(replace(Q, rows=rows, seeds=(1, 2, 3)))
    assert "seeds." not in TEXT.split("<article")[3]
