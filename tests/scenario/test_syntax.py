import pytest
from ruamel.yaml import YAML

from itsim.scenario.syntax import in_plain_words, line_and_column, place_of


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ("a:\n\t- b", "a tab stands", (2, 1)),
        ("a: b: c", "a colon stands", (1, 5)),
        ("a: {b: 1", "a curly bracket is opened", (1, 9)),
        ("a: [1\nb: 2", "a square bracket is opened", (2, 2)),
        ('a: "x', "quoted text is not closed", (1, 6)),
        ("a:\n  - b\n - c\n", "not indented like", (3, 2)),
        ("a: @b", "a character that it may not begin with", (1, 4)),
        ("a: %b", "begins with %", (1, 4)),
        ("{a: 1}}", "closed that was never opened", (1, 7)),
        ("a: !x!y 1", "exclamation mark", (1, 4)),
        ('a: "\\q"', "backslash", (1, 6)),
        ('a: "\\U00110000"', "cannot be read", (1, 16)),
        ("a: x\x01y", "cannot be read", (1, 5)),
        ("%YAML 3.0\n---\na: 1", "YAML version", (1, 1)),
    ],
)
def test_reader_errors_in_plain_words(text, rule, place):
    with pytest.raises(Exception) as caught:  # noqa: PT011  the reader raises several unrelated types
        list(YAML(typ="safe", pure=True).parse(text))
    said, hint = in_plain_words(caught.value)
    assert rule in said
    assert hint
    assert place_of(caught.value, text) == place


def test_where_something_was_opened():
    with pytest.raises(Exception, match="flow") as caught:
        list(YAML(typ="safe", pure=True).parse("a: 1\nb: {c: 1\n"))
    assert "line 2, column 4" in in_plain_words(caught.value)[1]


def test_places_count_from_one():
    assert line_and_column("ab\ncd", 4) == (2, 2)
