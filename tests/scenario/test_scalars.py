import pytest

from itsim.scenario.scalars import read_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("on", "on"),
        ("012", 12),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("1_000", "1_000"),
        ("2026-01-02", "2026-01-02"),
        ("6:30", "6:30"),
    ],
)
def test_the_core_schema_of_yaml_1_2(text, value):
    read, finite = read_scalar(text, is_plain=True)
    assert (read, type(read), finite) == (value, type(value), True)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 400])
def test_what_is_not_finite(text):
    assert read_scalar(text, is_plain=True)[1] is False


def test_quoted_text_is_text():
    assert read_scalar("true", is_plain=False) == ("true", True)
    assert read_scalar(".nan", is_plain=False) == (".nan", True)
