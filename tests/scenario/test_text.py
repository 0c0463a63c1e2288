import pytest

from itsim.scenario.nodes import Findings
from itsim.scenario.text import MAX_BYTES, read_text


def read(path):
    findings = Findings()
    return read_text(path, "a.yaml", findings), findings.problems


def test_text_comes_without_mark_and_with_plain_line_ends(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa: \xc2\xb5g\r\nb\rc")
    assert read(tmp_path / "a") == ("a: µg\nb\nc", [])


@pytest.mark.parametrize(
    ("data", "rule", "place"),
    [
        (b"ok\nna\xefve", "not UTF-8", (2, 3)),
        (b"\xef\xbb\xbfa\xff", "not UTF-8", (1, 2)),
        (b"ok\r\na\x07", "control character", (2, 2)),
        ("ok\u2028".encode(), "control character", (1, 3)),
        (b"\xff\xfea\0", "not UTF-8", (1, 1)),
        (b"x" * (MAX_BYTES + 1), "larger", (1, 1)),
    ],
)
def test_unreadable_text_says_where(data, rule, place, tmp_path):
    (tmp_path / "a").write_bytes(data)
    text, (problem,) = read(tmp_path / "a")
    assert text is None
    assert rule in problem.rule
    assert (problem.line, problem.column) == place


def test_folders_and_missing_files(tmp_path):
    assert "folder" in read(tmp_path)[1][0].rule
    assert "does not exist" in read(tmp_path / "none")[1][0].rule
