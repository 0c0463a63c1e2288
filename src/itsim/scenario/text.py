"""Opens the files of a scenario: UTF-8 text with plain line ends, or a problem that says why not."""

from __future__ import annotations

import re
from pathlib import Path

from itsim.scenario.nodes import Findings, Mark
from itsim.scenario.syntax import line_and_column

MAX_BYTES = 1_000_000
_MARK = b"\xef\xbb\xbf"
_RENAME = "check its name, and that you may read it"

UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, halves of characters, line separators that editors do not count as lines."""


def read_text(path: Path, file: str, findings: Findings) -> str | None:
    """The text of *path*, without a byte order mark; None after noting why there is none."""
    data = _read_bytes(path, file, findings)
    if data is None:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        findings.add(
            Mark(file, *line_and_column(before, len(before))),
            "",
            None,
            "the file is not UTF-8 text from here on",
            "save it in your editor with the encoding UTF-8",
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = UNPRINTABLE.search(text)
    if found is None:
        return text
    findings.add(
        Mark(file, *line_and_column(text, found.start())),
        "",
        found.group(),
        "is a control character that no editor shows",
        "delete it and type its line anew",
    )
    return None


def _read_bytes(path: Path, file: str, findings: Findings) -> bytes | None:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        rule, hint = "does not exist", "check the spelling of the file's name and its folder"
    except IsADirectoryError:
        rule, hint = "is a folder, not a file", "name one of the files in it"
    except (OSError, ValueError):  # ValueError: a name that no file can have
        rule, hint = "cannot be opened", _RENAME
    else:
        if len(data) <= MAX_BYTES:
            return data.removeprefix(_MARK)
        rule, hint = "is larger than a million bytes", "check that this is the file you meant"
    findings.add(Mark(file, 1, 1), "", file, rule, hint)
    return None
