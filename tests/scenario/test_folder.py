import pytest

from itsim.scenario.folder import named, place_of_file
from itsim.scenario.nodes import Findings, Mark, Scalar


def find(name, by):
    findings = Findings()
    place = named(Scalar(Mark("a.yaml", 1, 1), str(name), name), ".yaml", by, "extends", findings)
    return place, [problem.rule for problem in findings.problems]


@pytest.fixture
def by(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.yaml").write_text("x: 1", encoding="utf-8")
    return place_of_file(tmp_path / "a.yaml")


def test_files_below_are_found(by):
    place, rules = find("deep/b.yaml", by)
    assert rules == []
    assert place.path.name == "b.yaml"
    assert place.shown.endswith("deep/b.yaml")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("../a.yaml", "outside"),
        ("/etc/a.yaml", "outside"),
        ("deep/../../a.yaml", "outside"),
        ("deep/c.yaml", "does not exist"),
        ("deep", "not the name"),
        ("deep\\b.yaml", "backslash"),
        ("x" * 400 + ".yaml", "does not exist"),
        ("a\0b.yaml", "does not exist"),
        (5, "not the name"),
        (None, "not"),
    ],
)
def test_others_are_refused(name, rule, by):
    place, rules = find(name, by)
    assert place is None
    assert rule in rules[0]


def test_without_a_folder_nothing_is_found():
    assert "no folder" in find("b.yaml", None)[1][0]
