"""Says in plain words what a YAML reader means when it gives up, and where."""

from __future__ import annotations

from typing import Any

_INDENT = "begin every key of one group in the same column, with spaces and not tabs"

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("'\\t'", "a tab stands where only spaces may", "replace the tab by spaces"),
    ("'%'", "a value begins with %", "write the number first, as in 50 %"),
    (
        "that cannot start any token",
        "a value begins with a character that it may not begin with",
        "put the value in double quotes",
    ),
    (
        "mapping values are not allowed",
        "a colon stands where none is expected",
        "check the line above and the indentation, write a space after each key's colon, "
        "and put text that holds a colon in double quotes",
    ),
    (
        "sequence entries are not allowed",
        "a dash stands where no list entry can begin",
        "begin a list on a line of its own, below its key",
    ),
    (
        "expected ',' or '}'",
        "a curly bracket is opened and not closed, or a comma is missing",
        "close the bracket with } and separate its keys by commas",
    ),
    (
        "expected ',' or ']'",
        "a square bracket is opened and not closed, or a comma is missing",
        "close the bracket with ] and separate its values by commas",
    ),
    ("found unexpected end of stream", "a quoted text is not closed", "add the closing quotation mark"),
    ("found unexpected document separator", "a quoted text is not closed", "add the closing quotation mark"),
    (
        "unknown escape character",
        "a backslash in double quotes is followed by a letter that means nothing",
        "write single quotes, or a second backslash",
    ),
    (
        "could not find expected ':'",
        "a line is neither a key with a colon nor a list entry",
        "write `key: value`, or indent the line as part of the text above",
    ),
    ("expected <block end>", "this line is not indented like the lines it belongs to", _INDENT),
    ("('}',)", "a curly bracket is closed that was never opened", "remove this }"),
    ("(']',)", "a square bracket is closed that was never opened", "remove this ]"),
    ("block mapping start", "this line is not indented like the lines it belongs to", _INDENT),
    (
        "expected the node content",
        "a value is missing here",
        "write the value, or remove the bracket or comma",
    ),
    ("tag handle", "a value begins with an exclamation mark", "put the value in double quotes"),
    ("found incompatible YAML", "the first line asks for an unknown YAML version", "remove the %YAML line"),
)


def in_plain_words(error: Any) -> tuple[str, str]:
    """Rule and repair for an error of the YAML reader."""
    said = str(getattr(error, "problem", None) or error)
    for fragment, rule, hint in _WORDS:
        if fragment in said:
            return rule, hint + _opened(error)
    return (
        "the text cannot be read from here on",
        "check quotes, brackets, colons and indentation near this place",
    )


def _opened(error: Any) -> str:
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "context_mark", None)
    if mark is None or not ("flow" in context or "quoted" in context):
        return ""
    return f" (it was opened in line {mark.line + 1}, column {mark.column + 1})"


def place_of(error: Any, text: str) -> tuple[int, int]:
    """Line and column, from 1, of an error of the YAML reader; of the end of the text where it says none."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return int(mark.line) + 1, int(mark.column) + 1
    position = getattr(error, "position", None)
    return line_and_column(text, position if isinstance(position, int) else len(text))


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Line and column, from 1, of a character of *text*."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
